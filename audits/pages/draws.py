"""A draw in all its parts, as plain values for its page. A tried draw that nobody kept reads like a kept one."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.core.paginator import Page

from accounts.models import Person
from audits.enums import AuditKind
from audits.kept_draws.why import DIMENSIONS, SENTENCES, Why, explain, value_in_words
from audits.models import Case, Draw
from audits.pages.load import LoadChart, load_chart
from audits.rules.allocation.eligibility import UNKNOWN
from audits.rules.allocation.facts import AGE_BANDS

AGES = [band.name for band in AGE_BANDS]
BAR_LENGTH = 160


class Exclusion(NamedTuple):
    """A rule, and how many cases it kept out."""

    rule: str
    sentence: str
    cases: int


class Reaudit(NamedTuple):
    """A re-audit that is due, by the audit before; who does it, or why nobody can."""

    audit: str
    auditor: str
    sentence: str


class Row(NamedTuple):
    """One value of a dimension: its part of the eligible cases and of the drawn ones, in cases and in per cent, and the
    lengths of its two bars."""

    value: str
    population: int
    population_percent: float
    drawn: int
    drawn_percent: float
    population_bar: float
    drawn_bar: float

    @property
    def difference(self) -> str:
        """In percentage points."""
        return f"{self.drawn_percent - self.population_percent:+.1f}".replace("-", "−")


class Dimension(NamedTuple):
    title: str
    rows: list[Row]


class Gap(NamedTuple):
    """Places without a case, or auditors without a place, that have the same reason. `against`: how many of the cases
    that are left are kept away, by which rule."""

    sentence: str
    against: list[tuple[int, str]]
    people: list[str]


class Figures(NamedTuple):
    excluded: list[Exclusion]
    reaudits_due: int
    seated: list[Reaudit]
    unmet: list[Reaudit]
    quotas: list[dict[str, Any]]
    sample: int
    dimensions: list[Dimension]
    unfilled: list[Gap]
    places_unfilled: int
    left_out: list[Gap]
    load: LoadChart | None
    same_area: int
    with_area: int


def figures_of(draw: Draw) -> Figures:
    summary, pairs = draw.summary, draw.pairs
    people = {place["auditor"] for place in summary["unfilled"]} | {int(pk) for pk in summary["left_out"]}
    people |= {pair["auditor"] for pair in pairs if _is_reaudit(pair)}
    names = dict(Person.objects.filter(pk__in=people).order_by().values_list("pk", "name"))
    whys = [pair["why"] for pair in pairs]
    reaudits = summary.get("reaudits", {"due": 0, "unmet": []})
    return Figures(
        excluded=[Exclusion(rule, SENTENCES[rule], count) for rule, count in summary["excluded"].items()],
        reaudits_due=reaudits["due"],
        # By reference: in the order of the draw a place would tell something of the number of a restricted record.
        seated=sorted(Reaudit(pair["reaudit_of"], names[pair["auditor"]], "") for pair in pairs if _is_reaudit(pair)),
        unmet=sorted(Reaudit(unmet["audit"], "", unmet["sentence"]) for unmet in reaudits["unmet"]),
        quotas=summary.get("cohort_quotas", []),
        sample=sum(not _is_reaudit(pair) for pair in pairs),
        dimensions=[_dimension(key, shares) for key, shares in summary["strata"].items()],
        unfilled=_gaps(
            (names[place["auditor"]], place["sentence"], tuple(place["against"].items()))
            for place in summary["unfilled"]
        ),
        places_unfilled=len(summary["unfilled"]),
        left_out=_gaps((names[int(pk)], SENTENCES[rule], ()) for pk, rule in summary["left_out"].items()),
        load=load_chart(draw),
        same_area=sum(why["same_area"] for why in whys),
        with_area=sum(why["case_area"] is not None for why in whys),
    )


def _is_reaudit(pair: Mapping[str, Any]) -> bool:
    return pair.get("kind") == AuditKind.REAUDIT


def _dimension(key: str, shares: Mapping[str, Mapping[str, int]]) -> Dimension:
    """One dimension, its longest bar being BAR_LENGTH."""
    eligible = sum(share["population"] for share in shares.values())
    drawn = sum(share["drawn"] for share in shares.values())
    values = [
        (value, share, _percent(share["population"], eligible), _percent(share["drawn"], drawn))
        for value, share in sorted(shares.items(), key=lambda item: _in_order(item[0]))
    ]
    longest = max((max(of_population, of_drawn) for _, _, of_population, of_drawn in values), default=0) or 1
    scale = BAR_LENGTH / longest
    return Dimension(
        DIMENSIONS.get(key, key),
        [
            Row(
                value=value_in_words(key, value),
                population=share["population"],
                population_percent=of_population,
                drawn=share["drawn"],
                drawn_percent=of_drawn,
                population_bar=round(of_population * scale, 1),
                drawn_bar=round(of_drawn * scale, 1),
            )
            for value, share, of_population, of_drawn in values
        ],
    )


def _in_order(value: str) -> tuple[int, str]:
    """Age bands by age, what is not known last, everything else by the alphabet."""
    return (AGES.index(value) if value in AGES else len(AGES) if value == UNKNOWN else 0), value


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _gaps(entries: Iterable[tuple[str, str, tuple[tuple[str, int], ...]]]) -> list[Gap]:
    """Everybody with the same reason together, the reason that concerns most of them first."""
    together: dict[tuple[str, tuple[tuple[str, int], ...]], list[str]] = {}
    for person, sentence, against in entries:
        together.setdefault((sentence, against), []).append(person)
    gaps = [
        Gap(sentence, sorted(((count, SENTENCES[rule]) for rule, count in against), reverse=True), people)
        for (sentence, against), people in together.items()
    ]
    return sorted(gaps, key=lambda gap: (-len(gap.people), gap.sentence))


class PairRow(NamedTuple):
    """Who would audit what. `case` None: a restricted record, and the reader is not named for it."""

    case: Case | None
    auditor: Person
    is_reaudit: bool
    why: Why | None
    same_area: bool


def pairs_on(page: Page, reader: Person) -> list[PairRow]:
    """The pairs on a page of a draw that is not published: what the cases are today."""
    shown = list(page.object_list)
    numbers = [pair["case"] for pair in shown]
    cases = Case.objects.visible_to(reader).select_related("team", "service").in_bulk(numbers)
    hidden = set(Case.objects.unnamed_to(reader).filter(pk__in=numbers).values_list("pk", flat=True))
    people = Person.objects.select_related("team").in_bulk([pair["auditor"] for pair in shown])
    return [
        PairRow(
            cases.get(pair["case"]),
            people[pair["auditor"]],
            _is_reaudit(pair),
            explain(pair["why"]) if pair["case"] in cases else None,
            pair["why"]["same_area"],
        )
        for pair in shown
        if pair["auditor"] in people and (pair["case"] in cases or pair["case"] in hidden)
    ]
