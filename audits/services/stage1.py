"""Filling in an audit and submitting it.

On either database no save can slip in beside a submission: what was submitted is what was checked. A section is saved
by one UPDATE of its row, which says from which version; a submission takes the rows of all sections first. Everything
else that belongs to the draft holds the audit's own row (`hold_open`).
"""

from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from accounts.errors import StaleVersion, UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.enums import OPEN_STATES, AuditState, Grade, Stage, Standing, WorkerInvolvement
from audits.models import Allocation, Audit, AuditSection, Theme
from audits.models.audits import AuditQuerySet
from audits.permissions import is_auditor
from audits.rules.answers import GRADE, CleanedSection, Problem, clean_section, overall_grade_problems, settled
from audits.rules.details import Details, details_problems
from audits.rules.filled import FilledSection
from audits.rules.grading import Ceiling, overall_ceiling, section_ceiling
from audits.rules.transitions import BEGIN, SUBMIT
from audits.services import alerts
from audits.services.file_copies import freeze
from audits.services.filled_form import FilledForm, filled_section
from audits.services.forms import form_of, form_version_of, pack_of
from audits.services.requests.endings import drop_moot
from audits.services.trail import note

# Autosave writes many times an hour: the activity log says once a sitting that somebody worked on a section.
SITTING = timedelta(minutes=15)


class NotReady(UserError):
    """The audit cannot be submitted yet; `problems` says why, by section key."""

    def __init__(self, problems: dict[str, tuple[Problem, ...]]) -> None:
        super().__init__("The audit cannot be submitted yet. Some sections need something more.")
        self.problems = problems


@dataclass(frozen=True)
class Saved:
    """The version now stored, what was kept of what was posted with every problem of it, and what the grade can be."""

    version: int
    cleaned: CleanedSection
    ceiling: Ceiling


@dataclass(frozen=True)
class SavedDetails:
    """The version now stored, and what is wrong or missing."""

    version: int
    problems: tuple[Problem, ...]


def start(*, audit: Audit, by: Person, at: datetime) -> None:
    """Begin the audit, with the form it will be made with for good. Beginning it again changes nothing."""
    ensure(is_auditor(by, audit), "Only the auditor fills in an audit.")
    with transaction.atomic():
        version, pack, form = form_version_of(audit), pack_of(audit), form_of(audit)
        begun = Audit.objects.take(BEGIN, audit, started_at=at, form_version=version, pack=pack)
        if begun:
            AuditSection.objects.bulk_create(
                AuditSection(audit=audit, key=section.key, name=section.name, position=position)
                for position, section in enumerate(form.sections)
            )
            note(audit, "audit.started", f"Audit {audit.reference} was started", by, at)
            alerts.ask_for_reflection(audit=audit, at=at)
    if begun:
        audit.state, audit.started_at = AuditState.IN_PROGRESS, at
        audit.form_version, audit.pack = version, pack


def hold_open(*, audit: Audit, by: Person, at: datetime) -> None:
    """Begin the audit where nobody has, and keep it from being submitted until this transaction ends.

    Raises `UserError` where the audit can no longer be filled in.
    """
    ensure(is_auditor(by, audit), "Only the auditor fills in an audit.")
    if not _hold(audit):
        start(audit=audit, by=by, at=at)
        if not _hold(audit):
            raise _refused(audit, by)
    # Whoever gives it to somebody else, or ends it, takes the audit's row first: from here on this stays true.
    if not _open_to(by).filter(pk=audit.pk).exists():
        raise _refused(audit, by)


def _hold(audit: Audit) -> int:
    return Audit.objects.in_state(audit, AuditState.IN_PROGRESS).update(state=AuditState.IN_PROGRESS)


