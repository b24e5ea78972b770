"""What holds for every page: no copy of it is kept, and nothing that was typed is thrown away."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.sessions import SessionStore, person_of_ended

# With what a page sends by itself, and what its forms send: the person it was made for.
BY_ITSELF = "X-Autosave"
TYPED_BY = "typed_by"
# What every form that saves by itself posts: without scripts, choices alone are worth as much as words.
VERSION = "version"


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
    what they sent, to send it again. What a page saves by itself it still holds, so it is only told.

    Whatever is asked for keeps the session alive. What was typed by one person is never saved by another who has signed
    in on the same machine since."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is not None or not getattr(view_func, "login_required", True):
            return answer
        if _typed_by(request) not in ("", str(request.user.pk)):
            return _somebody_else(request)
        if isinstance(request.session, SessionStore):
            request.session.keep_alive(timezone.now())
        return None

    def handle_no_permission(  # type: ignore[override]  # Django promises a redirect, and takes any response
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if BY_ITSELF in request.headers:
            return JsonResponse({"person": None}, status=401)
        return handed_back(request) or super().handle_no_permission(request, view_func)


def stale_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Instead of Django's page where the token of a form is not good. Whoever signed in again in another tab meets it
    with what they had typed before, and gets that back too. A browser says from which site a form was sent: one of
    another site gets nothing."""
    if BY_ITSELF in request.headers:
        return JsonResponse({"token": "stale"}, status=403)
    own = request.headers.get("Origin") in {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return (handed_back(request) if own else None) or render(request, "403_csrf.html", status=403)


def handed_back(request: HttpRequest) -> HttpResponse | None:
    """A page with what was sent and a token of this moment. None where nothing was filled in. Whose session it was goes
    with it, so that nobody else sends it in their own name."""
    if request.method != "POST":
        return None
    sent = _fields(request)
    typed = [value for _, value in sent if " " in value.strip()]
    if not typed and VERSION not in request.POST:
        return None
    by = _typed_by(request) or str(person_of_ended(request.COOKIES.get(settings.SESSION_COOKIE_NAME)) or "")
    if request.user.is_authenticated and by not in ("", str(request.user.pk)):
        return _somebody_else(request)
    return render(request, "signed_out.html", {"sent": sent, "typed": typed, "typed_by": by}, status=403)


def _typed_by(request: HttpRequest) -> str:
    """The person whose page sent this, as far as it says so: by number."""
    return request.headers.get(BY_ITSELF) or (request.POST.get(TYPED_BY, "") if request.method == "POST" else "")


def _somebody_else(request: HttpRequest) -> HttpResponse:
    """Nothing is saved, and nothing of what was typed is shown."""
    if BY_ITSELF in request.headers:
        return JsonResponse({"person": request.user.pk}, status=403)
    return render(request, "somebody_else.html", status=403)


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was posted, in order, without what belongs to the session and to nobody's page."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", TYPED_BY) and "password" not in name
    ]
