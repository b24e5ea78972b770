"""Concerns about the quality of an audit, which quality assurance answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import QualityConcernState
from audits.models.audits import Audit


class QualityConcernQuerySet(models.QuerySet["QualityConcern"]):
    def visible_to(self, person: Person) -> "QualityConcernQuerySet":
        """QA sees every one, others those they raised. The auditor learns of it from QA, if at all."""
        if person.may(Permission.SEE_EVERY_AUDIT):
            return self
        return self.filter(raised_by=person) if person.is_active else self.none()

    def open(self) -> "QualityConcernQuerySet":
        return self.filter(state=QualityConcernState.OPEN)


class QualityConcern(models.Model):
    """What somebody finds wrong with an audit, and what QA answered."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="quality_concerns")
    state = models.CharField(max_length=10, choices=QualityConcernState.choices, default=QualityConcernState.OPEN)
    text = models.TextField("what concerns you about the audit")
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="quality_concerns")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    objects = QualityConcernQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=QualityConcernState.values), name="quality_state_known"),
            models.CheckConstraint(condition=~Q(text=""), name="quality_says_something"),
            models.CheckConstraint(
                condition=~Q(state=QualityConcernState.ANSWERED)
                | (~Q(answer="") & Q(answered_by__isnull=False) & Q(answered_at__isnull=False)),
                name="quality_answered_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "raised_at"], name="quality_by_state")]

    def __str__(self) -> str:
        return f"Quality concern {self.pk} on {self.audit_id}"
