from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.rules.returns import Returns, percent
from reporting.rules.statistics import (
    Interval,
    Proportion,
    Rule,
    Signal,
    control_chart,
    wilson,
)

counts = st.integers(0, 2000)


# -- Percentages and rates -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "of", "expected"),
    [
        (0, 7, 0.0),
        (7, 7, 100.0),
        (1, 3, 33.3),
        (2, 3, 66.7),
        (1, 16, 6.3),  # 6.25 exactly: half goes up, where Python's round() goes to 6.2
        (1, 32, 3.1),  # 3.125
        (1, 80, 1.3),  # 1.25
        (3, 80, 3.8),  # 3.75
        (57, 2000, 2.9),  # 2.85, which a binary fraction holds as a little less
        (999, 1000, 99.9),
        (1999, 2000, 100.0),  # 99.95
    ],
)
def test_a_percentage_is_rounded_half_up_to_one_decimal(count, of, expected):
    assert percent(count, of) == expected


def test_a_percentage_of_nothing_is_no_number():
    assert percent(0, 0) is None


def test_percentages_are_not_adjusted_to_add_to_a_hundred():
    assert [percent(1, 3)] * 3 == [33.3, 33.3, 33.3]
    assert sum(percent(count, 16) for count in (1, 1, 1, 13)) == pytest.approx(100.2)


@given(counts, st.integers(1, 2000))
def test_every_percentage_is_what_decimal_arithmetic_gives(count, of):
    exact = (Decimal(100 * count) / Decimal(of)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    assert percent(count, of) == float(exact)


def test_the_rate_is_completed_of_allocated_with_late_ones_counted_as_completed():
    returns = Returns(allocated=40, completed=35, late=6, exempt=3)
    assert returns.rate == 87.5
    assert returns.outstanding == 5


def test_the_rate_of_a_month_without_allocations_is_no_number():
    assert Returns(exempt=2).rate is None


def test_returns_add_up():
    assert Returns(10, 8, 2, 1, 5) + Returns(4, 4, 0, 0, 4) == Returns(14, 12, 2, 1, 9)


# -- Intervals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (0, 10, 0.0, 27.8),  # published examples of Wilson's interval without continuity correction
        (10, 10, 72.2, 100.0),
        (5, 10, 23.7, 76.3),
        (81, 263, 25.5, 36.6),  # Newcombe 1998, table I: 0.2553 to 0.3662
        (15, 148, 6.2, 16.0),  # Newcombe 1998, table I: 0.0624 to 0.1605
        (1, 29, 0.6, 17.2),  # Newcombe 1998, table I: 0.0061 to 0.1718
    ],
)
def test_wilson_interval_agrees_with_published_values(count, of, low, high):
    assert wilson(count, of) == Interval(low, high)


def test_there_is_no_interval_of_nothing():
    assert wilson(0, 0) is None


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_percentage_and_stays_within_0_and_100(pair):
    count, of = pair
    interval = wilson(count, of)
    assert 0 <= interval.low <= percent(count, of) <= interval.high <= 100


@given(st.integers(0, 40), st.integers(40, 80))
def test_an_interval_mirrors_when_success_and_failure_change_places(count, of):
    one, other = wilson(count, of), wilson(of - count, of)
    assert one.low == pytest.approx(100 - other.high, abs=0.11)


# -- Signals -------------------------------------------------------------------------------------


def series(*counts, of=100):
    return [Proportion(count, of) for count in counts]


def signals(*args, **kwargs):
    return control_chart(*args, **kwargs).signals


def test_noise_about_the_mean_is_no_signal():
    assert signals(series(50, 55, 48, 52, 47, 53, 50, 46, 54)) == ()


def test_the_centre_line_is_the_mean_of_all_cases_not_of_the_points():
    chart = control_chart([Proportion(1, 1), Proportion(0, 99)])
    assert chart.centre == 1.0


def test_limits_lie_three_standard_errors_about_the_mean_and_widen_for_small_months():
    chart = control_chart([Proportion(50, 100), Proportion(12, 25), Proportion(13, 25)])
    assert chart.limits == (Interval(35.0, 65.0), Interval(20.0, 80.0), Interval(20.0, 80.0))


