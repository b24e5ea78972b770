"""The outbox: a mail is a row in the same transaction as its cause; a sweep sends it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import MailState, Permission
from accounts.models.kept_from import KeptFrom
from accounts.models.people import Person


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def visible_to(self, person: Person) -> "OutgoingMailQuerySet":
        """Everybody's mail but what is about something kept from them, for those who look after the outbox; one's own
        for the others."""
        if not person.may(Permission.SEE_OUTBOX):
            return self.of(person)
        return self.exclude(Exists(KeptFrom.objects.filter(person=person, thing=OuterRef("thing"))))

    def of(self, person: Person) -> "OutgoingMailQuerySet":
        return self.filter(person=person)


class OutgoingMail(models.Model):
    """One mail to one person about one thing. The text names our own reference and a link, never a child.

    It is unique by (thing, rule, occurrence, recipient), so that a cause that is met twice still sends one mail.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thing = models.CharField(max_length=100, help_text="What it is about, by our own reference.")
    rule = models.CharField(max_length=60, help_text="Which rule sends it, such as audit.allocated.")
    occurrence = models.CharField(
        max_length=60, blank=True, help_text="Which time, where a rule can send more than once."
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="mails", null=True, blank=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    urgent = models.BooleanField(default=False, help_text="Goes out first and by itself, never in a digest.")
    state = models.CharField(max_length=20, choices=MailState.choices, default=MailState.QUEUED)
    queued_at = models.DateTimeField()
    send_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=400, blank=True)
    read_at = models.DateTimeField(null=True, blank=True, help_text="When its recipient read it inside the program.")

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["thing", "rule", "occurrence", "to"], name="mail_once_for_a_cause"),
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="mail_state_known"),
            models.CheckConstraint(
                condition=~Q(state=MailState.SENT) | Q(sent_at__isnull=False), name="mail_sent_has_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "send_after"], name="mail_to_send"),
            models.Index(fields=["person", "-queued_at"], name="mail_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} to {self.to}"

    @property
    def kind(self) -> str:
        """The rule in words: audit.signed_off is “Audit: signed off”."""
        return self.rule.replace(".", ": ").replace("_", " ").capitalize()

    @property
    def about(self) -> str:
        """The thing in words: audit:CA-7K3M9QXT is “audit CA-7K3M9QXT”."""
        return self.thing.replace(":", " ")
