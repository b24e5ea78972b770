"""Audit tools: the sections, questions and guidance of a form, version by version."""

from functools import cached_property

from django.db import models
from django.db.models import Q

from audits.enums import FormState
from audits.rules.form_definition import FormDefinition, FormKind


class FormVersionQuerySet(models.QuerySet["FormVersion"]):
    def published(self) -> "FormVersionQuerySet":
        return self.filter(state=FormState.PUBLISHED)

    def tools(self) -> "FormVersionQuerySet":
        """Whole audit forms. A definition that does not say what kind it is, is one."""
        return self.exclude(definition__kind=FormKind.PACK)

    def packs(self) -> "FormVersionQuerySet":
        return self.filter(definition__kind=FormKind.PACK)


class FormVersion(models.Model):
    """One version of an audit tool. A published version never changes; an audit keeps the version it was made with.

    `definition` is what audits.rules.form_definition reads: plain JSON, validated before it is published.
    """

    key = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    definition = models.JSONField()
    state = models.CharField(max_length=10, choices=FormState.choices, default=FormState.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        ordering = ["key", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="form_version_once"),
            models.CheckConstraint(
                condition=Q(state=FormState.DRAFT) | Q(published_at__isnull=False),
                name="form_published_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    @cached_property
    def form(self) -> FormDefinition:
        return FormDefinition.from_dict(self.definition)
