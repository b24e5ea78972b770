"""Taking a concern on, closing it, taking it back, and opening it again.

Every change of state is one UPDATE of the concern's own row on the state it starts from; what follows is written in the
same transaction.
"""

from datetime import datetime

from django.db import transaction

from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.concern_permissions import may_acknowledge, may_close, may_lead, part_of, stops_the_climb
from audits.enums import ConcernEntryKind, ConcernPart, ConcernState
from audits.models import Concern, ConcernRecipient
from audits.services.concerns.climbing import schedule_climb, tell_duty_out_of_hours
from audits.services.concerns.trail import log, people_told, tell, write

STILL_OPEN = (ConcernState.RAISED, ConcernState.ACKNOWLEDGED)
ENDED = (ConcernState.CLOSED, ConcernState.MISTAKEN)
CHANGED_MEANWHILE = "Somebody else has changed this concern in the meantime. Look at it again."


@transaction.atomic
def acknowledge(*, concern: Concern, by: Person, at: datetime) -> bool:
    """“I have this and I am acting on it.” The first of a manager or of quality assurance ends the climb, and everybody
    is told whose it is; anybody else's is on record and ends nothing. False where they had said so already."""
    ensure(may_acknowledge(by, concern), "Those who were told of a concern acknowledge it.")
    takes_it_on = stops_the_climb(by, concern) and _take(concern, by, at)
    if not takes_it_on and concern.state in ENDED:
        raise UserError("This concern is closed. Open it again if a child is at risk.")
    if not _first_time(concern, by, at):
        return False
    write(concern, ConcernEntryKind.ACKNOWLEDGED, by, at)
    log(concern, "acknowledged", "it was acknowledged", by, at)
    if takes_it_on:
        _tell_others(concern, by, "acknowledged", at, who=by.name)
    return True


@transaction.atomic
def acknowledge_for_duty(*, concern: Concern, name: str, by: Person, at: datetime) -> None:
    """Record that somebody of the emergency duty service has taken it on by phone; they have no account here."""
    ensure(may_lead(by, concern), "Whoever raised a concern, managers and quality assurance record this.")
    if not name.strip():
        raise UserError("Enter the name of the person on duty who took it on")
    if not _take(concern, by, at, for_duty=name.strip()):
        raise UserError("Somebody has taken this concern on already.")
    write(concern, ConcernEntryKind.ACKNOWLEDGED, by, at, spoken_to=f"{name.strip()}, emergency duty")
    log(concern, "acknowledged", "the emergency duty contact has taken it on by phone", by, at)
    _tell_others(concern, by, "acknowledged", at, who=f"{name.strip()}, emergency duty")


@transaction.atomic
def close(*, concern: Concern, outcome: str, by: Person, at: datetime) -> None:
    """Say what was done for the child. Closing what nobody had taken on takes it on as well."""
    ensure(may_close(by, concern), "A manager or quality assurance closes a concern.")
    if not outcome.strip():
        raise UserError("Enter what was done for the child")
    _take(concern, by, at)
    _end(concern, ConcernState.CLOSED, outcome, by, at)
    write(concern, ConcernEntryKind.CLOSED, by, at, text=outcome.strip())
    log(concern, "closed", "it was closed", by, at)
    _tell_others(concern, by, "closed", at)


@transaction.atomic
def take_back(*, concern: Concern, reason: str, by: Person, at: datetime) -> None:
    """It was raised by mistake. Everybody who was told of it is told that."""
    ensure(may_lead(by, concern), "Whoever raised a concern, managers and quality assurance take it back.")
    if not reason.strip():
        raise UserError("Enter why it was a mistake")
    _end(concern, ConcernState.MISTAKEN, reason, by, at)
    write(concern, ConcernEntryKind.MISTAKEN, by, at, text=reason.strip())
    log(concern, "mistaken", "it was raised by mistake", by, at)
    _tell_others(concern, by, "mistaken", at)


@transaction.atomic
def open_again(*, concern: Concern, reason: str, by: Person, at: datetime) -> None:
    """It is not over. It waits to be taken on as if it had been raised now, and climbs again; everybody is told."""
    ensure(may_lead(by, concern), "Whoever raised a concern, managers and quality assurance open it again.")
    if not reason.strip():
        raise UserError("Enter why it is not over")
    ended = Concern.objects.filter(pk=concern.pk, state__in=ENDED)
    if not ended.update(
        state=ConcernState.RAISED,
        waits_since=at,
        duty_told_at=None,
        acknowledged_at=None,
        acknowledged_by=None,
        acknowledged_for="",
        closed_at=None,
        closed_by=None,
        outcome="",
    ):
        raise UserError(CHANGED_MEANWHILE)
    concern.refresh_from_db()
    concern.recipients.update(acknowledged_at=None)
    write(concern, ConcernEntryKind.REOPENED, by, at, text=reason.strip())
    log(concern, "reopened", "it was opened again", by, at)
    _tell_others(concern, by, "reopened", at)
    tell_duty_out_of_hours(concern, at)
    schedule_climb(concern)


def _take(concern: Concern, by: Person, at: datetime, *, for_duty: str = "") -> bool:
    """Of all who take it on at the same moment, and the climb, exactly one is first."""
    waiting = Concern.objects.unacknowledged().filter(pk=concern.pk)
    taken = waiting.update(
        state=ConcernState.ACKNOWLEDGED, acknowledged_at=at, acknowledged_by=by, acknowledged_for=for_duty
    )
    concern.refresh_from_db()
    return bool(taken)


def _first_time(concern: Concern, by: Person, at: datetime) -> bool:
    """Note the acknowledgement beside the person's name; whoever joined quality assurance later gets a row of their
    own."""
    part = part_of(by, concern) or ConcernPart.QA
    ConcernRecipient.objects.get_or_create(concern=concern, person=by, defaults={"part": part, "told_at": at})
    return bool(concern.recipients.filter(person=by, acknowledged_at__isnull=True).update(acknowledged_at=at))


def _end(concern: Concern, state: ConcernState, text: str, by: Person, at: datetime) -> None:
    standing = Concern.objects.filter(pk=concern.pk, state__in=STILL_OPEN)
    if not standing.update(state=state, closed_at=at, closed_by=by, outcome=text.strip()):
        raise UserError(CHANGED_MEANWHILE)
    concern.refresh_from_db()


def _tell_others(concern: Concern, by: Person, rule: str, at: datetime, **context: object) -> None:
    """Everybody who was told and whoever raised it, but for the one who did this."""
    people = dict.fromkeys([*people_told(concern), concern.raised_by])
    tell(concern, [person for person in people if person != by], rule, at, by=by, **context)
