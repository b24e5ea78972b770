"""What becomes due by itself on this floor: moderators for submitted audits, and the deadlines of moderations."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse

from accounts.due_rules import Handler, Skipped
from audits.services.chasing import Deadline, handlers, plan_deadlines
from moderation.models import Moderation
from moderation.services.file_copies import STAGE_TWO_MISSING, make_stage_two, plan_stage_two
from moderation.services.planning import plan_moderations


def plan(at: datetime) -> None:
    """Give what was submitted to moderators, then write the rows of every open moderation that has none."""
    plan_moderations(at)
    plan_deadlines(
        "moderation",
        Moderation.objects.open(),
        name="audit__reference",
        due_on="due_on",
        caused_at="assigned_at",
        owed_since="audit__submitted_at",
        rules="audit__allocation__cycle__rules",
        at=at,
    )
    plan_stage_two(at)


def _open_moderation(thing: str) -> Deadline:
    moderation = (
        Moderation.objects.open()
        .select_related("moderator", "audit")
        .filter(audit__reference=thing.removeprefix("moderation:"))
        .first()
    )
    if moderation is None:
        raise Skipped("It has been signed off.")
    reference = moderation.audit.reference
    path = reverse("moderation_detail", args=[reference])
    return Deadline(reference, moderation.moderator, moderation.due_on, path, since=moderation.assigned_at)


HANDLERS: Mapping[str, Handler] = {STAGE_TWO_MISSING: make_stage_two, **handlers("moderation", _open_moderation)}
