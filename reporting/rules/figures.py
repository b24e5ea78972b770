"""The figures of the monthly highlight, from plain rows to the one mapping that every format prints.

The mapping of :meth:`Highlight.as_json` is the contract of the ``.json`` report: page, PDF and JSON are
all made of it, so that no two of them can differ. What is counted:

- the grade that counts is the moderated one where there is one;
- re-audits have their own return rate and stand in nothing else; directed audits stand in nothing at all;
- exempt allocations leave the denominator of the return rate; late audits are completed ones;
- a cycle belongs to a period that shares a month with it, so merged months are never cut in two;
- percentages are of ``n``, the completed audits; those without a grade are counted as ``not_graded``.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from audits.enums import AuditKind, CycleStatus, Grade, Standing
from audits.rules.returns import Returns, percent
from reporting.rules.cohorts import HIGHLIGHT_COHORTS, ReportedCohort
from reporting.rules.periods import Period
from reporting.rules.statistics import ControlChart, Proportion, control_chart, wilson

GRADES = tuple(grade.value for grade in Grade)
NOT_GRADED = "not_graded"
GOOD_OR_BETTER = (Grade.OUTSTANDING, Grade.GOOD)


class CannotReport(Exception):
    """There is nothing to count. The message is a sentence for whoever asked."""


# -- Rows in -------------------------------------------------------------------------------------


class CycleRow(NamedTuple):
    """A cycle: the first days of its first and last month, and its status (planned, open, closed, paused).

    A paused one says why, and what was done instead.
    """

    key: str
    first_month: date
    last_month: date
    status: str
    pause_reason: str = ""
    instead: str = ""


class ReturnRow(NamedTuple):
    """``number`` allocations that are alike in what the return rate and the judgements ask."""

    cycle: str
    kind: str
    standing: str
    completed: bool
    late: bool
    moderated: bool
    original_grade: str = ""
    moderated_grade: str = ""
    number: int = 1


class SectionGrades(NamedTuple):
    """A section's grades in one audit; blank is not graded."""

    original: str = ""
    moderated: str = ""
    applicable: bool = True


class AuditRow(NamedTuple):
    """One completed audit: its grades, overall and by section name, and the cohorts its child is in."""

    cycle: str
    kind: str
    original_grade: str
    moderated_grade: str
    sections: Mapping[str, SectionGrades] = {}
    cohorts: Collection[str] = frozenset()


# -- Figures out ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grades:
    """How a number of audits were graded. ``counts`` holds all four grades and ``not_graded``."""

    counts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, grades: Iterable[str]) -> "Grades":
        return cls(Counter(grade or NOT_GRADED for grade in grades))

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    @property
    def good_or_better(self) -> Proportion:
        return Proportion(sum(self.counts.get(grade, 0) for grade in GOOD_OR_BETTER), self.n)

    def as_json(self) -> dict[str, Any]:
        every = [*GRADES, NOT_GRADED]
        better = self.good_or_better
        return {
            "n": self.n,
            "counts": {grade: self.counts.get(grade, 0) for grade in every},
            "percent": {grade: percent(self.counts.get(grade, 0), self.n) for grade in every},
            NOT_GRADED: self.counts.get(NOT_GRADED, 0),
            "good_or_better": {
                "count": better.count,
                "percent": percent(better.count, better.of),
                "interval": _interval(better.count, better.of),
            },
        }


@dataclass(frozen=True)
class CycleFigures:
    """One cycle: its returns by kind and, for its audits, the overall judgements."""

    cycle: CycleRow
    audits: Returns
    reaudits: Returns
    judgements: Grades


@dataclass(frozen=True)
class Moderation:
    """What moderation made of the overall grades that Stage 1 gave."""

    agreed: int = 0
    raised: int = 0
    lowered: int = 0


