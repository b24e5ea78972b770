"""Every address of the program, found by walking the URL resolver."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.permissions import Access

# django-allauth's own views carry no declaration of ours: these are open to anybody, or ask for a signed-in person.
ALLAUTH_PUBLIC = {
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}
ALLAUTH_SIGNED_IN = {"account_change_password", "account_reauthenticate"}


@dataclass(frozen=True)
class Address:
    """One URL pattern: its name, its route and what its view declares."""

    name: str
    route: str
    view: Callable[..., Any]
    converters: dict[str, Any]

    @property
    def access(self) -> Access | None:
        if self.name in ALLAUTH_PUBLIC:
            return Access(public=True)
        if self.name in ALLAUTH_SIGNED_IN:
            return Access(scope="the person's own account")
        return getattr(self.view, "access", None)


def addresses(
    resolver: URLResolver | None = None, prefix: str = "", around: dict[str, Any] | None = None
) -> Iterator[Address]:
    """Every URL pattern below `resolver`, the whole program's by default; `around`: what its own address holds."""
    resolver = resolver or get_resolver()
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route, (around or {}) | pattern.pattern.converters)
        elif isinstance(pattern, URLPattern):
            converters = (around or {}) | pattern.pattern.converters
            yield Address(pattern.name or route, route, pattern.callback, converters)
