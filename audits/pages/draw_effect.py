"""What other settings would make of the next draw: the figures of two trial draws side by side. Numbers only: the
administrator, for whom they are, sees no case."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from audits.enums import CycleStatus, DrawKind
from audits.models import Cycle
from audits.rules.allocation import DrawResult
from audits.rules.allocation.reasons import AuditorRule, CaseRule, PairRule, SoftRule
from audits.rules.allocation.result import QuotaOutcome
from audits.rules.deadlines import add_months
from audits.rules.programme import Programme
from audits.services.cycles import find
from audits.services.draws import dry_runs

GIVEN_UP: dict[PairRule | SoftRule, str] = {
    SoftRule.REPEAT_WORKER: "Auditor and worker together again",
    SoftRule.REPEAT_TEAM: "Auditor and team together again",
    PairRule.OWN_TEAM: "A case of the auditor’s own team",
    PairRule.LINE_MANAGEMENT: "A worker in the auditor’s line of management",
    PairRule.INVOLVED: "An auditor who was involved with the case",
}


class Line(NamedTuple):
    """One figure before and after; None where it is not counted. `whole`: the larger thing that it is a part of, for
    telling how much it changes; 0 where the figure only explains another one."""

    label: str
    before: int | None
    after: int | None
    whole: int = 0

    @property
    def difference(self) -> str:
        """`+3`; empty where one of the two is not counted."""
        if self.before is None or self.after is None:
            return ""
        return f"{self.after - self.before:+,}".replace("-", "−") if self.is_changed else "0"

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    @property
    def weight(self) -> float:
        """How much of the whole the change makes up."""
        return abs((self.after or 0) - (self.before or 0)) / self.whole if self.whole else 0.0


class Table(NamedTuple):
    title: str
    lines: list[Line]


class DrawEffect(NamedTuple):
    """`most`: what changes most, in a sentence. `notes`: what the new settings ask for and would not get."""

    tables: list[Table]
    most: str
    notes: list[str]


def next_cycle(on: date) -> Cycle:
    """The next cycle that is not published: of the month after this one, or of the first later one that is neither
    published nor paused. A month that nobody has planned yet is not stored."""
    month = add_months(on, 1)
    while cycle := find(month):
        if cycle.status == CycleStatus.PLANNED:
            return cycle
        month = add_months(cycle.last_month, 1)
    return Cycle(first_month=month, last_month=month)


def waiting_draw(cycle: Cycle) -> str:
    """That the cycle has been drawn already, and under which version it stays; empty where it has not."""
    draw = cycle.draws.filter(kind=DrawKind.MONTH).select_related("rules").first() if cycle.pk else None
    if draw is None:
        return ""
    return (
        f"{cycle.name} has been drawn under version {draw.rules.number} and waits to be published. "
        "It keeps that version, unless it is drawn again."
    )


def draw_effect(cycle: Cycle, before: Programme, after: Programme) -> DrawEffect:
    """Two trial draws of the cycle with the same seed, so that nothing differs but the settings."""
    seed = int(f"{cycle.first_month:%Y%m}")
    old, new = map(_figures, dry_runs(cycle=cycle, seed=seed, programmes=(before, after)))
    tables = [
        Table("Cases", list(_cases(old, new))),
        Table("Places", list(_places(old, new))),
        Table("Re-audits", list(_reaudits(old, new))),
        Table("Cohorts", list(_cohorts(old, new))),
        Table("Who audits what", list(_auditors(old, new))),
    ]
    tables = [table for table in tables if table.lines]
    return DrawEffect(tables, _most(tables), list(_notes(cycle, new, after)))


class _Figures(NamedTuple):
    """What is kept of a trial: the list of a national draw's cases is let go before the next draw."""

    population: int
    eligible: int
    excluded: Counter[CaseRule]
    places: int
    filled: int
    unfilled: int
    left_out: Counter[AuditorRule]
    excess: int
    dimensions: int
    due: int
    seated: int
    quotas: tuple[QuotaOutcome, ...]
    same_area: int
    given_up: Counter[PairRule | SoftRule]


