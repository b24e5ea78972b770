"""Audit tools: the sections, questions and guidance of a form, version by version."""

from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q

from audits.enums import FormState
from audits.rules.form_definition import FormDefinition, FormKind

PUBLISHED: dict[tuple[int, datetime | None], FormDefinition] = {}
"""What this process has read, by primary key and the moment of publication."""


class FormVersionQuerySet(models.QuerySet["FormVersion"]):
    def published(self) -> "FormVersionQuerySet":
        return self.filter(state=FormState.PUBLISHED)

    def tools(self) -> "FormVersionQuerySet":
        """Whole audit forms. A definition that does not say what kind it is, is one."""
        # Not `exclude`: of a definition without that key the databases know no kind, and would leave it out as well.
        return self.filter(Q(definition__kind=FormKind.TOOL) | ~Q(definition__has_key="kind"))

    def packs(self) -> "FormVersionQuerySet":
        return self.filter(definition__kind=FormKind.PACK)

    def standard_tool(self) -> "FormVersion | None":
        """The tool that cycles are published with unless another was chosen for them."""
        return self.published().tools().filter(standard_since__isnull=False).order_by("-standard_since").first()


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
    retired_at = models.DateTimeField(null=True, blank=True)
    standard_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when cycles are published with it; the newest one counts."
    )
    copied_from = models.ForeignKey("self", models.SET_NULL, related_name="copies", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="Grows with every change of a draft.")
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        ordering = ["key", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="form_version_once"),
            models.UniqueConstraint(fields=["key"], condition=Q(state=FormState.DRAFT), name="form_one_draft"),
            models.CheckConstraint(
                condition=Q(state=FormState.DRAFT) | Q(published_at__isnull=False),
                name="form_published_has_a_time",
            ),
            models.CheckConstraint(condition=Q(state__in=FormState.values), name="form_state_known"),
            models.CheckConstraint(
                condition=~Q(state=FormState.RETIRED) | Q(retired_at__isnull=False), name="form_retired_has_a_time"
            ),
            models.CheckConstraint(
                condition=Q(standard_since__isnull=True) | ~Q(state=FormState.DRAFT), name="form_standard_is_no_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    @property
    def ref(self) -> str:
        """As the activity log names it."""
        return f"{self.key} {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == FormState.DRAFT

    @property
    def outline(self) -> FormDefinition:
        """The definition as it is, of a draft too: it may be inconsistent until it is published."""
        return FormDefinition.draft_from_dict(self.definition)

    @cached_property
    def form(self) -> FormDefinition:
        """The definition. What was published never changes, so a process reads it once: whoever loads a version to
        fill in its form need not load `definition`."""
        if self.state == FormState.DRAFT or self.pk is None:
            return FormDefinition.from_dict(self.definition)
        which = self.pk, self.published_at
        if which not in PUBLISHED:
            PUBLISHED[which] = FormDefinition.from_dict(self.definition)
        return PUBLISHED[which]


class FormEdit(models.Model):
    """One edit of a draft, with the definition as it was before: what undoing it brings back. Gone once published."""

    form_version = models.ForeignKey(FormVersion, models.CASCADE, related_name="edits")
    revision = models.PositiveIntegerField(help_text="The revision that was edited.")
    definition = models.JSONField(help_text="As it was before.")
    said = models.CharField(max_length=400)
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["form_version", "-revision"]
        constraints = [models.UniqueConstraint(fields=["form_version", "revision"], name="form_edit_once")]

    def __str__(self) -> str:
        return self.said
