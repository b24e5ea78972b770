"""Writing the reflective discussion down, and signing it off."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.errors import StaleVersion, UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from audits.enums import Capacity
from audits.rules.answers import Problem
from audits.rules.grading import overall_ceiling, section_ceiling
from audits.services.filled_form import FilledForm
from audits.services.moderated_grades import record_moderated_grades
from audits.services.moderated_grades import return_to_auditor as return_audit_to_auditor
from moderation.enums import Attended, ModerationState
from moderation.models import OVERALL, Attendance, GradeDecision, Moderation
from moderation.permissions import is_moderator, is_open, may_moderate
from moderation.rules.discussion import Discussion, GradedPart, problems_before_sign_off
from moderation.services.file_copies import freeze_signed_off
from moderation.services.independence import bar_between

# Autosave writes many times an hour: the activity log says once a sitting that the discussion was worked on.
SITTING = timedelta(minutes=15)


class NotReady(UserError):
    """The discussion cannot be signed off yet; `problems` says why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("This cannot be signed off yet. Some things are still missing.")
        self.problems = problems


def graded_parts(filled: FilledForm) -> tuple[GradedPart, ...]:
    """Every grade the auditor gave, the overall one last. A section that does not apply yet has none."""
    sections = ((section, filled.section(section.key)) for section in filled.form.graded_sections)
    return (
        *(
            GradedPart(section.key, section.name, row.grade, section_ceiling(section, row))
            for section, row in sections
            if row.grade
        ),
        GradedPart(
            OVERALL, "the audit overall", filled.audit.overall_grade, overall_ceiling(filled.form, filled.sections)
        ),
    )


def problems_of(moderation: Moderation, at: datetime) -> tuple[Problem, ...]:
    """What keeps the stored draft from being signed off."""
    submitted_on = moderation.audit.completed_on
    if submitted_on is None:
        raise UserError("Stage 1 of this audit has not been submitted.")
    return problems_before_sign_off(
        Discussion.from_stored(moderation.draft),
        graded_parts(FilledForm.of(moderation.audit)),
        submitted_on=submitted_on,
        on=timezone.localdate(at),
    )


@transaction.atomic
def save_draft(*, moderation: Moderation, posted: Discussion, version: int, by: Person, at: datetime) -> int:
    """Keep what was typed, whatever it is; says the version now stored.

    `version` is the one the page was made from. Raises `StaleVersion` where another tab or device has saved something
    else since; saving what is stored already is no conflict and changes nothing.
    """
    _ensure_may_moderate(by, moderation)
    typed = _with_originals(posted, graded_parts(FilledForm.of(moderation.audit))).to_store()
    if typed == moderation.draft:
        return moderation.version
    saved = (
        Moderation.objects.unsigned()
        .filter(pk=moderation.pk, moderator=by, version=version)
        .update(draft=typed, version=F("version") + 1, state=ModerationState.IN_PROGRESS, saved_at=at)
    )
    if not saved:
        raise _refusal(moderation)
    if moderation.saved_at is None or at - moderation.saved_at > SITTING:
        _record(moderation, by, at, "moderation.saved", "Stage 2 of audit {} was worked on")
    moderation.refresh_from_db()
    return moderation.version


@transaction.atomic
def sign_off(*, moderation: Moderation, version: int, by: Person, at: datetime) -> bool:
    """Complete Stage 2 with the draft as it is stored. The moderated grades count from then on, beside the original.

    Says whether this call did it: signing off again changes nothing. Raises `NotReady` with everything that is missing,
    `StaleVersion` where the draft is another than the one that was checked.
    """
    ensure(is_moderator(by, moderation), "Only its moderator signs an audit off.")
    moderation.refresh_from_db()
    if moderation.state == ModerationState.SIGNED_OFF:
        return False
    _ensure_may_moderate(by, moderation)
    _ensure_independent(by, moderation)
    if problems := problems_of(moderation, at):
        raise NotReady(problems)
    discussion = Discussion.from_stored(moderation.draft)
    signed = (
        Moderation.objects.unsigned()
        .filter(pk=moderation.pk, moderator=by, version=version)
        .update(
            state=ModerationState.SIGNED_OFF,
            signed_off_at=at,
            held_on=discussion.day,
            duration_minutes=discussion.minutes,
            difference_made=discussion.difference_made.strip(),
            strengths=discussion.strengths.strip(),
            comment=discussion.comment.strip(),
            draft={},
            version=F("version") + 1,
        )
    )
    if not signed:
        raise _refusal(moderation)
    _write_decisions(moderation, discussion)
    _write_attendance(moderation, discussion)
    decisions = {row.section_key: row.final for row in moderation.decisions.all()}
    record_moderated_grades(audit=moderation.audit, decisions=decisions, by=by, at=at)
    _record(moderation, by, at, "moderation.signed_off", "Stage 2 of audit {} was signed off")
    moderation.refresh_from_db()
    freeze_signed_off(moderation, at)
    return True


