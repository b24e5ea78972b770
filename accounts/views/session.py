"""What an open page asks about the session that it belongs to."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import everybody_signed_in, public, signed_in
from accounts.sessions import SessionStore


@public
@require_GET
@ensure_csrf_cookie
def session_state(request: HttpRequest) -> JsonResponse:
    """Who is signed in, by number, and for how many seconds more. Asking is no sign that anybody is there."""
    return _state(request) if request.user.is_authenticated else JsonResponse({"person": None, "seconds": 0})


@everybody_signed_in(scope="their own session")
@require_POST
def session_extend(request: HttpRequest) -> JsonResponse:
    """Somebody is there: the session goes on, as it does with everything that is asked for."""
    return _state(request)


def _state(request: HttpRequest) -> JsonResponse:
    seconds = request.session.seconds_left if isinstance(request.session, SessionStore) else 0
    return JsonResponse({"person": signed_in(request).pk, "seconds": seconds})