def test_a_point_outside_its_limits_is_a_signal():
    assert signals(series(50, 52, 48, 51, 49, 85, 50, 48, 51, 50)) == (Signal(Rule.OUTSIDE, 5, 5, up=True),)


def test_a_point_below_its_limits_is_a_signal_downwards():
    assert signals(series(50, 52, 48, 51, 49, 15, 50, 48, 51, 50)) == (Signal(Rule.OUTSIDE, 5, 5, up=False),)


@pytest.mark.parametrize(("length", "found"), [(6, False), (7, True), (8, True)])
def test_seven_points_on_one_side_of_the_mean_are_a_shift(length, found):
    # zigzags, so that nothing rises or falls five times running
    high = [53, 54] * 4
    low = [47, 46] * 4
    balance = [52, 46, 53, 47]  # crossing points before and after
    points = balance[: 2 if length % 2 else 4] + high[:length] + low[:length]
    shifts = [signal for signal in signals(series(*points)) if signal.rule is Rule.SHIFT and signal.up]
    assert bool(shifts) is found


def test_a_point_on_the_mean_neither_breaks_nor_lengthens_a_shift():
    up, down = [52, 53, 52], [48, 47, 48]
    six_and_one_on_the_line = [*up, 50, *up]
    assert signals(series(*six_and_one_on_the_line, *down, *down)) == ()
    seven_and_one_on_the_line = [*up, 50, *up, 53]
    assert Signal(Rule.SHIFT, 0, 7, up=True) in signals(series(*seven_and_one_on_the_line, *down, *down, 47))


def test_five_points_in_a_row_rising_are_a_trend():
    assert signals(series(50, 49, 50, 51, 52, 53, 47, 50, 48)) == (Signal(Rule.TREND, 1, 5, up=True),)


def test_four_points_in_a_row_rising_are_no_trend():
    assert signals(series(50, 49, 50, 51, 52, 47, 51, 50)) == ()


def test_five_points_in_a_row_falling_are_a_trend():
    assert signals(series(50, 51, 50, 49, 48, 47, 53, 50, 52)) == (Signal(Rule.TREND, 1, 5, up=False),)


def test_a_repeated_value_counts_once_in_a_trend():
    assert signals(series(49, 50, 50, 51, 52, 47, 51)) == ()
    assert signals(series(48, 49, 49, 50, 51, 52, 47, 53, 50)) == (Signal(Rule.TREND, 0, 5, up=True),)


def test_a_paused_month_is_left_out_of_every_rule():
    paused = Proportion(0, 0)
    points = series(50, 49, 50, 51, 52, 53, 47, 50, 48)
    chart = control_chart([*points[:3], paused, *points[3:]])
    assert chart.signals == (Signal(Rule.TREND, 1, 6, up=True),)
    assert chart.limits[3] is None


def test_a_programme_that_has_audited_nothing_has_no_chart():
    chart = control_chart([Proportion(0, 0)] * 3)
    assert (chart.centre, chart.limits, chart.signals) == (None, (None, None, None), ())


def test_the_lengths_of_shift_and_trend_are_settings():
    points = series(50, 49, 50, 51, 47, 53, 50)
    assert signals(points) == ()
    assert signals(points, trend=3)[0] == Signal(Rule.TREND, 1, 3, up=True)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=24))
def test_a_chart_turned_upside_down_signals_the_same_places_the_other_way(counts):
    chart = control_chart([Proportion(count, 30) for count in counts])
    mirrored = control_chart([Proportion(30 - count, 30) for count in counts])
    assert [replace(signal, up=not signal.up) for signal in chart.signals] == list(mirrored.signals)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(20, 40)), min_size=1, max_size=20))
def test_a_point_is_outside_exactly_where_a_slow_reading_says_so(pairs):
    mean = Fraction(sum(count for count, _ in pairs), sum(of for _, of in pairs))
    slow = {
        place
        for place, (count, of) in enumerate(pairs)
        if (Fraction(count, of) - mean) ** 2 > 9 * mean * (1 - mean) / of
    }
    found = signals([Proportion(*pair) for pair in pairs])
    assert {signal.first for signal in found if signal.rule is Rule.OUTSIDE} == slow
