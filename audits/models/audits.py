"""Audits: the work on one allocation, section by section, and the people who take part in it."""

import secrets
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case as Depending
from django.db.models import Exists, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, NullIf

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import (
    COMPLETED_STATES,
    OF_THE_CASE,
    OPEN_STATES,
    AuditState,
    Capacity,
    Grade,
    Standing,
    WorkerInvolvement,
)
from audits.models.cases import Case, CaseAccess
from audits.models.cycles import Allocation
from audits.models.forms import FormVersion
from audits.rules.transitions import Step

REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_reference() -> str:
    """Our own name for an audit (`CA-7K3M9QXT`): says nothing about the child and cannot be guessed."""
    return "CA-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(8))


class AuditQuerySet(models.QuerySet["Audit"]):
    def visible_to(self, person: Person) -> "AuditQuerySet":
        """QA sees every audit, the auditor and the worker theirs from the start, the others theirs once submitted:
        a draft is nobody's business but the auditor's. What it says of its case is `known_to` fewer people."""
        if person.may(Permission.SEE_EVERY_AUDIT):
            return self
        if not person.is_active:
            return self.none()
        takes_part = Participant.objects.filter(audit=OuterRef("pk"), person=person)
        from_the_start = takes_part.filter(capacity__in=[Capacity.AUDITOR, Capacity.WORKER])
        # Taking part comes first and by itself, so that the database begins with the few audits that are theirs.
        return self.exclude(allocation__standing=Standing.WITHDRAWN).filter(
            Exists(takes_part), Q(state__in=COMPLETED_STATES) | Exists(from_the_start)
        )

    def of_auditor(self, person: Person) -> "AuditQuerySet":
        return self.filter(allocation__auditor=person).exclude(allocation__standing=Standing.WITHDRAWN)

    def known_to(self, person: Person) -> "AuditQuerySet":
        """Leaves out the audits of restricted records, but for those whose case it is and those given access."""
        access = CaseAccess.objects.filter(case=OuterRef("allocation__case"), person=person)
        own = Participant.objects.filter(audit=OuterRef("pk"), person=person, capacity__in=OF_THE_CASE)
        restricted = Case.objects.filter(pk=OuterRef("allocation__case"), restricted=True)
        return self.filter(~Exists(restricted) | Exists(access) | Exists(own))

    def live(self) -> "AuditQuerySet":
        return self.filter(allocation__standing=Standing.LIVE)

    def in_state(self, audit: "Audit", state: AuditState) -> "AuditQuerySet":
        """That audit, while it is in `state` and counts: for a conditional update with a row count of one.

        The state stands in the outermost condition. Behind a join PostgreSQL would not look at it again after waiting
        for another transaction, and the update would go through on what was true before.
        """
        counts = Allocation.objects.filter(pk=OuterRef("allocation"), standing=Standing.LIVE)
        return self.filter(Exists(counts), pk=audit.pk, state=state)

    def take(self, step: Step, audit: "Audit", **values: object) -> bool:
        """Take a step of the audit's life, if it stands where the step begins; False where it stands elsewhere."""
        return self.in_state(audit, step.source).update(state=step.target, **values) == 1

    def open_stage1(self) -> "AuditQuerySet":
        """Stage 1 still to be submitted."""
        return self.live().filter(state__in=OPEN_STATES)

    def overdue(self, on: date) -> "AuditQuerySet":
        """Stage 1 not submitted and its day past. The due day itself is not overdue. A returned audit has its own."""
        return (
            self.open_stage1()
            .alias(binding_due_on=Coalesce("return_due_on", "allocation__due_on"))
            .filter(binding_due_on__lt=on)
        )

    def awaiting_moderation(self) -> "AuditQuerySet":
        """Stage 1 submitted here, Stage 2 not signed off."""
        return self.live().filter(state=AuditState.SUBMITTED, imported=False)

    def finally_graded(self, grade: str) -> "AuditQuerySet":
        """Completed audits whose grade that counts is this one."""
        counts = Q(moderated_grade=grade) | Q(moderated_grade="", overall_grade=grade)
        return self.filter(counts, state__in=COMPLETED_STATES)

    def with_final_grade(self) -> "AuditQuerySet":
        """Adds `final_grade`: the moderated grade where there is one, the auditor's otherwise; none of a draft, whose
        grade is its auditor's alone."""
        grade = Coalesce(NullIf("moderated_grade", Value("")), "overall_grade")
        return self.annotate(final_grade=Depending(When(state__in=COMPLETED_STATES, then=grade), default=Value("")))


