"""Stage 2: the reflective discussion about one audit, and the grades that came out of it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import AuditState, Grade, Standing
from audits.models import Audit, CaseAccess
from moderation.enums import Attended, ModerationState

OVERALL = "overall"


class ModerationQuerySet(models.QuerySet["Moderation"]):
    def visible_to(self, person: Person) -> "ModerationQuerySet":
        """QA sees every moderation, a moderator their own; the others of the audit once it is signed off."""
        if person.may(Permission.SEE_EVERY_AUDIT):
            return self
        signed_off = Q(state=ModerationState.SIGNED_OFF, audit__in=Audit.objects.visible_to(person))
        if person.may(Permission.MODERATE_AUDITS):
            return self.filter(Q(moderator=person) | signed_off)
        return self.filter(signed_off)

    def unsigned(self) -> "ModerationQuerySet":
        return self.filter(state__in=[ModerationState.AWAITING, ModerationState.IN_PROGRESS])

    def open(self) -> "ModerationQuerySet":
        """Stage 2 that can go on: Stage 1 lies with the moderator, and the audit counts."""
        return self.unsigned().filter(audit__state=AuditState.SUBMITTED, audit__allocation__standing=Standing.LIVE)

    def overdue(self, on: date) -> "ModerationQuerySet":
        return self.open().filter(due_on__lt=on)

    def with_lack_of_access(self) -> "ModerationQuerySet":
        """Adds `lacks_access`: the case is restricted, and its moderator has not been given access."""
        access = CaseAccess.objects.filter(case=OuterRef("audit__allocation__case"), person=OuterRef("moderator"))
        restricted = Moderation.objects.filter(pk=OuterRef("pk"), audit__allocation__case__restricted=True)
        return self.annotate(lacks_access=Exists(restricted) & ~Exists(access))

    def without_anybody(self) -> "ModerationQuerySet":
        """Nobody leads it: there was no moderator to be found, or they have left."""
        return self.filter(Q(moderator__isnull=True) | Q(moderator__is_active=False))


class Moderation(models.Model):
    """One reflective discussion. Its moderator is neither the auditor nor in the worker's line of management."""

    audit = models.OneToOneField(Audit, models.PROTECT, related_name="moderation")
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="moderations", null=True, blank=True
    )
    state = models.CharField(max_length=20, choices=ModerationState.choices, default=ModerationState.AWAITING)
    assigned_at = models.DateTimeField(help_text="When the audit came to its moderator last.")
    due_on = models.DateField()
    held_on = models.DateField("date of the discussion", null=True, blank=True)
    duration_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    difference_made = models.TextField("Have we made a difference for the child or young person?", blank=True)
    strengths = models.TextField(blank=True)
    comment = models.TextField(blank=True)
    draft = models.JSONField(
        default=dict, blank=True, help_text="What the moderator has typed so far, until it is signed off."
    )
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    signed_off_at = models.DateTimeField(null=True, blank=True)

    objects = ModerationQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ModerationState.values), name="moderation_state_known"),
            models.CheckConstraint(
                condition=~Q(state=ModerationState.SIGNED_OFF)
                | (Q(signed_off_at__isnull=False) & Q(moderator__isnull=False) & Q(held_on__isnull=False)),
                name="moderation_signed_off_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["moderator", "state", "due_on"], name="moderation_queue"),
            models.Index(fields=["state", "due_on"], name="moderation_by_state"),
        ]

    def __str__(self) -> str:
        return f"Moderation of {self.audit_id}"


class GradeDecision(models.Model):
    """What the moderator decided about one grade: of a section by its key, or of the audit (`overall`)."""

    moderation = models.ForeignKey(Moderation, models.CASCADE, related_name="decisions")
    section_key = models.CharField(max_length=100)
    original = models.CharField(max_length=20, choices=Grade.choices)
    final = models.CharField(max_length=20, choices=Grade.choices)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["moderation", "id"]
        constraints = [
            models.UniqueConstraint(fields=["moderation", "section_key"], name="grade_decision_once"),
            models.CheckConstraint(
                condition=Q(original__in=Grade.values) & Q(final__in=Grade.values), name="grade_decision_known"
            ),
            models.CheckConstraint(
                condition=Q(original=F("final")) | ~Q(reason=""), name="grade_changed_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section_key}: {self.original} to {self.final}"


class Attendance(models.Model):
    """Whether one of the four people was at the discussion."""

    moderation = models.ForeignKey(Moderation, models.CASCADE, related_name="attendance")
    capacity = models.CharField(max_length=20, choices=Attended.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    attended = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["moderation", "id"]
        verbose_name_plural = "attendance"
        constraints = [models.UniqueConstraint(fields=["moderation", "capacity"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.get_capacity_display()}: {'there' if self.attended else 'not there'}"
