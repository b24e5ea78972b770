from datetime import UTC, date, datetime

import pytest

from accounts.enums import Role
from audits.enums import AuditKind, AuditState, Standing
from audits.facts.reaudits import due_reaudits
from audits.models import Allocation, Audit, Cycle, ReauditSetAside
from audits.rules.allocation.facts import ReauditDue
from audits.rules.programme import Programme
from tests.factories import audit, case, cycle, person, unique

pytestmark = pytest.mark.django_db

AUGUST, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (8, 10, 11, 12))
NOON = datetime(2026, 8, 20, 12, tzinfo=UTC)


def november() -> Cycle:
    return Cycle(first_month=NOVEMBER, last_month=NOVEMBER)


def bad(month: date = AUGUST, **values) -> Audit:
    """An audit of August, completed on the 12th and graded inadequate."""
    values = {
        "state": AuditState.SIGNED_OFF,
        "overall_grade": "inadequate",
        "completed_on": month.replace(day=12),
        **values,
    }
    return audit(cycle=cycle(month), **values)


def due(of: Cycle | None = None, **programme) -> list[str]:
    return [found.audit for found in due_reaudits(of or november(), Programme(**programme))]


def test_what_is_due_goes_by_case_number_reference_and_address():
    auditor = person(Role.AUDITOR, name="Ada Ash")
    made = bad(auditor=auditor, case=case(case_id="C-77"))
    assert due_reaudits(november(), Programme()) == (
        ReauditDue("C-77", made.reference, NOVEMBER, ("ada.ash@authority.example",)),
    )


def test_merged_months_take_what_is_due_by_their_last_one():
    made = bad(date(2026, 9, 1))
    assert due() == []
    assert due(Cycle(first_month=NOVEMBER, last_month=DECEMBER)) == [made.reference]


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        ({"overall_grade": "good", "moderated_grade": "inadequate"}, True),
        ({"overall_grade": "inadequate", "moderated_grade": "requires_improvement"}, False),
        ({"overall_grade": "inadequate", "moderated_grade": ""}, True),
    ],
)
def test_the_moderated_grade_counts_where_there_is_one(grades, expected):
    made = bad(**grades)
    assert due() == ([made.reference] if expected else [])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"state": AuditState.SUBMITTED}, True),
        ({"state": AuditState.IN_PROGRESS, "returned_at": NOON}, False),  # sent back: no grade of it counts yet
        ({"state": AuditState.NOT_RETURNED, "completed_on": None}, False),
        ({"standing": Standing.WITHDRAWN}, False),
        ({"standing": Standing.EXEMPT}, False),
        ({"kind": AuditKind.DIRECTED}, True),
        ({"kind": AuditKind.REAUDIT}, True),
        ({"imported": True}, True),
        ({"imported": True, "completed_on": None}, True),  # then the end of its cycle is taken
    ],
)
def test_only_a_completed_audit_that_counts_calls_for_a_reaudit(values, expected):
    made = bad(**values)
    assert due() == ([made.reference] if expected else [])


def test_a_past_audit_calls_once_its_case_is_known():
    made = bad(imported=True)
    child = made.allocation.case
    Allocation.objects.filter(pk=made.allocation_id).update(case=None, case_label=child.case_id)
    assert due() == []
    Allocation.objects.filter(pk=made.allocation_id).update(case=child, case_label="")
    assert due() == [made.reference]


def test_a_reaudit_given_out_already_is_not_due_again_unless_it_ended_without_being_done():
    made = bad()
    again = audit(cycle=cycle(OCTOBER), case=made.allocation.case, kind=AuditKind.REAUDIT, reaudit_of=made)
    assert due() == []
    Allocation.objects.filter(pk=again.allocation_id).update(standing=Standing.EXEMPT)
    assert due() == [again.reference]
    Allocation.objects.filter(pk=again.allocation_id).update(standing=Standing.WITHDRAWN)
    assert due() == [made.reference]


def test_an_imported_reaudit_of_a_later_cycle_answers_the_call_without_naming_it():
    made = bad(imported=True)
    audit(
        cycle=cycle(OCTOBER),
        case=made.allocation.case,
        kind=AuditKind.REAUDIT,
        imported=True,
        state=AuditState.SIGNED_OFF,
        overall_grade="good",
    )
    assert due() == []


def test_a_reaudit_that_was_never_returned_is_due_again_after_itself():
    made = bad()
    lost = audit(
        cycle=cycle(NOVEMBER),
        case=made.allocation.case,
        kind=AuditKind.REAUDIT,
        reaudit_of=made,
        state=AuditState.NOT_RETURNED,
    )
    assert due(Cycle(first_month=DECEMBER, last_month=DECEMBER)) == [lost.reference]


def test_one_that_was_set_aside_is_not_due_until_that_is_taken_back():
    made = bad()
    aside = ReauditSetAside.objects.create(audit=made, reason="The case has closed", by=person(Role.QA), at=NOON)
    assert due() == []
    aside.delete()
    assert due() == [made.reference]


def test_a_past_cycle_does_not_know_of_what_came_after_it():
    child = case()
    first = bad(AUGUST, case=child)
    bad(DECEMBER, case=child)
    assert due() == [first.reference]
    assert due(Cycle(first_month=DECEMBER, last_month=DECEMBER)) == []


def test_the_longest_due_come_first():
    later, earlier = bad(AUGUST), bad(date(2026, 6, 1))
    assert due() == [earlier.reference, later.reference]


def test_reading_what_is_due_takes_one_query_however_much_there_is(django_assert_num_queries):
    bad()
    with django_assert_num_queries(1):
        assert len(due()) == 1
    for _ in range(5):
        bad(case=case(family_id=f"F{unique()}"))
    with django_assert_num_queries(1):
        assert len(due()) == 6
