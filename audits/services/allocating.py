"""What is kept with an allocation when it comes into being: the case as it is on that day, and who takes part."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from accounts.links import absolute
from accounts.models import Person
from accounts.services.mail import queue_mails
from audits.enums import AuditKind, Capacity
from audits.models import Allocation, Audit, Case, Cycle, Participant
from audits.rules.allocation.eligibility import age_band, full_years
from audits.rules.allocation.facts import AGE_BANDS

# What of a case `frozen_case` and `participants_of` read.
RELATED = ("team__service", "team__area", "team__manager", "service", "worker__line_manager")


def allocate(
    *, case: Case, cycle: Cycle, auditor: Person, area: str | None, at: datetime, **of_allocation: object
) -> Audit:
    """Give one case to one auditor: the allocation with what the case is today, its audit, and who takes part in it.

    `area`: as `frozen_auditor` takes it; `of_allocation`: its kind, why, its day. A whole draw is given out in bulk, by
    publishing it.
    """
    allocation = Allocation.objects.create(
        cycle=cycle, allocated_at=at, **frozen_case(case, cycle), **frozen_auditor(auditor, area), **of_allocation
    )
    audit = Audit.objects.create(allocation=allocation, form_version=cycle.form_version, pack=cycle.pack)
    Participant.objects.bulk_create(
        Participant(audit=audit, person=person, capacity=capacity)
        for capacity, person in participants_of(case, auditor)
    )
    return audit


def frozen_case(case: Case, cycle: Cycle) -> dict[str, Any]:
    """The fields of an allocation that say what its case is today; the age is that of the cycle's first day."""
    team, service = case.team, case.service or (case.team and case.team.service)
    return {
        "case": case,
        "worker": case.worker,
        "team": team.name if team else "",
        "team_code": team.code if team else "",
        "service": service.name if service else "",
        "area": team.area.name if team and team.area else "",
        "plan_type": case.plan_type,
        "statuses": case.statuses,
        "gender": case.gender,
        "ethnicity": case.ethnicity,
        **_frozen_age(case.date_of_birth, cycle.first_month),
        "cp_category": case.cp_category,
        "cse_level": case.cse_level,
        "missing_last_6_months": case.missing_last_6_months,
    }


def frozen_auditor(auditor: Person, area: str | None) -> dict[str, Any]:
    """The fields of an allocation that say who audits it; `area` as the draw's facts have it."""
    return {
        "auditor": auditor,
        "auditor_team": auditor.team.name if auditor.team else "",
        "auditor_area": area or "",
    }


def participants_of(case: Case, auditor: Person | None) -> Iterator[tuple[Capacity, Person]]:
    """Who takes part in an audit of that case from the start, and in what capacity."""
    people: dict[Capacity, Person | None] = {
        Capacity.AUDITOR: auditor,
        Capacity.WORKER: case.worker,
        Capacity.LINE_MANAGER: case.worker.line_manager if case.worker else None,
        Capacity.PRACTICE_MANAGER: case.team.manager if case.team else None,
    }
    for capacity, person in people.items():
        if person is not None:
            yield capacity, person


def tell_of_allocation(audits: Iterable[Audit], cycle: Cycle, at: datetime, *, replaces: str = "") -> None:
    """The auditor of each drawn case learns of it. `replaces`: the reference of the audit whose place it takes."""
    queue_mails(
        rule="audit.allocated",
        at=at,
        mails=[
            (
                audit.allocation.auditor,
                f"audit:{audit.reference}",
                {
                    "name": audit.reference,
                    "cycle": cycle.name,
                    "due_on": audit.allocation.due_on,
                    "has_worker": audit.allocation.worker_id is not None,
                    "is_reaudit": audit.allocation.kind == AuditKind.REAUDIT,
                    "replaces": replaces,
                    "url": absolute(reverse("audit_detail", args=[audit.reference])),
                },
            )
            for audit in audits
            if audit.allocation.auditor is not None
        ],
    )


def _frozen_age(born: date | None, on: date) -> dict[str, Any]:
    return {"age_band": age_band(born, AGE_BANDS, on), "age": None if born is None else full_years(born, on)}
