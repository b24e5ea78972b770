"""How the reports count: percentages, rates, intervals and the signals of a run of cycles.

Counts go in, numbers come out; nothing here knows the database or the clock. Every percentage is
rounded by one rule (``audits.rules.returns.percent``) and none is adjusted to make a row add up: a row of percentages
may add to 99 or 101, and the reports say so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise
from math import sqrt
from operator import itemgetter

from audits.rules.returns import percent

Z_95 = 1.959963984540054
"""The standard normal quantile of a two-sided 95% interval."""


def round_half_up(value: float, places: int = 1) -> float:
    """A value that is not a ratio of counts (an interval's end, say), rounded like a percentage."""
    scale: int = 10**places
    return int(value * scale + 0.5) / scale if value >= 0 else -round_half_up(-value, places)


@dataclass(frozen=True)
class Interval:
    """The range in which the true percentage plausibly lies, in per cent, one decimal."""

    low: float
    high: float


def wilson(count: int, of: int, z: float = Z_95) -> Interval | None:
    """Wilson's score interval for a proportion (Wilson 1927), as percentages; None of nothing.

    Chosen over the textbook interval because it stays within 0 and 100 and holds for the small
    numbers of a month's audits.
    """
    if of == 0:
        return None
    share = count / of
    shrink = 1 + z * z / of
    centre = (share + z * z / (2 * of)) / shrink
    reach = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / shrink
    return Interval(
        low=0.0 if count == 0 else round_half_up(100 * (centre - reach)),
        high=100.0 if count == of else round_half_up(100 * (centre + reach)),
    )


# -- Run charts and control limits ---------------------------------------------------------------


class Rule(StrEnum):
    """Why a run of points is more than chance."""

    OUTSIDE = "outside limits"
    SHIFT = "shift"
    TREND = "trend"


@dataclass(frozen=True)
class Signal:
    """A rule that the points ``first`` to ``last`` (positions in the series, both included) meet."""

    rule: Rule
    first: int
    last: int
    up: bool


@dataclass(frozen=True)
class Proportion:
    """One point of a chart of proportions: ``count`` of ``of``. Nothing audited is ``of=0``."""

    count: int
    of: int


@dataclass(frozen=True)
class ControlChart:
    """A chart of proportions: its centre line, the limits at each point and what they signal.

    ``centre`` and ``limits`` are percentages; a point at which nothing was audited has no limits.
    """

    centre: float | None
    limits: tuple[Interval | None, ...]
    signals: tuple[Signal, ...]


def control_chart(points: Sequence[Proportion], *, sigmas: float = 3, shift: int = 7, trend: int = 5) -> ControlChart:
    """A p-chart of a series of proportions (Shewhart), with run rules for shift and trend.

    The limits lie ``sigmas`` standard errors about the mean of all points, wider where fewer cases
    were audited. A *shift* is ``shift`` points in a row on one side of the mean; a point on the mean
    neither breaks nor lengthens the run. A *trend* is ``trend`` points in a row all rising or all
    falling; a repeated value counts once (Perla, Provost and Murray 2011). Points at which nothing
    was audited are left out of every rule.
    """
    held = [(place, point) for place, point in enumerate(points) if point.of]
    if not held:
        return ControlChart(centre=None, limits=(None,) * len(points), signals=())
    total, cases = sum(point.count for _, point in held), sum(point.of for _, point in held)
    mean = total / cases

    limits = {}
    signals = []
    for place, point in held:
        reach = sigmas * sqrt(mean * (1 - mean) / point.of)
        limits[place] = Interval(
            low=round_half_up(100 * max(0.0, mean - reach)), high=round_half_up(100 * min(1.0, mean + reach))
        )

    off = [(place, point.count * cases - total * point.of) for place, point in held]  # in whole numbers
    for (place, distance), (_, point) in zip(off, held, strict=True):
        if distance**2 > sigmas**2 * total * (cases - total) * point.of:
            signals.append(Signal(Rule.OUTSIDE, place, place, up=distance > 0))
    signals += _shifts([(place, distance > 0) for place, distance in off if distance], shift)
    signals += _trends(held, trend)
    return ControlChart(
        centre=percent(total, cases),
        limits=tuple(limits.get(place) for place in range(len(points))),
        signals=tuple(sorted(signals, key=lambda signal: (signal.first, signal.last, signal.rule))),
    )


def _shifts(sides: Sequence[tuple[int, bool]], length: int) -> Iterable[Signal]:
    """Each unbroken run on one side of the mean; ``sides`` are (place, above the mean?)."""
    for above, run in groupby(sides, key=itemgetter(1)):
        places = [place for place, _ in run]
        if len(places) >= length:
            yield Signal(Rule.SHIFT, places[0], places[-1], up=above)


def _trends(held: Sequence[tuple[int, Proportion]], length: int) -> Iterable[Signal]:
    """Each run of points that only rise or only fall; a repeated value counts once."""
    moves = []  # (from place, to place, rising?) between neighbours that differ
    for (start, before), (end, after) in pairwise(held):
        if rise := after.count * before.of - before.count * after.of:
            moves.append((start, end, rise > 0))
    for rising, run in groupby(moves, key=itemgetter(2)):
        steps = list(run)
        if len(steps) + 1 >= length:
            yield Signal(Rule.TREND, steps[0][0], steps[-1][1], up=rising)
