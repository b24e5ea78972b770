"""The press that raises an immediate safeguarding concern, on every page of an audit whose auditor or moderator reads
it; and the concerns of an audit, for those who know them."""

from typing import Any

from django import template
from django.utils import timezone

from audits.concern_permissions import may_raise
from audits.enums import ConcernState
from audits.models import Audit, Concern
from audits.pages.concerns import TAGS
from audits.services.concerns.raising import new_press

register = template.Library()


@register.inclusion_tag("audits/concerns/_press.html", takes_context=True)
def concern_press(context: Any) -> dict[str, Any]:
    """Stands in base.html: a page that is about one audit calls it `audit`, or its moderation `moderation`."""
    audit = context.get("audit") or getattr(context.get("moderation"), "audit", None)
    user = context.get("user")
    if not isinstance(audit, Audit) or not getattr(user, "is_authenticated", False) or not may_raise(user, audit):
        return {"audit": None}
    return {"audit": audit, "press": new_press(), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("audits/concerns/_of_audit.html", takes_context=True)
def concerns_of(context: Any, audit: Audit) -> dict[str, Any]:
    """The concerns raised in an audit that this person knows of."""
    known = Concern.objects.visible_to(context["user"]).filter(audit=audit).select_related("raised_by")
    return {
        "concerns": [(concern, TAGS[ConcernState(concern.state)]) for concern in known],
        "today": timezone.localdate(),
    }
