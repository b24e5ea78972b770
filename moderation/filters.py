"""Narrowing the list of moderations."""

from datetime import date
from typing import Any

import django_filters

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import AuditState
from audits.models import Allocation, Audit
from moderation.enums import ModerationState
from moderation.models import Moderation
from moderation.models.moderations import ModerationQuerySet

OPEN, OVERDUE, WITHOUT, RETURNED = "open", "overdue", "without", "returned"
STATES = [
    (OPEN, "To be signed off"),
    (OVERDUE, "Overdue"),
    (WITHOUT, "Without a moderator"),
    (ModerationState.AWAITING.value, ModerationState.AWAITING.label),
    (ModerationState.IN_PROGRESS.value, ModerationState.IN_PROGRESS.label),
    (RETURNED, "Returned to the auditor"),
    (ModerationState.SIGNED_OFF.value, ModerationState.SIGNED_OFF.label),
]


def services(moderations: ModerationQuerySet, reader: Person) -> list[tuple[str, str]]:
    """Services of these moderations, as they were called when their cases were drawn."""
    known = Audit.objects.known_to(reader).filter(moderation__in=moderations.order_by().values("pk"))
    names = Allocation.objects.filter(audit__in=known).exclude(service="")
    return [(name, name) for name in names.order_by("service").values_list("service", flat=True).distinct()]


class ModerationFilter(django_filters.FilterSet):
    """By state, service and, for people who see those of others, moderator. `on`: the day that overdue is judged on.

    By service, a restricted record is found only by people who may know it.
    """

    state = django_filters.ChoiceFilter(label="Status", empty_label="All", choices=STATES, method="by_state")
    service = django_filters.ChoiceFilter(label="Service", empty_label="All", method="by_service")
    moderator = django_filters.ModelChoiceFilter(
        label="Moderator",
        empty_label="Anybody",
        null_label="Nobody yet",
        queryset=Person.objects.filter(moderations__isnull=False).distinct(),
    )

    class Meta:
        model = Moderation
        fields: list[str] = []

    def __init__(self, *args: Any, on: date, reader: Person, queryset: ModerationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        self.on, self.reader = on, reader
        self.filters["service"].extra["choices"] = services(queryset, reader)
        if not reader.may(Permission.SEE_EVERY_AUDIT):
            del self.filters["moderator"]

    def by_service(self, queryset: ModerationQuerySet, name: str, value: str) -> ModerationQuerySet:
        known = Audit.objects.known_to(self.reader).filter(allocation__service=value)
        return queryset.filter(audit__in=known)

    def by_state(self, queryset: ModerationQuerySet, name: str, value: str) -> ModerationQuerySet:
        match value:
            case "open":
                return queryset.open()
            case "overdue":
                return queryset.overdue(self.on)
            case "without":
                return queryset.open().without_anybody()
            case "returned":
                return queryset.unsigned().filter(audit__state=AuditState.IN_PROGRESS)
            case ModerationState.SIGNED_OFF:
                return queryset.filter(state=value)
        return queryset.open().filter(state=value)
