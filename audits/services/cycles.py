"""The life of a cycle: planned, drawn, published, closed; or paused, with what is done instead."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from audits.enums import OPEN_STATES, AuditKind, AuditState, CycleStatus
from audits.models import Allocation, Audit, Cycle, Draw
from audits.models.audits import AuditQuerySet
from audits.rules.deadlines import add_months
from audits.services.draws import draw, why_settled
from audits.services.publishing import publish
from audits.services.requests.endings import drop_moot


def find(month: date) -> Cycle | None:
    """The cycle that the month belongs to."""
    return Cycle.objects.filter(first_month__lte=month, last_month__gte=month).first()


def get_or_plan(first_month: date, last_month: date | None = None) -> Cycle:
    """The cycle of that month, planned now where there is none. `last_month`: of a cycle of merged months."""
    first, last = first_month.replace(day=1), (last_month or first_month).replace(day=1)
    cycle = find(first)
    if cycle is None:
        _ensure_free(first, last)
        cycle = Cycle.objects.get_or_create(first_month=first, defaults={"last_month": last})[0]
    if last_month is not None and cycle.last_month != last:
        raise UserError(f"{cycle.name} is a cycle already, with other months.")
    return cycle


def draw_and_publish(*, cycle: Cycle, by: Person | None, at: datetime, seed: int | None = None) -> Draw | None:
    """Draw the cycle and publish it at once; None, with nothing changed, where nothing is left to draw.

    A draw that waits to be published is published, unless it is empty or another seed is asked for. Raises NothingDrawn
    where no case can be given to anybody: then the draw is not kept, and the next try starts afresh.
    """
    cycle.refresh_from_db()
    if why_settled(cycle):
        return None
    with transaction.atomic():
        newest = cycle.draws.of_month().order_by("-number").first()
        if newest is None:
            newest = draw(cycle=cycle, by=by, at=at, seed=seed)
        elif not newest.pairs:
            newest = draw(cycle=cycle, by=by, at=at, seed=seed, reason="The draw before it had nothing to give")
        elif newest.focus != cycle.focus:
            newest = draw(cycle=cycle, by=by, at=at, seed=seed, reason="The focus was changed after the draw before it")
        elif seed is not None and seed != newest.seed:
            newest = draw(cycle=cycle, by=by, at=at, seed=seed, reason=f"Another seed was asked for: {seed}")
        if not publish(draw=newest, by=by, at=at):
            return None
    cycle.refresh_from_db()
    return newest


def merge(*, cycle: Cycle, last_month: date, by: Person, at: datetime) -> Cycle:
    """Let a planned cycle end with a later month. Planned months in between that nobody has done anything to become
    part of it."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA merges months.")
    last = last_month.replace(day=1)
    with transaction.atomic():
        Cycle.objects.filter(
            first_month__gt=cycle.first_month,
            last_month__lte=last,
            status=CycleStatus.PLANNED,
            draws=None,
            allocations=None,
            focus_reason="",
            pack=None,
        ).delete()
        _ensure_free(cycle.first_month, last)
        _change(cycle, CycleStatus.PLANNED, last_month=last)
        _ensure_untouched(cycle, "Months are merged")
        _log(cycle, "cycle.merged", f"Merged months into {cycle.name}", by, at)
    return cycle


def split(*, cycle: Cycle, last_month: date, by: Person, at: datetime) -> Cycle:
    """Let a planned cycle of merged months end with an earlier one. The months after it are free again."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA splits months.")
    was, last = cycle.name, last_month.replace(day=1)
    if not cycle.first_month <= last < cycle.last_month:
        raise UserError(f"{cycle.name} cannot end with {last:%B %Y}.")
    with transaction.atomic():
        _change(cycle, CycleStatus.PLANNED, last_month=last)
        _ensure_untouched(cycle, "Months are split")
        _log(cycle, "cycle.split", f"Split {was}: {cycle.name} is a cycle again", by, at)
    return cycle


def pause(*, cycle: Cycle, reason: str, substitute: str, by: Person, at: datetime) -> None:
    """Do not audit in this cycle. `substitute`: what is done instead."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA pauses a cycle.")
    if not reason.strip():
        raise UserError("Say why the cycle is paused.")
    with transaction.atomic():
        _change(
            cycle,
            CycleStatus.PLANNED,
            status=CycleStatus.PAUSED,
            pause_reason=reason.strip(),
            substitute_activity=substitute.strip(),
        )
        _log(cycle, "cycle.paused", f"Paused {cycle.name}: {cycle.pause_reason}", by, at)


