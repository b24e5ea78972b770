"""The activity log: who read or changed what, written in the same transaction as the thing itself."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat

from accounts.enums import Permission
from accounts.models.kept_from import KeptFrom
from accounts.models.people import Person


class AppendOnlyQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, person: Person) -> "AppendOnlyQuerySet":
        """The whole log but what is about something kept from them, for those who look after it; nothing for the
        others."""
        if not person.may(Permission.SEE_ACTIVITY):
            return self.none()
        thing = Concat(OuterRef("thing_type"), Value(":"), OuterRef("thing_ref"))
        return self.exclude(Exists(KeptFrom.objects.filter(person=person, thing=thing)))

    def update(self, **kwargs: Any) -> int:
        raise TypeError("The activity log is only ever added to.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The activity log is only ever added to.")


class Activity(models.Model):
    """One thing that happened. `thing` is our own reference (`audit CA-7K3M9Q`), never a child's name or number."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="activities", null=True, blank=True
    )
    verb = models.CharField(max_length=60, db_index=True, help_text="Dotted and lower case, such as audit.submitted.")
    thing_type = models.CharField(max_length=40)
    thing_ref = models.CharField(max_length=100)
    summary = models.CharField(max_length=400)
    data = models.JSONField(default=dict, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "activities"
        indexes = [models.Index(fields=["thing_type", "thing_ref", "at"], name="activity_of_a_thing")]

    def __str__(self) -> str:
        return self.summary

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The activity log is only ever added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The activity log is only ever added to.")
