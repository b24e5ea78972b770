import pytest

from accounts.rules.line_management import chain_above, in_one_line

# 1 ← 2 ← 3 (director), and 4 ← 3
MANAGERS = {1: 2, 2: 3, 3: None, 4: 3}


def test_a_chain_names_the_nearest_manager_first() -> None:
    assert chain_above(1, MANAGERS) == (2, 3)


def test_a_person_nobody_knows_has_no_chain() -> None:
    assert chain_above(99, MANAGERS) == ()


def test_a_circle_of_managers_is_followed_once() -> None:
    assert chain_above(1, {1: 2, 2: 3, 3: 1}) == (2, 3)
    assert chain_above(0, {0: 1, 1: 2, 2: 1}) == (1, 2)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(1, 1, True), (2, 1, True), (1, 2, True), (3, 1, True), (1, 3, True), (4, 1, False), (4, 2, False)],
)
def test_a_line_runs_both_ways_and_through_others(one: int, other: int, expected: bool) -> None:
    assert in_one_line(one, other, MANAGERS) is expected
