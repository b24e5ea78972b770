"""Cases: the children's files that can be audited, as they were last imported."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import Permission
from accounts.models import Person, Service, Team
from accounts.tables.values import tidy
from audits.enums import CaseStatus, CseLevel, PlanType, Standing

if TYPE_CHECKING:
    from datetime import date


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, person: Person) -> "CaseQuerySet":
        """QA sees every case, others those of the audits they take part in, unless these were withdrawn; a restricted
        one only who is named for it, QA included."""
        access = Exists(CaseAccess.objects.filter(case=OuterRef("pk"), person=person))
        named = self.filter(Q(restricted=False) | access)
        if person.may(Permission.SEE_EVERY_AUDIT):
            return named
        from_audits = Exists(
            Person.objects.filter(
                pk=person.pk,
                is_active=True,
                participations__audit__allocation__case=OuterRef("pk"),
                participations__audit__allocation__standing__in=[Standing.LIVE, Standing.EXEMPT],
            )
        )
        return named.filter(from_audits)

    def unnamed_to(self, person: Person) -> "CaseQuerySet":
        """The restricted cases that the person is not named for: to be counted, never listed."""
        access = Exists(CaseAccess.objects.filter(case=OuterRef("pk"), person=person))
        return self.filter(~access, restricted=True)

    def open(self) -> "CaseQuerySet":
        return self.filter(status=CaseStatus.OPEN)

    def numbered(self, number: str) -> "Case | None":
        """The case with the number that somebody typed, however its letters are written; the one written just so
        before others."""
        number = tidy(number)
        found = {case.case_id: case for case in self.filter(case_id__iexact=number)} if number else {}
        return found.get(number) or next(iter(found.values()), None)


class Case(models.Model):
    """One child's case. `case_id`, its number in the authority's own system, stands in no URL, mail, log or file name.

    Team, worker and service that a file names but nobody has imported yet are kept as labels until they appear.
    `statuses` holds every plan type the child has at once; `plan_type` is the one that counts.
    """

    case_id = models.CharField("case number", max_length=100, unique=True)
    date_of_birth = models.DateField(null=True, blank=True, help_text="May lie ahead, for an unborn child.")
    gender = models.CharField(max_length=60, blank=True)
    ethnicity = models.CharField(max_length=100, blank=True)
    disability = models.BooleanField(null=True, blank=True)
    plan_type = models.CharField(max_length=3, choices=PlanType.choices, blank=True)
    statuses = models.JSONField(default=list, blank=True)
    service = models.ForeignKey(Service, models.PROTECT, related_name="cases", null=True, blank=True)
    service_label = models.CharField(max_length=200, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="cases", null=True, blank=True)
    team_label = models.CharField(max_length=200, blank=True)
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="cases", null=True, blank=True)
    worker_label = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=6, choices=CaseStatus.choices, default=CaseStatus.OPEN)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    cp_category = models.CharField("category of abuse", max_length=60, blank=True)
    cse_level = models.CharField("risk of exploitation", max_length=12, choices=CseLevel.choices, blank=True)
    missing_last_6_months = models.BooleanField(null=True, blank=True)
    restricted = models.BooleanField(default=False)
    last_audited_on = models.DateField(null=True, blank=True)
    family_id = models.CharField(max_length=100, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["case_id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CaseStatus.values), name="case_status_known"),
        ]
        indexes = [
            models.Index(fields=["status", "plan_type"], name="case_by_status_and_plan"),
            models.Index(fields=["family_id"], name="case_by_family"),
            models.Index(fields=["last_audited_on"], name="case_by_last_audit"),
            models.Index(fields=["id"], condition=Q(restricted=True), name="case_restricted"),
        ]

    def __str__(self) -> str:
        return f"Case {self.pk}"

    def is_unborn(self, on: "date") -> bool:
        return self.date_of_birth is not None and self.date_of_birth > on


class CaseConflict(models.Model):
    """A person who must not audit this case: a conflict of interest, declared or imported.

    A number that nobody has imported yet is kept as a label, and barred from the day the case appears.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="conflicts", null=True, blank=True)
    case_label = models.CharField(max_length=100, blank=True, help_text="The case number of an unknown case.")
    email = models.EmailField(help_text="As the file names the person, who may not be known yet.")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="conflicts", null=True, blank=True
    )
    from_file = models.BooleanField(default=False, help_text="A case file said it, so a later one may take it back.")
    reason = models.CharField(max_length=300, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="declared_conflicts", null=True, blank=True
    )
    declared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "email"], name="case_conflict_once"),
            models.UniqueConstraint(
                fields=["case_label", "email"], condition=Q(case__isnull=True), name="case_conflict_once_a_label"
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False) | ~Q(case_label=""), name="case_conflict_names_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} and case {self.case_id}"


class CaseAccess(models.Model):
    """A named person's access to a restricted case. Without it nobody sees the case, QA included."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="accesses")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="case_accesses")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "case accesses"
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="case_access_once")]

    def __str__(self) -> str:
        return f"{self.person} to case {self.case_id}"
