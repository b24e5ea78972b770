"""Narrowing the list of audits."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import Person, Service, Team
from accounts.permissions import signed_in
from audits.enums import AuditKind, AuditState, Grade
from audits.models import Audit, Cycle
from audits.models.audits import AuditQuerySet


def _names(model: type[Team] | type[Service]) -> list[tuple[str, str]]:
    return [(name, name) for name in model.objects.values_list("name", flat=True)]


class AuditFilter(django_filters.FilterSet):
    """Teams and services are those of the day of the draw, by name, as they are frozen with the allocation."""

    cycle = django_filters.ModelChoiceFilter(
        field_name="allocation__cycle", queryset=Cycle.objects.all(), label="Cycle", empty_label="All"
    )
    state = django_filters.ChoiceFilter(choices=AuditState.choices, label="State", empty_label="All")
    grade = django_filters.ChoiceFilter(
        field_name="final_grade", choices=Grade.choices, label="Overall grade", empty_label="All"
    )
    kind = django_filters.ChoiceFilter(
        field_name="allocation__kind", choices=AuditKind.choices, label="Kind", empty_label="All"
    )
    service = django_filters.ChoiceFilter(
        method="by_place", choices=lambda: _names(Service), label="Service", empty_label="All"
    )
    team = django_filters.ChoiceFilter(method="by_place", choices=lambda: _names(Team), label="Team", empty_label="All")
    auditor = django_filters.ModelChoiceFilter(
        field_name="allocation__auditor",
        queryset=lambda request: Person.objects.holding(Permission.COMPLETE_AUDITS),
        label="Auditor",
        empty_label="All",
    )
    overdue = django_filters.ChoiceFilter(
        method="only_overdue", choices=[("yes", "Only overdue")], label="Overdue", empty_label="All"
    )

    class Meta:
        model = Audit
        fields: list[str] = []

    def by_place(self, queryset: AuditQuerySet, name: str, value: str) -> AuditQuerySet:
        """Whose child a restricted record is about must not come out by trying one team after the other."""
        return queryset.known_to(signed_in(self.request)).filter(**{f"allocation__{name}": value})

    def only_overdue(self, queryset: Any, name: str, value: str) -> QuerySet[Audit]:
        today: date = timezone.localdate()
        return queryset.overdue(today)
