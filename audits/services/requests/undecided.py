"""Reminding those who decide of what nobody has decided: once, in time for the audit's due day."""

from datetime import date, datetime, time

from django.utils import timezone

from accounts.due_rules import Skipped
from accounts.models import Due
from audits.models import Request
from audits.rules.requests import remind_deciders_on
from audits.services.requests.endings import RELATED
from audits.services.requests.record import tell_deciders

UNDECIDED = "request.undecided"


def plan_undecided(at: datetime) -> None:
    """Write the row of every pending request that has none for its day."""
    zone = timezone.get_default_timezone()
    rows = []
    for request in Request.objects.pending().select_related(*RELATED):
        day, hour = _day(request), request.allocation.cycle.programme.mail_hour
        due_at = datetime.combine(day, time(hour), zone)
        rows.append(Due(rule=UNDECIDED, thing=f"request:{request.pk}", occurrence=str(day), due_at=due_at))
    Due.objects.bulk_create(rows, ignore_conflicts=True)


def remind_deciders(due: Due, at: datetime) -> str:
    pending = Request.objects.pending().select_related(*RELATED)
    request = pending.filter(pk=int(due.thing.removeprefix("request:"))).first()
    if request is None:
        raise Skipped("It has been decided, or taken back.")
    if due.occurrence != str(_day(request)):
        raise Skipped(f"Its day has moved to {_day(request)}.")
    told = tell_deciders(request, UNDECIDED, at, occurrence=due.occurrence)
    return f"Told {', '.join(person.name for person in told) or 'nobody: there is nobody who decides'}."[:300]


def _day(request: Request) -> date:
    programme = request.allocation.cycle.programme
    return remind_deciders_on(
        timezone.localdate(request.asked_at),
        request.allocation.due_on,
        programme.request_working_days,
        programme.closures,
    )
