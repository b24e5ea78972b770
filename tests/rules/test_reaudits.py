from datetime import date

import pytest

from audits.rules.reaudits import PastAudit, due_month, is_due, latest_call

INADEQUATE, GOOD = "inadequate", "good"
AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)
NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
ASH, BIRCH, CEDAR = "ash@authority.example", "birch@authority.example", "cedar@authority.example"

BAD = PastAudit("CA-BAD", "audit", AUGUST, date(2026, 8, 12), INADEQUATE, ASH)


def call(*history: PastAudit):
    return latest_call(history, grades=("inadequate",), months=3)


def reaudit(month: date, completed_on: date | None = None, grade: str = "", **values) -> PastAudit:
    return PastAudit(f"CA-RE-{month:%m}", "reaudit", month, completed_on, grade, BIRCH, **values)


@pytest.mark.parametrize(
    ("completed_on", "months", "expected"),
    [
        (date(2026, 8, 1), 3, NOVEMBER),
        (date(2026, 8, 31), 3, NOVEMBER),
        (date(2026, 10, 31), 3, JANUARY),
        (date(2026, 11, 30), 0, NOVEMBER),
        (date(2026, 11, 30), 12, date(2027, 11, 1)),
    ],
)
def test_a_reaudit_is_due_so_many_months_after_the_month_of_completion(completed_on, months, expected):
    assert due_month(completed_on, months) == expected


@pytest.mark.parametrize(
    ("last_month", "expected"), [(OCTOBER, False), (NOVEMBER, True), (DECEMBER, True), (date(2027, 11, 1), True)]
)
def test_it_waits_from_the_cycle_that_ends_with_its_month_on(last_month, expected):
    assert is_due(call(BAD), last_month) is expected


@pytest.mark.parametrize("grade", ["outstanding", GOOD, "requires_improvement", ""])
def test_a_grade_that_the_programme_does_not_name_calls_for_nothing(grade):
    assert call(BAD._replace(grade=grade)) is None


def test_the_grades_that_call_for_one_are_a_setting():
    weak = BAD._replace(grade="requires_improvement")
    assert latest_call([weak], grades=("requires_improvement", INADEQUATE), months=3) is not None
    assert latest_call([BAD], grades=(), months=3) is None


def test_an_audit_that_was_not_completed_calls_for_nothing():
    assert call(BAD._replace(completed_on=None)) is None


@pytest.mark.parametrize("kind", ["audit", "reaudit", "directed"])
def test_every_kind_of_audit_calls_for_a_reaudit(kind):
    assert is_due(call(BAD._replace(kind=kind)), NOVEMBER)


@pytest.mark.parametrize(
    ("after", "answered"),
    [
        (reaudit(NOVEMBER), True),
        (reaudit(NOVEMBER, date(2026, 11, 9), GOOD), True),
        (reaudit(AUGUST), False),  # that of an audit before
        (reaudit(AUGUST, reaudit_of="CA-BAD"), True),
        (PastAudit("CA-NEXT", "audit", NOVEMBER, date(2026, 11, 9), GOOD, BIRCH), False),
        (PastAudit("CA-NEXT", "directed", OCTOBER, date(2026, 10, 9), GOOD, BIRCH), False),
    ],
)
def test_only_a_reaudit_that_comes_later_answers_the_call(after, answered):
    found = call(BAD, after)
    assert found.audit == BAD
    assert found.answer == (after if answered else None)
    assert is_due(found, NOVEMBER) is not answered


def test_a_reaudit_that_never_came_back_leaves_the_call_open_and_is_followed_itself():
    lost = reaudit(NOVEMBER, is_lost=True, reaudit_of="CA-BAD")
    found = call(BAD, lost)
    assert is_due(found, DECEMBER)
    assert found.newest == lost
    assert found.not_by == (ASH,)
    again = reaudit(DECEMBER, reaudit_of=lost.reference)
    assert call(BAD, lost, again).answer == again
    assert not is_due(call(BAD, lost._replace(is_set_aside=True)), DECEMBER)


def test_one_that_was_set_aside_is_not_due():
    aside = call(BAD._replace(is_set_aside=True))
    assert not is_due(aside, NOVEMBER)
    assert aside.audit.reference == "CA-BAD"


def test_only_the_latest_audit_of_a_case_that_calls_for_one_counts():
    second = PastAudit("CA-WORSE", "directed", OCTOBER, date(2026, 10, 5), INADEQUATE, BIRCH)
    found = call(second, BAD)
    assert found.audit == second
    assert not is_due(found, NOVEMBER)
    assert is_due(found, JANUARY)


def test_a_bad_reaudit_calls_for_another_one_by_somebody_who_did_neither():
    again = reaudit(NOVEMBER, date(2026, 11, 16), INADEQUATE)
    found = call(BAD, again)
    assert found.audit == again
    assert found.due_month == date(2027, 2, 1)
    assert found.not_by == (ASH, BIRCH)


def test_who_audited_the_case_in_another_round_may_take_its_reaudit():
    years_ago = PastAudit("CA-OLD", "audit", date(2024, 3, 1), date(2024, 3, 9), GOOD, CEDAR)
    assert call(years_ago, BAD).not_by == (ASH,)
    assert call(years_ago, BAD, reaudit(NOVEMBER, date(2026, 11, 16), INADEQUATE)).not_by == (ASH, BIRCH)


def test_an_auditor_whom_nobody_knows_bars_nobody():
    assert call(BAD._replace(auditor=None)).not_by == ()
