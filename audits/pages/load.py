"""Whether the load of a draw is even: how many audits its auditors have had, for each place they have."""

from collections import Counter
from math import ceil, floor
from statistics import median
from typing import NamedTuple

from audits.models import Draw

COLUMN, HEIGHT, TOP, BELOW = 46, 120, 22, 24
AT_MOST = 14


class Column(NamedTuple):
    """So many auditors with so many audits a place; and where it is drawn."""

    label: str
    auditors: int
    x: int
    middle: int
    y: float
    height: float


class LoadChart(NamedTuple):
    """Audits for each place over the months that load is judged over, this draw included."""

    columns: list[Column]
    width: int
    height: int
    baseline: int
    label_y: int
    auditors: int
    least: str
    half: str
    most: str
    months: int
    is_whole: bool


def load_chart(draw: Draw) -> LoadChart | None:
    """None where nobody was given anything."""
    loads = sorted(_loads(draw))
    if not loads:
        return None
    columns = _columns(loads)
    return LoadChart(
        columns=columns,
        width=COLUMN * len(columns),
        height=TOP + HEIGHT + BELOW,
        baseline=TOP + HEIGHT,
        label_y=TOP + HEIGHT + 17,
        auditors=len(loads),
        least=_number(loads[0]),
        half=_number(median(loads)),
        most=_number(loads[-1]),
        months=draw.rules.programme.load_months,
        is_whole=_are_whole(loads),
    )


def _loads(draw: Draw) -> list[float]:
    """Of each auditor who was given something. Their places are those of this draw, filled or not."""
    before: dict[int, int] = {}
    for pair in draw.pairs:
        load = pair["why"]["auditor_load"]
        before[pair["auditor"]] = max(before.get(pair["auditor"], 0), load)
    given = Counter(pair["auditor"] for pair in draw.pairs)
    empty = Counter(place["auditor"] for place in draw.summary["unfilled"])
    return [(load + given[auditor]) / (given[auditor] + empty[auditor]) for auditor, load in before.items()]


def _columns(loads: list[float]) -> list[Column]:
    """Columns of the same width, as many as are needed, at most AT_MOST."""
    first, last = floor(loads[0]), floor(loads[-1])
    width = ceil((last - first + 1) / AT_MOST)
    counts = Counter((floor(load) - first) // width for load in loads)
    tallest = max(counts.values())
    whole = _are_whole(loads)
    columns = []
    for place in range((last - first) // width + 1):
        begins = first + place * width
        ends = begins + width - 1
        height = round(HEIGHT * counts[place] / tallest, 1)
        columns.append(
            Column(
                label=f"{begins}" if whole and ends == begins else f"{begins}–{ends if whole else ends + 1}",
                auditors=counts[place],
                x=COLUMN * place + 4,
                middle=COLUMN * place + COLUMN // 2,
                y=round(TOP + HEIGHT - height, 1),
                height=height,
            )
        )
    return columns


def _are_whole(loads: list[float]) -> bool:
    return all(load.is_integer() for load in loads)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
