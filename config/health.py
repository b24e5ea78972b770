"""Whether the program is well, for those who watch it from outside."""

from django.db import connection
from django.http import HttpRequest, HttpResponse

from accounts.permissions import public


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """200 where a page can be served and the database answers; an error otherwise. Says nothing about anybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
