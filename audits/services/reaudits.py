"""Re-audits: setting one aside that is not needed, and what the re-auditor says has changed for the child."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.enums import AuditKind, Standing
from audits.facts.reaudits import CaseCall, calls
from audits.models import Allocation, Audit, ProgrammeRules, ReauditSetAside
from audits.rules.answers import Problem, storable
from audits.rules.details import what_changed_problems
from audits.rules.reaudits import is_due
from audits.services.stage1 import hold_open
from audits.services.trail import note
from audits.services.waiting import wait_for_publications


@dataclass(frozen=True)
class SavedText:
    """The version now stored, and what is wrong or missing."""

    version: int
    problems: tuple[Problem, ...]


def set_aside(*, audit: Audit, reason: str, by: Person, at: datetime) -> None:
    """No re-audit follows this audit. Raises UserError without a reason, where the audit calls for none, or where one
    has been given out or set aside already."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA sets a re-audit aside.")
    given = Allocation.objects.filter(reaudit_of=audit).exclude(standing=Standing.WITHDRAWN)
    settled = given.exists() or ReauditSetAside.objects.filter(audit=audit).exists()
    if not settled and audit.reference not in _waiting():
        raise UserError(f"Audit {audit.reference} calls for no re-audit.")
    _keep(audit, reason, by, at)


def _keep(audit: Audit, reason: str, by: Person, at: datetime) -> None:
    """The reason can be about the child, so the log goes without it."""
    if not reason.strip():
        raise UserError("Say why no re-audit is needed.")
    try:
        with transaction.atomic():
            wait_for_publications()
            if Allocation.objects.filter(reaudit_of=audit).exclude(standing=Standing.WITHDRAWN).exists():
                raise UserError(f"The re-audit of {audit.reference} has been given out already.")
            ReauditSetAside.objects.create(audit=audit, reason=reason.strip(), by=by, at=at)
            note(audit, "reaudit.set_aside", f"The re-audit of {audit.reference} was set aside", by, at)
    except IntegrityError as error:
        raise UserError(f"The re-audit of {audit.reference} was set aside before.") from error


def _waiting() -> dict[str, CaseCall]:
    """The calls that wait, by the reference of the audit to set aside."""
    return {found.call.newest.reference: found for found in calls(ProgrammeRules.objects.current().programme)}


@transaction.atomic
def set_aside_until(*, month: date, reason: str, by: Person, at: datetime) -> int:
    """Set aside every re-audit that waits and was due in that month or before; how many. For what a file of past audits
    brought in of years ago."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA sets a re-audit aside.")
    references = [reference for reference, found in _waiting().items() if is_due(found.call, month)]
    for audit in Audit.objects.filter(reference__in=references).order_by("pk"):
        _keep(audit, reason, by, at)
    return len(references)


@transaction.atomic
def take_back(*, audit: Audit, by: Person, at: datetime) -> bool:
    """The re-audit is due after all. Says whether this call did it."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA takes back that a re-audit is set aside.")
    deleted, _ = ReauditSetAside.objects.filter(audit=audit).delete()
    if deleted:
        note(audit, "reaudit.taken_back", f"The re-audit of {audit.reference} is due after all", by, at)
    return bool(deleted)


@transaction.atomic
def save_what_changed(*, audit: Audit, text: str, version: int, by: Person, at: datetime) -> SavedText:
    """Keep what has changed for the child since the audit before. Raises `StaleVersion` as a section's save does."""
    if audit.allocation.kind != AuditKind.REAUDIT:
        raise UserError("Only a re-audit says what has changed.")
    hold_open(audit=audit, by=by, at=at)
    text = storable(text)
    problems = tuple(what_changed_problems(text))
    current = Audit.objects.get(pk=audit.pk)
    if text == current.what_changed or any(not problem.missing for problem in problems):
        return SavedText(current.version, problems)
    saved = Audit.objects.filter(pk=audit.pk, version=version)
    if not saved.update(what_changed=text, version=F("version") + 1):
        raise StaleVersion("This was changed in another tab or on another device.", current=current.version)
    return SavedText(version + 1, problems)