def save_section(
    *,
    audit: Audit,
    key: str,
    posted: FilledSection,
    version: int,
    by: Person,
    at: datetime,
    not_applicable: bool = False,
) -> Saved:
    """Keep what can be kept of a posted section. For the section of the overall grade, `posted.grade` is that grade.

    `version` is the one the page was made from. Raises `StaleVersion` where another tab or device has saved
    something else since; saving what is stored already is no conflict and changes nothing.
    """
    ensure(is_auditor(by, audit), "Only the auditor fills in an audit.")
    section = form_of(audit).section(key)
    row = _row_of(audit, key, by, at)
    stored, before = filled_section(row), audit.overall_grade
    cleaned = clean_section(
        section, _with_known_themes(posted, stored), on=timezone.localdate(at), not_applicable=not_applicable
    )
    overall_grade = before
    ceiling = section_ceiling(section, cleaned.filled)
    if section.overall:
        current = FilledForm.of(audit)
        ceiling = overall_ceiling(current.form, current.sections)
        cleaned, overall_grade = _with_overall_grade(cleaned, posted.grade, current)
    if cleaned.filled == stored and overall_grade == before:
        if not _open_to(by).filter(pk=audit.pk).exists():
            raise _refused(audit, by)
        return Saved(row.version, cleaned, ceiling)
    is_new_sitting = row.saved_at is None or at - row.saved_at > SITTING
    # Most saves are this one statement, which is a transaction of its own.
    with transaction.atomic() if is_new_sitting or overall_grade != before else nullcontext():
        if overall_grade != before:
            # The audit's row before its section's, as whoever submits takes them.
            Audit.objects.in_state(audit, AuditState.IN_PROGRESS).update(overall_grade=overall_grade)
        _keep(row, version, cleaned.filled, audit, by, at)
        if is_new_sitting:
            summary = f"{section.name} of audit {audit.reference} was worked on"
            note(audit, "audit.section_saved", summary, by, at, {"section": section.key})
    audit.overall_grade = overall_grade
    return Saved(version + 1, cleaned, ceiling)


def _row_of(audit: Audit, key: str, by: Person, at: datetime) -> AuditSection:
    """The stored section; the audit is begun where nobody has."""
    row = audit.sections.filter(key=key).first()
    if row is None:
        with transaction.atomic():
            hold_open(audit=audit, by=by, at=at)
        row = audit.sections.get(key=key)
    return row


def _keep(row: AuditSection, version: int, filled: FilledSection, audit: Audit, by: Person, at: datetime) -> None:
    """Store the section, if it has that version still and the audit is the auditor's to fill in."""
    written = AuditSection.objects.filter(Exists(_open_to(by).filter(pk=OuterRef("audit"))), pk=row.pk, version=version)
    stored = written.update(
        answers=filled.answers_to_store(),
        comment=filled.comment,
        grade=filled.grade,
        not_applicable_reason=filled.not_applicable_reason,
        themes=list(filled.themes),
        version=F("version") + 1,
        saved_at=at,
    )
    if stored:
        return
    if not _open_to(by).filter(pk=audit.pk).exists():
        raise _refused(audit, by)
    current = AuditSection.objects.values_list("version", flat=True).get(pk=row.pk)
    raise StaleVersion("This section was changed in another tab or on another device.", current=current)


def _open_to(auditor: Person) -> AuditQuerySet:
    """The audits that the auditor fills in at this moment."""
    return Audit.objects.filter(
        state=AuditState.IN_PROGRESS, allocation__standing=Standing.LIVE, allocation__auditor=auditor
    )


def _refused(audit: Audit, by: Person) -> UserError:
    """Why the audit cannot be filled in, as it stands now."""
    audit.refresh_from_db(fields=["state"])
    auditor = Allocation.objects.values_list("auditor", flat=True).get(pk=audit.allocation_id)
    return UserError(_closed(audit) if auditor == by.pk else "This audit was given to another auditor.")


def _with_known_themes(posted: FilledSection, stored: FilledSection) -> FilledSection:
    """Without themes that the code book has not; it is asked only where they have changed."""
    if set(posted.themes) == set(stored.themes):
        return posted
    known = Theme.objects.filter(key__in=posted.themes).values_list("key", flat=True)
    return replace(posted, themes=tuple(known))


