"""A year of cycles, month by month: what is planned, what is out, what came back, and where nothing was audited."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.formats import date_format

from audits.enums import CycleStatus
from audits.models import Cycle, Draw, ProgrammeRules
from audits.pages.cycles import TAGS
from audits.pages.focus import in_a_line
from audits.pages.returns import CycleReturns, in_words, with_counts
from audits.rules.deadlines import add_months, draw_publication, stage_one_due
from audits.rules.programme import Programme

DAY = "l j F Y"


class Slot(NamedTuple):
    """One cycle, or a month without one. `months`: how many months of this year it takes; `facts`: sentences."""

    name: str
    href: str
    status: str
    colour: str
    months: int
    facts: tuple[str, ...]
    is_now: bool


def year_of(year: int, today: date) -> list[Slot]:
    """The twelve months, those of one cycle together. A fixed number of queries."""
    january, december = date(year, 1, 1), date(year, 12, 1)
    waiting = Draw.objects.filter(cycle=OuterRef("pk"), published_at=None)
    cycles = (
        with_counts(Cycle.objects.filter(first_month__lte=december, last_month__gte=january))
        .annotate(is_drawn=Exists(waiting))
        .select_related("pack", "rules")
        .order_by("first_month")
    )
    programme = ProgrammeRules.objects.current().programme
    cycle_of: dict[date, Any] = {}
    for cycle in cycles:
        month = cycle.first_month
        while month <= cycle.last_month:
            cycle_of[month] = cycle
            month = add_months(month, 1)
    slots, month = [], january
    while month <= december:
        cycle = cycle_of.get(month)
        last = min(cycle.last_month, december) if cycle else month
        months = last.month - month.month + 1
        is_now = month <= today.replace(day=1) <= last
        slots.append(_of_cycle(cycle, months, programme, is_now) if cycle else _free(month, programme, today, is_now))
        month = add_months(last, 1)
    return slots


def _of_cycle(cycle: Any, months: int, current: Programme, is_now: bool) -> Slot:
    status = CycleStatus(cycle.status)
    return Slot(
        name=cycle.name,
        href=reverse("cycle_detail", args=[cycle.slug]),
        status=status.label,
        colour=TAGS[status],
        months=months,
        facts=tuple(_facts(cycle, status, current)),
        is_now=is_now,
    )


def _facts(cycle: Any, status: CycleStatus, current: Programme) -> Iterator[str]:
    programme = cycle.rules.programme if cycle.rules else current
    if status == CycleStatus.PAUSED:
        yield f"Nothing is audited: {cycle.pause_reason}"
        if cycle.substitute_activity:
            yield f"Instead: {cycle.substitute_activity}"
        return
    if status == CycleStatus.PLANNED:
        opens_on = date_format(draw_publication(cycle.first_month, programme.deadlines, programme.closures), DAY)
        if cycle.is_drawn:
            yield f"Drawn; to be published by {opens_on}"
        else:
            yield f"To be drawn {'by itself on' if programme.draws_by_itself else 'by'} {opens_on}"
    returns = CycleReturns.of(cycle)
    if status != CycleStatus.PLANNED or returns.audits.allocated:
        yield in_words(returns.audits, "audits")
    if returns.reaudits.allocated:
        yield in_words(returns.reaudits, "re-audits")
    if directed := returns.directed.allocated:
        yield f"{returns.directed.completed} of {directed} directed audit{'s' if directed > 1 else ''} completed"
    if status != CycleStatus.CLOSED:
        due_on = stage_one_due(cycle.last_month, programme.deadlines, programme.closures)
        yield f"Stage 1 due on {date_format(due_on, DAY)}"
    if cycle.focus:
        yield f"Focus: {in_a_line(cycle.focus)}"
    if cycle.pack:
        yield f"Questions on a theme: {cycle.pack.title}"


def _free(month: date, programme: Programme, today: date, is_now: bool) -> Slot:
    facts = ["No cycle"] if month <= today else []
    if month > today:
        opens_on = date_format(draw_publication(month, programme.deadlines, programme.closures), DAY)
        drawn = "Planned, drawn and published by itself on" if programme.draws_by_itself else "To be drawn by"
        facts.append(f"{drawn} {opens_on}")
    return Slot(
        name=f"{month:%B %Y}",
        href=f"{reverse('cycle_plan')}?first={month}" if month > today else "",
        status="Not planned yet" if month > today else "",
        colour="grey",
        months=1,
        facts=tuple(facts),
        is_now=is_now,
    )
