"""What every page knows: where a person can go, and whose program this is."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.permissions import signed_in
from audits.models import ProgrammeRules
from config.navigation import NAVIGATION


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The places that this person's roles open, in the order people work; asked for only where a page shows them."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"navigation": []}
    return {"navigation": SimpleLazyObject(partial(_places, request))}


def _places(request: HttpRequest) -> list[dict[str, Any]]:
    person = signed_in(request)
    places = [(place, reverse(place.url_name)) for place in NAVIGATION if place.allows(person)]
    above = (url for _, url in places if request.path.startswith(url) and url != "/")
    here = max(above, key=len, default=request.path)
    return [{"text": place.text, "url": url, "active": url == here} for place, url in places]


def authority(request: HttpRequest) -> dict[str, Any]:
    """The authority's name, asked for only where a template prints it."""
    return {"authority_name": SimpleLazyObject(lambda: ProgrammeRules.objects.current().programme.authority_name)}
