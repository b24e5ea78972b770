"""Conflicts of interest: who must not audit or moderate which case, because they said so or a case file does.

One row stands for a person and a case, whoever said it. A number is kept as it was typed: it may be that of a case that
is not held here, or of a restricted one, and nobody learns which by declaring it.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from accounts.tables.values import tidy
from audits.enums import OPEN_STATES, AuditState, Capacity
from audits.models import Audit, Case, CaseConflict, Participant
from audits.services.trail import tell

NUMBER_CHARACTERS, REASON_CHARACTERS = 100, 300


@transaction.atomic
def declare(*, person: Person, number: str, reason: str, by: Person, at: datetime) -> CaseConflict:
    """Keep the person away from the case with that number, now or once it is held here.

    Declared again, the reason is replaced. Where the person is at work on the case, QA is told. Raises UserError where
    the number or the reason is missing.
    """
    ensure(may_declare(by, person), "People declare their own conflicts of interest, and QA for them.")
    number = _required(number, "Enter the case number", NUMBER_CHARACTERS)
    reason = _required(reason, "Enter the reason", REASON_CHARACTERS)
    conflict = _kept(person, number, {"reason": reason, "declared_by": by, "declared_at": at})
    _record(conflict, "conflict.declared", f"Declared a conflict of interest of {person}", by, at)
    for audit in work_in_conflict(person, [conflict]):
        _tell_quality_assurance(audit, person, conflict, at)
    return conflict


@transaction.atomic
def take_back(*, conflict: CaseConflict, by: Person, at: datetime) -> None:
    """What a person declared counts no longer. What a case file says stays."""
    ensure(may_take_back(by, conflict), "Only who declared a conflict takes it back.")
    _record(conflict, "conflict.taken_back", f"{by} took back a conflict of interest", by, at)
    if conflict.from_file:
        CaseConflict.objects.filter(pk=conflict.pk).update(declared_by=None, declared_at=None, reason="")
    else:
        conflict.delete()


@transaction.atomic
def remove(*, conflict: CaseConflict, by: Person, at: datetime) -> None:
    """QA takes a conflict out, whoever said it; a case file that still says it brings it back."""
    ensure(by.may(Permission.SEE_EVERY_AUDIT), "Only QA removes the conflicts of others.")
    summary = f"Removed a conflict of interest of {conflict.person or conflict.email}"
    _record(conflict, "conflict.removed", summary, by, at)
    conflict.delete()


def may_declare(by: Person, person: Person) -> bool:
    if by.may(Permission.SEE_EVERY_AUDIT):
        return True
    audits_or_moderates = by.may(Permission.COMPLETE_AUDITS) or by.may(Permission.MODERATE_AUDITS)
    return by.pk == person.pk and audits_or_moderates


def may_take_back(by: Person, conflict: CaseConflict) -> bool:
    """Who declared it for themself; not what QA declared for them."""
    return conflict.person_id == by.pk and conflict.declared_by_id == by.pk


def declared_of(person: Person) -> list[CaseConflict]:
    """What was declared of the person, by themself or by QA, the newest first."""
    own = CaseConflict.objects.filter(person=person, declared_at__isnull=False)
    return list(own.order_by("-declared_at", "-pk"))


def work_in_conflict(person: Person, conflicts: Collection[CaseConflict]) -> list[Audit]:
    """The audits of those cases that the person is auditing or moderating now."""
    cases = [conflict.case_id for conflict in conflicts if conflict.case_id]
    moderates = Participant.objects.filter(audit=OuterRef("pk"), person=person, capacity=Capacity.MODERATOR)
    at_work = Q(allocation__auditor=person, state__in=OPEN_STATES) | (
        Exists(moderates) & Q(state__in=[*OPEN_STATES, AuditState.SUBMITTED])
    )
    audits = Audit.objects.live().filter(at_work, allocation__case__in=cases)
    return list(audits.select_related("allocation__case", "allocation__auditor").order_by("reference"))


def _kept(person: Person, number: str, said: dict[str, object]) -> CaseConflict:
    """The one row of this person and that case, with what was said now."""
    case = Case.objects.numbered(number)
    known = Q(case=case) if case else Q(case=None, case_label__iexact=number)
    values = {"case_label": number, "person": person, **said}
    held = CaseConflict.objects.filter(known, email=person.email)
    if said["declared_by"] == person and (by_qa := held.exclude(declared_by=None).exclude(declared_by=person).first()):
        return by_qa
    if not held.update(**values):
        try:
            with transaction.atomic():
                return CaseConflict.objects.create(case=case, email=person.email, **values)
        except IntegrityError:  # declared in another tab at this moment
            held.update(**values)
    return held.get()


def _required(text: str, message: str, at_most: int) -> str:
    text = tidy(text)
    if not text:
        raise UserError(message)
    return text[:at_most]


def _tell_quality_assurance(audit: Audit, person: Person, conflict: CaseConflict, at: datetime) -> None:
    for member in Person.objects.active().holding(Permission.RUN_CYCLES).exclude(pk=person.pk):
        tell(
            audit,
            member,
            "conflict.at_work",
            at,
            occurrence=f"{conflict.pk} {at.isoformat()}",
            person=person,
            is_auditor=audit.allocation.auditor_id == person.pk,
        )


def _record(conflict: CaseConflict, verb: str, summary: str, by: Person, at: datetime) -> None:
    record(by=by, verb=verb, thing_type="conflict", thing_ref=str(conflict.pk), summary=summary, at=at)
