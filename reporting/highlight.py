"""The monthly highlight as a document: figures and narrative arranged for the page and the PDF.

It takes the figures as the .json report holds them, whether just counted or frozen at publication, so that every format
prints the same numbers. Nothing is counted here; percentages, counts and intervals are only put into words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils.safestring import SafeString

from reporting import charts, narrative
from reporting.rules import prose
from reporting.rules.cohorts import HIGHLIGHT_COHORTS
from reporting.rules.figures import GRADES, NOT_GRADED
from reporting.rules.suppression import Group, Shown, suppress
from reporting.wording import (
    Figures,
    cycle_name,
    in_brackets,
    month_name,
    nothing_audited,
    period_name,
    section_share,
    signal_sentence,
)

CYCLES_DRAWN = 13
"""Cycles that a chart shows: a year, and the same month of the year before."""
CYCLES_LISTED = 25


@dataclass(frozen=True)
class RecommendationLine:
    text: str
    owner: str = ""
    due_on: date | None = None
    is_standard: bool = False


@dataclass(frozen=True)
class Imprint:
    """How far a report has come."""

    number: int | None = None
    published_on: date | None = None
    made_on: date | None = None


@dataclass(frozen=True)
class Section:
    """A numbered section of the document, with the template that prints it."""

    number: int
    key: str
    title: str

    @property
    def template(self) -> str:
        return f"reporting/highlight/{self.key}.html"


@dataclass(frozen=True)
class Cell:
    """A count and its percentage, as they stand together in a table."""

    count: int
    percent: float | None


@dataclass(frozen=True)
class GradeRow:
    """A row of a table of grades. A row that small numbers close has a `note` in place of its `cells`."""

    name: str
    n: int | None
    cells: Sequence[Cell] = ()
    note: str = ""


@dataclass(frozen=True)
class Theme:
    """A cohort's part of the practice themes."""

    name: str
    n: int | None
    text: list[prose.Block]
    actions: list[prose.Block]


