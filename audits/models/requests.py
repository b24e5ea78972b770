"""What people who take part in an audit ask for, and what was decided: everything stays on record."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import RequestGround, RequestKind, RequestState
from audits.models.audits import Audit
from audits.models.cycles import Allocation


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, person: Person) -> "RequestQuerySet":
        """QA sees every request, a director those for exemption, others their own."""
        if person.may(Permission.DECIDE_REQUESTS):
            return self
        own = Q(asked_by=person)
        if person.may(Permission.DECIDE_EXEMPTIONS):
            own |= Q(kind=RequestKind.EXEMPTION)
        return self.filter(own) if person.is_active else self.none()

    def pending(self) -> "RequestQuerySet":
        return self.filter(state=RequestState.PENDING)


class Request(models.Model):
    """An exemption, an extension, another case, or access to a restricted record: asked for with a reason, before the
    deadline, and decided by somebody else. A refused one stays on record."""

    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=12, choices=RequestKind.choices)
    ground = models.CharField(max_length=12, choices=RequestGround.choices, blank=True)
    reason = models.TextField()
    wanted_until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.PENDING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="requests")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    due_before = models.DateField(null=True, blank=True, help_text="The day it was due when the extension was granted.")

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["allocation", "kind", "asked_by"],
                condition=Q(state=RequestState.PENDING),
                name="request_pending_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="request_kind_known"),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="request_state_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="request_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(kind=RequestKind.EXTENSION) | Q(wanted_until__isnull=False),
                name="request_extension_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(kind=RequestKind.REPLACEMENT) | ~Q(ground=""), name="request_replacement_has_a_ground"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RequestState.PENDING, RequestState.WITHDRAWN])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="request_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.REFUSED) | ~Q(decision_reason=""), name="request_refused_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["state", "kind"], name="request_waiting")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for allocation {self.allocation_id}"


class ReauditSetAside(models.Model):
    """QA's decision that an audit which calls for a re-audit needs none. Taking it back deletes it; the log stays."""

    audit = models.OneToOneField(Audit, models.CASCADE, related_name="reaudit_set_aside")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "re-audits set aside"
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="reaudit_set_aside_has_a_reason")]

    def __str__(self) -> str:
        return f"No re-audit of {self.audit_id}"
