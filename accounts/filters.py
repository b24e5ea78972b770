"""What lists of people, teams, mail and activity can be narrowed down by."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from accounts.crispy_govuk.dates import GovDateField
from accounts.enums import MailState, Role
from accounts.models import Activity, Area, OutgoingMail, Person, Service, Team


class GovDateFilter(django_filters.Filter):
    """A date in three boxes."""

    field_class = GovDateField


class PersonFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="by_words", label="Name or e-mail address")
    team = django_filters.ModelChoiceFilter(queryset=Team.objects.all(), label="Team", empty_label="Any team")
    role = django_filters.ChoiceFilter(
        field_name="roles__role", choices=Role.choices, label="Role", empty_label="Any role"
    )
    active = django_filters.ChoiceFilter(
        field_name="is_active",
        choices=[("True", "Works here"), ("False", "Has left")],
        label="Standing",
        empty_label="Either",
    )

    class Meta:
        model = Person
        fields: list[str] = []

    def by_words(self, people: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        return people.filter(Q(name__icontains=value) | Q(email__icontains=value))


class TeamFilter(django_filters.FilterSet):
    service = django_filters.ModelChoiceFilter(
        queryset=Service.objects.all(), label="Service", empty_label="Any service"
    )
    area = django_filters.ModelChoiceFilter(queryset=Area.objects.all(), label="Area", empty_label="Any area")

    class Meta:
        model = Team
        fields: list[str] = []


class MailFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=MailState.choices, label="State", empty_label="Any state")
    to = django_filters.CharFilter(lookup_expr="icontains", label="To")
    thing = django_filters.CharFilter(lookup_expr="icontains", label="Audit reference")

    class Meta:
        model = OutgoingMail
        fields: list[str] = []


class ActivityFilter(django_filters.FilterSet):
    who = django_filters.CharFilter(method="by_actor", label="Who")
    verb = django_filters.AllValuesFilter(label="What", empty_label="Anything")
    thing = django_filters.CharFilter(field_name="thing_ref", lookup_expr="iexact", label="Reference")
    since = GovDateFilter(field_name="at", lookup_expr="date__gte", label="From")
    until = GovDateFilter(field_name="at", lookup_expr="date__lte", label="To")

    class Meta:
        model = Activity
        fields: list[str] = []
        form = forms.Form

    def by_actor(self, activities: QuerySet[Activity], name: str, value: str) -> QuerySet[Activity]:
        return activities.filter(Q(actor__name__icontains=value) | Q(actor__email__iexact=value))