@dataclass(frozen=True)
class HighlightDocument:
    """Everything that the templates of a monthly highlight print.

    A document that is not `internal` hides small numbers in the breakdown by cohort; QA, who writes it, sees them.
    """

    figures: Figures
    imprint: Imprint
    written: Mapping[str, str] = field(default_factory=dict)
    recommendations: Sequence[RecommendationLine] = ()
    internal: bool = False

    # -- Names ------------------------------------------------------------------------------------

    title = "Monthly highlight report"

    @property
    def period(self) -> str:
        period = self.figures["period"]
        return period_name(period["from"], period["to"])

    @property
    def since(self) -> str:
        return month_name(self.figures["since"])

    @property
    def authority(self) -> str:
        return self.figures["authority"]

    @property
    def full_title(self) -> str:
        return f"{self.title}: {self.period}"

    @property
    def is_published(self) -> bool:
        return self.imprint.number is not None

    @property
    def author(self) -> str:
        return self.written.get("author", "").strip()

    @property
    def contact(self) -> str:
        return self.written.get("contact", "").strip() or self.figures["contact"]

    @cached_property
    def sections(self) -> list[Section]:
        """The sections that have something to say, numbered."""
        has = {
            "programme": True,
            "practice": bool(self.text["practice"]),
            "judgements": True,
            "sections": bool(self.figures["sections"]),
            "themes": any(row["n"] for row in self.figures["cohorts"]) or bool(self.themes),
            "feedback": any(self.text[f"feedback.{part}"] for part in ("strengths", "improvements", "quotes")),
            "reflection": bool(self.reflections or self.text["reflection.recurring"]),
            "recommendations": bool(self.recommendations),
            "reading": True,
        }
        titles = {
            "programme": "The programme",
            "practice": "Practice recommendations",
            "judgements": "Overall judgements",
            "sections": "Grades by section",
            "themes": "Practice themes",
            "feedback": "What children, families and partners told us",
            "reflection": "Social workers’ reflection",
            "recommendations": "Recommendations and practice standards",
            "reading": "How to read this report",
        }
        kept = [key for key in titles if has[key]]
        return [Section(number, key, titles[key]) for number, key in enumerate(kept, start=1)]

    # -- Text --------------------------------------------------------------------------------------

    @cached_property
    def text(self) -> dict[str, list[prose.Block]]:
        """Each box's text as paragraphs and lists; an empty box is an empty list."""
        return {key: prose.blocks(self.written.get(key, "")) for key in narrative.HIGHLIGHT_BOXES}

    @property
    def introduction(self) -> list[prose.Block]:
        return self.text["introduction"]

    @property
    def judgements_text(self) -> list[prose.Block]:
        return self.text["judgements"]

    @property
    def sections_text(self) -> list[prose.Block]:
        return self.text["sections"]

    @property
    def practice(self) -> list[prose.Block]:
        return self.text["practice"]

    @property
    def strengths(self) -> list[prose.Block]:
        return self.text["feedback.strengths"]

    @property
    def improvements(self) -> list[prose.Block]:
        return self.text["feedback.improvements"]

    @property
    def quotes(self) -> list[prose.Quote]:
        return prose.quotes(self.written.get("feedback.quotes", ""))

    @property
    def recurring(self) -> list[prose.Block]:
        return self.text["reflection.recurring"]

    @property
    def reflections(self) -> list[tuple[str, list[prose.Block]]]:
        asked = narrative.REFLECTION_QUESTIONS.items()
        answered = [(question, self.text[narrative.reflection_key(key)]) for key, question in asked]
        return [(question, text) for question, text in answered if text]

    @property
    def themes(self) -> list[Theme]:
        """The cohorts about which something is written."""
        rows = zip(HIGHLIGHT_COHORTS, self.cohort_rows, strict=True)
        every = [
            Theme(
                name=cohort.name,
                n=row.n,
                text=self.text[narrative.theme_key(cohort.key)],
                actions=self.text[narrative.actions_key(cohort.key)],
            )
            for cohort, row in rows
        ]
        return [theme for theme in every if theme.text or theme.actions]

    # -- Figures -----------------------------------------------------------------------------------

    @property
    def cycle(self) -> Figures:
        """The period's returns: `audits` and `reaudits`."""
        return self.figures["programme"]["cycle"]

    @property
    def return_rows(self) -> list[tuple[str, Figures]]:
        cumulative = self.figures["programme"]["cumulative"]
        return [
            (f"Audits, {self.period}", self.cycle["audits"]),
            (f"Audits since {self.since}", cumulative["audits"]),
            (f"Re-audits, {self.period}", self.cycle["reaudits"]),
            (f"Re-audits since {self.since}", cumulative["reaudits"]),
        ]

    @property
    def pauses(self) -> list[tuple[str, str, str]]:
        """The paused cycles among those drawn: name, reason, what was done instead."""
        drawn = {each["cycle"] for each in self.figures["judgements"][-CYCLES_DRAWN:]}
        return [
            (cycle_name(pause["cycle"]), pause["reason"].rstrip("."), pause["instead"].rstrip("."))
            for pause in self.figures["pauses"]
            if pause["cycle"] in drawn
        ]

    @property
    def judged(self) -> Figures:
        """The overall judgements of the whole period."""
        return self.figures["period_judgements"]

    @property
    def grade_names(self) -> list[str]:
        return [charts.GRADE_NAMES[grade] for grade in self._grades]

    @cached_property
    def _grades(self) -> list[str]:
        """The columns of the tables of grades: `not graded` only where the document has any."""
        every = [*self.figures["judgements"], *self.figures["sections"].values(), *self.figures["cohorts"]]
        return [*GRADES, NOT_GRADED] if any(row[NOT_GRADED] for row in every) else list(GRADES)

    def _row(self, name: str, graded: Figures, note: str = "") -> GradeRow:
        cells = [Cell(graded["counts"][grade], graded["percent"][grade]) for grade in self._grades]
        return GradeRow(name, graded["n"], cells if not note else (), note)

    @property
    def judgement_rows(self) -> list[GradeRow]:
        """The cycles, newest first."""
        listed = self.figures["judgements"][-CYCLES_LISTED:]
        return [self._row(cycle_name(each["cycle"]), each, nothing_audited(each)) for each in reversed(listed)]

    @property
    def earlier_cycles(self) -> int:
        return max(0, len(self.figures["judgements"]) - CYCLES_LISTED)

    @property
    def section_rows(self) -> list[GradeRow]:
        return [self._row(name, grades) for name, grades in self.figures["sections"].items()]

    @cached_property
    def cohort_rows(self) -> list[GradeRow]:
        rows = self.figures["cohorts"]
        if self.internal:
            return [self._row(row["name"], row) for row in rows]
        containers = {cohort.key: cohort.inside for cohort in HIGHLIGHT_COHORTS}
        groups = [Group(row["cohort"], row["counts"], containers.get(row["cohort"], ())) for row in rows]
        shown = suppress(groups, whole=Group("all", self.judged["counts"]), threshold=self.figures["small_number"])
        return [self._as_shown(row, shown[row["cohort"]]) for row in rows]

    def _as_shown(self, row: Figures, shown: Shown) -> GradeRow:
        if shown is Shown.ALL:
            return self._row(row["name"], row)
        return GradeRow(row["name"], row["n"] if shown is Shown.TOTAL else None, note="Hidden: small numbers")

    @property
    def hides_small_numbers(self) -> bool:
        return any(row.note for row in self.cohort_rows)

    @property
    def signals(self) -> list[str]:
        """What the trend says beyond chance, in sentences; only what reaches into the cycles drawn."""
        drawn = {each["cycle"] for each in self.figures["judgements"][-CYCLES_DRAWN:]}
        return [signal_sentence(each) for each in self.figures["trend"]["signals"] if each["to"] in drawn]

    @property
    def news(self) -> list[str]:
        """The signals that reach the last cycle: older ones were news in their time."""
        last = self.figures["judgements"][-1]["cycle"]
        return [signal_sentence(each) for each in self.figures["trend"]["signals"] if each["to"] == last]

    @property
    def in_short(self) -> list[str]:
        """The report in a few sentences, for somebody who reads only these."""
        sentences = []
        better = self.judged["good_or_better"]
        if better["interval"]:
            low, high = better["interval"]
            sentences.append(
                f"{better['count']} of {self.judged['n']} completed audits ({better['percent']:.1f}%) were judged Good "
                f"or Outstanding. From a sample of this size the true share may lie between {low:.1f}% and {high:.1f}%."
            )
            sentences.append(
                " ".join(self.news) or "The last cycle’s change is no more than chance would give from one to the next."
            )
        ranked = sorted(self.figures["sections"].items(), key=lambda item: -(item[1]["good_or_better"]["percent"] or 0))
        shares = {grades["good_or_better"]["percent"] for _, grades in ranked}
        if len(shares) > 1:
            sentences.append(
                f"Most often Good or Outstanding: {section_share(*ranked[0])}. "
                f"Least often: {section_share(*ranked[-1])}."
            )
        audits = self.cycle["audits"]
        if audits["outstanding"]:
            sentences.append(f"{audits['outstanding']} of {audits['allocated']} allocated audits have not come back.")
        return sentences

    # -- Charts ------------------------------------------------------------------------------------

    @property
    def returns_chart(self) -> SafeString:
        points = [
            charts.RatePoint(
                label=cycle_name(each["cycle"], short=True),
                rate=each["audits"]["rate"],
                detail=f"{each['audits']['completed']}/{each['audits']['allocated']}"
                if each["audits"]["allocated"]
                else "",
            )
            for each in self.figures["returns"][-CYCLES_DRAWN:]
        ]
        audits = self.cycle["audits"]
        title = (
            f"Audits completed of those allocated, by cycle. {self.period}: "
            f"{audits['completed']} of {audits['allocated']}{in_brackets(audits['rate'])}."
        )
        return charts.rate_columns("returns", points, title=title, target=self.figures["target"])

    @property
    def judgements_chart(self) -> SafeString:
        bars = [
            charts.GradeBar(cycle_name(each["cycle"], short=True), each["counts"], nothing_audited(each))
            for each in reversed(self.figures["judgements"][-CYCLES_DRAWN:])
        ]
        better = self.judged["good_or_better"]
        title = (
            f"Overall judgements by cycle, newest first. {self.period}: {better['count']} of {self.judged['n']} "
            f"Good or Outstanding{in_brackets(better['percent'])}."
        )
        return charts.grade_bars("judgements", bars, title=title, label_width=96)

    @property
    def trend_chart(self) -> SafeString:
        drawn = self.figures["judgements"][-CYCLES_DRAWN:]
        signalled = self._signalled()
        points = [
            charts.RatePoint(
                label=cycle_name(each["cycle"], short=True),
                rate=each["good_or_better"]["percent"],
                detail=f"{each['good_or_better']['count']}/{each['n']}" if each["n"] else "",
                limits=each["limits"] and (each["limits"][0], each["limits"][1]),
                signal=each["cycle"] in signalled,
            )
            for each in drawn
        ]
        title = "Share of audits judged Good or Outstanding, by cycle. " + (
            " ".join(self.signals) or "No change is more than chance would give."
        )
        return charts.rate_line(
            "trend", points, title=title, centre=self.figures["trend"]["centre"], measure="All cycles"
        )

    def _signalled(self) -> set[str]:
        """The cycles that lie on a signal, from its first to its last."""
        keys = [each["cycle"] for each in self.figures["judgements"]]
        runs = [(keys.index(each["from"]), keys.index(each["to"])) for each in self.figures["trend"]["signals"]]
        return {key for first, last in runs for key in keys[first : last + 1]}

    @property
    def sections_chart(self) -> SafeString:
        bars = [charts.GradeBar(name, grades["counts"]) for name, grades in self.figures["sections"].items()]
        best = max(
            self.figures["sections"].items(), key=lambda item: item[1]["good_or_better"]["percent"] or 0, default=None
        )
        title = "Grades by section" + (f"; most often Good or Outstanding: {best[0]}." if best else ".")
        return charts.grade_bars("sections", bars, title=title, label_width=190)

    @property
    def profiles_chart(self) -> SafeString:
        profiles = [charts.Profile(each["overall"], each["counts"]) for each in self.figures["profiles"]]
        title = f"The section grades of each of {len(profiles)} audits, grouped by overall grade."
        return charts.profile_grid("profiles", profiles, title=title)
