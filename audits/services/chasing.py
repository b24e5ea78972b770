"""Reminders before a deadline, and the ladder of escalation after it: one way for audits, moderations and actions.

Each floor says what has deadlines (`plan_deadlines`, for the rows) and what still has to be done (`Deadline`, when a
row is due). The rows name the day they were made for: where the deadline has moved they fall away, and new ones are
planned.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from typing import Any

from django.db.models import CharField, Exists, Expression, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.due_rules import Handler, Skipped
from accounts.enums import DueState, Permission
from accounts.line_management import managers_above
from accounts.links import absolute
from accounts.models import Due, Person
from accounts.services.mail import queue_mail
from audits.models import ProgrammeRules
from audits.rules.deadlines import Rung, escalations, reminders
from audits.rules.programme import Programme

STEPS_UP = {rung: step for step, rung in enumerate(Rung)}


@dataclass(frozen=True)
class Planned:
    """Something with a deadline that has no due rows yet. `caused_at`: since when there is anything to remind this
    person of. `owed_since`: since when anybody owes it."""

    thing: str
    due_on: date
    caused_at: datetime
    owed_since: datetime
    programme: Programme


@dataclass(frozen=True)
class Deadline:
    """Something that a person still has to do. `name` is our own reference, `path` the page where they do it, `since`
    when it came to them."""

    name: str
    owner: Person | None
    due_on: date
    path: str
    since: datetime | None = None
    context: dict[str, object] = field(default_factory=dict)


# Finds what a row is about by its `thing`, or raises Skipped saying why there is nothing left to do.
Find = Callable[[str], Deadline]


def plan_deadlines(
    kind: str,
    owed: QuerySet[Any],
    *,
    name: str,
    due_on: str,
    caused_at: str,
    owed_since: str,
    rules: str,
    at: datetime,
) -> None:
    """Write the reminders and escalations of everything owed that has none for its day; those that exist stay.

    The others are fields of `owed`: our own reference, the day, since when there is anything to remind this person
    of, since when anybody owes it (both `at` where blank), and the version of the rules it was made under.
    """
    programme = _rules_by_version()
    rows = [
        row
        for each in _without_rows(owed, kind, name, due_on).values("chased_thing", due_on, caused_at, owed_since, rules)
        for row in _rows(
            kind,
            Planned(
                thing=each["chased_thing"],
                due_on=each[due_on],
                caused_at=each[caused_at] or at,
                owed_since=each[owed_since] or at,
                programme=programme(each[rules]),
            ),
        )
    ]
    Due.objects.bulk_create(rows, ignore_conflicts=True)


def _rules_by_version() -> Callable[[int | None], Programme]:
    """The programme by the key of its version; the current one where there is no key."""
    current = ProgrammeRules.objects.current().programme
    versions = {rules.pk: rules.programme for rules in ProgrammeRules.objects.all()}
    return lambda key: versions.get(key, current) if key else current


def _without_rows(owed: QuerySet[Any], kind: str, name: str, due_on: str) -> QuerySet[Any]:
    thing: Expression = Concat(Value(f"{kind}:"), Cast(F(name), CharField()))
    chased = owed.annotate(chased_thing=thing, chased_day=Cast(F(due_on), CharField()))
    rows = Due.objects.filter(
        thing=OuterRef("chased_thing"), rule__startswith=f"{kind}.", occurrence__startswith=OuterRef("chased_day")
    )
    _take_up_again(chased, kind)
    return chased.exclude(Exists(rows))


def _take_up_again(chased: QuerySet[Any], kind: str) -> None:
    """Escalations that were skipped while nothing was owed, of things that are owed again for the same day: an audit
    went back to its auditor and came again, a deadline was moved and put back."""
    skipped = Due.objects.filter(rule=f"{kind}.escalation", state=DueState.SKIPPED)
    of_this_day = skipped.filter(thing=OuterRef("chased_thing"), occurrence__startswith=OuterRef("chased_day"))
    for thing, day in chased.filter(Exists(of_this_day)).values_list("chased_thing", "chased_day"):
        again = skipped.filter(thing=thing, occurrence__startswith=day)
        again.update(state=DueState.PENDING, finished_at=None, outcome="")


def _rows(kind: str, planned: Planned) -> Iterable[Due]:
    numbers, closures = planned.programme.deadlines, planned.programme.closures
    zone = timezone.get_default_timezone()
    for reminder in reminders(planned.due_on, caused_at=planned.caused_at, zone=zone, numbers=numbers):
        yield Due(
            rule=f"{kind}.reminder",
            thing=planned.thing,
            occurrence=f"{planned.due_on} {reminder.days_before} days before",
            due_at=reminder.at,
        )
    for escalation in escalations(planned.due_on, numbers, closures):
        at = datetime.combine(escalation.on, time(numbers.sending_hour), zone)
        if at >= planned.owed_since:
            occurrence = f"{planned.due_on} {escalation.rung}"
            yield Due(rule=f"{kind}.escalation", thing=planned.thing, occurrence=occurrence, due_at=at)


def handlers(kind: str, find: Find) -> dict[str, Handler]:
    """What the sweep does with the rows of this kind. The mails are templates/emails/<kind>.<rule>.txt."""
    return {
        f"{kind}.reminder": partial(_remind, find=find),
        f"{kind}.escalation": partial(_escalate, kind=kind, find=find),
    }


def _remind(due: Due, at: datetime, *, find: Find) -> str:
    deadline = _still_for_this_day(due, find)
    today = timezone.localdate(at)
    if today > deadline.due_on:
        raise Skipped("The day has passed.")
    if deadline.since is not None and due.due_at < deadline.since:
        raise Skipped("Its hour had passed before this came to them.")
    if _a_later_reminder_is_due_too(due, deadline, at):
        raise Skipped("A later reminder is due as well.")
    if deadline.owner is None or not deadline.owner.is_active:
        raise Skipped("There is nobody to remind.")
    _mail(deadline.owner, due, due.rule, deadline, at, days_left=(deadline.due_on - today).days)
    return f"Reminded {deadline.owner.name}."


def _escalate(due: Due, at: datetime, *, kind: str, find: Find) -> str:
    """Tell the manager at this rung, or the highest there is; the owner at the first rung; QA at the last, or where
    there is no manager, or where the owner has left and somebody else has to be found."""
    deadline = _still_for_this_day(due, find)
    rung = Rung(due.occurrence.split(" ")[1])
    above = managers_above(deadline.owner) if deadline.owner else []
    told = above[STEPS_UP[rung] :][:1] or above[-1:]
    owner_is_here = deadline.owner is not None and deadline.owner.is_active
    if not above or not owner_is_here or rung == Rung.ASSISTANT_DIRECTOR:
        told = [*told, *Person.objects.active().holding(Permission.RUN_CYCLES)]
    if deadline.owner and rung == Rung.LINE_MANAGER:
        _mail(deadline.owner, due, f"{kind}.overdue", deadline, at)
    for manager in told:
        _mail(manager, due, due.rule, deadline, at, owner=deadline.owner)
    return f"Told {', '.join(person.name for person in told) or 'nobody: there is no manager and no QA'}."[:300]


def _still_for_this_day(due: Due, find: Find) -> Deadline:
    deadline = find(due.thing)
    if not due.occurrence.startswith(f"{deadline.due_on} "):
        raise Skipped(f"The deadline has moved to {deadline.due_on}.")
    return deadline


def _a_later_reminder_is_due_too(due: Due, deadline: Deadline, at: datetime) -> bool:
    return Due.objects.filter(
        rule=due.rule,
        thing=due.thing,
        occurrence__startswith=f"{deadline.due_on} ",
        due_at__gt=due.due_at,
        due_at__lte=at,
    ).exists()


def _mail(to: Person, due: Due, rule: str, deadline: Deadline, at: datetime, **context: object) -> None:
    """`url` leads the owner to the work; a manager may see only that it is late, so theirs leads to the front page."""
    url = absolute(deadline.path if to == deadline.owner else "/")
    queue_mail(
        to=to,
        thing=due.thing,
        rule=rule,
        occurrence=due.occurrence,
        at=at,
        context={
            **deadline.context,
            "name": deadline.name,
            "due_on": deadline.due_on,
            "url": url,
            **context,
        },
    )
