"""Who is who in an audit, as the rule of independence asks for it."""

from collections import defaultdict
from collections.abc import Collection

from accounts.models import Person
from audits.enums import Capacity
from audits.models import Audit, CaseConflict, Participant
from moderation.rules.independence import AuditPeople, Bar, bar_to_moderating


def people_of(audits: Collection[Audit]) -> dict[str, AuditPeople]:
    """The people of each audit, by its reference."""
    practice_managers = dict(
        Participant.objects.filter(audit__in=audits, capacity=Capacity.PRACTICE_MANAGER).values_list("audit", "person")
    )
    involved: dict[int | None, set[int]] = defaultdict(set)
    cases = {audit.allocation.case_id for audit in audits}
    conflicts = CaseConflict.objects.filter(case__in=cases, person__isnull=False)
    for case, person in conflicts.values_list("case_id", "person_id"):
        involved[case].add(person)
    return {
        audit.reference: AuditPeople(
            auditor=audit.allocation.auditor_id,
            worker=audit.allocation.worker_id,
            practice_manager=practice_managers.get(audit.pk),
            involved=frozenset(involved[audit.allocation.case_id]),
        )
        for audit in audits
    }


def line_managers() -> dict[int, int | None]:
    """Person → their line manager, of everybody."""
    return dict(Person.objects.values_list("pk", "line_manager"))


def bar_between(person: Person, audit: Audit) -> Bar | None:
    """Why that person may not moderate the audit; None where they may."""
    return bar_to_moderating(person.pk, people_of([audit])[audit.reference], line_managers())
