"""What may be asked for, when, and what an answer needs: as tables, without a database."""

from dataclasses import replace
from datetime import date

import pytest

from audits.enums import AuditState, RequestKind, Standing
from audits.rules.requests import (
    Situation,
    latest_extension,
    remind_deciders_on,
    why_moot,
    why_not_again,
    why_not_ask,
    why_not_until,
)

DUE = date(2026, 11, 23)  # a Monday
NOW = Situation(on=date(2026, 11, 16), due_on=DUE, first_due_on=DUE)
CLOSED = "Stage 1 is not open"
ENDED = "does not have to be done"
EXEMPTION, EXTENSION, REPLACEMENT, ACCESS = RequestKind


@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, ""),
        ({"is_open": False}, CLOSED),
        ({"is_live": False}, ENDED),
        ({"is_live": False, "is_open": False}, ENDED),
    ],
)
def test_everything_is_asked_for_while_stage_1_is_open_and_the_audit_counts(kind, changes, refused):
    assert why_not_ask(kind, replace(NOW, **changes)).count(refused) >= bool(refused)
    assert bool(why_not_ask(kind, replace(NOW, **changes))) == bool(refused)


@pytest.mark.parametrize(
    ("kind", "day", "in_time"),
    [
        (EXEMPTION, 22, True),
        (EXEMPTION, 23, True),
        (EXEMPTION, 24, False),
        (EXTENSION, 22, True),
        (EXTENSION, 23, True),
        (EXTENSION, 24, False),
        (REPLACEMENT, 24, True),
        (ACCESS, 24, True),
    ],
)
def test_an_exemption_and_more_time_are_asked_for_by_the_due_day_itself(kind, day, in_time):
    why_not = why_not_ask(kind, replace(NOW, on=date(2026, 11, day)))
    assert ("by the due day, 23 November 2026" in why_not) == (not in_time)
    assert bool(why_not) == (not in_time)


@pytest.mark.parametrize("kind", RequestKind)
def test_one_of_a_kind_waits_at_a_time_and_another_kind_beside_it(kind):
    waiting = replace(NOW, pending={kind})
    for asked in RequestKind:
        assert ("already" in why_not_ask(asked, waiting)) == (asked == kind)


@pytest.mark.parametrize(
    ("kind", "possible"), [(EXEMPTION, False), (EXTENSION, False), (REPLACEMENT, False), (ACCESS, True)]
)
def test_an_audit_that_its_moderator_sent_back_can_only_be_put_right(kind, possible):
    assert (why_not_ask(kind, replace(NOW, was_submitted=True)) == "") == possible


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        (date(2026, 11, 23), "must be after 23 November 2026"),
        (date(2026, 11, 20), "must be after 23 November 2026"),
        (date(2026, 11, 24), ""),
        (date(2026, 11, 28), "28 November 2026 is not a working day"),
        (date(2026, 12, 21), ""),
        (date(2026, 12, 22), "must be 21 December 2026 or before"),
    ],
)
def test_an_extension_is_to_a_working_day_after_the_present_one_and_within_the_limit(wanted, refused):
    assert why_not_until(wanted, NOW, 28).startswith("The day " + refused if refused.startswith("must") else refused)
    assert bool(why_not_until(wanted, NOW, 28)) == bool(refused)


def test_a_second_extension_is_limited_by_the_first_due_day():
    extended = replace(NOW, due_on=date(2026, 12, 4))
    assert why_not_until(date(2026, 12, 4), extended, 28) == "The day must be after 4 December 2026, when it is due now"
    assert why_not_until(date(2026, 12, 21), extended, 28) == ""
    assert "21 December 2026" in why_not_until(date(2026, 12, 29), extended, 28)


def test_a_day_that_has_passed_is_not_granted():
    assert (
        why_not_until(date(2026, 11, 25), replace(NOW, on=date(2026, 11, 26)), 28) == "The day must be today or later"
    )


def test_the_limit_is_a_working_day_and_keeps_clear_of_the_days_on_which_the_authority_is_closed():
    christmas_eve, boxing_day = date(2026, 12, 24), date(2026, 12, 26)
    assert latest_extension(boxing_day, 0) == christmas_eve
    assert latest_extension(boxing_day, 0, {christmas_eve}) == date(2026, 12, 23)


@pytest.mark.parametrize(
    ("due_on", "refused"),
    [
        (date(2026, 11, 15), "today or later"),
        (date(2026, 11, 16), ""),
        (date(2026, 11, 21), "not a working day"),
        (date(2027, 11, 16), ""),
        (date(9999, 1, 1), "within a year"),
    ],
)
def test_an_audit_that_is_asked_for_after_all_has_a_working_day_ahead(due_on, refused):
    assert refused in why_not_again(due_on, NOW.on)
    assert bool(why_not_again(due_on, NOW.on)) == bool(refused)


@pytest.mark.parametrize(
    ("kind", "changes", "why"),
    [
        (EXTENSION, {}, ""),
        (EXTENSION, {"standing": Standing.WITHDRAWN}, "taken back"),
        (ACCESS, {"standing": Standing.WITHDRAWN}, "taken back"),
        (EXTENSION, {"standing": Standing.EXEMPT}, "not have to be done"),
        (REPLACEMENT, {"state": AuditState.NOT_RETURNED}, "cycle closed"),
        (ACCESS, {"state": AuditState.NOT_RETURNED}, "cycle closed"),
        (EXEMPTION, {"by_the_auditor": False}, "Another auditor"),
        (EXEMPTION, {"state": AuditState.SUBMITTED}, "submitted"),
        (ACCESS, {"state": AuditState.SUBMITTED}, "submitted"),
        (ACCESS, {"state": AuditState.SUBMITTED, "by_the_auditor": False}, ""),
        (ACCESS, {"state": AuditState.SIGNED_OFF, "by_the_auditor": False}, ""),
        (ACCESS, {"restricted": False}, "not restricted any more"),
        (EXTENSION, {"restricted": False}, ""),
        (EXTENSION, {"was_submitted": True}, "submitted"),
        (ACCESS, {"was_submitted": True}, ""),
    ],
)
def test_a_request_falls_away_when_nothing_is_left_to_decide(kind, changes, why):
    stands = {"standing": Standing.LIVE, "state": AuditState.IN_PROGRESS, "by_the_auditor": True, "restricted": True}
    found = why_moot(kind, **{**stands, **changes})
    assert why in found
    assert bool(found) == bool(why)


@pytest.mark.parametrize(
    ("asked_on", "due_on", "day"),
    [
        (date(2026, 11, 2), DUE, date(2026, 11, 19)),
        (date(2026, 11, 18), DUE, date(2026, 11, 19)),
        (date(2026, 11, 19), DUE, date(2026, 11, 23)),
        (date(2026, 11, 23), DUE, date(2026, 11, 25)),
        (date(2026, 11, 13), None, date(2026, 11, 17)),
    ],
)
def test_those_who_decide_are_reminded_two_working_days_before_the_due_day_or_after_the_asking(asked_on, due_on, day):
    assert remind_deciders_on(asked_on, due_on, 2) == day
