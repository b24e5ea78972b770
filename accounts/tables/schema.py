"""Columns as data, and the one piece of code that reads rows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.tables.headers import Match, Name, match_headers
from accounts.tables.outcome import Outcome, Problem, Severity, SheetReading, shown
from accounts.tables.refusal import FileRefused
from accounts.tables.sheets import Sheet, TableFile, Unread, is_blank
from accounts.tables.values import NOT_AVAILABLE, Parser, Strange, Unreadable, text, tidy

MOST_CACHED = 20_000
LONGEST_CELL = 32_767
"""What a cell of a workbook holds at most."""


@dataclass(frozen=True)
class Column:
    """One column of a file we accept.

    `required`: a file without the column is refused. `filled`: a row without a value in it is refused.
    `if_blank`: the warning about a row without one. `default`: what a blank cell means. `unreadable`: what
    becomes of a row whose value cannot be read: refused, or taken without the value and a warning.
    """

    name: str
    parse: Parser = text
    aliases: tuple[str, ...] = ()
    required: bool = False
    filled: bool = False
    if_blank: str = ""
    default: Any = None
    unreadable: Severity = Severity.REFUSED


@dataclass(frozen=True)
class Family:
    """Any number of columns with one prefix, such as `grade: Assessment`; read into one dictionary by what
    follows."""

    prefix: str
    parse: Parser


@dataclass(frozen=True)
class Schema:
    """The columns of one kind of file. `key` names the columns that together say which thing a row is about:
    a second row about the same thing is refused."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    families: tuple[Family, ...] = ()

    @property
    def required(self) -> list[str]:
        return [column.name for column in self.columns if column.required]

    def match(self, cells: Sequence[object]) -> Match:
        names = [Name(column.name, column.aliases) for column in self.columns]
        return match_headers(cells, names, prefixes=[family.prefix for family in self.families])


