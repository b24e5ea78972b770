"""Narrowing the list of conflicts of interest."""

import django_filters
from django.db.models import Q, QuerySet

from audits.models import CaseConflict


class ConflictFilter(django_filters.FilterSet):
    who = django_filters.CharFilter(method="by_words", label="Name or e-mail address")
    source = django_filters.ChoiceFilter(
        method="by_source",
        choices=[("declared", "Declared"), ("file", "Case file")],
        label="Where it comes from",
        empty_label="Either",
    )
    held = django_filters.ChoiceFilter(
        method="by_case",
        choices=[("yes", "Held here"), ("no", "Not held here yet")],
        label="Case",
        empty_label="Any",
    )

    class Meta:
        model = CaseConflict
        fields: list[str] = []

    def by_words(self, conflicts: QuerySet[CaseConflict], name: str, value: str) -> QuerySet[CaseConflict]:
        return conflicts.filter(Q(person__name__icontains=value) | Q(email__icontains=value))

    def by_source(self, conflicts: QuerySet[CaseConflict], name: str, value: str) -> QuerySet[CaseConflict]:
        if value == "declared":
            return conflicts.filter(declared_at__isnull=False)
        return conflicts.filter(from_file=True)

    def by_case(self, conflicts: QuerySet[CaseConflict], name: str, value: str) -> QuerySet[CaseConflict]:
        return conflicts.filter(case__isnull=value == "no")
