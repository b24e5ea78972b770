"""What holds for every page: no copy of it is kept, and nothing that was typed is thrown away."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
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
    """Sends who is not signed in to the sign-in page. Somebody whose session ended while they were typing gets back
    what they sent, to send it again. What a page saves by itself it still holds, so it is only told."""

    def handle_no_permission(  # type: ignore[override]  # Django promises a redirect, and takes any response
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        return handed_back(request) or super().handle_no_permission(request, view_func)


def stale_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Instead of Django's page where the token of a form is not good. Whoever signed in again in another tab meets it
    with what they had typed before, and gets that back too. A browser says from which site a form was sent: one of
    another site gets nothing."""
    own = request.headers.get("Origin") in {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return (handed_back(request) if own else None) or render(request, "403_csrf.html", status=403)


def handed_back(request: HttpRequest) -> HttpResponse | None:
    """A page with what was sent and a token of this moment. None where nothing was typed, or the page still holds it
    because it saves by itself."""
    if request.method != "POST" or "HX-Request" in request.headers:
        return None
    sent = _fields(request)
    typed = [value for _, value in sent if " " in value.strip()]
    return render(request, "signed_out.html", {"sent": sent, "typed": typed}, status=403) if typed else None


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was posted, in order, without what belongs to the session and to nobody's page."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
