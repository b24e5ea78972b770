"""Narrowing the list of conflicts of interest."""

import django_filters
from django.db.models import Q, QuerySet

from accounts.permissions import signed_in
from audits.models import Case, CaseConflict


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
        """What the reader declared of a record that they are not named for stands with the numbers nobody has: else
        declaring a conflict would tell which numbers are restricted."""
        reader = signed_in(self.request)
        as_good_as_none = Q(case__in=Case.objects.unnamed_to(reader), declared_by=reader)
        if value == "no":
            return conflicts.filter(Q(case__isnull=True) | as_good_as_none)
        return conflicts.filter(case__isnull=False).exclude(as_good_as_none)
