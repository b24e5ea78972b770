"""Due rows: everything that must happen by itself at a time is a row here, found by the sweep."""

from django.db import models
from django.db.models import Q

from accounts.enums import DueState


class Due(models.Model):
    """Something that becomes due: a reminder, an escalation, the opening of a month.

    `rule` names the handler (`audit.reminder`), `thing` what it is about, `occurrence` which time (`7-days-before`).
    Scheduling the same thing twice leaves one row.
    """

    rule = models.CharField(max_length=60)
    thing = models.CharField(max_length=100)
    occurrence = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField()
    try_after = models.DateTimeField(null=True, blank=True, help_text="When to try again, after an attempt failed.")
    state = models.CharField(max_length=20, choices=DueState.choices, default=DueState.PENDING)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        verbose_name_plural = "due rows"
        constraints = [
            models.UniqueConstraint(fields=["rule", "thing", "occurrence"], name="due_once"),
            models.CheckConstraint(condition=Q(state__in=DueState.values), name="due_state_known"),
            models.CheckConstraint(
                condition=Q(state=DueState.PENDING) | Q(finished_at__isnull=False),
                name="due_finished_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="due_next"),
            models.Index(fields=["thing", "rule"], name="due_of_a_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.occurrence} for {self.thing}".replace("  ", " ")
