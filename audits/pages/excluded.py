"""The cases that a rule kept out of a draw: which they are, and what of them made it so."""

from collections.abc import Sequence
from typing import NamedTuple

import django_filters
from django.core.paginator import Page

from accounts.models import Person, Service, Team
from audits.kept_draws.exclusions import facts_behind
from audits.models import Case, Draw
from audits.models.cases import CaseQuerySet
from audits.rules.allocation.reasons import CaseRule


def excluded_pks(draw: Draw, rule: CaseRule) -> list[int]:
    """The primary keys of the cases that the rule kept out, as they are kept with the draw."""
    return list(draw.summary["excluded_cases"].get(str(rule), ()))


class ExcludedFilter(django_filters.FilterSet):
    """Narrows a list of primary keys to cases that the reader may know, of a team or service as they are today."""

    service = django_filters.ModelChoiceFilter(queryset=Service.objects.all(), label="Service", empty_label="All")
    team = django_filters.ModelChoiceFilter(queryset=Team.objects.all(), label="Team", empty_label="All")

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, data: object, *, reader: Person) -> None:
        self.reader = reader
        super().__init__(data, queryset=Case.objects.visible_to(reader))

    def of(self, pks: Sequence[int]) -> list[int]:
        """Compared here, not in the database: a rule can keep out more cases than a query takes values."""
        if any(self.data.get(name) for name in self.filters):
            matching = _pks(self.qs)
            return [pk for pk in pks if pk in matching]
        hidden = self._hidden
        return [pk for pk in pks if pk not in hidden]

    def unlisted(self, pks: Sequence[int]) -> int:
        """How many of them are restricted records that the reader is not named for, whatever is filtered for."""
        return len(self._hidden.intersection(pks))

    @property
    def _hidden(self) -> set[int]:
        return _pks(Case.objects.unnamed_to(self.reader))


def _pks(cases: CaseQuerySet) -> set[int]:
    return set(cases.order_by().values_list("pk", flat=True))


class ExcludedRow(NamedTuple):
    case: Case
    fact: str


def excluded_on(page: Page, rule: CaseRule, draw: Draw, reader: Person) -> list[ExcludedRow]:
    """The cases on a page of the list, as they are today. One that is no longer held is left out."""
    held = Case.objects.visible_to(reader).select_related("team", "service").in_bulk(list(page.object_list))
    cases = [held[pk] for pk in page.object_list if pk in held]
    facts = facts_behind(rule, cases, draw)
    return [ExcludedRow(case, facts.get(case.pk, "")) for case in cases]
