"""What a person must never learn of here, even where their role shows them everything of its kind."""

from django.conf import settings
from django.db import models


class KeptFrom(models.Model):
    """A thing, by our own reference as in a mail (`concern:SC-7K3M9QXT`), that is kept from a person: its lines of the
    activity log and its mails are in no list of theirs."""

    thing = models.CharField(max_length=150)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "things kept from people"
        constraints = [models.UniqueConstraint(fields=["person", "thing"], name="kept_from_once")]

    def __str__(self) -> str:
        return self.thing
