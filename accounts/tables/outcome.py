"""Everything that has to be said about one import, for the page and for the command line alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

LONGEST_VALUE_SHOWN = 60


class Severity(StrEnum):
    REFUSED = "refused"
    """The row is not imported."""
    WARNING = "warning"
    """The row is imported; somebody should look at it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one value. `row` is the number that a spreadsheet shows; None where the whole file
    or sheet is meant. `column` is the header as the file has it."""

    row: int | None
    column: str
    value: str
    reason: str
    severity: Severity
    sheet: str = ""
    rows: int = 1
    """How many rows have this value and this problem; `row` is the first."""

    @property
    def place(self) -> str:
        parts = [
            f"sheet “{self.sheet}”" if self.sheet else "",
            f"row {self.row}" if self.row is not None else "",
            f"column “{self.column}”" if self.column else "",
        ]
        place = ", ".join(part for part in parts if part) or "file"
        return place[0].upper() + place[1:]

    def __str__(self) -> str:
        value = f"“{self.value}”: " if self.value else ""
        more = f" ({self.rows} rows)" if self.rows > 1 else ""
        return f"{self.place}: {value}{self.reason}{more}"


@dataclass(frozen=True, slots=True)
class SheetReading:
    """How one sheet was understood. `matched` pairs our column with the file's header, in the file's
    order."""

    sheet: str
    header_row: int
    matched: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What an import understood, found wrong and did. `applied` is False where it changed nothing on purpose:
    refused rows without leave to go on, or only asked to look."""

    file_name: str
    reading: str = ""
    sheets: list[SheetReading] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    applied: bool = False

    def add(self, problem: Problem) -> None:
        self.problems.append(problem)

    @property
    def refusals(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity is Severity.REFUSED]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity is Severity.WARNING]

    @property
    def warnings_by_reason(self) -> list[tuple[str, int]]:
        """The commonest first, so that a thousand warnings of one kind read as one."""
        counts: Counter[str] = Counter()
        for problem in self.warnings:
            counts[problem.reason] += problem.rows
        return counts.most_common()

    @property
    def has_refusals(self) -> bool:
        return any(problem.severity is Severity.REFUSED for problem in self.problems)

    def to_values(self, *, most: int) -> dict[str, Any]:
        """Plain JSON values to keep and to show: the counts are whole, the lists are cut at `most` problems each."""
        return {
            "reading": self.reading,
            "sheets": [asdict(sheet) for sheet in self.sheets],
            "notes": self.notes,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "warned": len(self.warnings),
            "warnings_by_reason": self.warnings_by_reason,
            "refusals": [asdict(problem) for problem in self.refusals[:most]],
            "warnings": [asdict(problem) for problem in self.warnings[:most]],
            "refusals_left_out": max(len(self.refusals) - most, 0),
            "warnings_left_out": max(len(self.warnings) - most, 0),
            "applied": self.applied,
        }

    def as_text(self) -> str:
        """The whole report as lines of text."""
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        lines = [f"{self.file_name}: {self.reading}"]
        for sheet in self.sheets:
            name = f"Sheet “{sheet.sheet}”: " if sheet.sheet else ""
            pairs = ", ".join(ours if ours == theirs else f"{ours} = “{theirs}”" for ours, theirs in sheet.matched)
            lines.append(f"{name}columns matched: {pairs}")
            if sheet.absent:
                lines.append(f"{name}columns not in the file: {', '.join(sheet.absent)}")
            if sheet.unknown:
                lines.append(f"{name}unknown columns, ignored: {', '.join(sheet.unknown)}")
        lines += self.notes
        lines += [f"Warning. {problem}" for problem in self.warnings]
        lines += [f"Refused. {problem}" for problem in self.refusals]
        counts = f"{self.added} added, {self.changed} changed, {self.unchanged} unchanged"
        if self.has_refusals and not self.applied:
            lines.append(
                f"Nothing was imported, because rows were refused. Without those it would have been: {counts}."
            )
            counts = "0 added, 0 changed, 0 unchanged"
        lines.append(f"{counts}, {self.refused} refused, {counted(len(self.warnings), 'warning')}")
        return lines


def shown(cell: object, longest: int = LONGEST_VALUE_SHOWN) -> str:
    """A cell as a report prints it: one line, no control characters, not endless."""
    text = "" if cell is None else str(cell)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def counted(number: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
