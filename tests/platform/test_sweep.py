"""The sweep's own promises: once, each for itself, again after a failure. What the rules do is in tests/audits."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.due_rules import PutOff, Skipped
from accounts.enums import DueState
from accounts.models import Activity, Due
from accounts.services.activity import record
from config import sweep as sweeping
from config.sweep import SweepResult, sweep

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 11, 16, 8, tzinfo=UTC)


def note(due: Due, at: datetime) -> str:
    record(by=None, at=at, verb="test.done", thing_type="test", thing_ref=due.thing, summary="Done")
    return "Noted."


def note_and_break(due: Due, at: datetime) -> str:
    note(due, at)
    raise RuntimeError("the handler broke")


def note_and_skip(due: Due, at: datetime) -> str:
    note(due, at)
    raise Skipped("There was no reason left.")


@pytest.fixture(autouse=True)
def rules(monkeypatch) -> None:
    monkeypatch.setattr(sweeping, "PLANS", ())
    handlers = {"test.note": note, "test.break": note_and_break, "test.skip": note_and_skip}
    monkeypatch.setattr(sweeping, "HANDLERS", handlers)


def due(rule: str = "test.note", thing: str = "thing:1", due_at: datetime = MORNING, **values) -> Due:
    return Due.objects.create(rule=rule, thing=thing, due_at=due_at, **values)


def noted() -> list[str]:
    return list(Activity.objects.order_by("pk").values_list("thing_ref", flat=True))


def test_what_is_due_is_done_once():
    row = due()
    assert sweep(MORNING).done == 1
    assert sweep(MORNING) == SweepResult()
    row.refresh_from_db()
    assert (row.state, row.outcome, row.finished_at) == (DueState.DONE, "Noted.", MORNING)
    assert noted() == ["thing:1"]


def test_what_lies_ahead_waits():
    due(due_at=MORNING + timedelta(seconds=1))
    assert sweep(MORNING) == SweepResult()
    assert sweep(MORNING + timedelta(seconds=1)).done == 1


def test_the_earliest_is_done_first():
    due(thing="thing:later", due_at=MORNING)
    due(thing="thing:earlier", due_at=MORNING - timedelta(hours=1))
    sweep(MORNING)
    assert noted() == ["thing:earlier", "thing:later"]


def test_a_failure_undoes_its_own_work_only_and_is_tried_again_later(monkeypatch):
    broken = due("test.break", "thing:broken", MORNING - timedelta(hours=1))
    due(thing="thing:good")
    result = sweep(MORNING)
    assert (result.done, result.failed) == (1, 1)
    assert "the handler broke" in result.errors[0]
    assert noted() == ["thing:good"]
    broken.refresh_from_db()
    assert (broken.state, broken.attempts, broken.last_error) == (
        DueState.PENDING,
        1,
        "RuntimeError: the handler broke",
    )

    monkeypatch.setattr(sweeping, "HANDLERS", {"test.break": note})
    assert sweep(MORNING) == SweepResult(), "not before a minute has passed"
    assert sweep(MORNING + timedelta(minutes=1)).done == 1


def test_the_wait_between_attempts_grows_to_an_hour_and_nothing_is_given_up():
    row, at, waits = due("test.break"), MORNING, []
    for _ in range(9):
        assert sweep(at).failed == 1
        row.refresh_from_db()
        waits.append((row.try_after - at) // timedelta(minutes=1))
        at = row.try_after
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_skipped_row_says_why_and_leaves_nothing_behind():
    row = due("test.skip")
    assert sweep(MORNING).skipped == 1
    row.refresh_from_db()
    assert (row.state, row.outcome) == (DueState.SKIPPED, "There was no reason left.")
    assert noted() == []


def test_what_is_put_off_keeps_what_it_wrote_and_is_tried_again(monkeypatch):
    def put_off(due: Due, at: datetime) -> PutOff:
        note(due, at)
        return PutOff("There are no cases yet.")

    monkeypatch.setattr(sweeping, "HANDLERS", {"test.note": put_off})
    row = due()
    result = sweep(MORNING)
    assert (result.done, result.failed) == (0, 1)
    assert "There are no cases yet." in result.errors[0]
    assert noted() == ["thing:1"]
    row.refresh_from_db()
    assert (row.state, row.finished_at, row.last_error) == (DueState.PENDING, None, "There are no cases yet.")
    assert sweep(MORNING) == SweepResult(), "not before a minute has passed"
    assert sweep(MORNING + timedelta(minutes=1)).failed == 1


def test_a_row_that_nobody_knows_how_to_do_stays_and_is_reported():
    row = due("rule.of.another.version")
    assert "rule.of.another.version" in sweep(MORNING).errors[0]
    row.refresh_from_db()
    assert row.state == DueState.PENDING


def test_a_floor_that_cannot_plan_does_not_keep_the_rest_from_being_done(monkeypatch):
    def cannot(at: datetime) -> None:
        raise RuntimeError("no plan")

    monkeypatch.setattr(sweeping, "PLANS", (cannot,))
    due()
    result = sweep(MORNING)
    assert result.done == 1
    assert "no plan" in result.errors[0]


@pytest.mark.django_db(transaction=True)
def test_a_row_is_claimed_and_done_in_one_transaction(monkeypatch):
    """So that a process that dies in between leaves it pending."""
    seen = []

    def look(due: Due, at: datetime) -> str:
        seen.append((connection.in_atomic_block, Due.objects.get(pk=due.pk).state))
        return "Looked."

    monkeypatch.setattr(sweeping, "HANDLERS", {"test.note": look})
    due()
    sweep(MORNING)
    assert seen == [(True, DueState.DONE)]