@transaction.atomic
def save_details(*, audit: Audit, details: Details, version: int, by: Person, at: datetime) -> SavedDetails:
    """Keep the date of the audit and how it was done with the worker, unless the date lies ahead.

    Raises `StaleVersion` as `save_section` does.
    """
    hold_open(audit=audit, by=by, at=at)
    problems = tuple(details_problems(details, on=timezone.localdate(at)))
    if details.worker_involvement != WorkerInvolvement.NOT_INVOLVED:
        details = replace(details, not_involved_reason="")
    wrong = any(not problem.missing for problem in problems)
    current = Audit.objects.get(pk=audit.pk)
    stored = Details(current.audit_on, current.worker_involvement, current.not_involved_reason)
    if wrong or details == stored:
        return SavedDetails(current.version, problems)
    saved = Audit.objects.filter(pk=audit.pk, version=version).update(
        audit_on=details.audit_on,
        worker_involvement=details.worker_involvement,
        not_involved_reason=details.not_involved_reason,
        version=F("version") + 1,
    )
    if not saved:
        raise StaleVersion("These details were changed in another tab or on another device.", current=current.version)
    note(audit, "audit.details_saved", f"Details of audit {audit.reference} were saved", by, at)
    return SavedDetails(version + 1, problems)


@transaction.atomic
def submit(*, audit: Audit, by: Person, at: datetime) -> bool:
    """Complete Stage 1. From then on the audit does not change.

    Says whether this call did it: submitting again changes nothing. Raises `NotReady` with everything that is missing.
    """
    ensure(is_auditor(by, audit), "Only the auditor submits an audit.")
    try:
        hold_open(audit=audit, by=by, at=at)
    except UserError:
        if audit.is_completed:
            return False
        raise
    # A save that waits for one of these rows finds another version than its page had: no save is beside this.
    AuditSection.objects.filter(audit=audit).update(version=F("version") + 1)
    audit.refresh_from_db(
        fields=["overall_grade", "audit_on", "worker_involvement", "not_involved_reason", "what_changed"]
    )
    filled = FilledForm.of(audit)
    today = timezone.localdate(at)
    if problems := filled.problems(today):
        raise NotReady(problems)
    completed_on = audit.completed_on or today
    if not Audit.objects.take(SUBMIT, audit, submitted_at=at, completed_on=completed_on, return_reason=""):
        return False
    _settle(filled)
    audit.refresh_from_db()
    grade = Grade(audit.overall_grade).label
    note(audit, "audit.submitted", f"Audit {audit.reference} was submitted: {grade}", by, at)
    freeze(audit=audit, stage=Stage.ONE, at=at)
    drop_moot(at=at, allocation=audit.allocation)
    alerts.audit_submitted(audit=audit, at=at)
    return True


def _with_overall_grade(cleaned: CleanedSection, grade: str, current: FilledForm) -> tuple[CleanedSection, str]:
    """The overall grade to keep, and its problem among those of its section."""
    grade = grade if grade in Grade.values else ""
    problems = overall_grade_problems(current.form, current.sections, grade)
    kept = "" if any(problem.field == GRADE for problem in problems) else grade
    return replace(cleaned, problems=(*cleaned.problems, *problems)), kept


def _settle(filled: FilledForm) -> None:
    """Set aside for good what other answers hid, so that whoever counts answers counts only what was asked."""
    for section in filled.form.sections:
        before = filled.section(section.key)
        after = settled(section, before)
        if after != before:
            AuditSection.objects.filter(pk=filled.rows[section.key].pk).update(
                answers=after.answers_to_store(), grade=after.grade
            )


def _closed(audit: Audit) -> str:
    if audit.is_completed:
        return "This audit has been submitted, so it can no longer be changed."
    if audit.state == AuditState.NOT_RETURNED:
        return "This audit’s cycle is closed, so the audit can no longer be filled in."
    if audit.state in OPEN_STATES:
        return "This audit is no longer yours to do: it was exempted or withdrawn."
    return "This audit cannot be changed."