@dataclass(frozen=True)
class Highlight:
    """Every figure of a monthly highlight report."""

    period: Period
    since: date
    cumulative: CycleFigures
    in_period: CycleFigures
    cycles: Sequence[CycleFigures]
    trend: ControlChart
    sections: Mapping[str, Grades]
    cohorts: Sequence[tuple[ReportedCohort, Grades]]
    profiles: Sequence[tuple[str, Grades]]
    moderation: Moderation

    @property
    def outstanding_categories(self) -> int:
        """The number of sections in which at least one audit of the period is Outstanding."""
        return sum(1 for grades in self.sections.values() if grades.counts.get(Grade.OUTSTANDING))

    def as_json(self) -> dict[str, Any]:
        return {
            "report": "highlight",
            "period": {"from": f"{self.period.first:%Y-%m}", "to": f"{self.period.last:%Y-%m}"},
            "since": f"{self.since:%Y-%m}",
            "programme": {
                name: {"audits": _returns(figures.audits), "reaudits": _returns(figures.reaudits)}
                for name, figures in (("cumulative", self.cumulative), ("cycle", self.in_period))
            },
            "returns": [
                {
                    "cycle": figures.cycle.key,
                    "status": figures.cycle.status,
                    "audits": _returns(figures.audits),
                    "reaudits": _returns(figures.reaudits),
                }
                for figures in self.cycles
            ],
            "judgements": [
                {
                    "cycle": figures.cycle.key,
                    "status": figures.cycle.status,
                    **figures.judgements.as_json(),
                    "limits": [limits.low, limits.high] if limits else None,
                }
                for figures, limits in zip(self.cycles, self.trend.limits, strict=True)
            ],
            "pauses": [
                {"cycle": cycle.key, "reason": cycle.pause_reason, "instead": cycle.instead}
                for cycle in (figures.cycle for figures in self.cycles)
                if cycle.status == CycleStatus.PAUSED
            ],
            "period_judgements": self.in_period.judgements.as_json(),
            "trend": {
                "measure": "good_or_better",
                "centre": self.trend.centre,
                "signals": [
                    {
                        "rule": signal.rule.value,
                        "from": self.cycles[signal.first].cycle.key,
                        "to": self.cycles[signal.last].cycle.key,
                        "up": signal.up,
                    }
                    for signal in self.trend.signals
                ],
            },
            "sections": {name: grades.as_json() for name, grades in self.sections.items()},
            "cohorts": [
                {"cohort": cohort.key, "name": cohort.name, **grades.as_json()} for cohort, grades in self.cohorts
            ],
            "outstanding_categories": self.outstanding_categories,
            "profiles": [_profile(overall, grades) for overall, grades in self.profiles],
            "moderation": {
                "agreed": self.moderation.agreed,
                "raised": self.moderation.raised,
                "lowered": self.moderation.lowered,
            },
        }


def _interval(count: int, of: int) -> list[float] | None:
    interval = wilson(count, of)
    return [interval.low, interval.high] if interval else None


def _returns(returns: Returns) -> dict[str, Any]:
    return {
        "allocated": returns.allocated,
        "completed": returns.completed,
        "late": returns.late,
        "exempt": returns.exempt,
        "rate": returns.rate,
        "outstanding": returns.outstanding,
        "moderated": returns.moderated,
        "interval": _interval(returns.completed, returns.allocated),
    }


def _profile(overall: str, sections: Grades) -> dict[str, Any]:
    figures = sections.as_json()
    return {"overall": overall or NOT_GRADED, "n": figures["n"], "counts": figures["counts"]}


# -- Counting ------------------------------------------------------------------------------------


def highlight(
    *,
    cycles: Iterable[CycleRow],
    returns: Iterable[ReturnRow],
    audits: Iterable[AuditRow],
    period: Period,
    since: date | None = None,
    cohorts: Sequence[ReportedCohort] = HIGHLIGHT_COHORTS,
) -> Highlight:
    """Count a highlight report.

    ``cycles`` and ``returns`` are those of the whole programme, ``audits`` the completed ones of the
    period at least; whatever lies outside is left out here. ``since`` (first day of a month) bounds only
    the cumulative figures; without it they run from the programme's first cycle.
    Raises :class:`CannotReport` for a period with neither allocations nor audits, or one that ends before ``since``.
    """
    told = sorted((cycle for cycle in cycles if cycle.first_month <= period.last), key=lambda cycle: cycle.first_month)
    by_cycle: dict[str, list[ReturnRow]] = {cycle.key: [] for cycle in told}
    for row in returns:
        if row.cycle in by_cycle:
            by_cycle[row.cycle].append(row)

    here = [cycle for cycle in told if period.touches(cycle.first_month, cycle.last_month)]
    if not any(by_cycle[cycle.key] for cycle in here):
        raise CannotReport(f"No audits were allocated or completed in {period}.")
    start = since or told[0].first_month
    if start > period.last:
        raise CannotReport(f"The report's period {period} ends before {start:%Y-%m}, from which it is to count.")

    figures = [_count_cycle(cycle, by_cycle[cycle.key]) for cycle in told]
    keys = {cycle.key for cycle in here}
    completed = [row for row in audits if row.kind == AuditKind.AUDIT and row.cycle in keys]
    return Highlight(
        period=period,
        since=start,
        cumulative=_together(each for each in figures if each.cycle.last_month >= start),
        in_period=_together(each for each in figures if each.cycle.key in keys),
        cycles=figures,
        trend=control_chart([each.judgements.good_or_better for each in figures]),
        sections=_sections(completed),
        cohorts=[
            (cohort, Grades.of(_grade(row) for row in completed if cohort.key in row.cohorts)) for cohort in cohorts
        ],
        profiles=_profiles(completed),
        moderation=_moderation(completed),
    )


