"""Work of the live month that needs other hands, and audits that nobody drew."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from accounts.models import Person
from accounts.services.people import change_person, details_of
from audits.enums import CaseStatus
from audits.models import Audit, Case, CaseAccess
from audits.services import checks, conflicts, directed
from config.demo.people import People

CHAIRED = "I chaired the child protection conference in spring."
TAUGHT = "I was the teacher of the mother."
COMPLAINT = "The family complained about how the case was handed over between teams."
INCIDENT = "A serious incident was notified; the board asks for an audit of the record."


def fall_ill(audit: Audit, at: datetime, admin: Person) -> None:
    """Its auditor is away until further notice, and the audit waits for somebody else."""
    auditor = audit.allocation.auditor
    seen = details_of(auditor)
    wanted = replace(seen, absences=(*seen.absences, (timezone.localdate(at).isoformat(), "")))
    change_person(person=auditor, wanted=wanted, seen=seen, by=admin, at=at)


def declare_conflicts(at_work: Audit, people: People, at: datetime) -> None:
    """One auditor is at work on the very case; the auditor of the demonstration declares one for later."""
    by = at_work.allocation.auditor
    conflicts.declare(person=by, number=at_work.allocation.case.case_id, reason=CHAIRED, by=by, at=at)
    one = _of_others(people, restricted=False)[-1]
    conflicts.declare(person=people.auditor, number=one.case_id, reason=TAUGHT, by=people.auditor, at=at)


def commission_audits(people: People, at: datetime) -> None:
    """One after a complaint; and one of a restricted record, by the only member of quality assurance named for it.
    Its auditor has asked for access."""
    head, named, names = people.qa[:3]
    on = timezone.localdate(at)
    due_on = directed.usual_due_day(on)

    def commission(case: Case, reason: str, by: Person) -> Audit:
        return directed.commission(case=case, reason=reason, due_on=due_on, to=None, by=by, at=at)

    commission(_of_others(people, restricted=False)[0], COMPLAINT, head)
    closed = next(case for case in _of_others(people, restricted=True) if not directed.why_not(case, on))
    CaseAccess.objects.create(case=closed, person=named, granted_by=names, granted_at=at)
    audit = commission(closed, INCIDENT, named)
    checks.check_restriction(audit=audit, by=audit.allocation.auditor, at=at)


def _of_others(people: People, *, restricted: bool) -> Sequence[Case]:
    """Open cases that nobody has audited, of no team whose manager is an account of the demonstration."""
    own = (people.auditor.team, people.practice_manager.team)
    cases = Case.objects.filter(status=CaseStatus.OPEN, restricted=restricted, allocations=None, worker__isnull=False)
    return list(cases.exclude(team=None).exclude(team__in=own).order_by("case_id"))
