"""Concerns about the quality of an audit, which quality assurance answers."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.enums import Permission
from accounts.models import Person
from accounts.models.people import PersonQuerySet
from audits.enums import QualityConcernState
from audits.models.audits import Audit

NOBODY = 0


class QualityConcernQuerySet(models.QuerySet["QualityConcern"]):
    def visible_to(self, person: Person) -> "QualityConcernQuerySet":
        """What a person raised, and what they answer or have answered. The auditor learns of a concern about their
        own audit from quality assurance, if at all."""
        if not person.is_active:
            return self.none()
        answered = QualityAnswer.objects.filter(concern=OuterRef("pk"), given_by=person)
        return self.filter(Q(raised_by=person) | Exists(answered) | _answered_by(person))

    def open(self) -> "QualityConcernQuerySet":
        return self.filter(state=QualityConcernState.OPEN)

    def to_answer_by(self, person: Person) -> "QualityConcernQuerySet":
        """Those whose `answerers` include this person."""
        return self.filter(_answered_by(person)).exclude(raised_by=person)


class QualityConcern(models.Model):
    """What somebody finds wrong with an audit that they have read."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="quality_concerns")
    state = models.CharField(max_length=10, choices=QualityConcernState.choices, default=QualityConcernState.OPEN)
    text = models.TextField("what concerns you about the audit")
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="quality_concerns")

    objects = QualityConcernQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=QualityConcernState.values), name="quality_state_known"),
            models.CheckConstraint(condition=~Q(text=""), name="quality_says_something"),
            models.UniqueConstraint(
                fields=["audit", "raised_by"], condition=Q(state=QualityConcernState.OPEN), name="quality_open_once"
            ),
        ]
        indexes = [models.Index(fields=["state", "raised_at"], name="quality_by_state")]

    def __str__(self) -> str:
        return f"Quality concern {self.pk} on {self.audit_id}"

    def answerers(self) -> PersonQuerySet:
        """Who answers it: quality assurance, but for whoever did the audit or raised the concern; where that leaves
        nobody, the directors."""
        others = ~Q(pk__in=[self.audit.allocation.auditor_id or NOBODY, self.raised_by_id])
        quality_assurance = Person.objects.active().holding(Permission.SEE_EVERY_AUDIT).filter(others)
        if quality_assurance.exists():
            return quality_assurance
        return Person.objects.active().holding(Permission.DECIDE_EXEMPTIONS).filter(others)


class QualityAnswer(models.Model):
    """An answer to a concern. The newest counts; one that was corrected stays on record."""

    concern = models.ForeignKey(QualityConcern, models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["concern", "number"]
        constraints = [
            models.UniqueConstraint(fields=["concern", "number"], name="quality_answer_once"),
            models.CheckConstraint(condition=~Q(text=""), name="quality_answer_says_something"),
        ]

    def __str__(self) -> str:
        return f"Answer {self.number} to {self.concern_id}"


def _answered_by(person: Person) -> Q:
    """The concerns that are this person's to answer, their own among them. `answerers` from the other side."""
    not_the_auditor = Q(audit__allocation__auditor__isnull=True) | ~Q(audit__allocation__auditor=person)
    if person.may(Permission.SEE_EVERY_AUDIT):
        return not_the_auditor
    if not person.may(Permission.DECIDE_EXEMPTIONS):
        return Q(pk__in=[])
    auditor = Coalesce(OuterRef("audit__allocation__auditor"), NOBODY)
    quality_assurance = Person.objects.active().holding(Permission.SEE_EVERY_AUDIT).order_by()
    others = quality_assurance.exclude(Q(pk=auditor) | Q(pk=OuterRef("raised_by")))
    return not_the_auditor & Q(~Exists(others))
