"""What people who take part in an audit ask for, and what was decided: everything stays on record."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import Permission
from accounts.models import Person
from accounts.models.people import PersonQuerySet
from audits.enums import Decider, RequestGround, RequestKind, RequestState
from audits.models.audits import Audit
from audits.models.cycles import Allocation
from audits.models.programme import ProgrammeRules

WHAT = {
    RequestKind.EXEMPTION: "an exemption",
    RequestKind.EXTENSION: "more time",
    RequestKind.REPLACEMENT: "another case",
    RequestKind.ACCESS: "access to a restricted record",
}


def _left_to_directors() -> Q:
    """Exemptions of cycles whose rules leave them to directors. A cycle without rules of its own goes by the current
    ones: that of a directed audit in a month that is not drawn."""
    versions = ProgrammeRules.objects.filter(values__exemption_decided_by=Decider.LEADERSHIP.value)
    left = Q(allocation__cycle__rules__in=versions.order_by().values("pk"))
    if ProgrammeRules.objects.current().programme.exemption_decided_by == Decider.LEADERSHIP:
        left |= Q(allocation__cycle__rules__isnull=True)
    return Q(left, kind=RequestKind.EXEMPTION)


def _of_a_decider() -> Q:
    """Access that somebody asks for who decides about access: there may be nobody else beside them but a director."""
    return Q(kind=RequestKind.ACCESS, asked_by__in=_holding(Permission.DECIDE_REQUESTS))


def _holding(permission: Permission) -> PersonQuerySet:
    return Person.objects.active().holding(permission).order_by()


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, person: Person) -> "RequestQuerySet":
        """QA sees every request, a director those that directors decide, others their own."""
        if person.may(Permission.DECIDE_REQUESTS):
            return self
        own = Q(asked_by=person)
        if person.may(Permission.DECIDE_EXEMPTIONS):
            own |= _left_to_directors() | _of_a_decider()
        return self.filter(own) if person.is_active else self.none()

    def pending(self) -> "RequestQuerySet":
        return self.filter(state=RequestState.PENDING)

    def to_decide_by(self, person: Person) -> "RequestQuerySet":
        """What this person is to decide: never their own; QA not what is left to directors."""
        theirs = Q(pk__in=[])
        if person.may(Permission.DECIDE_REQUESTS):
            theirs |= ~_left_to_directors()
        if person.may(Permission.DECIDE_EXEMPTIONS):
            theirs |= _left_to_directors() | _of_a_decider()
        return self.filter(theirs).exclude(asked_by=person)


class Request(models.Model):
    """An exemption, an extension, another case, or access to a restricted record: asked for with a reason and decided
    by somebody else. A refused one stays on record.

    One that fell away by itself is withdrawn, with `decision_reason` saying why; that of one taken back is empty.
    """

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
    granted_until = models.DateField(null=True, blank=True, help_text="Of an extension: the day that was granted.")
    due_before = models.DateField(null=True, blank=True, help_text="The day it was due when the extension was granted.")
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_reason = models.TextField(blank=True)

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
            models.CheckConstraint(
                condition=~Q(state=RequestState.UNDONE) | ~Q(undone_reason=""), name="request_undone_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["state", "kind"], name="request_waiting")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for allocation {self.allocation_id}"

    @property
    def what(self) -> str:
        """As it stands in a sentence: “asks for …”."""
        return WHAT[RequestKind(self.kind)]

    @property
    def left_to_directors(self) -> bool:
        left = self.allocation.cycle.programme.exemption_decided_by == Decider.LEADERSHIP
        return self.kind == RequestKind.EXEMPTION and left

    def deciders(self) -> PersonQuerySet:
        """The people whose `to_decide_by` has this request in it."""
        people = Person.objects.active().exclude(pk=self.asked_by_id)
        deciders = Permission.DECIDE_EXEMPTIONS if self.left_to_directors else Permission.DECIDE_REQUESTS
        if self.kind == RequestKind.ACCESS and self.asked_by.may(Permission.DECIDE_REQUESTS):
            return people.filter(Q(pk__in=_holding(deciders)) | Q(pk__in=_holding(Permission.DECIDE_EXEMPTIONS)))
        return people.holding(deciders)


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
