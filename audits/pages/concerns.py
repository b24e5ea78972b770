"""What the page of a safeguarding concern shows: whom to phone, who was told, what comes next, what has happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.enums import DueState
from accounts.models import Due, Person
from audits.concern_permissions import may_acknowledge, may_close, may_lead, stops_the_climb
from audits.enums import ConcernPart, ConcernState
from audits.models import Audit, Concern, ConcernRecipient, ProgrammeRules
from audits.permissions import knows_record
from audits.rules.concerns import Climb, office_is_open, told_next
from audits.rules.programme import Programme
from audits.services.concerns.people import around_concern, away_on
from audits.services.concerns.trail import thing_of

# How a concern stands, in two or three words, and their colour.
TAGS = {
    ConcernState.RAISED: ("Nobody has it yet", "red"),
    ConcernState.ACKNOWLEDGED: ("Taken on", "yellow"),
    ConcernState.CLOSED: ("Closed", "green"),
    ConcernState.MISTAKEN: ("By mistake", "grey"),
}
TO_PHONE = (
    ConcernPart.PRACTICE_MANAGER,
    ConcernPart.SERVICE_MANAGER,
    ConcernPart.NEXT_MANAGER,
    ConcernPart.ASSISTANT_DIRECTOR,
)


@dataclass(frozen=True)
class ToPhone:
    """Somebody to phone now. `dial`: the digits of the number for the phone itself."""

    name: str
    part: str
    phone: str
    is_away: bool = False

    @property
    def dial(self) -> str:
        return "".join(character for character in self.phone if character.isdigit() or character == "+")


@dataclass(frozen=True)
class Next:
    """A step that is taken by itself at that time. `person`: whom it is taken to, as things are now."""

    at: datetime
    step: Climb
    person: str


def concern_context(concern: Concern, person: Person, at: datetime) -> dict[str, Any]:
    """Everything the page needs, for this reader."""
    programme = ProgrammeRules.objects.current().programme
    recipients = list(concern.recipients.select_related("person__team"))
    told = [recipient for recipient in recipients if recipient.told_at]
    leads = may_lead(person, concern)
    mine = next((recipient for recipient in told if recipient.person_id == person.pk), None)
    waits = concern.state == ConcernState.RAISED
    ended = concern.state in (ConcernState.CLOSED, ConcernState.MISTAKEN)
    closed_now = not office_is_open(at, programme.concerns, timezone.get_default_timezone())
    acknowledges = not ended and may_acknowledge(person, concern) and not (mine and mine.acknowledged_at)
    return {
        "concern": concern,
        "tag": TAGS[ConcernState(concern.state)],
        "is_raiser": concern.raised_by_id == person.pk,
        "waits": waits,
        "ended": ended,
        "out_of_hours": closed_now,
        "phones": people_to_phone(concern, told, person, programme, at),
        "told": told,
        "withheld": [recipient for recipient in recipients if not recipient.told_at] if leads else [],
        "somebody_withheld": len(told) < len(recipients),
        "next": next_steps(concern, at) if waits else [],
        "entries": concern.entries.select_related("by"),
        "may_acknowledge": acknowledges,
        "stops": stops_the_climb(person, concern),
        "may_lead": leads,
        "may_close": not ended and may_close(person, concern),
        "duty": programme.emergency_duty_name,
        "sees_audit": Audit.objects.visible_to(person).filter(pk=concern.audit_id).exists(),
        "case_rows": case_rows(concern, person),
    }


def people_to_phone(
    concern: Concern, told: list[ConcernRecipient], reader: Person, programme: Programme, at: datetime
) -> list[ToPhone]:
    """The emergency duty contact first where the office is closed; whoever raised it, for everybody else; then the
    managers who were told, the nearest first."""
    found = []
    if programme.emergency_duty_name and not office_is_open(at, programme.concerns, timezone.get_default_timezone()):
        found.append(
            ToPhone(programme.emergency_duty_name, "The office is closed: phone here", programme.emergency_duty_phone)
        )
    if concern.raised_by_id != reader.pk:
        raiser = concern.raised_by
        found.append(ToPhone(raiser.name, "Raised this concern", raiser.phone))
    managers = [each for part in TO_PHONE for each in told if each.part == part and each.person_id != reader.pk]
    away = away_on(timezone.localdate(at), [each.person for each in managers])
    found += [
        ToPhone(each.person.name, each.get_part_display(), each.person.phone, each.person_id in away)
        for each in managers
        if each.person.is_active
    ]
    return found


def next_steps(concern: Concern, at: datetime) -> list[Next]:
    """What waits to be done by itself, from the rows that will do it."""
    rows = Due.objects.filter(
        thing=thing_of(concern.reference), occurrence=concern.waits_since.isoformat(), state=DueState.PENDING
    )
    around = around_concern(concern, timezone.localdate(at))
    told = set(concern.recipients.values_list("person", flat=True))
    steps = []
    for row in rows.order_by("due_at", "pk"):
        step = Climb(row.rule.removeprefix("concern."))
        if step == Climb.DUTY:
            if concern.duty_told_at is None:
                steps.append(Next(row.due_at, step, ProgrammeRules.objects.current().programme.emergency_duty_name))
            continue
        key = told_next(around, told)
        told.add(key or 0)
        person = Person.objects.filter(pk=key).first()
        steps.append(Next(row.due_at, step, person.name if person else ""))
    return steps


def case_rows(concern: Concern, person: Person) -> list[tuple[str, str]]:
    """Which child it is about, for those who may know the record."""
    allocation = concern.audit.allocation
    case = allocation.case
    if case is None or not knows_record(person, concern.audit):
        return []
    worker = allocation.worker or case.worker
    rows = [("Case number", case.case_id), ("Team", allocation.team), ("Worker", worker.name if worker else "")]
    return [(name, value) for name, value in rows if value]