def _count_cycle(cycle: CycleRow, rows: Collection[ReturnRow]) -> CycleFigures:
    judgements: Counter[str] = Counter()
    for row in rows:
        if row.kind == AuditKind.AUDIT and row.standing == Standing.LIVE and row.completed:
            judgements[_grade(row) or NOT_GRADED] += row.number
    return CycleFigures(
        cycle=cycle,
        audits=_count_returns(row for row in rows if row.kind == AuditKind.AUDIT),
        reaudits=_count_returns(row for row in rows if row.kind == AuditKind.REAUDIT),
        judgements=Grades(judgements),
    )


def _count_returns(rows: Iterable[ReturnRow]) -> Returns:
    """Withdrawn allocations are as if they had never been made."""
    count: Counter[str] = Counter()
    for row in rows:
        if row.standing == Standing.EXEMPT:
            count["exempt"] += row.number
        elif row.standing == Standing.LIVE:
            count["allocated"] += row.number
            if row.completed:
                count["completed"] += row.number
                count["late"] += row.number * row.late
                count["moderated"] += row.number * row.moderated
    return Returns(**count)


def _together(figures: Iterable[CycleFigures]) -> CycleFigures:
    """Several cycles as one; it keeps the first one's name."""
    every = list(figures)
    judgements: Counter[str] = Counter()
    for each in every:
        judgements.update(each.judgements.counts)
    return CycleFigures(
        cycle=every[0].cycle,
        audits=sum((each.audits for each in every), Returns()),
        reaudits=sum((each.reaudits for each in every), Returns()),
        judgements=Grades(judgements),
    )


def _grade(row: ReturnRow | AuditRow) -> str:
    return row.moderated_grade or row.original_grade


def _section_grade(grades: SectionGrades) -> str:
    return grades.moderated or grades.original


def _sections(audits: Sequence[AuditRow]) -> dict[str, Grades]:
    """Grades by section, in the order in which the sections first come.

    A section that was not applicable in an audit leaves that section's ``n``; one that an audit does not
    have at all was not graded in it.
    """
    names = dict.fromkeys(name for row in audits for name in row.sections)
    missing = SectionGrades()
    return {
        name: Grades.of(
            _section_grade(row.sections.get(name, missing))
            for row in audits
            if row.sections.get(name, missing).applicable
        )
        for name in names
    }


def _profiles(audits: Iterable[AuditRow]) -> list[tuple[str, Grades]]:
    """Each audit's overall grade and the count of its section grades, best first.

    The order is that of the grades themselves, so that a place in the list points at no case.
    """
    profiles = [
        (_grade(row), Grades.of(_section_grade(each) for each in row.sections.values() if each.applicable))
        for row in audits
    ]
    rank = {grade: place for place, grade in enumerate((*GRADES, ""))}
    return sorted(
        profiles,
        key=lambda profile: (rank[profile[0]], *(-profile[1].counts.get(grade, 0) for grade in GRADES)),
    )


def _moderation(audits: Iterable[AuditRow]) -> Moderation:
    count: Counter[str] = Counter()
    for row in audits:
        if row.original_grade and row.moderated_grade:
            change = GRADES.index(row.original_grade) - GRADES.index(row.moderated_grade)
            count["raised" if change > 0 else "lowered" if change < 0 else "agreed"] += 1
    return Moderation(**count)
