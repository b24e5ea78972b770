"""People, teams, cases and audits for tests, each made in one line and right unless the test says otherwise.

Names are invented. `unique()` numbers what must differ. Everything happens in November 2026 unless a test says when.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from accounts.enums import MailState, Role
from accounts.models import Area, OutgoingMail, Person, PersonRole, Service, Team
from audits.enums import AuditState, Capacity, CycleStatus
from audits.models import Allocation, Audit, Case, Cycle, Participant, ProgrammeRules

NOVEMBER = date(2026, 11, 1)
PASSWORD = "a long invented password"

_numbers = count(1)


def unique() -> int:
    return next(_numbers)


def service(name: str = "", **values: Any) -> Service:
    name = name or f"Service {unique()}"
    return Service.objects.get_or_create(name=name, defaults={"code": name.lower().replace(" ", "-"), **values})[0]


def area(name: str = "North") -> Area:
    return Area.objects.get_or_create(name=name)[0]


def team(name: str = "", **values: Any) -> Team:
    name = name or f"Team {unique()}"
    values.setdefault("service", None)
    values["service"] = values["service"] or service("Assessment")
    values.setdefault("area", area())
    return Team.objects.create(name=name, code=name.upper().replace(" ", "-"), **values)


def person(*roles: Role, name: str = "", **values: Any) -> Person:
    """A person holding `roles`, who can sign in with PASSWORD."""
    name = name or f"Person {unique()}"
    made = Person(name=name, **values)
    made.email = made.email or f"{name.lower().replace(' ', '.')}@authority.example"
    made.set_password(PASSWORD)
    made.save()
    PersonRole.objects.bulk_create(PersonRole(person=made, role=role) for role in roles)
    return made


def case(**values: Any) -> Case:
    """An open case of a ten-year-old child in need, with a team."""
    number = unique()
    defaults: dict[str, Any] = {
        "case_id": f"C{number:05}",
        "date_of_birth": date(2016, 5, 4),
        "gender": "Female",
        "ethnicity": "White British",
        "plan_type": "CIN",
        "statuses": ["CIN"],
        "opened_on": date(2026, 1, 5),
    }
    made = {**defaults, **values}
    if "team" not in made:
        made["team"] = team()
    if made["team"] and "service" not in made:
        made["service"] = made["team"].service
    return Case.objects.create(**made)


def cycle(first_month: date = NOVEMBER, **values: Any) -> Cycle:
    """An open cycle of one month."""
    defaults: dict[str, Any] = {
        "last_month": first_month,
        "status": CycleStatus.OPEN,
        "rules": ProgrammeRules.objects.kept(),
        "published_at": datetime(first_month.year, first_month.month, 1, 9, tzinfo=UTC),
    }
    return Cycle.objects.get_or_create(first_month=first_month, defaults={**defaults, **values})[0]


def audit(
    *,
    auditor: Person | None = None,
    worker: Person | None = None,
    participants: Iterable[tuple[Person, Capacity]] = (),
    state: AuditState = AuditState.NOT_STARTED,
    **values: Any,
) -> Audit:
    """An allocated audit with its participants. `values` of the allocation are told apart from those of the audit."""
    allocation_fields = {field.name for field in Allocation._meta.get_fields()}
    of_allocation = {key: values.pop(key) for key in list(values) if key in allocation_fields}
    of_allocation.setdefault("cycle", cycle())
    of_allocation.setdefault("case", None)
    of_allocation["case"] = of_allocation["case"] or case(worker=worker)
    auditor = auditor or person(Role.AUDITOR)
    allocated: Case = of_allocation["case"]
    allocation = Allocation.objects.create(
        **{
            "auditor": auditor,
            "worker": worker,
            "due_on": date(2026, 11, 23),
            "allocated_at": datetime(2026, 10, 26, 9, tzinfo=UTC),
            "team": allocated.team.name if allocated.team else "",
            "service": allocated.service.name if allocated.service else "",
            "plan_type": allocated.plan_type,
            "statuses": allocated.statuses,
            **of_allocation,
        }
    )
    if state in (AuditState.SUBMITTED, AuditState.SIGNED_OFF):
        values.setdefault("completed_on", date(2026, 11, 12))
        values.setdefault("submitted_at", datetime(2026, 11, 12, 15, tzinfo=UTC))
    if state == AuditState.SIGNED_OFF:
        values.setdefault("signed_off_at", datetime(2026, 11, 19, 15, tzinfo=UTC))
    made = Audit.objects.create(allocation=allocation, state=state, **values)
    part = [(auditor, Capacity.AUDITOR), *([(worker, Capacity.WORKER)] if worker else []), *participants]
    Participant.objects.bulk_create(
        Participant(audit=made, person=somebody, capacity=capacity) for somebody, capacity in part
    )
    return made


def uncertain_mail() -> OutgoingMail:
    """A mail that may or may not have been sent when the program stopped."""
    at = datetime(2026, 11, 16, 8, tzinfo=UTC)
    return OutgoingMail.objects.create(
        thing=f"audit:CA-{unique()}",
        rule="audit.reminder",
        to="somebody@authority.example",
        subject="An audit is due",
        body="It is due.",
        state=MailState.UNCERTAIN,
        queued_at=at,
        send_after=at,
    )
