"""The tasks that the month brings to QA: the next one to be drawn, the running ones to be looked after."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from accounts.enums import Permission
from accounts.models import Person
from accounts.task_list import Task
from audits.enums import COMPLETED_STATES, CycleStatus, Standing
from audits.models import Cycle, ProgrammeRules
from audits.pages.reaudits import When, waiting_reaudits
from audits.pages.returns import CycleReturns, in_words, with_counts
from audits.rules.deadlines import add_months, draw_publication
from audits.services.cycles import find

GROUP = "The month"


def cycle_tasks_for(person: Person, on: date) -> list[Task]:
    if not person.may(Permission.RUN_CYCLES):
        return []
    return [*_running(on), *_next_month(on), *_reaudits(on)]


def _running(on: date) -> list[Task]:
    """Published cycles that nobody has closed, with what has come back; what is overdue of any kind."""
    late = Q(allocations__standing=Standing.LIVE, allocations__due_on__lt=on) & ~Q(
        allocations__audit__state__in=COMPLETED_STATES
    )
    running = with_counts(Cycle.objects.filter(status=CycleStatus.OPEN))
    cycles: QuerySet[Any] = running.annotate(late=Count("allocations", late))
    return [
        Task(
            title=cycle.name,
            url=reverse("cycle_detail", args=[cycle.slug]),
            status=f"{cycle.late} overdue" if cycle.late else "Running",
            group=GROUP,
            hint=_returned(CycleReturns.of(cycle)),
        )
        for cycle in cycles.order_by("first_month")
    ]


def _returned(returns: CycleReturns) -> str:
    reaudits = [in_words(returns.reaudits, "re-audits")] if returns.reaudits.allocated else []
    return " · ".join([in_words(returns.audits, "audits"), *reaudits])


def _next_month(on: date) -> list[Task]:
    """The month after this one while it is not published: who draws it, and when."""
    month = add_months(on, 1)
    cycle = find(month)
    if cycle and cycle.status != CycleStatus.PLANNED:
        return []
    programme = ProgrammeRules.objects.current().programme
    itself = programme.draws_by_itself
    return [
        Task(
            title=f"Draw {cycle.name if cycle else f'{month:%B %Y}'}",
            url=reverse("cycle_detail", args=[cycle.slug]) if cycle else reverse("cycle_plan"),
            status="Comes by itself" if itself else "To draw",
            group=GROUP,
            due_on=draw_publication(month, programme.deadlines, programme.closures),
            hint="Drawn and published by itself then, if nobody has done so before" if itself else "",
        )
    ]


def _reaudits(on: date) -> list[Task]:
    """Re-audits that no draw gives out by itself: their month has gone by, or the last draw found nobody."""
    waiting = waiting_reaudits(on)
    count, overdue, blocked = waiting.in_need, waiting.count(When.OVERDUE), waiting.blocked
    if not count:
        return []
    said = [f"{overdue} overdue"] if overdue else []
    said += [f"{blocked} not possible in the last draw"] if blocked else []
    return [
        Task(
            title=f"Look after {count} re-audit{'' if count == 1 else 's'}",
            url=reverse("reaudit_list"),
            status="Waiting",
            group=GROUP,
            hint=", ".join(said),
            urgent=bool(overdue),
        )
    ]
