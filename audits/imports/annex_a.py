"""The Ofsted Annex A workbook as cases: one a child, over every list that the child is on.

Pure: a table file in, cases and what has to be said about them out. Only a missing or unreadable child id
refuses a row; what else is wrong is taken with a warning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any

from accounts.tables.headers import Match, Name, match_headers
from accounts.tables.outcome import Outcome, Problem, Severity, SheetReading, counted, shown
from accounts.tables.refusal import FileRefused
from accounts.tables.schema import Row, RowReader
from accounts.tables.sheets import Sheet, TableFile
from accounts.tables.values import loose
from audits.enums import PlanType
from audits.imports.annex_a_lists import CHILD_ID, LISTS, NOT_NEEDED, AnnexList, list_of_sheet
from audits.imports.oddities import oddities

HEADER_WITHIN_ROWS = 20
PRECEDENCE = (
    PlanType.IN_CARE,
    PlanType.CHILD_PROTECTION,
    PlanType.CHILD_IN_NEED,
    PlanType.CARE_LEAVER,
    PlanType.EARLY_HELP,
)


@dataclass(frozen=True)
class Entry:
    """One row of one list. It is over where its end lies on or before the day the workbook is of."""

    listed: AnnexList
    row: Row
    reader: RowReader
    over: bool

    def value(self, name: str) -> Any:
        return self.row.values.get(name)

    def warn(self, column: str, value: object, reason: str) -> None:
        self.reader.warn(self.row.number, column, value, reason)


@dataclass(frozen=True)
class ChildCase:
    """One child's case. `team` and `worker` are names, as the workbook has them; `statuses` the plans the
    child has at once. `entries` are the rows it was made of, the one that counts first."""

    case_id: str
    plan_type: PlanType
    statuses: tuple[PlanType, ...]
    date_of_birth: date | None
    gender: str
    ethnicity: str
    disability: bool | None
    team: str
    worker: str
    is_open: bool
    opened_on: date | None
    closed_on: date | None
    cp_category: str
    missing_last_6_months: bool | None
    entries: tuple[Entry, ...] = field(repr=False)


def read_annex_a(file: TableFile, *, as_of: date, outcome: Outcome) -> list[ChildCase]:
    """The cases of an Annex A workbook as it stood on the day `as_of`: a plan that ended on or before it is
    over.

    Raises FileRefused where the file is no Annex A workbook.
    """
    outcome.reading = file.reading
    children: dict[str, list[Entry]] = {}
    sheets = [(sheet, list_of_sheet(sheet.name)) for sheet in file.sheets]
    _say_which_sheets(sheets, outcome)
    read = 0
    for sheet, listed in sheets:
        if listed:
            for entry in _read_list(sheet, listed, as_of, outcome):
                children.setdefault(entry.value("child_id"), []).append(entry)
                read += 1
    if not read and not outcome.has_refusals:
        raise FileRefused("The lists of this workbook have no rows.")
    cases = [_one_case(case_id, entries, as_of) for case_id, entries in children.items()]
    _note_totals(cases, read, outcome)
    return cases


def _say_which_sheets(sheets: Sequence[tuple[Sheet, AnnexList | None]], outcome: Outcome) -> None:
    found = {listed.number for _, listed in sheets if listed}
    names = ", ".join(f"“{shown(sheet.name)}”" for sheet, _ in sheets)
    if not found:
        wanted = ", ".join(listed.name for listed in LISTS)
        raise FileRefused(f"This is not an Ofsted Annex A workbook: no sheet is one of {wanted} (sheets: {names}).")
    for listed in LISTS:
        if listed.number not in found:
            reason = "this workbook has no such sheet, so no children of this list are taken"
            outcome.add(Problem(None, "", "", reason, Severity.WARNING, listed.name))
    others = [f"“{shown(sheet.name)}”" for sheet, listed in sheets if not listed]
    if others:
        outcome.notes.append(f"Sheets not read, because they make no case: {', '.join(others)}.")


def _read_list(sheet: Sheet, listed: AnnexList, as_of: date, outcome: Outcome) -> list[Entry]:
    header = _find_header(sheet, listed)
    if header is None:
        _say_no_header(sheet, outcome)
        return []
    number, match = header
    reader = RowReader(match, listed.columns, outcome, sheet=sheet.name)
    outcome.sheets.append(
        SheetReading(
            sheet=sheet.name,
            header_row=number,
            matched=match.in_file_order(),
            unknown=tuple(header for header in match.unknown if loose(header) not in NOT_NEEDED),
            absent=tuple(match.missing(column.name for column in listed.columns if column.name != "personal_adviser")),
        )
    )
    for name, headers in match.repeated:
        said = ", ".join(f"“{header}”" for header in headers)
        reason = f"{said} all mean {name}: the first is taken"
        outcome.add(Problem(number, "", "", reason, Severity.WARNING, sheet.name))
    rows = (reader.read(row) for row in sheet.rows() if row[0] > number)
    entries = [_entry(listed, row, reader, as_of) for row in rows if row is not None]
    outcome.notes.append(f"{sheet.name}: {counted(len(entries), 'row')} taken.")
    return entries


def _find_header(sheet: Sheet, listed: AnnexList) -> tuple[int, Match] | None:
    """The row number and the columns of the first row that has the child id and another column we know."""
    names = [Name(column.name, column.aliases) for column in listed.columns]
    for number, cells in islice(sheet.rows(), HEADER_WITHIN_ROWS):
        match = match_headers(cells, names)
        if CHILD_ID.name in match.positions and len(match.positions) > 1:
            return number, match
    return None


def _say_no_header(sheet: Sheet, outcome: Outcome) -> None:
    if next(sheet.rows(), None) is None:
        outcome.notes.append(f"{sheet.name}: empty.")
        return
    reason = f"the first {HEADER_WITHIN_ROWS} rows hold no header row with this column"
    outcome.add(Problem(None, "Child Unique ID", "", reason, Severity.REFUSED, sheet.name))


def _entry(listed: AnnexList, row: Row, reader: RowReader, as_of: date) -> Entry:
    ended = row.values.get("ended_on")
    entry = Entry(listed, row, reader, over=ended is not None and ended <= as_of)
    if ended and not entry.over:
        entry.warn("ended_on", ended, "this is in the future: taken as still open")
    columns = {"opened_on": "started_on", "closed_on": "ended_on"}
    strange = oddities(
        on=as_of,
        date_of_birth=entry.value("date_of_birth"),
        plan_type=listed.plan_type,
        opened_on=entry.value("started_on"),
        closed_on=ended,
    )
    for name, reason in strange:
        column = columns.get(name, name)
        entry.warn(column, entry.value(column), reason)
    return entry


def _one_case(case_id: str, entries: list[Entry], as_of: date) -> ChildCase:
    entries = sorted(entries, key=_rank)
    going_on = [entry for entry in entries if not entry.over]
    counted = going_on or entries
    _warn_about_differences(entries)
    held = {entry.listed.plan_type for entry in counted}
    return ChildCase(
        case_id=case_id,
        plan_type=counted[0].listed.plan_type,
        statuses=tuple(plan for plan in PRECEDENCE if plan in held),
        date_of_birth=_first(entries, "date_of_birth"),
        gender=_first(entries, "gender") or "",
        ethnicity=_first(entries, "ethnicity") or "",
        disability=_first(entries, "disability"),
        # Whoever had a plan that is over does not have the case now.
        team=_first(counted, "team") or "",
        worker=_first(counted, "worker", "personal_adviser") or "",
        is_open=bool(going_on),
        opened_on=opening_day(
            [(entry.value("started_on"), entry.value("ended_on") if entry.over else None) for entry in entries]
        ),
        closed_on=None if going_on else max(entry.value("ended_on") for entry in entries),
        cp_category=_first(entries, "latest_category", "initial_category") or "",
        missing_last_6_months=_missing(entries),
        entries=tuple(entries),
    )


def _rank(entry: Entry) -> tuple[bool, int, bool, int]:
    """Plans that go on before those that are over, by precedence; of two rows of one list the later start
    first."""
    started = entry.value("started_on")
    return entry.over, PRECEDENCE.index(entry.listed.plan_type), started is None, -(started or date.min).toordinal()


def _first(entries: Iterable[Entry], *names: str) -> Any:
    return next((value for e in entries for name in names if (value := e.value(name)) is not None), None)


def _missing(entries: Iterable[Entry]) -> bool | None:
    """The workbook counts episodes over 12 months: none is none in 6 months too, some says nothing about
    6."""
    return False if _first(entries, "missing_episodes") == 0 else None


def opening_day(spells: Sequence[tuple[date | None, date | None]]) -> date | None:
    """When the case that is open, or was closed last, was opened. Each spell is (start, end); no end: it goes
    on.

    Spells that touch are one: a child in need who comes under a protection plan the day after was open all
    along. None where the start is not known.
    """
    going_on = [start for start, end in spells if end is None]
    if going_on:
        starts = [start for start in going_on if start]
    else:
        last_end = max(end for _, end in spells if end)
        starts = [start for start, end in spells if end == last_end and start]
    if not starts:
        return None
    opened = min(starts)
    for start, end in sorted((s for s in spells if s[0] and s[1]), key=lambda s: s[1] or date.max, reverse=True):
        if start and end and start < opened <= end + timedelta(days=1):
            opened = start
    return opened


def _warn_about_differences(entries: Sequence[Entry]) -> None:
    """The same child is on several lists, and the lists do not always agree."""
    if len(entries) == 1:
        return
    for name in ("date_of_birth", "gender", "ethnicity", "team"):
        stated = [entry for entry in entries if entry.value(name) is not None]
        for entry in stated[1:]:
            if entry.value(name) != stated[0].value(name) and not entry.over:
                first = stated[0].row
                entry.warn(name, entry.value(name), f"“{first.sheet}” row {first.number} says otherwise: that is taken")
    twice = Counter(entry.listed.number for entry in entries if not entry.over)
    for entry in entries:
        if not entry.over and twice[entry.listed.number] > 1:
            entry.warn("child_id", entry.value("child_id"), "this child is on this list more than once: one case")
            twice[entry.listed.number] = 0


def _note_totals(cases: Sequence[ChildCase], rows: int, outcome: Outcome) -> None:
    outcome.notes.append(f"{counted(rows, 'row')}, {counted(len(cases), 'case')}: one a child.")
    no_team = [case for case in cases if not case.team]
    if no_team:
        early_help = sum(1 for case in no_team if case.plan_type is PlanType.EARLY_HELP)
        outcome.notes.append(
            f"{counted(len(no_team), 'case')} without a team, left out of the draw until there is one"
            f" ({early_help} of them early help, whose list has no team)."
        )
    some_missing = sum(1 for case in cases if (_first(case.entries, "missing_episodes") or 0) > 0)
    if some_missing:
        outcome.notes.append(
            f"Missing in the last 12 months: {some_missing}. The workbook does not say whether in the last 6:"
            " left as not known."
        )
