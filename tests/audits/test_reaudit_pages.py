"""Re-audits in the browser's eyes: the list that QA keeps, and the first part of a re-audit's form."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import StaleVersion, UserError
from accounts.models import Activity, Person
from audits.enums import ActionState, AuditKind, AuditState, CycleStatus, DrawKind, Standing
from audits.models import Action, Allocation, Audit, AuditSection, Case, CaseAccess, Draw, ReauditSetAside
from audits.services import stage1
from audits.services.reaudits import save_what_changed, set_aside, set_aside_until, take_back
from config.views import everything_that_waits_for
from tests import factories
from tests.audits.filling import AT, fill_in
from tests.clients import as_

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (8, 9, 10, 11))


@pytest.fixture(autouse=True)
def november(time_machine) -> None:
    time_machine.move_to(datetime(2026, 11, 12, 10, tzinfo=UTC), tick=False)


@pytest.fixture
def qa() -> Person:
    return factories.person(Role.QA, name="Quentin Ash")


def bad(month: date = AUGUST, **values) -> Audit:
    """An audit of that month, completed on the 12th and graded inadequate."""
    values = {
        "state": AuditState.SIGNED_OFF,
        "overall_grade": "requires_improvement",
        "moderated_grade": "inadequate",
        "completed_on": month.replace(day=12),
        **values,
    }
    return factories.audit(cycle=factories.cycle(month, status=CycleStatus.CLOSED), **values)


def again(before: Audit, **values) -> Audit:
    """Its re-audit, allocated in November."""
    return factories.audit(
        **{
            "cycle": factories.cycle(NOVEMBER),
            "case": before.allocation.case,
            "kind": AuditKind.REAUDIT,
            "reaudit_of": before,
            **values,
        }
    )


def listed(qa: Person, show: str = "waiting") -> str:
    return as_(qa).get(reverse("reaudit_list"), {"show": show}).content.decode()


def unmet(audit: Audit, month: date = NOVEMBER, number: int = 1, sentence: str = "Nobody has a place left.") -> Draw:
    cycle = factories.cycle(month)
    return Draw.objects.create(
        cycle=cycle,
        number=number,
        reason="" if number == 1 else "Again",
        seed=7,
        drawn_at=AT,
        rules=cycle.rules,
        kind=DrawKind.MONTH,
        summary={"reaudits": {"unmet": [{"audit": audit.reference, "reason": "x", "sentence": sentence}]}},
        pairs=[],
    )


# The list


def test_the_list_says_when_each_reaudit_is_due_and_what_grade_called_for_it(qa) -> None:
    overdue, now, later = bad(date(2026, 7, 1)), bad(AUGUST), bad(OCTOBER)
    good = bad(SEPTEMBER, moderated_grade="good")
    page = listed(qa)
    for audit in (overdue, now, later):
        assert audit.reference in page
        assert audit.allocation.case.case_id in page
    assert good.reference not in page
    assert page.index(overdue.reference) < page.index(now.reference) < page.index(later.reference)
    assert page.count("Overdue") == page.count("Due later") == 1
    assert "October 2026" in page
    assert "January 2027" in page
    assert "Inadequate" in page


def test_it_says_in_which_draw_a_reaudit_was_not_possible_and_why(qa) -> None:
    audit = bad()
    unmet(audit, sentence="Everybody who could is away.")
    page = listed(qa)
    assert "draw 1 of November 2026" in page
    assert "Everybody who could is away." in page
    Draw.objects.create(
        cycle=factories.cycle(NOVEMBER),
        number=2,
        reason="Somebody is back",
        seed=8,
        drawn_at=AT,
        rules=factories.cycle(NOVEMBER).rules,
        summary={"reaudits": {"unmet": []}},
        pairs=[],
    )
    assert "Everybody who could is away." not in listed(qa)


def test_of_a_restricted_record_the_list_has_the_reference_only(qa) -> None:
    audit = bad(case=factories.case(case_id="SECRET-1", restricted=True))
    page = listed(qa)
    assert audit.reference in page
    assert "SECRET-1" not in page
    CaseAccess.objects.create(case=audit.allocation.case, person=qa, granted_by=qa, granted_at=AT)
    assert "SECRET-1" in listed(qa)


def test_a_reaudit_that_was_given_out_stands_with_its_state_then_with_both_grades(qa) -> None:
    before = bad()
    after = again(before)
    assert before.reference not in listed(qa)
    page = listed(qa, "given")
    assert before.reference in page
    assert after.reference in page
    assert "0 of 1 re-audits returned" in page
    Audit.objects.filter(pk=after.pk).update(
        state=AuditState.SUBMITTED, overall_grade="good", completed_on=date(2026, 11, 12), submitted_at=AT
    )
    page = listed(qa, "given")
    assert "1 of 1 re-audits returned" in page
    assert "Rate 100.0%: 1 completed ÷ 1 allocated" in page
    row = page[page.index(after.reference) :]
    assert row.index("Inadequate") < row.index("Good")


def test_reaudits_have_a_rate_of_their_own_without_the_exempt(qa) -> None:
    factories.audit(cycle=factories.cycle(NOVEMBER))
    for state, standing in (
        (AuditState.SUBMITTED, Standing.LIVE),
        (AuditState.NOT_STARTED, Standing.LIVE),
        (AuditState.NOT_STARTED, Standing.LIVE),
        (AuditState.NOT_STARTED, Standing.EXEMPT),
        (AuditState.NOT_STARTED, Standing.WITHDRAWN),
    ):
        again(bad(), state=state, standing=standing, due_on=date(2026, 11, 10))
    page = listed(qa, "given")
    assert "Rate 33.3%: 1 completed ÷ 3 allocated, 1 of them late; 1 exempt, not counted; 0 moderated by now" in page


def test_an_imported_reaudit_finds_the_audit_before_by_its_case(qa) -> None:
    before = bad(imported=True)
    again(before, reaudit_of=None, imported=True, state=AuditState.SIGNED_OFF, overall_grade="good")
    assert before.reference in listed(qa, "given")


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(qa) -> None:
    def queries(show: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            listed(qa, show)
        return len(captured)

    def more(count: int) -> None:
        for _ in range(count):
            unmet_one = bad()
            unmet(unmet_one, number=Draw.objects.count() + 1)
            again(bad())
            set_aside(audit=bad(), reason="Closed", by=qa, at=AT)

    more(1)
    before = [queries(show) for show in ("waiting", "given", "aside")]
    more(4)
    assert [queries(show) for show in ("waiting", "given", "aside")] == before


def test_quality_assurance_is_told_at_home_of_what_is_overdue_or_not_possible(qa) -> None:
    def told() -> list[str]:
        tasks = everything_that_waits_for(qa, date(2026, 11, 12))
        return [f"{task.title}: {task.hint}" for task in tasks if "e-audit" in task.title]

    bad(OCTOBER)
    assert told() == []
    unmet(bad(AUGUST))
    bad(date(2026, 6, 1))
    assert told() == ["Look after 2 re-audits: 1 overdue, 1 not possible in the last draw"]


# Setting aside


def test_a_reaudit_is_set_aside_with_a_reason_and_taken_back(qa) -> None:
    audit = bad()
    address = reverse("reaudit_set_aside", args=[audit.reference])
    assert "Say why no re-audit is needed" in as_(qa).post(address, {"reason": " "}).content.decode()
    page = as_(qa).post(address, {"reason": "The child has moved away"}, follow=True).content.decode()
    assert "Set aside (1)" in page
    assert "The child has moved away" in listed(qa, "aside")
    assert audit.reference not in listed(qa)
    as_(qa).post(reverse("reaudit_take_back", args=[audit.reference]))
    assert audit.reference in listed(qa)
    verbs = Activity.objects.filter(thing_ref=audit.reference, verb__startswith="reaudit").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["reaudit.set_aside", "reaudit.taken_back"]


def test_why_it_is_set_aside_shows_of_a_restricted_record_only_to_those_named_for_it(qa) -> None:
    audit = bad(case=factories.case(restricted=True))
    set_aside(audit=audit, reason="Robin lives in France now", by=qa, at=AT)
    assert audit.reference in listed(qa, "aside")
    assert "Robin" not in listed(qa, "aside")
    CaseAccess.objects.create(case=audit.allocation.case, person=qa, granted_by=qa, granted_at=AT)
    assert "Robin" in listed(qa, "aside")
    assert not [row for row in Activity.objects.all() if "Robin" in f"{row.summary} {row.data}"]


def test_what_was_given_out_or_set_aside_already_is_not_set_aside(qa) -> None:
    audit = bad()
    set_aside(audit=audit, reason="Closed", by=qa, at=AT)
    with pytest.raises(UserError, match="was set aside before"):
        set_aside(audit=audit, reason="Closed", by=qa, at=AT)
    assert take_back(audit=audit, by=qa, at=AT)
    assert not take_back(audit=audit, by=qa, at=AT)
    given = again(audit)
    with pytest.raises(UserError, match="has been given out already"):
        set_aside(audit=audit, reason="Closed", by=qa, at=AT)
    Allocation.objects.filter(pk=given.allocation_id).update(standing=Standing.WITHDRAWN)
    set_aside(audit=audit, reason="Closed", by=qa, at=AT)


def test_an_audit_that_calls_for_none_is_not_set_aside_beforehand(qa) -> None:
    good = factories.audit(state=AuditState.SUBMITTED, overall_grade="good")
    with pytest.raises(UserError, match="calls for no re-audit"):
        set_aside(audit=good, reason="Closed", by=qa, at=AT)
    assert not ReauditSetAside.objects.exists()


def test_an_audit_whose_grade_became_good_after_its_re_audit_was_withdrawn_calls_for_none_any_more(qa) -> None:
    audit = bad()
    Allocation.objects.filter(pk=again(audit).allocation_id).update(standing=Standing.WITHDRAWN)
    Audit.objects.filter(pk=audit.pk).update(moderated_grade="good")
    with pytest.raises(UserError, match="calls for no re-audit"):
        set_aside(audit=audit, reason="Closed", by=qa, at=AT)


def test_what_was_due_long_ago_is_set_aside_at_once_and_each_can_be_taken_back(qa) -> None:
    old, older, late = bad(date(2024, 6, 1)), bad(date(2024, 3, 1)), bad(date(2026, 7, 1))
    given = bad(date(2024, 5, 1))
    again(given)
    client, address = as_(qa), reverse("reaudit_set_aside_many")
    offered = client.get(address).content.decode()
    assert "Due in June 2024 or before: 1" in offered
    assert "Due in September 2024 or before: 2" in offered
    assert "Say why" in client.post(address, {"until": "2024-09-01", "reason": ""}).content.decode()
    page = client.post(address, {"until": "2024-09-01", "reason": "Years ago"}, follow=True).content.decode()
    assert "Re-audits set aside: 2." in page
    assert late.reference in page
    assert old.reference not in page
    assert older.reference in listed(qa, "aside")
    assert set(ReauditSetAside.objects.values_list("audit", flat=True)) == {old.pk, older.pk}
    assert take_back(audit=old, by=qa, at=AT)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.QA])
def test_nobody_but_qa_sets_a_reaudit_aside(role: Role) -> None:
    person, audit = factories.person(role), bad()
    with pytest.raises(PermissionDenied):
        set_aside(audit=audit, reason="Closed", by=person, at=AT)
    with pytest.raises(PermissionDenied):
        set_aside_until(month=NOVEMBER, reason="Closed", by=person, at=AT)
    with pytest.raises(PermissionDenied):
        take_back(audit=audit, by=person, at=AT)
    assert as_(person).get(reverse("reaudit_list")).status_code == 403
    assert as_(person).post(reverse("reaudit_set_aside", args=[audit.reference])).status_code == 403
    assert not ReauditSetAside.objects.exists()


# The form


def before_of(audit: Audit) -> str:
    return reverse("audit_before", args=[audit.reference])


@pytest.fixture
def reaudit() -> Audit:
    before = bad(AUGUST, auditor=factories.person(Role.AUDITOR, name="Ada Before"))
    AuditSection.objects.create(
        audit=before, key="planning", name="Planning", grade="good", moderated_grade="requires_improvement"
    )
    for text, state in (("Visit every week", ActionState.SIGNED_OFF), ("Write the plan anew", ActionState.OPEN)):
        done = {"completed_by": before.allocation.auditor, "completed_at": AT} if state != ActionState.OPEN else {}
        signed = {"signed_off_by": factories.person(), "signed_off_at": AT} if done else {}
        Action.objects.create(
            audit=before,
            text=text,
            due_on=date(2026, 9, 9),
            recorded_at=AT,
            recorded_by=before.allocation.auditor,
            state=state,
            **done,
            **signed,
        )
    return again(before, auditor=factories.person(Role.AUDITOR, name="Bea After"))


def test_the_form_of_a_reaudit_begins_with_the_audit_before(reaudit: Audit) -> None:
    auditor = as_(reaudit.allocation.auditor)
    tasks = auditor.get(reverse("audit_detail", args=[reaudit.reference])).content.decode()
    assert tasks.index("What has changed") < tasks.index("Confirm the allocated worker")
    page = auditor.get(before_of(reaudit)).content.decode()
    for said in ("Ada Before", "Planning", "Requires improvement", "Inadequate", "Visit every week", "Signed off"):
        assert said in page
    assert page.index("Write the plan anew") < page.index("Visit every week")
    assert "Overdue" in page


def test_an_ordinary_audit_has_no_such_part() -> None:
    audit = factories.audit()
    auditor = as_(audit.allocation.auditor)
    assert "What has changed" not in auditor.get(reverse("audit_detail", args=[audit.reference])).content.decode()
    assert auditor.get(before_of(audit)).status_code == 404
    assert auditor.post(reverse("audit_before_autosave", args=[audit.reference])).status_code == 404
    with pytest.raises(UserError):
        save_what_changed(audit=audit, text="Much", version=0, by=audit.allocation.auditor, at=AT)


def test_nobody_but_its_auditor_looks_back(reaudit: Audit, qa) -> None:
    before_auditor = reaudit.allocation.reaudit_of.allocation.auditor
    for person, status in ((before_auditor, 404), (factories.person(Role.AUDITOR), 404), (qa, 403)):
        assert as_(person).get(before_of(reaudit)).status_code == status
    looked_back_at = reaudit.allocation.reaudit_of
    own = as_(reaudit.allocation.auditor)
    assert own.get(reverse("audit_view", args=[looked_back_at.reference])).status_code == 404


def test_of_a_restricted_record_the_audit_before_shows_only_with_access(reaudit: Audit, qa) -> None:
    case, auditor = reaudit.allocation.case, reaudit.allocation.auditor
    Case.objects.filter(pk=case.pk).update(restricted=True)
    page = as_(auditor).get(before_of(reaudit)).content.decode()
    assert "This record is restricted" in page
    assert "Visit every week" not in page
    CaseAccess.objects.create(case=case, person=auditor, granted_by=qa, granted_at=AT)
    assert "Visit every week" in as_(auditor).get(before_of(reaudit)).content.decode()


def test_a_reaudit_that_never_came_back_is_passed_over(reaudit: Audit) -> None:
    Audit.objects.filter(pk=reaudit.pk).update(state=AuditState.NOT_RETURNED)
    third = again(reaudit, cycle=factories.cycle(date(2026, 12, 1)))
    page = as_(third.allocation.auditor).get(before_of(third)).content.decode()
    assert "Ada Before" in page


def test_what_has_changed_is_saved_as_it_is_typed_and_never_overwritten(reaudit: Audit) -> None:
    auditor = as_(reaudit.allocation.auditor)
    autosave = reverse("audit_before_autosave", args=[reaudit.reference])
    saved = auditor.post(autosave, {"version": "0", "what_changed": "She is back at school"})
    assert saved.status_code == 200
    assert 'data-saved-version="1"' in saved.content.decode()
    stale = auditor.post(autosave, {"version": "0", "what_changed": "Something else"})
    assert stale.status_code == 409
    page = auditor.post(before_of(reaudit), {"version": "0", "what_changed": "Something else"})
    assert page.status_code == 409
    assert "She is back at school" in page.content.decode()
    assert "Something else" in page.content.decode()
    reaudit.refresh_from_db()
    assert reaudit.what_changed == "She is back at school"
    with pytest.raises(StaleVersion):
        save_what_changed(audit=reaudit, text="No", version=0, by=reaudit.allocation.auditor, at=AT)


@pytest.mark.parametrize(("then", "status"), [("list", 302), ("next", 200)])
def test_a_draft_may_leave_it_out_for_now(reaudit: Audit, then: str, status: int) -> None:
    posted = as_(reaudit.allocation.auditor).post(
        before_of(reaudit), {"version": "0", "what_changed": " ", "then": then}
    )
    assert posted.status_code == status


def test_a_reaudit_is_submitted_only_with_what_has_changed_and_is_read_back_with_it(reaudit: Audit, qa) -> None:
    fill_in(reaudit)
    auditor = reaudit.allocation.auditor
    with pytest.raises(stage1.NotReady) as missing:
        stage1.submit(audit=reaudit, by=auditor, at=AT)
    assert list(missing.value.problems) == ["what_changed"]
    check = as_(auditor).get(reverse("audit_check", args=[reaudit.reference])).content.decode()
    assert "What has changed: Say what has changed for the child since the audit before" in check
    save_what_changed(audit=reaudit, text="She is back at school", version=reaudit.version, by=auditor, at=AT)
    assert stage1.submit(audit=reaudit, by=auditor, at=AT)
    for person in (auditor, qa):
        page = as_(person).get(reverse("audit_view", args=[reaudit.reference])).content.decode()
        assert "She is back at school" in page
    with pytest.raises(UserError):
        save_what_changed(audit=reaudit, text="Later", version=2, by=auditor, at=AT)


def test_only_its_auditor_says_what_has_changed(reaudit: Audit, qa) -> None:
    for person in (qa, factories.person(Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            save_what_changed(audit=reaudit, text="Much", version=0, by=person, at=AT)
