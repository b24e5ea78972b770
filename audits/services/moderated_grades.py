"""What Stage 2 does to an audit: its moderated grades, or its way back to the auditor.

Stage 2 calls down into these; which moderator may decide about which audit is its own rule.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.enums import Grade
from audits.models import Audit, AuditSection
from audits.rules.grading import Ceiling, overall_ceiling, section_ceiling
from audits.rules.transitions import RETURN, SIGN_OFF, Step
from audits.rules.working_days import add_working_days
from audits.services import alerts
from audits.services.filled_form import FilledForm
from audits.services.trail import note, tell

OVERALL = "overall"


def ceilings(audit: Audit) -> dict[str, Ceiling]:
    """The grades that limiting judgements leave available, by key of each graded section and `overall`."""
    filled = FilledForm.of(audit)
    sections = {section.key: section_ceiling(section, filled.section(section.key)) for section in filled.form.sections}
    graded = {section.key: sections[section.key] for section in filled.form.graded_sections}
    return graded | {OVERALL: overall_ceiling(filled.form, filled.sections)}


@transaction.atomic
def record_moderated_grades(*, audit: Audit, decisions: Mapping[str, str], by: Person, at: datetime) -> None:
    """Sign the audit off with its moderated grades, by section key and `overall`.

    A grade without a decision stands as the auditor gave it. Limiting judgements hold here too. Raises `UserError`
    where a grade cannot be given, or where the audit is not waiting for Stage 2 any more.
    """
    ensure(by.may(Permission.MODERATE_AUDITS), "Only a moderator signs an audit off.")
    ensure(audit.allocation.auditor_id != by.pk, "Nobody moderates their own audit.")
    _take(SIGN_OFF, audit, signed_off_at=at)
    audit.refresh_from_db()
    _check(audit, decisions)
    for row in audit.sections.exclude(grade=""):
        AuditSection.objects.filter(pk=row.pk).update(moderated_grade=decisions.get(row.key, row.grade))
    audit.moderated_grade = decisions.get(OVERALL, audit.overall_grade)
    Audit.objects.filter(pk=audit.pk).update(moderated_grade=audit.moderated_grade)
    summary = f"Audit {audit.reference} was signed off: {Grade(audit.moderated_grade).label}"
    note(audit, "audit.signed_off", summary, by, at)
    alerts.case_audit_alert(audit=audit, at=at)
    if audit.moderated_grade == Grade.INADEQUATE:
        alerts.alert_inadequate(audit=audit, at=at)


@transaction.atomic
def return_to_auditor(*, audit: Audit, reason: str, by: Person, at: datetime) -> None:
    """Send a submitted audit back to be put right, with a day of its own to do it by. The auditor is told by mail."""
    ensure(by.may(Permission.MODERATE_AUDITS), "Only a moderator returns an audit.")
    ensure(audit.allocation.auditor_id != by.pk, "Nobody moderates their own audit.")
    if not reason.strip():
        raise UserError("Say what the auditor is to put right")
    programme = audit.allocation.cycle.programme
    due_on = add_working_days(timezone.localdate(at), programme.return_working_days, programme.closures)
    _take(RETURN, audit, returned_at=at, return_reason=reason.strip(), return_due_on=due_on)
    audit.refresh_from_db()
    note(audit, "audit.returned", f"Audit {audit.reference} was returned to its auditor", by, at)
    if audit.allocation.auditor:
        tell(audit, audit.allocation.auditor, "audit.returned", at, occurrence=at.isoformat(), due_on=due_on)


def _take(step: Step, audit: Audit, **values: object) -> None:
    if not Audit.objects.take(step, audit, **values):
        raise UserError("This audit is not waiting for Stage 2 any more.")


def _check(audit: Audit, decisions: Mapping[str, str]) -> None:
    graded = {row.key: row.grade for row in audit.sections.all() if row.grade}
    if audit.form_version is None:
        raise UserError("This audit was brought in from a file, so there is nothing to moderate.")
    for key, ceiling in ceilings(audit).items():
        grade = decisions.get(key)
        if grade is None:
            continue
        if grade not in Grade.values:
            raise UserError(f"“{grade}” is no grade.")
        if key != OVERALL and key not in graded:
            raise UserError("A section that does not apply yet has no grade.")
        if why_not := ceiling.why_not(grade):
            raise UserError(why_not)
    if unknown := set(decisions) - set(graded) - {OVERALL}:
        raise UserError(f"This audit has no graded section “{min(unknown)}”.")
