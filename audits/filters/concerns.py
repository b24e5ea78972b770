"""Narrowing the list of safeguarding concerns."""

import django_filters

from audits.enums import ConcernState
from audits.models import Concern


class ConcernFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=ConcernState.choices, label="State", empty_label="All")

    class Meta:
        model = Concern
        fields: list[str] = []
