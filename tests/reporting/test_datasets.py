"""What the rows say of allocations and audits as the database holds them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.enums import AuditKind, AuditState, CycleStatus, Standing
from audits.models import AuditSection
from audits.services.forms import ensure_default_form
from reporting import datasets
from reporting.documents import count_highlight
from reporting.rules.figures import SectionGrades
from reporting.rules.periods import Period
from tests import factories
from tests.reporting.makers import OCTOBER, completed, month

pytestmark = pytest.mark.django_db


def test_a_month_with_nothing_but_a_directed_audit_has_nothing_to_report():
    factories.audit(cycle=month(10), kind=AuditKind.DIRECTED)
    assert datasets.reportable_cycles() == []
    factories.audit(cycle=month(10))
    assert [name for _, name in datasets.reportable_cycles()] == ["October 2026"]


def only_return(until=date(2026, 10, 1)):
    (row,) = datasets.returns(until=until)
    return row


@pytest.mark.parametrize(
    ("state", "is_completed"),
    [
        (AuditState.NOT_STARTED, False),
        (AuditState.IN_PROGRESS, False),
        (AuditState.NOT_RETURNED, False),
        (AuditState.SUBMITTED, True),
        (AuditState.SIGNED_OFF, True),
    ],
)
def test_an_audit_is_completed_once_stage_1_is_submitted(state, is_completed):
    factories.audit(cycle=month(10), state=state)
    assert only_return().completed is is_completed


@pytest.mark.parametrize(
    ("completed_on", "is_late"), [(date(2026, 10, 20), False), (date(2026, 10, 21), False), (date(2026, 10, 22), True)]
)
def test_an_audit_is_late_after_its_due_day_and_not_on_it(completed_on, is_late):
    completed(month(10), due_on=date(2026, 10, 21), completed_on=completed_on)
    assert only_return().late is is_late


def test_an_allocation_without_a_due_day_is_never_late():
    completed(month(10), due_on=None)
    assert only_return().late is False


@pytest.mark.parametrize(
    ("state", "imported", "moderated_grade", "is_moderated"),
    [
        (AuditState.SUBMITTED, False, "", False),
        (AuditState.SIGNED_OFF, False, "good", True),
        (AuditState.SIGNED_OFF, True, "", False),  # a past audit of which the file says no moderated grade
        (AuditState.SIGNED_OFF, True, "good", True),
    ],
)
def test_an_audit_is_moderated_once_stage_2_has_signed_it_off(state, imported, moderated_grade, is_moderated):
    completed(month(10), state=state, imported=imported, moderated_grade=moderated_grade)
    assert only_return().moderated is is_moderated


def test_an_allocation_without_an_audit_is_counted_as_not_returned():
    audit = factories.audit(cycle=month(10))
    audit.participants.all().delete()
    audit.delete()
    row = only_return()
    assert (row.completed, row.late, row.original_grade, row.number) == (False, False, "", 1)


def test_allocations_that_are_alike_come_as_one_row():
    october = month(10)
    for _ in range(3):
        completed(october, "good")
    completed(october, "inadequate")
    assert sorted((row.original_grade, row.number) for row in datasets.returns(until=OCTOBER.last)) == [
        ("good", 3),
        ("inadequate", 1),
    ]


def test_cycles_after_the_period_are_left_out():
    completed(month(10))
    completed(month(11))
    assert [row.cycle for row in datasets.returns(until=OCTOBER.last)] == ["2026-10"]
    assert [row.key for row in datasets.cycles(until=OCTOBER.last)] == ["2026-10"]


def test_a_merged_cycle_is_written_with_both_its_months():
    summer = month(7, 2019, last_month=date(2019, 8, 1))
    completed(summer)
    august = Period(date(2019, 8, 1), date(2019, 8, 1))
    assert [row.cycle for row in datasets.completed_audits(august)] == ["2019-07/2019-08"]
    assert datasets.cycles(until=august.last)[0].key == "2019-07/2019-08"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": AuditKind.REAUDIT},
        {"kind": AuditKind.DIRECTED},
        {"standing": Standing.WITHDRAWN},
        {"state": AuditState.IN_PROGRESS},
    ],
)
def test_only_completed_live_audits_drawn_at_random_are_read_in_detail(values):
    october = month(10)
    completed(october, "good")
    completed(october, "inadequate", **values)
    assert [row.original_grade for row in datasets.completed_audits(OCTOBER)] == ["good"]


def test_sections_come_by_name_in_the_order_of_the_form():
    audit = completed(month(10), "good", {"Review": "good", "Assessment": "inadequate"})
    audit.sections.filter(name="Review").update(moderated_grade="outstanding")
    (row,) = datasets.completed_audits(OCTOBER)
    assert row.sections == {
        "Review": SectionGrades("good", "outstanding"),
        "Assessment": SectionGrades("inadequate", ""),
    }
    assert list(row.sections) == ["Review", "Assessment"]


def test_a_section_that_is_not_applicable_yet_says_so():
    audit = completed(month(10), "good", {"Review": ""})
    audit.sections.update(not_applicable_reason="A new case has had no review.")
    (row,) = datasets.completed_audits(OCTOBER)
    assert row.sections["Review"].applicable is False


def test_a_section_that_has_no_grade_on_its_form_is_no_section_of_the_report():
    audit = completed(month(10), "good", {"Planning": "good"}, form_version=ensure_default_form())
    AuditSection.objects.create(audit=audit, key="comments", name="Comments and Actions", position=9)
    assert list(datasets.completed_audits(OCTOBER)[0].sections) == ["Planning"]


@pytest.mark.parametrize(
    ("facts", "cohorts"),
    [
        ({"plan_type": "CIN", "statuses": ["CIN"]}, {"cin"}),
        ({"plan_type": "CP", "statuses": ["CP", "CIN"], "age": 12}, {"cin"}),
        ({"plan_type": "CP", "statuses": [], "age": 3}, {"cp_under_5"}),  # a past audit: only the plan type is known
        ({"plan_type": "CP", "statuses": ["CP"], "age": 8, "cp_category": "Sexual abuse"}, {"cp_sexual_abuse"}),
        (
            {"plan_type": "CIC", "statuses": ["CIC"], "cse_level": "emerging", "missing_last_6_months": True},
            {"cse", "missing", "missing_and_cse"},
        ),
        ({"plan_type": "CL", "statuses": ["CL"], "missing_last_6_months": None}, set()),
    ],
)
def test_cohorts_are_read_from_the_facts_frozen_at_the_draw(facts, cohorts):
    completed(month(10), **facts)
    (row,) = datasets.completed_audits(OCTOBER)
    assert row.cohorts == cohorts


def test_the_number_of_queries_does_not_grow_with_the_audits():
    october = month(10)
    version = ensure_default_form()

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            count_highlight(OCTOBER)
        return len(captured)

    completed(october, "good", {"Planning": "good"}, form_version=version)
    before = queries()
    for number in range(1, 9):
        completed(month(number), "good", {"Planning": "good", "Review": "good"}, form_version=version)
        completed(october, "good", {"Planning": "inadequate"}, form_version=version)
    assert queries() == before


def test_a_paused_cycle_without_allocations_stands_in_the_judgements():
    month(9, status=CycleStatus.PAUSED, pause_reason="Stay-at-home order")
    completed(month(8))
    completed(month(10))
    told = count_highlight(OCTOBER)
    assert [(each["cycle"], each["status"], each["n"]) for each in told["judgements"]] == [
        ("2026-08", "closed", 1),
        ("2026-09", "paused", 0),
        ("2026-10", "closed", 1),
    ]
