"""Narrowing the register of actions."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet

from accounts.models import Person
from audits.enums import ActionState
from audits.models import Action, Allocation, Audit
from audits.models.actions import ActionQuerySet

OPEN, OVERDUE, MINE = "open", "overdue", "mine"
STATES = [
    (OPEN, "Open"),
    (OVERDUE, "Overdue"),
    (ActionState.COMPLETED.value, "To be signed off"),
    (ActionState.SIGNED_OFF.value, "Signed off"),
]


class ActionFilter(django_filters.FilterSet):
    """By state, owner, team and service, among the actions given. `on`: the day that overdue is judged on.

    By team or service, what a restricted record calls for is found only by people who may know it.
    """

    state = django_filters.ChoiceFilter(label="Status", empty_label="All", choices=STATES, method="by_state")
    owner = django_filters.ModelChoiceFilter(
        label="Owner", empty_label="Anybody", null_label="Nobody yet", queryset=Person.objects.none()
    )
    team = django_filters.ChoiceFilter(label="Team", empty_label="All", method="by_place")
    service = django_filters.ChoiceFilter(label="Service", empty_label="All", method="by_place")

    class Meta:
        model = Action
        fields: list[str] = []

    def __init__(self, *args: Any, on: date, reader: Person, queryset: ActionQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        self.on, self.reader = on, reader
        owners = Person.objects.filter(pk__in=queryset.order_by().values("owner")).order_by("name")
        self.filters["owner"].extra["queryset"] = owners
        for name in ("team", "service"):
            self.filters[name].extra["choices"] = _names(queryset, name, reader)

    def by_place(self, queryset: ActionQuerySet, name: str, value: str) -> QuerySet[Action]:
        known = Audit.objects.known_to(self.reader).filter(**{f"allocation__{name}": value})
        return queryset.filter(audit__in=known)

    def by_state(self, queryset: ActionQuerySet, name: str, value: str) -> QuerySet[Action]:
        if value == OVERDUE:
            return queryset.overdue(self.on)
        return queryset.filter(state=value)


def _names(actions: ActionQuerySet, name: str, reader: Person) -> list[tuple[str, str]]:
    """Teams or services as they were called when the cases of these actions were drawn."""
    known = Audit.objects.known_to(reader).filter(actions__in=actions.order_by().values("pk"))
    of_actions = Allocation.objects.filter(audit__in=known).exclude(**{name: ""})
    return [(found, found) for found in of_actions.order_by(name).values_list(name, flat=True).distinct()]
