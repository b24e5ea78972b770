"""What the pages of cycles show, as plain values: the list with its return rates, and a draw in all its parts."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import Count, Q, QuerySet

from accounts.models import Person
from audits.enums import COMPLETED_STATES, AuditKind, CycleStatus, Standing
from audits.models import Case, Cycle, Draw
from audits.rules.allocation.eligibility import UNKNOWN
from audits.rules.allocation.facts import AGE_BANDS
from audits.why import DIMENSIONS, SENTENCES, explain, value_in_words

TAGS = {
    CycleStatus.PLANNED: "grey",
    CycleStatus.OPEN: "blue",
    CycleStatus.CLOSED: "green",
    CycleStatus.PAUSED: "orange",
}
AGES = [band.name for band in AGE_BANDS]
BAR_LENGTH = 160


def with_counts(cycles: QuerySet[Cycle]) -> QuerySet[Cycle]:
    """Adds `allocated` and `completed`: drawn audits that count, and those whose Stage 1 was submitted."""
    counts = Q(allocations__kind=AuditKind.AUDIT, allocations__standing=Standing.LIVE)
    return cycles.annotate(
        allocated=Count("allocations", filter=counts),
        completed=Count("allocations", filter=counts & Q(allocations__audit__state__in=COMPLETED_STATES)),
    )


class Row(NamedTuple):
    """One value of a dimension: its part of the eligible cases and of the drawn ones, in cases and in per cent."""

    value: str
    population: int
    population_percent: float
    drawn: int
    drawn_percent: float

    @property
    def difference(self) -> str:
        """In percentage points."""
        return f"{self.drawn_percent - self.population_percent:+.1f}".replace("-", "−")


class Dimension(NamedTuple):
    title: str
    rows: list[Row]

    @property
    def bars(self) -> list[tuple[Row, float, float]]:
        """Each row with the lengths of its two bars, the longest of the table being BAR_LENGTH."""
        longest = max((max(row.population_percent, row.drawn_percent) for row in self.rows), default=0) or 1
        scale = BAR_LENGTH / longest
        return [
            (row, round(row.population_percent * scale, 1), round(row.drawn_percent * scale, 1)) for row in self.rows
        ]


class Place(NamedTuple):
    """A place without a case, or an auditor without a place. `against`: how many cases are kept away, by which rule."""

    person: str
    sentence: str
    against: list[tuple[int, str]]


class LoadRow(NamedTuple):
    """How many of the auditors have been given so many audits, this draw included; and the length of its bar."""

    audits: int
    auditors: int
    length: float


class Figures(NamedTuple):
    """A draw as its page shows it."""

    excluded: list[tuple[str, int]]
    dimensions: list[Dimension]
    unfilled: list[Place]
    left_out: list[Place]
    load: list[LoadRow]
    same_area: int
    with_area: int


def figures_of(draw: Draw) -> Figures:
    summary, pairs = draw.summary, draw.pairs
    people = {place["auditor"] for place in summary["unfilled"]} | {int(pk) for pk in summary["left_out"]}
    names = dict(Person.objects.filter(pk__in=people).order_by().values_list("pk", "name"))
    whys = [pair["why"] for pair in pairs]
    return Figures(
        excluded=[(SENTENCES[rule], count) for rule, count in summary["excluded"].items()],
        dimensions=_dimensions(summary),
        unfilled=[_place(names, place) for place in summary["unfilled"]],
        left_out=[Place(names[int(pk)], SENTENCES[rule], []) for pk, rule in summary["left_out"].items()],
        load=_load(pairs),
        same_area=sum(why["same_area"] for why in whys),
        with_area=sum(why["case_area"] is not None for why in whys),
    )


def _dimensions(summary: dict[str, Any]) -> list[Dimension]:
    return [
        Dimension(
            DIMENSIONS.get(key, key),
            [
                Row(
                    value_in_words(key, value),
                    share["population"],
                    _percent(share["population"], summary["eligible"]),
                    share["drawn"],
                    _percent(share["drawn"], summary["filled"]),
                )
                for value, share in sorted(shares.items(), key=lambda item: _in_order(item[0]))
            ],
        )
        for key, shares in summary["strata"].items()
    ]


def _in_order(value: str) -> tuple[int, str]:
    """Age bands by age, what is not known last, everything else by the alphabet."""
    return (AGES.index(value) if value in AGES else len(AGES) if value == UNKNOWN else 0), value


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _place(names: dict[int, str], place: dict[str, Any]) -> Place:
    against = sorted(((count, SENTENCES[rule]) for rule, count in place["against"].items()), reverse=True)
    return Place(names[place["auditor"]], place["sentence"], against)


def _load(pairs: Iterable[dict[str, Any]]) -> list[LoadRow]:
    load: Counter[int] = Counter()
    for pair in pairs:
        load[pair["auditor"]] = max(load[pair["auditor"]], pair["why"]["auditor_load"])
    load.update(pair["auditor"] for pair in pairs)
    spread = Counter(load.values())
    longest = max(spread.values(), default=1)
    return [LoadRow(audits, n, round(BAR_LENGTH * n / longest, 1)) for audits, n in sorted(spread.items())]


class PairRow(NamedTuple):
    case: Case
    auditor: Person
    why: Any
    same_area: bool


def pairs_on(page: Page) -> list[PairRow]:
    """The pairs on a page of a draw that is not published: what the cases are today."""
    shown = list(page.object_list)
    cases = Case.objects.select_related("team", "service").in_bulk([pair["case"] for pair in shown])
    people = Person.objects.select_related("team").in_bulk([pair["auditor"] for pair in shown])
    return [
        PairRow(cases[pair["case"]], people[pair["auditor"]], explain(pair["why"]), pair["why"]["same_area"])
        for pair in shown
        if pair["case"] in cases and pair["auditor"] in people
    ]
