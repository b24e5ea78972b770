"""Narrowing the list of audits."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import Person, Service, Team
from accounts.permissions import signed_in
from audits.enums import AuditKind, AuditState, Grade
from audits.models import Audit, Cycle
from audits.models.audits import AuditQuerySet
from audits.models.cycles import months_in_words

Choices = list[tuple[str, str]]
CYCLE, SERVICE, TEAM, AUDITOR = "cycle", "service", "team", "auditor"


class AuditFilter(django_filters.FilterSet):
    """Teams and services are those of the day of the draw, by name, as they are frozen with the allocation."""

    cycle = django_filters.ChoiceFilter(field_name="allocation__cycle", label="Cycle", empty_label="All")
    state = django_filters.ChoiceFilter(choices=AuditState.choices, label="State", empty_label="All")
    grade = django_filters.ChoiceFilter(
        method="by_final_grade", choices=Grade.choices, label="Overall grade", empty_label="All"
    )
    kind = django_filters.ChoiceFilter(
        field_name="allocation__kind", choices=AuditKind.choices, label="Kind", empty_label="All"
    )
    service = django_filters.ChoiceFilter(method="by_place", label="Service", empty_label="All")
    team = django_filters.ChoiceFilter(method="by_place", label="Team", empty_label="All")
    auditor = django_filters.ChoiceFilter(field_name="allocation__auditor", label="Auditor", empty_label="All")
    overdue = django_filters.ChoiceFilter(
        method="only_overdue", choices=[("yes", "Only overdue")], label="Overdue", empty_label="All"
    )

    class Meta:
        model = Audit
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in _choices().items():
            self.filters[name].extra["choices"] = choices

    def by_final_grade(self, queryset: AuditQuerySet, name: str, value: str) -> AuditQuerySet:
        return queryset.finally_graded(value)

    def by_place(self, queryset: AuditQuerySet, name: str, value: str) -> AuditQuerySet:
        """Whose child a restricted record is about must not come out by trying one team after the other."""
        return queryset.known_to(signed_in(self.request)).filter(**{f"allocation__{name}": value})

    def only_overdue(self, queryset: Any, name: str, value: str) -> QuerySet[Audit]:
        today: date = timezone.localdate()
        return queryset.overdue(today)


def _choices() -> dict[str, Choices]:
    """What there is to choose from, by the name of its filter, in one query."""
    months = Cycle.objects.order_by().values_list(Value(CYCLE), _text("pk"), _text("first_month"), _text("last_month"))
    places = (
        model.objects.order_by().values_list(Value(name), F("name"), F("name"), Value(""))
        for name, model in ((SERVICE, Service), (TEAM, Team))
    )
    auditors = Person.objects.holding(Permission.COMPLETE_AUDITS).order_by()
    rows = months.union(*places, auditors.values_list(Value(AUDITOR), _text("pk"), F("name"), F("email")), all=True)
    found: dict[str, Choices] = {CYCLE: [], SERVICE: [], TEAM: [], AUDITOR: []}
    for kind, key, text, more in sorted(rows, key=lambda row: (row[2].casefold(), row[3])):
        if kind == CYCLE:
            text = months_in_words(date.fromisoformat(text), date.fromisoformat(more))
        found[kind].append((key, text))
    found[CYCLE].reverse()
    return found


def _text(field: str) -> Cast:
    return Cast(field, CharField())
