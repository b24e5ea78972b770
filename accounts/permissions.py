"""Who may open a page. Every view says so with one of the decorators here; a test fails on any URL without.

A page that a person's roles do not allow is refused (403). A record outside a person's scope does not exist for them
(404): views take records only from `visible_to(person)`, and name that scope in the decorator.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.enums import Permission
from accounts.models import Person

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Access:
    """What a view declares: any one of `permissions` opens it (none: anybody signed in), inside `scope`."""

    permissions: frozenset[Permission] = frozenset()
    scope: str = ""
    public: bool = False

    def allows(self, person: Person) -> bool:
        return not self.permissions or bool(self.permissions & person.permissions)


def requires(*permissions: Permission, scope: str = "") -> Callable[[View], View]:
    """Open the view to people who hold any of `permissions`; `scope` says in words which records it can reach."""
    access = Access(frozenset(permissions), scope)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not access.allows(signed_in(request)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return decorate


def everybody_signed_in(*, scope: str) -> Callable[[View], View]:
    """Open the view to every active person; `scope` says in words which records it can reach."""
    return requires(scope=scope)


def public(view: View) -> View:
    """Open the view to anybody, signed in or not. It must hold nothing about anybody."""
    view = login_not_required(view)
    view.access = Access(public=True)  # type: ignore[attr-defined]
    return view


def signed_in(request: HttpRequest) -> Person:
    """The person behind the request. LoginRequiredMiddleware has seen to it that there is one."""
    return cast(Person, request.user)


def ensure(allowed: bool, why: str) -> None:
    """What a service asks before a state change: the last door, behind the page's own."""
    if not allowed:
        raise PermissionDenied(why)
