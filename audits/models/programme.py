"""The programme's rules, version by version: a cycle keeps the rules it was drawn under."""

from django.conf import settings
from django.db import models

from audits.rules.programme import Programme

THE_DEFAULTS = "The defaults"


class ProgrammeRulesQuerySet(models.QuerySet["ProgrammeRules"]):
    def current(self) -> "ProgrammeRules":
        """The newest version; the defaults, as a version 1 that is not stored, where nothing has needed it yet."""
        return self.order_by("-number").first() or self.model(number=1, reason=THE_DEFAULTS)

    def kept(self) -> "ProgrammeRules":
        """The newest version, stored: for what refers to it, or comes after it."""
        newest = self.order_by("-number").first()
        return newest or self.get_or_create(number=1, defaults={"reason": THE_DEFAULTS})[0]


class ProgrammeRules(models.Model):
    """One version of every number and switch of the programme. Only what differs from the defaults is stored."""

    number = models.PositiveIntegerField(unique=True)
    values = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    objects = ProgrammeRulesQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "programme rules"

    def __str__(self) -> str:
        return f"Programme rules, version {self.number}"

    @property
    def programme(self) -> Programme:
        return Programme.from_values(self.values)
