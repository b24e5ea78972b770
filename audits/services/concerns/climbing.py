"""What happens by itself while nobody has taken a concern on: it climbs, and the emergency duty contact is told.

Each step is a due row, made when the concern begins to wait and planned again from the state as it is, so that a step
whose moment passed during an outage is still taken. A row names the moment since which the concern waits: where it was
taken on or opened again meanwhile, the row finds nothing to do.
"""

from datetime import datetime
from functools import partial

from django.utils import timezone

from accounts.due_rules import Handler, Skipped
from accounts.models import Due, Person
from accounts.services.due import schedule
from audits.enums import ConcernEntryKind, ConcernPart, ConcernState
from audits.models import Concern, ConcernRecipient, ProgrammeRules
from audits.rules.concerns import Climb, climbs, office_is_open, told_next
from audits.rules.programme import Programme
from audits.services.concerns.people import around_concern
from audits.services.concerns.trail import log, tell, tell_address, thing_of, write

PARTS = {
    Climb.NEXT_MANAGER: ConcernPart.NEXT_MANAGER,
    Climb.ASSISTANT_DIRECTOR: ConcernPart.ASSISTANT_DIRECTOR,
}


def plan_climbs(at: datetime) -> None:
    """The rows of every concern that waits. Those that exist stay."""
    for concern in Concern.objects.unacknowledged():
        schedule_climb(concern)


def schedule_climb(concern: Concern) -> None:
    """Make sure that the concern climbs at its times, counted since it waits."""
    numbers, zone = ProgrammeRules.objects.current().programme.concerns, timezone.get_default_timezone()
    for step, at in climbs(concern.waits_since, numbers, zone).items():
        schedule(
            rule=f"concern.{step}",
            thing=thing_of(concern.reference),
            occurrence=concern.waits_since.isoformat(),
            due_at=at,
        )


def tell_duty_out_of_hours(concern: Concern, at: datetime) -> None:
    """Tell the emergency duty contact with the press itself, where the office is closed."""
    programme = ProgrammeRules.objects.current().programme
    if not office_is_open(at, programme.concerns, timezone.get_default_timezone()):
        _tell_duty(concern, programme, at)


def _climb(due: Due, at: datetime, *, step: Climb) -> str:
    """Tell the nearest manager who does not know yet. The others, but for the worker, are told that it is still
    nobody's."""
    concern = _still_waiting(due)
    knew = [recipient.person for recipient in concern.recipients.told().exclude(part=ConcernPart.WORKER)]
    around = around_concern(concern, timezone.localdate(at))
    told = set(concern.recipients.values_list("person", flat=True))
    manager = Person.objects.filter(pk=told_next(around, told)).first()
    if manager is not None:
        ConcernRecipient.objects.create(concern=concern, person=manager, part=PARTS[step], told_at=at)
        tell(concern, [manager], "climbed", at, since=concern.waits_since)
    tell(concern, [person for person in knew if person.is_active], "unanswered", at, manager=manager)
    outcome = f"{manager.name} was told" if manager else "Nobody is left above; those who know were told again"
    write(concern, ConcernEntryKind.CLIMBED, None, at, text=f"Nobody had taken it on. {outcome}.")
    log(concern, "climbed", "nobody had taken it on, it went further up", None, at)
    return f"{outcome}."


def _duty(due: Due, at: datetime) -> str:
    concern = _still_waiting(due)
    return _tell_duty(concern, ProgrammeRules.objects.current().programme, at)


def _still_waiting(due: Due) -> Concern:
    """The concern, held for this transaction. Of somebody who takes it on at the same moment and this row, one comes
    first: after the other's commit there is nothing to hold."""
    waiting = Concern.objects.unacknowledged().filter(
        reference=due.thing.removeprefix("concern:"), waits_since=datetime.fromisoformat(due.occurrence)
    )
    if not waiting.update(state=ConcernState.RAISED):
        raise Skipped("It has been taken on, or closed.")
    return waiting.select_related("raised_by", "audit__allocation__case__team__manager").get()


def _tell_duty(concern: Concern, programme: Programme, at: datetime) -> str:
    """Once while it waits. Where no contact is named, the record says so."""
    name, phone = programme.emergency_duty_name, programme.emergency_duty_phone
    if concern.duty_told_at is not None:
        raise Skipped("The emergency duty contact has been told.")
    Concern.objects.filter(pk=concern.pk).update(duty_told_at=at)
    concern.duty_told_at = at
    if not name:
        outcome = "The office is closed, and no emergency duty contact is named in the settings"
    elif not programme.emergency_duty_email:
        outcome = f"The office is closed. {name} has to be phoned: {phone}"
    else:
        tell_address(concern, programme.emergency_duty_email, "duty", at, duty=name)
        outcome = f"The office is closed. {name} was told"
    write(concern, ConcernEntryKind.CLIMBED, None, at, text=f"{outcome}.")
    log(concern, "duty", "the office is closed, the emergency duty contact comes in", None, at)
    return f"{outcome}."


HANDLERS: dict[str, Handler] = {
    f"concern.{Climb.NEXT_MANAGER}": partial(_climb, step=Climb.NEXT_MANAGER),
    f"concern.{Climb.ASSISTANT_DIRECTOR}": partial(_climb, step=Climb.ASSISTANT_DIRECTOR),
    f"concern.{Climb.DUTY}": _duty,
}
