"""Actions that an audit calls for: what, who, by when, and what it changes for the child."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import COMPLETED_STATES, ActionState, ActionStepKind, Standing
from audits.models.audits import Audit


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, person: Person) -> "ActionQuerySet":
        """The actions of every audit a person sees, their own, and those that wait for their signature."""
        if person.may(Permission.SEE_EVERY_AUDIT):
            return self
        if not person.is_active:
            return self.none()
        return self.filter(
            Q(audit__in=Audit.objects.visible_to(person)) | (self._published() & (Q(owner=person) | Q(signer=person)))
        )

    @staticmethod
    def _published() -> Q:
        return Q(audit__state__in=COMPLETED_STATES)

    def published(self) -> "ActionQuerySet":
        """Actions of submitted audits: those of a draft do not bind anybody yet."""
        return self.filter(self._published()).exclude(audit__allocation__standing=Standing.WITHDRAWN)

    def open(self) -> "ActionQuerySet":
        return self.published().filter(state=ActionState.OPEN)

    def overdue(self, on: date) -> "ActionQuerySet":
        return self.open().filter(due_on__lt=on)

    def awaiting_sign_off_by(self, person: Person) -> "ActionQuerySet":
        """Completed actions that wait for this person's signature: for QA, those whose signer nobody found or who left.
        Never one they own or did."""
        whose = Q(signer=person)
        if person.may(Permission.RUN_CYCLES):
            whose |= Q(signer__isnull=True) | Q(signer__is_active=False)
        waiting = self.published().filter(whose, state=ActionState.COMPLETED)
        return waiting.exclude(owner=person).exclude(completed_by=person)


class Action(models.Model):
    """One action. Its clock starts when it is recorded. Nobody signs off their own action."""

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="actions")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.TextField("what will be done")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="owned_actions", null=True, blank=True
    )
    due_on = models.DateField()
    impact = models.TextField("what this will change for the child", blank=True)
    urgent = models.BooleanField("a safeguarding concern", default=False)
    state = models.CharField(max_length=20, choices=ActionState.choices, default=ActionState.OPEN)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    completion_note = models.TextField(blank=True)
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="actions_to_sign_off",
        null=True,
        blank=True,
        help_text="Who is to sign it off, as found when it was completed. Blank: nobody could be found, so QA does.",
    )
    signed_off_at = models.DateTimeField(null=True, blank=True)
    signed_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["audit", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ActionState.values), name="action_state_known"),
            models.CheckConstraint(
                condition=Q(state=ActionState.OPEN) | (Q(completed_by__isnull=False) & Q(completed_at__isnull=False)),
                name="action_completed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=ActionState.SIGNED_OFF)
                | (Q(signed_off_by__isnull=False) & Q(signed_off_at__isnull=False)),
                name="action_signed_off_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(signed_off_by__isnull=True)
                | ((Q(owner__isnull=True) | ~Q(signed_off_by=F("owner"))) & ~Q(signed_off_by=F("completed_by"))),
                name="action_never_signed_off_by_its_doer",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "state", "due_on"], name="action_of_an_owner"),
            models.Index(fields=["state", "due_on"], name="action_overdue"),
        ]

    def __str__(self) -> str:
        return f"Action {self.pk} of {self.audit_id}"


class ActionStep(models.Model):
    """One step in the life of an action, with what was said about it."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=ActionStepKind.choices)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ActionStepKind.values), name="action_step_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: action {self.action_id}"
