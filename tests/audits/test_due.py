"""Reminders before a deadline and the ladder after it, as the sweep does them.

The audits are due on Monday 23 November 2026 (the 21st is a Saturday); mail goes out at 8 in the morning, London time.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import DueState, Role
from accounts.models import Due, OutgoingMail, Person
from audits.enums import ActionState, AuditState, Capacity, Standing
from audits.models import Action, Audit, ProgrammeRules
from audits.services.handover import hand_over_audit
from config.sweep import sweep
from tests.factories import audit, person

pytestmark = pytest.mark.django_db


def morning(day: int, month: int = 11, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def mails(rule: str) -> list[tuple[str, str]]:
    """(rule's occurrence, recipient's name) of every mail of the rule, in the order they were queued."""
    return list(OutgoingMail.objects.filter(rule=rule).order_by("pk").values_list("occurrence", "person__name"))


def names(rule: str) -> list[str]:
    return [name for _, name in mails(rule)]


@pytest.fixture
def ladder() -> dict[str, Person]:
    """An auditor with three managers above, and QA; no month opens by itself meanwhile."""
    ProgrammeRules.objects.create(number=1, values={"draws_by_itself": False})
    director = person(name="Dara Director")
    service = person(name="Sol Service", line_manager=director)
    manager = person(name="Manny Manager", line_manager=service)
    auditor = person(Role.AUDITOR, name="Ada Auditor", line_manager=manager)
    return {
        "auditor": auditor,
        "manager": manager,
        "service": service,
        "director": director,
        "qa": person(Role.QA, name="Quinn Quality"),
    }


def test_an_auditor_is_reminded_seven_and_two_days_before_and_on_the_day(ladder):
    audit(auditor=ladder["auditor"])
    sent = {}
    for day in range(14, 25):
        before = len(mails("audit.reminder"))
        sweep(morning(day))
        sent[day] = len(mails("audit.reminder")) - before
    assert sent == {14: 0, 15: 0, 16: 1, 17: 0, 18: 0, 19: 0, 20: 0, 21: 1, 22: 0, 23: 1, 24: 0}
    assert set(names("audit.reminder")) == {"Ada Auditor"}


def test_a_reminder_goes_out_at_the_hour_and_not_before(ladder):
    audit(auditor=ladder["auditor"])
    sweep(morning(16, hour=7, minute=59))
    assert mails("audit.reminder") == []
    sweep(morning(16, hour=8))
    assert len(mails("audit.reminder")) == 1


def test_sweeping_again_sends_nothing_again(ladder):
    audit(auditor=ladder["auditor"])
    for _ in range(3):
        sweep(morning(30))
    assert OutgoingMail.objects.count() == len(set(OutgoingMail.objects.values_list("rule", "occurrence", "to")))
    assert len(mails("audit.reminder")) == 0
    assert len(mails("audit.escalation")) == 3 + 1


def test_a_reminder_whose_time_had_passed_before_the_audit_was_given_is_not_sent(ladder):
    audit(auditor=ladder["auditor"], allocated_at=morning(17))
    sweep(morning(18))
    assert mails("audit.reminder") == []
    sweep(morning(21))
    assert mails("audit.reminder") == [("2026-11-23 2 days before", "Ada Auditor")]


def test_after_an_outage_only_the_newest_reminder_is_sent(ladder):
    audit(auditor=ladder["auditor"])
    sweep(morning(22))
    assert mails("audit.reminder") == [("2026-11-23 2 days before", "Ada Auditor")]
    skipped = Due.objects.get(rule="audit.reminder", occurrence="2026-11-23 7 days before")
    assert (skipped.state, skipped.outcome) == (DueState.SKIPPED, "A later reminder is due as well.")


def test_after_an_outage_past_the_day_reminders_are_skipped_and_every_escalation_fires(ladder):
    audit(auditor=ladder["auditor"])
    sweep(morning(1, month=12))
    assert mails("audit.reminder") == []
    assert names("audit.escalation") == ["Manny Manager", "Sol Service", "Dara Director", "Quinn Quality"]


def test_a_reminder_says_how_many_days_are_left_when_it_is_sent(ladder):
    audit(auditor=ladder["auditor"])
    sweep(morning(18))
    assert "in 5 days" in OutgoingMail.objects.get().body


def test_the_due_day_itself_is_not_overdue_and_the_ladder_climbs_by_working_days(ladder):
    audit(auditor=ladder["auditor"])
    told = {}
    for day in (23, 24, 25, 26, 27, 28, 29, 30):
        before = len(mails("audit.escalation"))
        sweep(morning(day))
        told[day] = names("audit.escalation")[before:]
    assert told == {
        23: [],
        24: ["Manny Manager"],
        25: [],
        26: ["Sol Service"],
        27: [],
        28: [],
        29: [],
        30: ["Dara Director", "Quinn Quality"],
    }
    assert names("audit.overdue") == ["Ada Auditor"]


@pytest.mark.parametrize(
    ("above", "told"),
    [
        (0, ["Quinn Quality"] * 3),
        (1, ["Manager 1", "Manager 1", "Manager 1", "Quinn Quality"]),
        (2, ["Manager 1", "Manager 2", "Manager 2", "Quinn Quality"]),
        (4, ["Manager 1", "Manager 2", "Manager 3", "Quinn Quality"]),
    ],
)
def test_where_the_line_is_short_the_highest_manager_is_told_again(above, told):
    person(Role.QA, name="Quinn Quality")
    manager = None
    for number in range(above, 0, -1):
        manager = person(name=f"Manager {number}", line_manager=manager)
    audit(auditor=person(Role.AUDITOR, line_manager=manager))
    sweep(morning(1, month=12))
    assert names("audit.escalation") == told


def test_a_manager_who_has_left_is_passed_over(ladder):
    ladder["manager"].is_active = False
    ladder["manager"].save()
    audit(auditor=ladder["auditor"])
    sweep(morning(24))
    assert names("audit.escalation") == ["Sol Service"]


@pytest.mark.parametrize(
    "values",
    [
        {"state": AuditState.SUBMITTED},
        {"state": AuditState.SIGNED_OFF},
        {"state": AuditState.NOT_RETURNED},
        {"standing": Standing.EXEMPT},
        {"standing": Standing.WITHDRAWN},
        {"imported": True},
    ],
    ids=["submitted", "signed off", "not returned", "exempt", "withdrawn", "imported"],
)
def test_nobody_is_chased_for_an_audit_that_is_not_asked_for(ladder, values):
    audit(auditor=ladder["auditor"], **values)
    sweep(morning(30))
    assert not OutgoingMail.objects.filter(rule__startswith="audit.").exists()


def test_submitting_ends_the_reminders_and_the_ladder(ladder):
    made = audit(auditor=ladder["auditor"])
    sweep(morning(16))
    Audit.objects.filter(pk=made.pk).update(
        state=AuditState.SUBMITTED, completed_on=date(2026, 11, 18), submitted_at=morning(18)
    )
    sweep(morning(30))
    assert len(mails("audit.reminder")) == 1
    assert mails("audit.escalation") == []
    skipped = Due.objects.get(occurrence="2026-11-23 line_manager")
    assert skipped.outcome == "It has been submitted, or is no longer asked for."


def test_an_extended_deadline_is_reminded_of_and_escalated_anew(ladder):
    made = audit(auditor=ladder["auditor"])
    sweep(morning(16))
    made.allocation.due_on = date(2026, 11, 30)
    made.allocation.save()
    sweep(morning(24))
    assert mails("audit.reminder") == [
        ("2026-11-23 7 days before", "Ada Auditor"),
        ("2026-11-30 7 days before", "Ada Auditor"),
    ]
    assert mails("audit.escalation") == []
    sweep(morning(1, month=12))
    assert names("audit.escalation") == ["Manny Manager"]


def test_a_returned_audit_is_chased_for_its_own_day(ladder):
    made = audit(auditor=ladder["auditor"], state=AuditState.IN_PROGRESS)
    made.returned_at, made.return_due_on = morning(25), date(2026, 12, 2)
    made.save()
    sweep(morning(2, month=12))
    assert mails("audit.reminder") == [("2026-12-02 0 days before", "Ada Auditor")]
    assert mails("audit.escalation") == []
    sweep(morning(3, month=12))
    assert names("audit.escalation") == ["Manny Manager"]


def test_an_audit_given_after_its_day_is_chased_from_then_on_and_not_for_the_time_before(ladder):
    audit(auditor=ladder["auditor"], allocated_at=morning(25))
    sweep(morning(25, hour=9))
    assert not OutgoingMail.objects.exists()
    sweep(morning(30))
    assert names("audit.escalation") == ["Sol Service", "Dara Director", "Quinn Quality"]


def test_a_deadline_that_is_moved_and_put_back_is_escalated_for_its_first_day(ladder):
    made = audit(auditor=ladder["auditor"])
    sweep(morning(16))
    for moved_to, seen_on in ((date(2026, 11, 30), 25), (date(2026, 11, 23), 26)):
        made.allocation.due_on = moved_to
        made.allocation.save()
        sweep(morning(seen_on))
    assert names("audit.escalation") == ["Manny Manager", "Sol Service"]


def test_a_reminder_whose_hour_passed_unswept_before_a_hand_over_does_not_go_to_the_new_auditor(ladder):
    given = audit(auditor=ladder["auditor"])
    newcomer = person(Role.AUDITOR, name="Nell Newcomer")
    sweep(morning(15))  # the rows of its day are there by now
    hand_over_audit(audit=given, to=newcomer, by=ladder["qa"], at=morning(16, hour=9), reason="Away")
    sweep(morning(16, hour=10))
    assert names("audit.reminder") == []
    sweep(morning(21))
    assert names("audit.reminder") == ["Nell Newcomer"]


def test_where_the_auditor_has_left_their_managers_and_qa_are_told_and_the_auditor_gets_no_mail(ladder):
    audit(auditor=ladder["auditor"])
    Person.objects.filter(pk=ladder["auditor"].pk).update(is_active=False)
    for day in (16, 21, 23, 24):
        sweep(morning(day))
    assert not OutgoingMail.objects.filter(person=ladder["auditor"]).exists()
    assert names("audit.escalation") == ["Manny Manager", "Quinn Quality"]


def test_a_sweep_in_the_past_does_nothing(ladder):
    audit(auditor=ladder["auditor"])
    sweep(datetime(2020, 1, 1, tzinfo=UTC))
    assert not OutgoingMail.objects.exists()
    assert not Due.objects.exclude(state=DueState.PENDING).exclude(thing="audits").exists()


def test_a_manager_is_led_to_the_front_page_and_only_the_auditor_to_the_audit(ladder):
    made = audit(auditor=ladder["auditor"])
    sweep(morning(24))
    page = f"/audits/{made.reference}/"
    assert page in OutgoingMail.objects.get(rule="audit.overdue").body
    assert page not in OutgoingMail.objects.get(rule="audit.escalation").body


def test_planning_asks_the_same_number_of_questions_however_many_audits_there_are(ladder):
    def queries_for(count: int) -> int:
        for _ in range(count):
            audit(auditor=ladder["auditor"])
        with CaptureQueriesContext(connection) as captured:
            sweep(morning(2))
        return len(captured)

    sweep(morning(2))  # the first of a day also looks for missing copies
    assert queries_for(1) == queries_for(10)


def action(made: Audit, owner: Person | None, **values: Any) -> Action:
    defaults = {
        "text": "Hold the meeting",
        "owner": owner,
        "due_on": date(2026, 12, 10),
        "recorded_at": morning(12),
        "recorded_by": made.allocation.auditor,
        "completed_by": owner if "completed_at" in values else None,
    }
    return Action.objects.create(audit=made, **{**defaults, **values})


def test_the_owner_of_an_action_is_reminded_and_then_the_ladder_climbs(ladder):
    action(audit(state=AuditState.SUBMITTED), ladder["auditor"])
    for day in range(1, 19):
        sweep(morning(day, month=12))
    assert [occurrence for occurrence, _ in mails("action.reminder")] == [
        "2026-12-10 7 days before",
        "2026-12-10 2 days before",
        "2026-12-10 0 days before",
    ]
    assert names("action.overdue") == ["Ada Auditor"]
    assert names("action.escalation") == ["Manny Manager", "Sol Service", "Dara Director", "Quinn Quality"]


@pytest.mark.parametrize(
    ("of_audit", "of_action"),
    [
        ({"state": AuditState.IN_PROGRESS}, {}),
        ({"state": AuditState.SUBMITTED}, {"state": ActionState.COMPLETED, "completed_at": morning(13)}),
        ({"state": AuditState.SUBMITTED, "standing": Standing.WITHDRAWN}, {}),
    ],
    ids=["of a draft", "completed", "withdrawn"],
)
def test_nobody_is_chased_for_an_action_that_does_not_bind_or_is_done(ladder, of_audit, of_action):
    action(audit(due_on=date(2027, 6, 1), **of_audit), ladder["auditor"], **of_action)
    sweep(morning(18, month=12))
    assert not OutgoingMail.objects.filter(rule__startswith="action.").exists()


def test_an_action_that_came_due_while_its_audit_was_back_with_the_auditor_is_escalated_after_all(ladder):
    made = audit(state=AuditState.SUBMITTED, due_on=date(2027, 6, 1))
    action(made, ladder["auditor"])
    sweep(morning(9, month=12))
    Audit.objects.filter(pk=made.pk).update(state=AuditState.IN_PROGRESS)
    sweep(morning(11, month=12))
    assert mails("action.escalation") == []
    Audit.objects.filter(pk=made.pk).update(state=AuditState.SUBMITTED)
    sweep(morning(14, month=12))
    assert mails("action.escalation") == [("2026-12-10 line_manager", "Manny Manager")]
    sweep(morning(14, month=12, hour=9))
    assert len(mails("action.escalation")) == 1


def test_an_overdue_action_without_an_owner_is_told_to_qa(ladder):
    action(audit(state=AuditState.SUBMITTED), None)
    sweep(morning(11, month=12))
    assert names("action.escalation") == ["Quinn Quality"]
    assert "It has no owner yet." in OutgoingMail.objects.get(rule="action.escalation").body


def test_no_mail_names_the_child(ladder):
    made = audit(auditor=ladder["auditor"], participants=[(ladder["manager"], Capacity.PRACTICE_MANAGER)])
    sweep(morning(16))
    sweep(morning(30))
    case = made.allocation.case
    for mail in OutgoingMail.objects.all():
        text = f"{mail.subject} {mail.body}"
        assert made.reference in text
        assert case.case_id not in text
        assert str(case.date_of_birth.year) not in text
