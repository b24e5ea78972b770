"""Who may do what with one audit. Which audits a person sees at all is `Audit.objects.visible_to(person)`."""

from collections.abc import Collection

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import OPEN_STATES, Capacity, Standing
from audits.models import Audit, CaseAccess


def is_auditor(person: Person, audit: Audit) -> bool:
    return audit.allocation.auditor_id == person.pk and person.may(Permission.COMPLETE_AUDITS)


def may_fill_in(person: Person, audit: Audit) -> bool:
    """The auditor, until Stage 1 is submitted and while the allocation counts."""
    return is_auditor(person, audit) and audit.state in OPEN_STATES and audit.allocation.standing == Standing.LIVE


def may_read_form(person: Person, audit: Audit) -> bool:
    """A draft is the auditor's alone; once it is submitted, whoever sees the audit and knows its record reads it."""
    return is_auditor(person, audit) or (audit.is_completed and knows_record(person, audit))


def may_read_copies(person: Person, audit: Audit) -> bool:
    """The copies for the child's file name the case: of a restricted record not even the auditor reads them unless
    they were given access."""
    return may_read_form(person, audit) and knows_record(person, audit)


def may_reflect(person: Person, audit: Audit) -> bool:
    """The worker in their own account, or the auditor together with the worker, until Stage 1 is submitted."""
    if audit.state not in OPEN_STATES or audit.allocation.standing != Standing.LIVE or not person.is_active:
        return False
    return is_auditor(person, audit) or is_worker(person, audit)


def is_worker(person: Person, audit: Audit) -> bool:
    return audit.participants.filter(person=person, capacity=Capacity.WORKER).exists()


def sees_case(person: Person, audit: Audit) -> bool:
    """Whether the case details show: of a restricted case only to a person who was given access, QA included."""
    case = audit.allocation.case
    if case is None:
        return False
    if not case.restricted:
        return True
    return CaseAccess.objects.filter(case=case, person=person).exists()


def knows_record(person: Person, audit: Audit) -> bool:
    """Whether they may read what the audit says of its case: of a restricted one, those whose case it is, and those
    who were given access."""
    return audit.pk not in closed_to(person, [audit])


def closed_to(person: Person, audits: Collection[Audit]) -> frozenset[int]:
    """Which of these audits, by primary key, are of a restricted record that the person may not know. Of such an audit
    they see at most the reference, its state, days, auditor and grade."""
    restricted = frozenset(audit.pk for audit in audits if is_restricted(audit))
    if not restricted:
        return restricted
    return restricted - set(Audit.objects.filter(pk__in=restricted).known_to(person).values_list("pk", flat=True))


def is_restricted(audit: Audit) -> bool:
    case = audit.allocation.case
    return case is not None and case.restricted
