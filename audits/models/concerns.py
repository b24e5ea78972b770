"""Immediate safeguarding concerns: raised with one press, told at once, acknowledged by name."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import ConcernEntryKind, ConcernPart, ConcernState, Stage
from audits.models.audits import REFERENCE_ALPHABET, Audit


def new_concern_reference() -> str:
    """Our own name for a concern (`SC-7K3M9QXT`): says nothing about the child or the audit."""
    return "SC-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(8))


class ConcernQuerySet(models.QuerySet["Concern"]):
    def visible_to(self, person: Person) -> "ConcernQuerySet":
        """Whoever raised it, whoever was told, and QA: never a person from whom it was withheld."""
        if not person.is_active:
            return self.none()
        recipients = ConcernRecipient.objects.filter(concern=OuterRef("pk"), person=person)
        not_withheld = self.exclude(Exists(recipients.filter(told_at__isnull=True)))
        if person.may(Permission.SEE_EVERY_AUDIT):
            return not_withheld
        return not_withheld.filter(Q(raised_by=person) | Exists(recipients))

    def unacknowledged(self) -> "ConcernQuerySet":
        return self.filter(state=ConcernState.RAISED)

    def waiting_first(self) -> "ConcernQuerySet":
        """What nobody has taken on before what somebody has, and that before what is over; each the newest first."""
        states = (ConcernState.RAISED, ConcernState.ACKNOWLEDGED)
        order = Case(*(When(state=state, then=place) for place, state in enumerate(states)), default=len(states))
        return self.order_by(order, "-raised_at", "-pk")


class Concern(models.Model):
    """A child may be at risk now. It stands by itself: whatever becomes of the audit, the concern goes on."""

    reference = models.CharField(max_length=20, unique=True, default=new_concern_reference, editable=False)
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="concerns")
    stage = models.PositiveSmallIntegerField(choices=Stage.choices)
    state = models.CharField(max_length=20, choices=ConcernState.choices, default=ConcernState.RAISED)
    about = models.TextField("what the concern is", blank=True)
    version = models.PositiveIntegerField(default=0)
    press = models.CharField(
        max_length=80,
        unique=True,
        null=True,
        blank=True,
        help_text="Of the press that raised it, so that a double press raises one.",
    )
    waits_since = models.DateTimeField(
        help_text="When it was raised, or opened again last: the climb counts from here."
    )
    duty_told_at = models.DateTimeField(
        null=True, blank=True, help_text="When the emergency duty contact came in, while it waited last."
    )
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="concerns_raised")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    acknowledged_for = models.CharField(
        max_length=200, blank=True, help_text="Who took it on by phone, of the emergency duty service."
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    outcome = models.TextField("what was done", blank=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ConcernState.values), name="concern_state_known"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="concern_stage_known"),
            models.CheckConstraint(
                condition=~Q(state=ConcernState.ACKNOWLEDGED)
                | (Q(acknowledged_by__isnull=False) & Q(acknowledged_at__isnull=False)),
                name="concern_acknowledged_by_name",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ConcernState.CLOSED, ConcernState.MISTAKEN])
                | (Q(closed_by__isnull=False) & Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="concern_closed_with_an_outcome",
            ),
        ]
        indexes = [models.Index(fields=["state", "raised_at"], name="concern_by_state")]

    def __str__(self) -> str:
        return self.reference


class ConcernRecipientQuerySet(models.QuerySet["ConcernRecipient"]):
    def told(self) -> "ConcernRecipientQuerySet":
        return self.filter(told_at__isnull=False)

    def withheld(self) -> "ConcernRecipientQuerySet":
        return self.filter(told_at__isnull=True)


class ConcernRecipient(models.Model):
    """A person who was told of a concern, or from whom it was withheld with a reason, such as an allegation against
    them. A person from whom it is withheld never learns of it here."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="recipients")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="concerns_told")
    part = models.CharField(max_length=20, choices=ConcernPart.choices)
    told_at = models.DateTimeField(null=True, blank=True)
    withheld_reason = models.TextField(blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    objects = ConcernRecipientQuerySet.as_manager()

    class Meta:
        ordering = ["concern", "id"]
        constraints = [
            models.UniqueConstraint(fields=["concern", "person"], name="concern_recipient_once"),
            models.CheckConstraint(condition=Q(part__in=ConcernPart.values), name="concern_part_known"),
            models.CheckConstraint(
                condition=(Q(told_at__isnull=False) & Q(withheld_reason=""))
                | (Q(told_at__isnull=True) & ~Q(withheld_reason="")),
                name="concern_told_or_withheld",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} of {self.concern_id}"


class ConcernEntry(models.Model):
    """One line of a concern's record. `by` is empty where the program itself did it; `spoken_to` of a phone call."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    kind = models.CharField(max_length=20, choices=ConcernEntryKind.choices)
    spoken_to = models.CharField("who you spoke to", max_length=200, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["concern", "at", "id"]
        verbose_name_plural = "concern entries"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ConcernEntryKind.values), name="concern_entry_known"),
            models.CheckConstraint(
                condition=~Q(kind=ConcernEntryKind.CALLED) | ~Q(spoken_to=""), name="concern_call_names_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.concern_id}"
