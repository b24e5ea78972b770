"""The open actions that somebody owns, and who could own them instead."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Count, Min

from accounts.absence import left_or_away
from accounts.models import Person
from accounts.rules.line_management import chain_above
from audits.enums import Capacity
from audits.models import Action, Participant


def open_work_of(person: Person) -> list[Action]:
    """The actions that the person still has to complete, the first due first."""
    own = Action.objects.open().filter(owner=person).select_related("audit__allocation__case__team")
    return list(own.order_by("due_on", "pk"))


def counts_of_the_absent(on: date) -> dict[int, tuple[int, date]]:
    """Person who has left or is away → how many actions wait for them until they are back, and the first day."""
    waiting = Action.objects.open().filter(left_or_away("owner", "due_on", on), owner__isnull=False)
    rows = waiting.order_by().values_list("owner").annotate(Count("pk"), Min("due_on"))
    return {person: (count, first) for person, count, first in rows}


def owners_for(actions: Collection[Action]) -> dict[int, list[Person]]:
    """By action, who could own it instead, the nearest first: the audit's practice manager, the manager of the case's
    team today, and the line managers of its owner and of those. People who have left are passed over."""
    managers = dict(Person.objects.values_list("pk", "line_manager"))
    near: dict[int, list[int]] = defaultdict(list)
    answers = Participant.objects.filter(
        audit__in={action.audit_id for action in actions}, capacity=Capacity.PRACTICE_MANAGER
    )
    for audit, person in answers.values_list("audit", "person").order_by("pk"):
        near[audit].append(person)
    wanted = {action.pk: _in_order(action, near[action.audit_id], managers) for action in actions}
    people = Person.objects.active().in_bulk({pk for line in wanted.values() for pk in line})
    return {action: [people[pk] for pk in line if pk in people] for action, line in wanted.items()}


def _in_order(action: Action, practice_managers: list[int], managers: dict[int, int | None]) -> list[int]:
    case = action.audit.allocation.case
    team = case.team if case else None
    first = [*practice_managers, *([team.manager_id] if team and team.manager_id else [])]
    start = [*([action.owner_id] if action.owner_id else []), *first]
    lines = [manager for person in start for manager in chain_above(person, managers)]
    return [pk for pk in dict.fromkeys([*first, *lines]) if pk != action.owner_id]
