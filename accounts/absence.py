"""Who cannot do what is theirs: people who have left, and people who are away until it is due."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from accounts.enums import Permission
from accounts.models import Absence, PersonRole
from accounts.roles import roles_with

SOON = timedelta(days=7)
"""An absence that begins within so many days is seen to now."""


def left_or_away(person: str, due_on: str, on: date) -> Q:
    """A condition on rows with a person and a day: that person has left, or is away, now or soon, until that day and
    beyond. What is overdue waits for whoever is away today."""
    begins_in_time = Q(starts_on__lte=on) | Q(starts_on__lte=OuterRef(due_on))
    lasts = Q(ends_on__isnull=True) | (Q(ends_on__gte=on) & Q(ends_on__gte=OuterRef(due_on)))
    away = Absence.objects.filter(begins_in_time, lasts, person=OuterRef(person), starts_on__lte=on + SOON)
    return Q(**{f"{person}__is_active": False}) | Q(Exists(away))


def without_the_role(person: str, permission: Permission) -> Q:
    """A condition on rows with a person: none of that person's roles lets them do `permission` any more."""
    return ~Q(Exists(PersonRole.objects.filter(person=OuterRef(person), role__in=roles_with(permission))))
