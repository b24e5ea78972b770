"""Stage 2's part of the copy for the child's file."""

from datetime import datetime

from django.db.models import prefetch_related_objects

from accounts.models import Due
from audits.enums import AuditState, Stage
from audits.models import Audit, AuditCopy
from audits.rules.file_copy import CopiedDecision, CopiedDiscussion, CopiedPresence
from audits.services.file_copies import freeze, hold_for_copy, plan_missing
from moderation.enums import ModerationState
from moderation.models import OVERALL, Moderation

STAGE_TWO_MISSING = "audit.copy_of_stage_2"
IN_FULL = ("moderator", "attendance__person", "decisions", "audit__sections")
"""What of a moderation `copied_discussion` reads."""


def freeze_signed_off(moderation: Moderation, at: datetime) -> AuditCopy:
    """Keep the copy of a signed-off audit, in the caller's transaction; before it that of Stage 1, if there is none."""
    if not moderation.audit.file_copies.filter(stage=Stage.ONE).exists():
        freeze(audit=moderation.audit, stage=Stage.ONE, at=at)
    prefetch_related_objects([moderation], *IN_FULL)
    return freeze(audit=moderation.audit, stage=Stage.TWO, at=at, discussion=copied_discussion(moderation))


def copied_discussion(moderation: Moderation) -> CopiedDiscussion:
    """What was signed off, as plain values. Why somebody was not there is left out: it is about them, not the child."""
    names = {row.key: row.name for row in moderation.audit.sections.all()} | {OVERALL: "Overall"}
    return CopiedDiscussion(
        held_on=moderation.held_on.isoformat() if moderation.held_on else "",
        minutes=moderation.duration_minutes or 0,
        moderator=moderation.moderator.name if moderation.moderator else "",
        attendance=tuple(
            CopiedPresence(row.get_capacity_display(), row.person.name if row.person else "", row.attended)
            for row in moderation.attendance.all()
        ),
        difference_made=moderation.difference_made,
        strengths=moderation.strengths,
        comment=moderation.comment,
        decisions=tuple(
            CopiedDecision(row.section_key, names.get(row.section_key, ""), row.original, row.final, row.reason)
            for row in moderation.decisions.all()
        ),
    )


def plan_stage_two(at: datetime) -> None:
    """Write the row of audits that were signed off before copies were kept."""
    signed_off = Moderation.objects.filter(state=ModerationState.SIGNED_OFF).values("audit")
    audits = Audit.objects.filter(state=AuditState.SIGNED_OFF, pk__in=signed_off)
    plan_missing(STAGE_TWO_MISSING, Stage.TWO, audits, at)


def make_stage_two(due: Due, at: datetime) -> str:
    audit = hold_for_copy(due, Stage.TWO, [AuditState.SIGNED_OFF])
    moderation = Moderation.objects.select_related("moderator", "audit").get(audit=audit)
    return f"Kept as copy {freeze_signed_off(moderation, at).number}."
