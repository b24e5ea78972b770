"""The code book: the themes that findings are tagged with."""

from django.db import models
from django.db.models import Q

from audits.enums import ThemeKind


class Theme(models.Model):
    """One theme. Findings hold its `key`; a retired one is no longer offered, and stays where it was tagged."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=ThemeKind.choices)
    hint = models.CharField(max_length=200, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ThemeKind.values), name="theme_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="theme_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
