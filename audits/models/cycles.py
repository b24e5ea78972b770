"""Cycles, the draws made for them, and the allocations that were published."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import OPEN_STATES, AuditKind, CycleStatus, DrawKind, PlanType, Standing
from audits.models.cases import Case
from audits.models.forms import FormVersion
from audits.models.programme import ProgrammeRules
from audits.rules.programme import Programme


def months_in_words(first: date, last: date) -> str:
    """From the first days of two months: `November 2026`, `July and August 2019`, `May to July 2020`."""
    if first == last:
        return f"{first:%B %Y}"
    joint = "and" if (last.year - first.year) * 12 + last.month - first.month == 1 else "to"
    return f"{first:%B} {joint} {last:%B %Y}" if first.year == last.year else f"{first:%B %Y} {joint} {last:%B %Y}"


class Cycle(models.Model):
    """A round of audits: normally one calendar month; merged months are one cycle; a paused one has a reason."""

    first_month = models.DateField(unique=True, help_text="The first day of its first month.")
    last_month = models.DateField(help_text="The first day of its last month.")
    status = models.CharField(max_length=10, choices=CycleStatus.choices, default=CycleStatus.PLANNED)
    pause_reason = models.CharField(max_length=300, blank=True)
    substitute_activity = models.CharField(max_length=300, blank=True)
    form_version = models.ForeignKey(FormVersion, models.PROTECT, related_name="cycles", null=True, blank=True)
    pack = models.ForeignKey(
        FormVersion,
        models.PROTECT,
        related_name="cycles_with_pack",
        null=True,
        blank=True,
        help_text="Questions on a theme, asked beside those of the audit tool.",
    )
    focus_teams = models.JSONField(default=list, blank=True, help_text="The codes of the teams it is about; or all.")
    focus_cohort = models.JSONField(default=dict, blank=True, help_text="The cohort it is about; or every child.")
    focus_reason = models.CharField(max_length=300, blank=True)
    rules = models.ForeignKey(ProgrammeRules, models.PROTECT, related_name="cycles", null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-first_month"]
        constraints = [
            models.CheckConstraint(condition=Q(last_month__gte=F("first_month")), name="cycle_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(first_month__day=1) & Q(last_month__day=1), name="cycle_is_whole_months"
            ),
            models.CheckConstraint(
                condition=~Q(status=CycleStatus.PAUSED) | ~Q(pause_reason=""),
                name="cycle_paused_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=CycleStatus.OPEN) | Q(published_at__isnull=False), name="cycle_open_is_published"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """As the files write it: `2026-11`, or `2019-07/2019-08` for merged months."""
        if self.first_month == self.last_month:
            return f"{self.first_month:%Y-%m}"
        return f"{self.first_month:%Y-%m}/{self.last_month:%Y-%m}"

    @property
    def slug(self) -> str:
        """The first month, as it stands in an address: `2026-11`."""
        return f"{self.first_month:%Y-%m}"

    @property
    def name(self) -> str:
        """As people say it: `November 2026`, `July and August 2019`."""
        return months_in_words(self.first_month, self.last_month)

    @property
    def focus(self) -> dict[str, Any]:
        """What the cycle is about, as a draw keeps it: empty where it is about every case."""
        focus = {"teams": sorted(self.focus_teams), "cohort": self.focus_cohort}
        return {name: value for name, value in focus.items() if value}

    @property
    def programme(self) -> Programme:
        """The rules this cycle was drawn under; the current ones until it is drawn."""
        return (self.rules or ProgrammeRules.objects.current()).programme


class DrawQuerySet(models.QuerySet["Draw"]):
    def of_month(self) -> "DrawQuerySet":
        """The draws of a cycle's whole sample, the newest first; not those of single places."""
        return self.filter(kind=DrawKind.MONTH)


