"""Other voices in an audit: the worker's reflection, and what children, families and partners said."""

from django.conf import settings
from django.db import models
from django.db.models import Manager, Q

from audits.enums import FeedbackSource, Polarity
from audits.models.audits import Audit


class Reflection(models.Model):
    """The worker's answers to the four questions. They stay out of the copy for the child's file."""

    audit = models.OneToOneField(Audit, models.CASCADE, related_name="reflection")
    done_well = models.TextField("What do you think you have done well on this case?", blank=True)
    challenges = models.TextField("What have been the challenges in this case?", blank=True)
    tools = models.TextField("Do you have enough tools to enable you to undertake your role?", blank=True)
    differently = models.TextField("If you had a case like this again, what would you do differently?", blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"Reflection on {self.audit_id}"


class KeptManager(Manager):
    """Those that count. What an auditor removed can be put back until Stage 1 is submitted, and is seen nowhere."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(removed_at=None)


class EveryManager(Manager):
    """Those that were removed, too."""


class Feedback(models.Model):
    """What a child, parent, carer or partner agency said, and whether they let us quote it."""

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="feedback")
    source = models.CharField(max_length=20, choices=FeedbackSource.choices)
    polarity = models.CharField(max_length=20, choices=Polarity.choices)
    text = models.TextField("what was said")
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    scale_question = models.CharField(max_length=200, blank=True)
    may_quote = models.BooleanField("they agree to be quoted", default=False)
    in_confidence = models.BooleanField(default=False)
    themes = models.JSONField(default=list, blank=True, help_text="Keys of the themes it is tagged with.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = KeptManager()
    with_removed = EveryManager()

    class Meta:
        ordering = ["audit", "id"]
        verbose_name_plural = "feedback"
        constraints = [
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__lte=10), name="feedback_score_0_to_10"),
        ]

    def __str__(self) -> str:
        return f"Feedback {self.pk} on {self.audit_id}"


class Observation(models.Model):
    """What the auditor saw of practice: a visit, a meeting or a supervision that they sat in on."""

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="observations")
    observed_on = models.DateField("date of the observation")
    setting = models.CharField("what was observed", max_length=200)
    notes = models.TextField("what you saw")
    themes = models.JSONField(default=list, blank=True, help_text="Keys of the themes it is tagged with.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = KeptManager()
    with_removed = EveryManager()

    class Meta:
        ordering = ["audit", "observed_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(setting="") & ~Q(notes=""), name="observation_says_something"),
        ]

    def __str__(self) -> str:
        return f"Observation {self.pk} on {self.audit_id}"