class Audit(models.Model):
    """One Stage 1 audit. The auditor's grade and the moderated grade are both kept for ever."""

    allocation = models.OneToOneField(Allocation, models.PROTECT, related_name="audit")
    reference = models.CharField(max_length=20, unique=True, default=new_reference, editable=False)
    form_version = models.ForeignKey(FormVersion, models.PROTECT, related_name="audits", null=True, blank=True)
    pack = models.ForeignKey(
        FormVersion,
        models.PROTECT,
        related_name="audits_with_pack",
        null=True,
        blank=True,
        help_text="Questions on a theme, asked after those of the audit tool; kept like the form version.",
    )
    state = models.CharField(max_length=20, choices=AuditState.choices, default=AuditState.NOT_STARTED)
    imported = models.BooleanField(default=False, help_text="A past audit, brought in from a file.")

    audit_on = models.DateField("date of audit", null=True, blank=True)
    worker_involvement = models.CharField(max_length=20, choices=WorkerInvolvement.choices, blank=True)
    not_involved_reason = models.TextField(blank=True)
    worker_confirmed_at = models.DateTimeField(null=True, blank=True)
    restriction_checked_at = models.DateTimeField(null=True, blank=True)
    meeting_at = models.DateTimeField(null=True, blank=True)
    meeting_place = models.CharField(max_length=200, blank=True)

    what_changed = models.TextField(blank=True, help_text="Of a re-audit: what has changed for the child.")
    overall_grade = models.CharField(max_length=20, choices=Grade.choices, blank=True)
    moderated_grade = models.CharField(max_length=20, choices=Grade.choices, blank=True)
    version = models.PositiveIntegerField(default=0, help_text="Grows with every save of what is not in a section.")
    started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    signed_off_at = models.DateTimeField(null=True, blank=True)
    completed_on = models.DateField(
        null=True, blank=True, db_index=True, help_text="The day Stage 1 was submitted, the first time."
    )
    returned_at = models.DateTimeField(null=True, blank=True, help_text="When the moderator sent it back last.")
    return_reason = models.TextField("what the moderator asks to be put right", blank=True)
    return_due_on = models.DateField(null=True, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["allocation__cycle", "reference"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AuditState.values), name="audit_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[AuditState.SUBMITTED, AuditState.SIGNED_OFF])
                | Q(completed_on__isnull=False)
                | Q(imported=True),
                name="audit_completed_has_a_day",
            ),
            # Stage 2 finds what was submitted by its time: without one nobody would ever moderate it.
            models.CheckConstraint(
                condition=~Q(state__in=COMPLETED_STATES) | Q(submitted_at__isnull=False) | Q(imported=True),
                name="audit_submitted_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=AuditState.SIGNED_OFF) | Q(signed_off_at__isnull=False) | Q(imported=True),
                name="audit_signed_off_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(overall_grade__in=["", *Grade.values]) & Q(moderated_grade__in=["", *Grade.values]),
                name="audit_grades_known",
            ),
            models.CheckConstraint(
                condition=~Q(worker_involvement=WorkerInvolvement.NOT_INVOLVED)
                | ~Q(not_involved_reason="")
                | Q(state__in=[AuditState.NOT_STARTED, AuditState.IN_PROGRESS, AuditState.NOT_RETURNED]),
                name="audit_without_worker_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["state"], name="audit_by_state"),
            models.Index(fields=["moderated_grade", "overall_grade"], name="audit_by_grade"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_completed(self) -> bool:
        return self.state in COMPLETED_STATES

    @property
    def grade(self) -> str:
        """The grade that counts: the moderated one where there is one."""
        return self.moderated_grade or self.overall_grade

    @property
    def due_on(self) -> date | None:
        """The day by which Stage 1 is to be submitted; a returned audit has a day of its own."""
        return self.return_due_on or self.allocation.due_on

    @property
    def is_late(self) -> bool:
        due_on = self.allocation.due_on
        return self.completed_on is not None and due_on is not None and self.completed_on > due_on


class AuditSection(models.Model):
    """One section of one audit: its answers by question key, its comment and its grades.

    `answers` is {question key: {"value": …, "reason": …}}. `version` grows with every save; a save that names an older
    one is refused, so that two tabs never overwrite each other.
    """

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="sections")
    key = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=dict, blank=True)
    comment = models.TextField(blank=True)
    grade = models.CharField(max_length=20, choices=Grade.choices, blank=True)
    moderated_grade = models.CharField(max_length=20, choices=Grade.choices, blank=True)
    not_applicable_reason = models.TextField(blank=True)
    themes = models.JSONField(
        default=list, blank=True, help_text="Keys of the themes that its findings are tagged with."
    )
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["audit", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "key"], name="audit_section_once"),
            models.CheckConstraint(
                condition=Q(grade__in=["", *Grade.values]) & Q(moderated_grade__in=["", *Grade.values]),
                name="audit_section_grades_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.audit_id}"

    @property
    def final_grade(self) -> str:
        return self.moderated_grade or self.grade

    def answer(self, key: str) -> Any:
        return self.answers.get(key, {}).get("value")


class Participant(models.Model):
    """A person's part in one audit, as it was when the audit was made: it gives them sight of it."""

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="participants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="participations")
    capacity = models.CharField(max_length=20, choices=Capacity.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audit", "person", "capacity"], name="participant_once"),
            models.CheckConstraint(condition=Q(capacity__in=Capacity.values), name="participant_capacity_known"),
        ]
        indexes = [models.Index(fields=["person", "audit"], name="participant_sees")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_capacity_display()}"
