from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.rules.suppression import Group, Shown, suppress


def group(key, good, inadequate, inside=()):
    return Group(key, {"good": good, "inadequate": inadequate}, inside)


WHOLE = group("all", 40, 20)


@pytest.mark.parametrize(
    ("good", "inadequate", "expected"),
    [
        (10, 10, Shown.ALL),
        (5, 5, Shown.ALL),
        (10, 0, Shown.ALL),  # nought points at nobody
        (0, 0, Shown.ALL),
        (4, 10, Shown.TOTAL),  # under five Good
        (10, 4, Shown.TOTAL),
        (36, 10, Shown.TOTAL),  # forty less thirty-six would be four
        (40, 20, Shown.ALL),  # the group is the whole: nobody is left over
        (2, 2, Shown.NOTHING),  # four children
        (38, 18, Shown.NOTHING),  # all but four children
    ],
)
def test_a_group_shows_what_points_at_nobody(good, inadequate, expected):
    assert suppress([group("cin", good, inadequate)], whole=WHOLE) == {"cin": expected}


@pytest.mark.parametrize(
    ("missing", "both", "expected"),
    [
        ((20, 10), (10, 5), Shown.ALL),
        ((20, 10), (0, 0), Shown.ALL),
        ((20, 10), (20, 10), Shown.ALL),
        ((20, 10), (18, 5), Shown.NOTHING),  # two children missing and Good, but not in both
        ((20, 10), (10, 3), Shown.NOTHING),
        ((20, 4), (10, 0), Shown.NOTHING),  # its container is not divided, so neither is it
    ],
)
def test_a_group_inside_another_is_shown_whole_or_not_at_all(missing, both, expected):
    groups = [group("missing", *missing), group("both", *both, inside=["missing"])]
    assert suppress(groups, whole=WHOLE)["both"] == expected


def test_the_threshold_is_a_setting():
    assert suppress([group("cin", 9, 10)], whole=WHOLE, threshold=10) == {"cin": Shown.TOTAL}


def test_a_grade_that_the_whole_does_not_have_is_nought_everywhere():
    assert suppress([Group("cin", {"good": 10, "outstanding": 0})], whole=WHOLE) == {"cin": Shown.ALL}


def published(counts, whole):
    """What a reader sees of a group: all of it, its total, or nothing."""
    key = Group("cin", dict(enumerate(counts)))
    match suppress([key], whole=Group("all", dict(enumerate(whole))))["cin"]:
        case Shown.ALL:
            return tuple(counts)
        case Shown.TOTAL:
            return sum(counts)
    return None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 11), min_size=2, max_size=4))
def test_a_reader_who_knows_the_whole_and_the_rule_cannot_work_out_a_hidden_count(whole):
    """Every table with the same published face, counted out: a hidden count has at least two values.

    Where the whole has none of a grade the group has none either; that is no secret.
    """
    faces = defaultdict(list)
    for counts in product(*(range(count + 1) for count in whole)):
        faces[published(counts, whole)].append(counts)
    for face, tables in faces.items():
        if isinstance(face, tuple):
            assert len(tables) == 1
            continue
        for column, count in enumerate(whole):
            values = {table[column] for table in tables}
            assert len(values) > 1 or count == 0


@settings(max_examples=60, deadline=None)
@given(st.tuples(st.integers(0, 12), st.integers(0, 12)), st.integers(0, 20), st.integers(0, 20))
def test_a_hidden_group_inside_another_cannot_be_worked_out_from_it(missing, more_good, more_inadequate):
    whole = group("all", missing[0] + more_good, missing[1] + more_inadequate)
    hidden = []
    for both in product(range(missing[0] + 1), range(missing[1] + 1)):
        shown = suppress([group("missing", *missing), group("both", *both, inside=["missing"])], whole=whole)
        if shown["both"] is Shown.NOTHING:
            hidden.append(both)
    for column in (0, 1):
        values = {both[column] for both in hidden}
        assert not hidden or missing[column] == 0 or len(values) > 1
