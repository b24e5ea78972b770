"""Narrowing the list of concerns about audits."""

import django_filters

from audits.enums import QualityConcernState
from audits.models import Cycle, QualityConcern


class QualityConcernFilter(django_filters.FilterSet):
    """By nothing that would tell whose a restricted record is."""

    state = django_filters.ChoiceFilter(choices=QualityConcernState.choices, label="Answer", empty_label="All")
    cycle = django_filters.ModelChoiceFilter(
        field_name="audit__allocation__cycle", queryset=Cycle.objects.all(), label="Cycle", empty_label="All"
    )

    class Meta:
        model = QualityConcern
        fields: list[str] = []
