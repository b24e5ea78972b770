"""Narrowing the list of cases."""

import django_filters

from accounts.models import Service, Team
from audits.enums import CaseStatus, PlanType
from audits.models import Case
from audits.models.cases import CaseQuerySet

YES_NO = [("True", "Yes"), ("False", "No")]


class CaseFilter(django_filters.FilterSet):
    service = django_filters.ModelChoiceFilter(queryset=Service.objects.all(), label="Service", empty_label="All")
    team = django_filters.ModelChoiceFilter(queryset=Team.objects.all(), label="Team", empty_label="All")
    plan_type = django_filters.ChoiceFilter(choices=PlanType.choices, label="Plan", empty_label="All")
    status = django_filters.ChoiceFilter(choices=CaseStatus.choices, label="Status", empty_label="All")
    restricted = django_filters.ChoiceFilter(choices=YES_NO, label="Restricted", empty_label="All")
    held = django_filters.ChoiceFilter(
        method="only_held", choices=[("yes", "Only without")], label="Without a team", empty_label="All"
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def only_held(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Cases that are left out of the draw because they have no team that is known here."""
        return cases.filter(team=None)
