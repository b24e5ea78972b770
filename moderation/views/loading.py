"""Finding the moderation of a page, and what its pages have in common."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.permissions import signed_in
from moderation.models import Moderation
from moderation.permissions import is_moderator

OWN = "the moderator's own moderation, until it is signed off"
RELATED = (
    "moderator",
    "audit__form_version",
    "audit__pack",
    "audit__allocation__auditor",
    "audit__allocation__worker",
    "audit__allocation__case",
    "audit__allocation__cycle__form_version",
    "audit__allocation__cycle__pack",
    "audit__allocation__cycle__rules",
)


def visible_moderation(request: HttpRequest, reference: str) -> Moderation:
    """The moderation, if the person may see it at all; otherwise it does not exist."""
    visible = Moderation.objects.visible_to(signed_in(request)).select_related(*RELATED)
    return get_object_or_404(visible, audit__reference=reference)


def own_moderation(request: HttpRequest, reference: str) -> Moderation:
    """The moderation, for its moderator alone."""
    moderation = visible_moderation(request, reference)
    if not is_moderator(signed_in(request), moderation):
        raise Http404
    return moderation