def _figures(result: DrawResult) -> _Figures:
    return _Figures(
        population=result.population,
        eligible=result.eligible,
        excluded=Counter(result.excluded),
        places=result.places,
        filled=result.filled,
        unfilled=len(result.unfilled),
        left_out=Counter(result.left_out.values()),
        excess=result.excess,
        dimensions=len(result.strata),
        due=len(result.reaudits),
        seated=sum(outcome.auditor is not None for outcome in result.reaudits),
        quotas=result.cohort_quotas,
        same_area=sum(pair.why.same_area for pair in result.pairs),
        given_up=Counter(rule for pair in result.pairs for rule in pair.why.given_up),
    )


def _cases(old: _Figures, new: _Figures) -> Iterator[Line]:
    yield Line("Cases held", old.population, new.population)
    for rule in CaseRule:
        if old.excluded[rule] or new.excluded[rule]:
            yield Line(rule.sentence, old.excluded[rule], new.excluded[rule])
    yield Line("Cases that can be drawn", old.eligible, new.eligible, max(old.population, new.population))


def _places(old: _Figures, new: _Figures) -> Iterator[Line]:
    whole = max(old.places, new.places)
    yield Line("Places", old.places, new.places, whole)
    yield Line("Places filled", old.filled, new.filled, whole)
    yield Line("Places without a case", old.unfilled, new.unfilled, whole)
    for rule in AuditorRule:
        if old.left_out[rule] or new.left_out[rule]:
            yield Line(f"Auditors without a place: {rule.sentence}", old.left_out[rule], new.left_out[rule])
    everywhere = whole * max(old.dimensions, new.dimensions)
    yield Line("Cases too many or too few to be in proportion", old.excess, new.excess, everywhere)


def _reaudits(old: _Figures, new: _Figures) -> Iterator[Line]:
    whole = max(old.due, new.due)
    if whole:
        yield Line("Re-audits due", old.due, new.due, whole)
        yield Line("Re-audits with an auditor", old.seated, new.seated, whole)


def _cohorts(old: _Figures, new: _Figures) -> Iterator[Line]:
    before, after = ({quota.name: quota for quota in figures.quotas} for figures in (old, new))
    whole = max(old.places, new.places)
    for name in dict.fromkeys((*before, *after)):
        was, becomes = before.get(name), after.get(name)
        yield Line(f"{name}: can be drawn", was and was.population, becomes and becomes.population)
        yield Line(f"{name}: wanted", was.wanted if was else 0, becomes.wanted if becomes else 0, whole)
        yield Line(f"{name}: drawn", was and was.drawn, becomes and becomes.drawn)


def _auditors(old: _Figures, new: _Figures) -> Iterator[Line]:
    whole = max(old.filled, new.filled)
    yield Line("In the auditor’s own area", old.same_area, new.same_area, whole)
    for rule, label in GIVEN_UP.items():
        if old.given_up[rule] or new.given_up[rule] or isinstance(rule, SoftRule):
            yield Line(label, old.given_up[rule], new.given_up[rule], whole)


def _most(tables: list[Table]) -> str:
    lines = [line for table in tables for line in table.lines]
    largest = max(lines, key=lambda line: line.weight)
    if largest.weight:
        return f"What changes most: “{largest.label}”, from {largest.before or 0:,} to {largest.after or 0:,}."
    if any(line.is_changed for line in lines):
        return "Only why cases and auditors are left out changes: as many are drawn as before."
    return "None of these numbers changes."


def _notes(cycle: Cycle, figures: _Figures, programme: Programme) -> Iterator[str]:
    wanted = sum(quota.cases for quota in programme.quotas)
    if wanted > figures.places:
        yield (
            f"The cohorts ask for {wanted:,} cases together, and {cycle.name} has {figures.places:,} places. "
            "They can only all be met by cases that belong to several cohorts."
        )
    for quota in figures.quotas:
        if quota.sentence:
            yield f"{quota.name}: {quota.sentence}"