class Draw(models.Model):
    """One draw for a cycle. Every draw is kept: its seed, who, when, why, the rules and what came of it.

    `summary` holds what it was drawn from (the population and its digest, exclusions by rule, the focus) and what came
    of it (strata, places filled and unfilled, re-audits, quotas); `pairs` the drawn cases and auditors by primary key
    with the reason for each.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="draws")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=DrawKind.choices, default=DrawKind.MONTH)
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="replacements",
        null=True,
        blank=True,
        help_text="The month’s draw whose seed the seed of a replacement comes from.",
    )
    seed = models.BigIntegerField()
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why the list was drawn again.")
    rules = models.ForeignKey(ProgrammeRules, models.PROTECT, related_name="draws")
    summary = models.JSONField()
    pairs = models.JSONField()
    published_at = models.DateTimeField(null=True, blank=True)

    objects = DrawQuerySet.as_manager()

    class Meta:
        ordering = ["cycle", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="draw_number_once"),
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(published_at__isnull=False, kind=DrawKind.MONTH),
                name="draw_published_once_a_cycle",
            ),
            models.CheckConstraint(condition=Q(kind__in=DrawKind.values), name="draw_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=DrawKind.MONTH) | Q(follows__isnull=False), name="draw_replacement_follows_a_draw"
            ),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="draw_again_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"Draw {self.number} for {self.cycle}"

    @property
    def focus(self) -> dict[str, Any]:
        """What the cycle was about when it was drawn."""
        return self.summary.get("focus", {})

    @property
    def has_the_focus_of_its_cycle(self) -> bool:
        """A list that was drawn for something else is not published, whoever changed what the cycle is about."""
        return self.focus == self.cycle.focus


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def visible_to(self, person: Person) -> "AllocationQuerySet":
        """QA sees every allocation, an auditor their own."""
        if person.may(Permission.SEE_EVERY_AUDIT):
            return self
        return self.filter(auditor=person)

    def live(self) -> "AllocationQuerySet":
        return self.filter(standing=Standing.LIVE)

    def keeping_out_of(self, cycle: int | None) -> "AllocationQuerySet":
        """Those whose case no draw of that cycle, by primary key, takes: somebody audits it now, or it was given in the
        cycle already. One that was replaced does not come back; a directed audit that was taken back leaves no trace.
        """
        at_work = Q(standing=Standing.LIVE, audit__state__in=OPEN_STATES)
        in_the_cycle = Q(cycle=cycle) & ~Q(kind=AuditKind.DIRECTED, standing=Standing.WITHDRAWN)
        return self.filter(at_work | in_the_cycle, case__isnull=False)


class Allocation(models.Model):
    """A case given to an auditor in a cycle. What the case was on that day is frozen here, and stays when another
    auditor takes over; what the auditor was is that of the last one.

    Past audits that were imported can name cases, teams and auditors that the program does not know: they are labels.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="allocations")
    draw = models.ForeignKey(Draw, models.PROTECT, related_name="allocations", null=True, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="allocations", null=True, blank=True)
    case_label = models.CharField(max_length=100, blank=True, help_text="The case number of an unknown case.")
    auditor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="allocations", null=True, blank=True
    )
    auditor_label = models.CharField(max_length=200, blank=True)
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="audited_allocations", null=True, blank=True
    )
    kind = models.CharField(max_length=10, choices=AuditKind.choices, default=AuditKind.AUDIT)
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.LIVE)
    reaudit_of = models.ForeignKey(
        "audits.Audit", models.PROTECT, related_name="reaudits", null=True, blank=True, help_text="The audit before."
    )
    replaces = models.OneToOneField("self", models.PROTECT, related_name="replaced_by", null=True, blank=True)
    directed_reason = models.TextField(blank=True, help_text="Why QA commissioned this audit of this case.")
    commissioned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_reason = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    first_due_on = models.DateField(null=True, blank=True, help_text="The day it was due before it was extended.")
    allocated_at = models.DateTimeField(null=True, blank=True)
    due_set_at = models.DateTimeField(
        null=True, blank=True, help_text="When its present day came to be, where that was after it was given."
    )

    # Frozen when it was given
    team = models.CharField(max_length=200, blank=True)
    team_code = models.CharField(max_length=60, blank=True)
    service = models.CharField(max_length=200, blank=True)
    area = models.CharField(max_length=200, blank=True)
    auditor_team = models.CharField(max_length=200, blank=True)
    auditor_area = models.CharField(max_length=200, blank=True)
    plan_type = models.CharField(max_length=3, choices=PlanType.choices, blank=True)
    statuses = models.JSONField(default=list, blank=True)
    gender = models.CharField(max_length=60, blank=True)
    ethnicity = models.CharField(max_length=100, blank=True)
    age_band = models.CharField(max_length=20, blank=True)
    age = models.SmallIntegerField("age in years", null=True, blank=True)
    cp_category = models.CharField(max_length=60, blank=True)
    cse_level = models.CharField(max_length=12, blank=True)
    missing_last_6_months = models.BooleanField(null=True, blank=True)
    reason = models.JSONField(default=dict, blank=True, help_text="Why this case and why this auditor.")

    objects = AllocationQuerySet.as_manager()

    class Meta:
        ordering = ["cycle", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "case", "kind"],
                condition=Q(standing=Standing.LIVE, case__isnull=False),
                name="allocation_live_once_a_case",
            ),
            models.CheckConstraint(condition=Q(case__isnull=False) | ~Q(case_label=""), name="allocation_names_a_case"),
            models.CheckConstraint(condition=Q(kind__in=AuditKind.values), name="allocation_kind_known"),
            # Without an auditor or a day nobody would be reminded, and nobody told when it is late.
            models.CheckConstraint(
                condition=Q(draw__isnull=True)
                | Q(case__isnull=False, auditor__isnull=False, due_on__isnull=False, allocated_at__isnull=False),
                name="allocation_drawn_is_whole",
            ),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="allocation_standing_known"),
            models.CheckConstraint(
                condition=Q(reaudit_of__isnull=True) | Q(kind=AuditKind.REAUDIT), name="allocation_reaudit_is_one"
            ),
            models.CheckConstraint(
                condition=Q(commissioned_by__isnull=True) | (Q(kind=AuditKind.DIRECTED) & ~Q(directed_reason="")),
                name="allocation_directed_has_a_reason",
            ),
            models.UniqueConstraint(
                fields=["reaudit_of"], condition=Q(standing=Standing.LIVE), name="allocation_reaudited_once"
            ),
        ]
        indexes = [
            models.Index(fields=["auditor", "standing"], name="allocation_of_an_auditor"),
            models.Index(fields=["cycle", "kind", "standing"], name="allocation_counts"),
            models.Index(fields=["team"], name="allocation_by_team"),
            models.Index(fields=["service"], name="allocation_by_service"),
        ]

    def __str__(self) -> str:
        return f"Allocation {self.pk} of {self.cycle_id}"