def resume(*, cycle: Cycle, by: Person, at: datetime) -> None:
    """Audit in this cycle after all."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA resumes a cycle.")
    with transaction.atomic():
        _change(cycle, CycleStatus.PAUSED, status=CycleStatus.PLANNED, pause_reason="", substitute_activity="")
        _log(cycle, "cycle.resumed", f"Resumed {cycle.name}", by, at)


def pause_months(
    *, first_month: date, last_month: date, reason: str, substitute: str, by: Person, at: datetime
) -> list[Cycle]:
    """Pause every cycle from one month to another, planning those that nobody has; which ones.

    One paused before keeps its own reason. All or none: raises UserError where a cycle cannot be paused any more, or
    reaches beyond the span.
    """
    with transaction.atomic():
        ahead = (last_month.year - first_month.year) * 12 + last_month.month - first_month.month
        months = [add_months(first_month, number) for number in range(ahead + 1)]
        span = list({cycle.pk: cycle for cycle in map(get_or_plan, months)}.values())
        _ensure_within(span, first_month, last_month)
        paused = [cycle for cycle in span if cycle.status != CycleStatus.PAUSED]
        for cycle in paused:
            pause(cycle=cycle, reason=reason, substitute=substitute, by=by, at=at)
    return paused


def resume_months(*, first_month: date, last_month: date, by: Person, at: datetime) -> list[Cycle]:
    """Resume every paused cycle from one month to another; which ones."""
    with transaction.atomic():
        overlapping = Cycle.objects.filter(first_month__lte=last_month, last_month__gte=first_month)
        paused = list(overlapping.filter(status=CycleStatus.PAUSED).order_by("first_month"))
        _ensure_within(paused, first_month, last_month)
        for cycle in paused:
            resume(cycle=cycle, by=by, at=at)
    return paused


def close(*, cycle: Cycle, by: Person | None, at: datetime) -> int:
    """Take no more audits back: those still open count as not returned. How many there were."""
    ensure(by is None or by.may(Permission.RUN_CYCLES), "Only QA closes a cycle.")
    with transaction.atomic():
        _change(cycle, CycleStatus.OPEN, status=CycleStatus.CLOSED, closed_at=at)
        late = _give_up(cycle)
        drop_moot(at=at, cycle=cycle)
        _log(cycle, "cycle.closed", f"Closed {cycle.name}: {late} audits not returned", by, at)
    return late


def _give_up(cycle: Cycle) -> int:
    """Again until there is none: one whose case was replaced while we waited for it has a successor since."""
    late = 0
    while given_up := never_submitted(cycle).update(state=AuditState.NOT_RETURNED):
        late += given_up
    return late


def never_submitted(cycle: Cycle) -> AuditQuerySet:
    """The audits that closing the cycle gives up. One that its moderator sent back has been submitted before, and one
    that QA directed stands beside the month: they have days of their own, and go on. What is exempt or withdrawn stays.

    Without a join: behind one, an audit submitted at this moment would be closed over all the same.
    """
    asked_for = Allocation.objects.live().filter(cycle=cycle).exclude(kind=AuditKind.DIRECTED)
    return Audit.objects.filter(allocation__in=asked_for, state__in=OPEN_STATES, completed_on__isnull=True)


def _change(cycle: Cycle, was: CycleStatus, /, **values: Any) -> None:
    """Change the cycle if that is still its status, whoever else is at it."""
    try:
        changed = Cycle.objects.filter(pk=cycle.pk, status=was).update(**values)
    except IntegrityError as error:
        raise UserError("Somebody else changed this cycle at the same moment.") from error
    cycle.refresh_from_db()
    if not changed:
        raise UserError(f"{cycle.name} is {cycle.get_status_display().lower()}: this cannot be done any more.")


def _ensure_free(first: date, last: date) -> None:
    """For the cycle that begins with `first`, which is there already or is being planned."""
    taken = Cycle.objects.exclude(first_month=first).filter(first_month__lte=last, last_month__gte=first).first()
    if taken is not None:
        raise UserError(f"{taken.name} is a cycle of its own.")


def _ensure_within(cycles: list[Cycle], first: date, last: date) -> None:
    for cycle in cycles:
        if cycle.first_month < first or cycle.last_month > last:
            raise UserError(f"{cycle.name} is one cycle: choose all of its months.")


def _ensure_untouched(cycle: Cycle, what: str) -> None:
    if cycle.draws.exists():
        raise UserError(f"{cycle.name} has been drawn. {what} before the draw.")
    if cycle.allocations.exists():
        raise UserError(f"{cycle.name} has audits already. {what} before there are any.")


def _log(cycle: Cycle, verb: str, summary: str, by: Person | None, at: datetime) -> None:
    record(by=by, at=at, verb=verb, thing_type="cycle", thing_ref=cycle.key, summary=summary)
