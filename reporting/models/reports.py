"""Reports: figures and narrative of a period; live while a draft, frozen and numbered once published."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import Person
from reporting.enums import ReportKind, ReportState
from reporting.rules.periods import Period
from reporting.wording import period_name


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, person: Person) -> "ReportQuerySet":
        """QA sees drafts too; everybody who may read reports sees the published ones."""
        if person.may(Permission.WRITE_REPORTS):
            return self
        if person.may(Permission.READ_REPORTS):
            return self.published()
        return self.none()

    def published(self) -> "ReportQuerySet":
        return self.filter(state=ReportState.PUBLISHED)


class Report(models.Model):
    """One report of one period. A draft's figures are computed live; publishing freezes figures and PDF."""

    kind = models.CharField(max_length=20, choices=ReportKind.choices)
    first_month = models.DateField()
    last_month = models.DateField()
    slug = models.SlugField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.DRAFT)
    narrative = models.JSONField(default=dict, blank=True, help_text="{section: text}, written by QA.")
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True, unique=True)
    # As text, not as a JSON column: PostgreSQL would forget the order of the sections.
    figures = models.TextField(blank=True, help_text="The .json report, frozen when published.")
    pdf = models.BinaryField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-last_month", "-first_month", "kind"]
        constraints = [
            models.CheckConstraint(condition=Q(last_month__gte=F("first_month")), name="report_period_in_order"),
            models.UniqueConstraint(fields=["kind", "first_month", "last_month"], name="report_once_a_period"),
            models.CheckConstraint(
                condition=Q(state=ReportState.DRAFT)
                | (
                    Q(number__isnull=False)
                    & ~Q(figures="")
                    & Q(pdf__isnull=False)
                    & ~Q(sha256="")
                    & Q(published_at__isnull=False)
                ),
                name="report_published_is_frozen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

    @property
    def period(self) -> Period:
        return Period(self.first_month, self.last_month)

    @property
    def name(self) -> str:
        """Its period as people say it: `October 2026`."""
        return period_name(f"{self.first_month:%Y-%m}", f"{self.last_month:%Y-%m}")

    @property
    def is_published(self) -> bool:
        return self.state == ReportState.PUBLISHED

    @property
    def published_on(self) -> date | None:
        return timezone.localdate(self.published_at) if self.published_at else None


class Recommendation(models.Model):
    """A numbered recommendation or practice standard of a report, with its owner."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="recommendations")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    owner = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True, blank=True)
    is_standard = models.BooleanField("a practice standard", default=False)

    class Meta:
        ordering = ["report", "position", "id"]

    def __str__(self) -> str:
        return f"Recommendation {self.position} of {self.report_id}"
