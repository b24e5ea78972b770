"""The pages of the programme's settings as a browser would send them, and settings that are unlike the defaults."""

from typing import Any

from django.forms.formsets import BaseFormSet
from django.http import QueryDict

from audits.forms.programme.parts import PARTS
from audits.models import ProgrammeRules
from audits.rules.programme import Programme

BY_SLUG = {part.slug: part for part in PARTS}

UNDER_FIVE = {
    "cohort": {
        "name": "Under 5 with a plan",
        "plan_types": ["CP"],
        "younger_than": 5,
        "cp_category": "",
        "cse": False,
        "missing": False,
    },
    "cases": 6,
}
MISSING = {
    "cohort": {
        "name": "Missing",
        "plan_types": [],
        "younger_than": None,
        "cp_category": "",
        "cse": True,
        "missing": True,
    },
    "cases": 2,
}

# Every setting other than its default.
UNUSUAL = Programme(
    authority_name="Wexmoor",
    contact="qa@wexmoor.example",
    excluded_services=("Early help",),
    quota=2,
    quota_by_role={"moderator": 3, "qa": 0},
    cooling_off_months=6,
    recently_closed_months=2,
    open_working_days=10,
    cases_per_family=2,
    cases_per_worker=3,
    draw_working_days_before=7,
    draws_by_itself=False,
    strata=("service", "gender"),
    own_team="soft",
    line_management="soft",
    line_management_depth=2,
    involved="soft",
    weight_same_area=20,
    weight_even_load=10,
    weight_repeat_worker=0,
    weight_repeat_team=5,
    load_months=6,
    team_repeat_months=2,
    cohort_quotas=(UNDER_FIVE, MISSING),
    reaudit_grades=("requires_improvement", "inadequate"),
    reaudit_months=4,
    exemption_decided_by="leadership",
    replacement_working_days=8,
    extension_latest_days=14,
    request_working_days=3,
    stage1_due_day=17,
    evidence_megabytes=5,
    evidence_files=7,
    stage2_working_days=8,
    stage2_latest_day=20,
    stage2_inadequate_working_days=4,
    return_working_days=6,
    action_days=21,
    action_urgent_working_days=3,
    reminder_days_before=(10, 1),
    escalation_working_days={"line_manager": 2, "service_manager": 4, "assistant_director": 6},
    mail_hour=7,
    closed_days=("2026-12-24", "2026-12-29"),
    concern_next_manager_hours=2,
    concern_assistant_director_hours=6,
    office_opens=8,
    office_closes=18,
    emergency_duty_name="Emergency duty team",
    emergency_duty_phone="01632 960999",
    emergency_duty_email="duty@wexmoor.example",
    small_number=6,
    compliance_target=85,
)


def posted(slug: str, **changes: Any) -> dict[str, Any]:
    """The form of a part as its page would send it, untouched but for `changes`; None takes a field out."""
    form = BY_SLUG[slug].showing(ProgrammeRules.objects.current())
    data = {name: form[name].value() for name in form.fields}
    if form.also is not None:
        data |= _rows(form.also)
    data |= {"reason": "The steering group asked for it"} | changes
    return {name: value for name, value in data.items() if value is not None and value is not False}


def _rows(rows: BaseFormSet) -> dict[str, Any]:
    counts = {"cohorts-TOTAL_FORMS": len(rows.forms), "cohorts-INITIAL_FORMS": rows.initial_form_count()}
    return counts | {row.add_prefix(name): row[name].value() for row in rows.forms for name in row.fields}


def asked_for(slug: str, **changes: Any) -> Programme:
    """The settings that a part's form makes of what is typed."""
    form = BY_SLUG[slug](_query(posted(slug, **changes)))
    assert form.is_valid(), (form.errors, form.also and form.also.errors)
    return form.programme(ProgrammeRules.objects.current().programme)


def _query(data: dict[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)])
    return query
