"""The month opens by itself: its audits are drawn and published some working days before it starts."""

from datetime import date, datetime, time

from django.urls import reverse
from django.utils import timezone

from accounts.due_rules import PutOff, Skipped
from accounts.enums import Permission
from accounts.errors import UserError
from accounts.links import absolute
from accounts.models import Due, Person
from accounts.services.mail import queue_mail
from audits.enums import CycleStatus, Standing
from audits.models import Cycle, ProgrammeRules
from audits.rules.deadlines import add_months, draw_publication, stage_one_due
from audits.services import cycles

RULE = "cycle.open"
MONTHS_AHEAD = 2


def plan_openings(at: datetime) -> None:
    """A row for each of the next months. The running month has one only where a cycle had been published before it
    began: after an outage it is still drawn, but a new installation does not draw a month that had begun before it,
    whichever past months somebody draws by hand."""
    programme = ProgrammeRules.objects.current().programme
    this_month = timezone.localdate(at).replace(day=1)
    months = [add_months(this_month, ahead) for ahead in range(1, MONTHS_AHEAD + 1)]
    if Cycle.objects.filter(published_at__lt=timezone.make_aware(datetime.combine(this_month, time()))).exists():
        running = cycles.find(this_month)
        months.insert(0, running.first_month if running else this_month)
    zone = timezone.get_default_timezone()
    rows = []
    for month in months:
        opens_on = draw_publication(month, programme.deadlines, programme.closures)
        opens_at = datetime.combine(opens_on, time(programme.mail_hour), zone)
        rows.append(Due(rule=RULE, thing=f"cycle:{month:%Y-%m}", occurrence=str(opens_on), due_at=opens_at))
    Due.objects.bulk_create(rows, ignore_conflicts=True)


def open_month(due: Due, at: datetime) -> str | PutOff:
    """Draw and publish the row's month, unless a person has, or has decided otherwise."""
    month = date.fromisoformat(due.thing.removeprefix("cycle:") + "-01")
    programme = ProgrammeRules.objects.current().programme
    opens_on = draw_publication(month, programme.deadlines, programme.closures)
    if not programme.draws_by_itself:
        raise Skipped("The programme does not draw by itself.")
    if due.occurrence != str(opens_on):
        raise Skipped(f"The day has moved to {opens_on}.")
    cycle = cycles.find(month)
    last_month = cycle.last_month if cycle else month
    if timezone.localdate(at) > stage_one_due(last_month, programme.deadlines, programme.closures):
        raise Skipped("The month’s audits would have been due already.")
    if cycle and cycle.status == CycleStatus.PAUSED:
        raise Skipped("The month is paused.")
    if cycle and cycle.published_at:
        raise Skipped("A person has published it already.")
    if cycle and cycle.status == CycleStatus.CLOSED:
        raise Skipped("Its audits were brought in from a file.")
    if cycle and cycle.first_month != month:
        raise Skipped(f"It is part of {cycle.name}.")
    cycle = cycle or cycles.get_or_plan(month)
    try:
        draw = cycles.draw_and_publish(cycle=cycle, by=None, at=at)
    except UserError as why:
        _tell_quality_assurance("cycle.not_opened", due, cycle, at, why=str(why))
        return PutOff(str(why))
    if draw is None:
        raise Skipped("A person has published it already.")
    allocated = cycle.allocations.filter(standing=Standing.LIVE).count()
    _tell_quality_assurance("cycle.opened", due, cycle, at, allocated=allocated)
    return f"Drew and published {cycle.name}: {allocated} audits."


def _tell_quality_assurance(rule: str, due: Due, cycle: Cycle, at: datetime, **context: object) -> None:
    url = absolute(reverse("cycle_detail", args=[cycle.slug]))
    for person in Person.objects.active().holding(Permission.RUN_CYCLES):
        queue_mail(to=person, thing=due.thing, rule=rule, at=at, context={"cycle": cycle, "url": url, **context})
