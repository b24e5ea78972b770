"""What the page of a person shows from the floors above: how many cases they are given, and what is open of theirs."""

from typing import Any

from django import template
from django.template import RequestContext
from django.utils import timezone

from accounts.enums import Permission, Role
from accounts.models import Person
from accounts.permissions import signed_in
from accounts.roles import permissions_of
from audits.models import ProgrammeRules
from audits.rules.quota import quota_of
from config.handover import ACTION, AUDIT, DISCUSSION, counts_of, why_absent

register = template.Library()

PLURALS = {AUDIT: ("audit", "audits"), DISCUSSION: ("discussion", "discussions"), ACTION: ("action", "actions")}


@register.simple_tag
def with_quota(rows: list[tuple[str, object]], person: Person) -> list[tuple[str, object]]:
    """The rows of a person's details, and how many cases a cycle they are given and why; for auditors alone."""
    if Permission.COMPLETE_AUDITS not in permissions_of(person.role_set):
        return rows
    return [*rows, ("Cases in a cycle", quota_in_words(person))]


@register.inclusion_tag("handover/_open_work.html", takes_context=True)
def open_work(context: RequestContext, person: Person) -> dict[str, Any]:
    """How much is open of a person, and the way to give it to others."""
    counts = {kind: count for kind, count in counts_of(person).items() if count}
    return {
        "person": person,
        "why": why_absent(person, timezone.localdate()),
        "held": [f"{count} {PLURALS[kind][count != 1]}" for kind, count in counts.items()],
        "may_hand_over": signed_in(context["request"]).may(Permission.RUN_CYCLES),
    }


def quota_in_words(person: Person) -> str:
    programme = ProgrammeRules.objects.current().programme
    found = quota_of(person.quota, person.role_set, usual=programme.quota, by_role=programme.quota_by_role)
    if found.is_own:
        return f"{found.cases}: a number of their own"
    if found.role:
        return f"{found.cases}: the number for the role {Role(found.role).label.lower()}"
    return f"{found.cases}: the programme’s usual number"
