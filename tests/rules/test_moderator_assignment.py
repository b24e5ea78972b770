from collections import Counter

from moderation.rules.assignment import assign_moderators
from moderation.rules.independence import AuditPeople, Bar

NOBODY = AuditPeople()


def test_an_audit_goes_to_the_moderator_with_the_fewest_open_moderations() -> None:
    made = assign_moderators([("CA-A", NOBODY)], {1: 2, 2: 0, 3: 1}, {})
    assert made.moderators == {"CA-A": 2}


def test_what_is_given_out_counts_for_what_follows() -> None:
    made = assign_moderators([(f"CA-{n}", NOBODY) for n in range(9)], {1: 0, 2: 0, 3: 0}, {})
    assert Counter(made.moderators.values()) == {1: 3, 2: 3, 3: 3}


def test_an_independent_moderator_with_more_to_do_comes_before_one_who_is_not() -> None:
    made = assign_moderators([("CA-A", AuditPeople(auditor=2))], {1: 9, 2: 0}, {})
    assert made.moderators == {"CA-A": 1}


def test_an_audit_that_nobody_may_moderate_is_said_with_the_reasons() -> None:
    made = assign_moderators([("CA-A", AuditPeople(auditor=1, worker=3))], {1: 0, 2: 0}, {3: 2})
    assert made.moderators == {}
    assert made.unassignable == {"CA-A": (Bar.AUDITED_IT, Bar.IN_THE_LINE)}


def test_without_moderators_every_audit_is_unassignable() -> None:
    assert assign_moderators([("CA-A", NOBODY)], {}, {}).unassignable == {"CA-A": ()}


def test_the_lot_among_equals_favours_nobody() -> None:
    drawn = Counter(
        assign_moderators([(f"CA-{n:05}", NOBODY)], {1: 0, 2: 0}, {}).moderators[f"CA-{n:05}"] for n in range(2_000)
    )
    assert min(drawn.values()) > 900  # 1,000 each on average, standard deviation 22


def test_drawing_the_lot_again_draws_the_same() -> None:
    waiting = [(f"CA-{n}", NOBODY) for n in range(20)]
    assert assign_moderators(waiting, {1: 0, 2: 0}, {}) == assign_moderators(waiting, {2: 0, 1: 0}, {})
