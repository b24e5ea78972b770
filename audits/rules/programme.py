"""Every number and switch of the programme, with its default.

The defaults follow published practice of English local authorities; each is a setting that an administrator can change,
stored by version, so that the past keeps the rules it was made under.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from audits.rules.cohorts import Cohort, CohortQuota
from audits.rules.concerns import ConcernNumbers
from audits.rules.deadlines import DeadlineNumbers, Rung

# The settings that decide what a draw gives, and those that decide when something is due.
DECIDE_THE_DRAW = frozenset(
    {
        "excluded_services",
        "quota",
        "quota_by_role",
        "cooling_off_months",
        "recently_closed_months",
        "open_working_days",
        "cases_per_family",
        "cases_per_worker",
        "strata",
        "own_team",
        "line_management",
        "line_management_depth",
        "involved",
        "weight_same_area",
        "weight_even_load",
        "weight_repeat_worker",
        "weight_repeat_team",
        "load_months",
        "team_repeat_months",
        "cohort_quotas",
        "reaudit_grades",
        "reaudit_months",
        "closed_days",
    }
)
DECIDE_DATES = frozenset(
    {
        "draw_working_days_before",
        "stage1_due_day",
        "stage2_working_days",
        "stage2_latest_day",
        "stage2_inadequate_working_days",
        "return_working_days",
        "replacement_working_days",
        "action_days",
        "action_urgent_working_days",
        "reminder_days_before",
        "escalation_working_days",
        "closed_days",
    }
)


@dataclass(frozen=True)
class Programme:
    """The settings of the audit programme. Days are calendar days unless the name says working days."""

    authority_name: str = "Children’s services"
    contact: str = ""

    # Allocation
    excluded_services: tuple[str, ...] = ()
    quota: int = 1
    quota_by_role: Mapping[str, int] = field(default_factory=dict)
    cooling_off_months: int = 3
    recently_closed_months: int = 3
    open_working_days: int = 20
    cases_per_family: int = 1
    cases_per_worker: int = 2
    draw_working_days_before: int = 5
    draws_by_itself: bool = True
    strata: tuple[str, ...] = ("service", "plan_type", "age_band", "gender", "ethnicity")
    own_team: str = "hard"
    line_management: str = "hard"
    line_management_depth: int = 0
    involved: str = "hard"
    weight_same_area: int = 100
    weight_even_load: int = 8
    weight_repeat_worker: int = 2
    weight_repeat_team: int = 1
    load_months: int = 12
    team_repeat_months: int = 3
    cohort_quotas: tuple[Mapping[str, Any], ...] = ()

    # Re-audits
    reaudit_grades: tuple[str, ...] = ("inadequate",)
    reaudit_months: int = 3

    # What auditors ask for
    exemption_decided_by: str = "qa"
    replacement_working_days: int = 10
    extension_latest_days: int = 28
    request_working_days: int = 2

    # Stage 1
    stage1_due_day: int = 21
    evidence_megabytes: int = 10
    evidence_files: int = 20

    # Stage 2
    stage2_working_days: int = 10
    stage2_latest_day: int = 21
    stage2_inadequate_working_days: int = 5
    return_working_days: int = 5

    # Actions
    action_days: int = 28
    action_urgent_working_days: int = 5

    # Reminders and escalation
    reminder_days_before: tuple[int, ...] = (7, 2, 0)
    escalation_working_days: Mapping[str, int] = field(
        default_factory=lambda: {"line_manager": 1, "service_manager": 3, "assistant_director": 5}
    )
    mail_hour: int = 8
    closed_days: tuple[str, ...] = ()

    # Immediate safeguarding concerns
    concern_next_manager_hours: int = 1
    concern_assistant_director_hours: int = 4
    office_opens: int = 9
    office_closes: int = 17
    emergency_duty_name: str = ""
    emergency_duty_phone: str = ""
    emergency_duty_email: str = ""

    # Reports
    small_number: int = 5
    compliance_target: int = 90

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Programme":
        """The defaults with `values` over them; a JSON list becomes the tuple it was.

        A stored version can hold a setting that the program no longer has: it is left out.
        """
        known = {item.name for item in fields(cls)}
        given: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in values.items() if key in known
        }
        return cls(**given)

    @property
    def deadlines(self) -> DeadlineNumbers:
        """The numbers that deadlines depend on, as audits.rules.deadlines takes them."""
        return DeadlineNumbers(
            publication_working_days=self.draw_working_days_before,
            stage_one_day_of_month=self.stage1_due_day,
            stage_two_working_days=self.stage2_working_days,
            stage_two_inadequate_working_days=self.stage2_inadequate_working_days,
            stage_two_latest_day_of_month=self.stage2_latest_day,
            action_days=self.action_days,
            urgent_action_working_days=self.action_urgent_working_days,
            reminder_days_before=self.reminder_days_before,
            escalation_working_days=tuple((Rung(rung), days) for rung, days in self.escalation_working_days.items()),
            sending_hour=self.mail_hour,
        )

    @property
    def concerns(self) -> ConcernNumbers:
        """The numbers that a safeguarding concern climbs by, as audits.rules.concerns takes them."""
        return ConcernNumbers(
            next_manager_hours=self.concern_next_manager_hours,
            assistant_director_hours=self.concern_assistant_director_hours,
            office_opens=self.office_opens,
            office_closes=self.office_closes,
            closures=self.closures,
        )

    @property
    def quotas(self) -> tuple[CohortQuota, ...]:
        """The cohorts that have so many of a cycle's places at the least."""
        return tuple(CohortQuota(Cohort.from_values(quota["cohort"]), quota["cases"]) for quota in self.cohort_quotas)

    @property
    def closures(self) -> frozenset[date]:
        """The days on which the authority is shut, beside weekends and bank holidays."""
        return frozenset(date.fromisoformat(day) for day in self.closed_days)

    def to_values(self) -> dict[str, Any]:
        """Every setting as plain JSON values."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}