@transaction.atomic
def return_to_auditor(*, moderation: Moderation, reason: str, by: Person, at: datetime) -> None:
    """Send Stage 1 back with questions. What was typed is kept; it comes up again when the audit comes back."""
    _ensure_may_moderate(by, moderation)
    # The moderation first and the audit second, as in signing off, so that the two never wait for each other.
    held = Moderation.objects.unsigned().filter(pk=moderation.pk, moderator=by)
    if not held.update(state=ModerationState.AWAITING):
        raise _refusal(moderation)
    return_audit_to_auditor(audit=moderation.audit, reason=reason, by=by, at=at)
    _record(moderation, by, at, "moderation.returned", "Stage 1 of audit {} was returned to its auditor")
    moderation.refresh_from_db()


def _ensure_may_moderate(by: Person, moderation: Moderation) -> None:
    ensure(is_moderator(by, moderation), "Only its moderator writes a discussion down.")
    if not is_open(moderation):
        raise UserError(_closed(moderation))
    ensure(may_moderate(by, moderation), "The record is restricted: ask QA for access first.")


def _ensure_independent(by: Person, moderation: Moderation) -> None:
    """People move: whoever has come into the worker's line since they were chosen does not sign off."""
    if bar := bar_between(by, moderation.audit):
        raise UserError(f"{by} cannot sign this audit off because {bar}. Ask QA to choose another moderator.")


def _with_originals(posted: Discussion, parts: tuple[GradedPart, ...]) -> Discussion:
    """The discussion with the auditor's grade beside each decision, and no decision about anything else."""
    decisions = {
        part.key: replace(posted.decisions[part.key], original=part.original)
        for part in parts
        if part.key in posted.decisions
    }
    return replace(posted, decisions=decisions)


def _write_decisions(moderation: Moderation, discussion: Discussion) -> None:
    parts = graded_parts(FilledForm.of(moderation.audit))
    GradeDecision.objects.bulk_create(
        GradeDecision(
            moderation=moderation,
            section_key=part.key,
            original=part.original,
            final=discussion.decision(part).final,
            reason=discussion.decision(part).reason.strip(),
        )
        for part in parts
    )


def _write_attendance(moderation: Moderation, discussion: Discussion) -> None:
    people = people_of_discussion(moderation)
    Attendance.objects.bulk_create(
        Attendance(
            moderation=moderation,
            capacity=capacity,
            person=people.get(capacity),
            attended=bool(discussion.presence(capacity).attended),
            note=discussion.presence(capacity).note.strip(),
        )
        for capacity in Attended
    )


def people_of_discussion(moderation: Moderation) -> dict[Attended, Person]:
    """Who the four people of this discussion are, as far as they are known."""
    parts = {part.capacity: part.person for part in moderation.audit.participants.select_related("person")}
    found = {
        Attended.MODERATOR: moderation.moderator,
        Attended.AUDITOR: parts.get(Capacity.AUDITOR),
        Attended.PRACTICE_MANAGER: parts.get(Capacity.PRACTICE_MANAGER),
        Attended.SOCIAL_WORKER: parts.get(Capacity.WORKER),
    }
    return {capacity: person for capacity, person in found.items() if person}


def _refusal(moderation: Moderation) -> UserError:
    """Why a conditional update met no row."""
    moderation.refresh_from_db()
    moderation.audit.refresh_from_db()
    if not is_open(moderation):
        return UserError(_closed(moderation))
    return StaleVersion("This was changed in another tab or on another device.", current=moderation.version)


def _closed(moderation: Moderation) -> str:
    if moderation.state == ModerationState.SIGNED_OFF:
        return "Stage 2 of this audit has been signed off, so it can no longer be changed."
    return "This audit is not waiting for Stage 2: it is with its auditor, or has left the programme."


def _record(moderation: Moderation, by: Person, at: datetime, verb: str, summary: str) -> None:
    reference = moderation.audit.reference
    record(by=by, verb=verb, thing_type="moderation", thing_ref=reference, summary=summary.format(reference), at=at)
