"""What holds for every page: no copy of it is kept, and nothing that was typed is thrown away."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render


class NoStoreMiddleware:
    """Pages hold records about children: no browser or proxy keeps a copy. Sends `Cache-Control: no-store` with every
    page that does not say otherwise (static files never pass here)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class SignedInMiddleware(LoginRequiredMiddleware):
    """Sends who is not signed in to the sign-in page. Somebody whose session ended while they were typing gets back what
    they sent, to send it again. What a page saves by itself it still holds, so it is only told."""

    def handle_no_permission(  # type: ignore[override]  # Django promises a redirect, and takes any response
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        sent = _fields(request) if request.method == "POST" and "HX-Request" not in request.headers else []
        typed = [value for _, value in sent if " " in value.strip()]
        if not typed:
            return super().handle_no_permission(request, view_func)
        return render(request, "signed_out.html", {"sent": sent, "typed": typed}, status=403)


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was posted, in order, without what belongs to the session and to nobody's page."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
