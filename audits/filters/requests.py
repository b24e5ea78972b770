"""Narrowing the list of requests."""

import django_filters

from accounts.models import Team
from audits.enums import RequestKind, RequestState
from audits.models import Cycle, Request


class RequestFilter(django_filters.FilterSet):
    """The team is that of whoever asked: that of the case would tell whose a restricted record is."""

    state = django_filters.ChoiceFilter(choices=RequestState.choices, label="Decision", empty_label="All")
    kind = django_filters.ChoiceFilter(choices=RequestKind.choices, label="Asked for", empty_label="All")
    team = django_filters.ModelChoiceFilter(
        field_name="asked_by__team", queryset=Team.objects.all(), label="Asked by team", empty_label="All"
    )
    cycle = django_filters.ModelChoiceFilter(
        field_name="allocation__cycle", queryset=Cycle.objects.all(), label="Cycle", empty_label="All"
    )

    class Meta:
        model = Request
        fields: list[str] = []