@dataclass(frozen=True, slots=True)
class Row:
    """One row that could be read. A column that the file lacks has no value; a blank cell has the value
    None."""

    number: int
    values: dict[str, Any]
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file that could be read, and the reader, for what has to be said about them later."""

    rows: list[Row]
    reader: RowReader


def read_table(file: TableFile, schema: Schema, outcome: Outcome) -> Table:
    """The rows of a file by its schema; everything wrong goes into `outcome`.

    Raises FileRefused where no sheet has the columns, or a column appears twice.
    """
    outcome.reading = file.reading
    sheet, match, header_row = _find_sheet(file, schema)
    _refuse_repeated(match)
    outcome.sheets.append(
        SheetReading(
            sheet=sheet.name,
            header_row=header_row,
            matched=match.in_file_order(),
            unknown=match.unknown,
            absent=tuple(match.missing(column.name for column in schema.columns)),
        )
    )
    reader = RowReader(match, schema.columns, outcome, sheet=sheet.name, families=schema.families)
    reader.columns_shift = file.columns_shift
    rows = sheet.rows()
    next(rows)
    read = [row for row in map(reader.read, rows) if row is not None]
    if not read and not outcome.refused:
        raise FileRefused("This table has a header row but no rows under it, so there is nothing to bring in.")
    return Table(_refuse_duplicates(read, schema, reader), reader)


def _find_sheet(file: TableFile, schema: Schema) -> tuple[Sheet, Match, int]:
    """The first sheet whose first row has every required column."""
    closest: tuple[int, str] | None = None
    for sheet in file.sheets:
        number, header = next(sheet.rows(), (0, ()))
        match = schema.match(header)
        missing = match.missing(schema.required)
        if header and not missing:
            return sheet, match, number
        if header and (closest is None or len(missing) < closest[0]):
            closest = len(missing), _sentence_for_missing(missing, header)
    if closest is None:
        raise FileRefused("This file holds no table: it is empty.")
    if len(file.sheets) > 1:
        names = ", ".join(f"“{shown(sheet.name)}”" for sheet in file.sheets)
        raise FileRefused(f"No sheet of this workbook is a table of {schema.name} (sheets: {names}). {closest[1]}")
    raise FileRefused(f"This is not a table of {schema.name}. {closest[1]}")


def _sentence_for_missing(missing: list[str], header: Sequence[object]) -> str:
    found = ", ".join(f"“{shown(cell)}”" for cell in header[:30] if not is_blank(cell))
    noun = "The column" if len(missing) == 1 else "The columns"
    verb = "is" if len(missing) == 1 else "are"
    return f"{noun} {', '.join(missing)} {verb} missing; the first row has {found}."


def _refuse_repeated(match: Match) -> None:
    if match.repeated:
        said = "; ".join(f"{name} ({', '.join(f'“{h}”' for h in headers)})" for name, headers in match.repeated)
        raise FileRefused(f"A column is there more than once: {said}. Leave one of them.")


def _refuse_duplicates(rows: list[Row], schema: Schema, reader: RowReader) -> list[Row]:
    first: dict[tuple[Any, ...], int] = {}
    kept = []
    for row in rows:
        key = tuple(row.values.get(name) for name in schema.key)
        if key in first:
            reader.refuse(row.number, schema.key[0], key[0], f"this is on row {first[key]} already")
        else:
            first[key] = row.number
            kept.append(row)
    return kept


class RowReader:
    """Reads rows under one header. Most columns hold few different values, so each is parsed once and
    remembered."""

    columns_shift = False

    def __init__(
        self,
        match: Match,
        columns: Sequence[Column],
        outcome: Outcome,
        *,
        sheet: str = "",
        families: Sequence[Family] = (),
    ) -> None:
        self.match = match
        self.outcome = outcome
        self.sheet = sheet
        self._cells = [
            (column.name, match.positions[column.name], _CellReader(column))
            for column in columns
            if column.name in match.positions
        ]
        self._families = [
            (family.prefix, member, position, _CellReader(Column(member, family.parse)))
            for family in families
            for member, position in match.families[family.prefix].items()
        ]

    def read(self, numbered: tuple[int, Sequence[object]]) -> Row | None:
        """A row of values, or None where it is refused; either way its problems are in the outcome."""
        number, cells = numbered
        width = len(cells)
        if self.columns_shift and width != self.match.width and not self._fits(number, cells):
            return None
        values: dict[str, Any] = {}
        refused = False
        for name, position, reader in self._cells:
            cell = cells[position] if position < width else None
            value, reason, severity = reader.read(cell)
            values[name] = value
            if reason:
                refused = refused or severity is Severity.REFUSED
                self._say(number, self.match.headers[name], cell, reason, severity)
        for prefix, member, position, reader in self._families:
            cell = cells[position] if position < width else None
            value, reason, severity = reader.read(cell)
            values.setdefault(prefix, {})[member] = value
            if reason:
                refused = refused or severity is Severity.REFUSED
                self._say(number, f"{prefix} {member}", cell, reason, severity)
        if refused:
            self.outcome.refused += 1
            return None
        return Row(number, values, self.sheet)

    def has(self, column: str) -> bool:
        return column in self.match.positions

    def header(self, column: str) -> str:
        """What the file calls one of our columns."""
        return self.match.headers.get(column, column)

    def warn(self, number: int, column: str, value: object, reason: str) -> None:
        self._say(number, self.header(column), value, reason, Severity.WARNING)

    def refuse(self, number: int, column: str, value: object, reason: str) -> None:
        """Refuse a row for something that one cell alone does not show. Call once a row."""
        self.outcome.refused += 1
        self._say(number, self.header(column), value, reason, Severity.REFUSED)

    def _say(self, number: int, column: str, value: object, reason: str, severity: Severity) -> None:
        said = "" if isinstance(value, Unread) else shown(value)
        self.outcome.add(Problem(number, column, said, reason, severity, self.sheet))

    def _fits(self, number: int, cells: Sequence[object]) -> bool:
        width = self.match.width
        if any(not is_blank(cell) for cell in cells[width:]):
            self.outcome.refused += 1
            reason = (
                f"this row has {len(cells)} values for {width} columns, so they cannot be told apart:"
                " put a value that holds a comma in quotation marks"
            )
            self._say(number, "", cells[width], reason, Severity.REFUSED)
            return False
        if len(cells) < width:
            reason = f"this row ends after {len(cells)} of {width} columns: the others are taken as blank"
            self._say(number, "", "", reason, Severity.WARNING)
        return True


Reading = tuple[Any, str, Severity]


class _CellReader:
    def __init__(self, column: Column) -> None:
        self.column = column
        self._remembered: dict[str, Reading] = {}

    def read(self, cell: object) -> Reading:
        """The value, the reason for a problem or "", and how bad it is."""
        if not isinstance(cell, str):
            return self._parse(cell)
        known = self._remembered.get(cell)
        if known is None:
            known = self._parse(tidy(cell))
            if len(self._remembered) < MOST_CACHED:
                self._remembered[cell] = known
        return known

    def _parse(self, cell: object) -> Reading:
        column = self.column
        if cell is None or cell == "":
            return (
                (None, "this is missing", Severity.REFUSED)
                if column.filled
                else (column.default, column.if_blank, Severity.WARNING)
            )
        if isinstance(cell, Unread):
            return None, f"this is {cell.value}: open the file in Excel and save it", column.unreadable
        if isinstance(cell, str) and len(cell) > LONGEST_CELL:
            reason = f"this cell is too long: it holds {len(cell):,} characters, the most is {LONGEST_CELL:,}"
            return None, reason, Severity.REFUSED
        if isinstance(cell, str) and cell.casefold() in NOT_AVAILABLE:
            if column.filled:
                return None, "this is missing", Severity.REFUSED
            return None, "this is not a value: taken as blank", Severity.WARNING
        try:
            value = column.parse(cell)
        except Unreadable as unreadable:
            reason = str(unreadable)
            if column.unreadable is Severity.WARNING:
                reason += ": taken as blank"
            return None, reason, column.unreadable
        if isinstance(value, Strange):
            return value.value, value.reason, Severity.WARNING
        return value, "", Severity.WARNING
