"""A query's rows as columns of numbers, without an object for every value.

From PostgreSQL by COPY, whose text is taken apart column by column; from every other database by tuples.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, auto
from types import EllipsisType
from typing import Any

import numpy as np
from django.db import connections
from django.db.models import QuerySet
from numpy.typing import NDArray

from audits.facts.copied_text import CopiedText, copy_out, texts
from audits.rules.allocation.columns import NO_DAY, NONE, Codes, Column, Ints, Names

TUPLES_AT_ONCE = 20_000


class Kind(Enum):
    """What is in a column, and what it is read as.

    KEY: a primary key, as numbers, NONE for none. DAY: a date, as `date.toordinal()`, NO_DAY for none. FLAG: 1, 0, or
    NONE where it is not known. TEXT: a text (or JSON) that many rows share, as a `Column`. NAME: a text that few rows
    share, as `Names`, blank for none.
    """

    KEY = auto()
    DAY = auto()
    FLAG = auto()
    TEXT = auto()
    NAME = auto()


def read_columns(rows: QuerySet, **kinds: Kind) -> dict[str, Any]:
    """The rows of the query, in no particular order: name of the field → its values, as the kind says."""
    columns = _Columns(kinds)
    chosen = rows.order_by().values_list(*columns.names)
    if connections[rows.db].vendor == "postgresql":
        copy_out(chosen, len(kinds), columns.take_copied)
    else:
        pending: list[tuple[Any, ...]] = []
        for row in chosen.iterator(chunk_size=TUPLES_AT_ONCE):
            pending.append(row)
            if len(pending) == TUPLES_AT_ONCE:
                columns.take_tuples(pending)
                pending.clear()
        if pending:
            columns.take_tuples(pending)
    return columns.joined()


class _Columns:
    """The columns as they come in, part by part: first the shared texts, whose combinations are numbered."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.texts = [name for name, kind in kinds.items() if kind == Kind.TEXT]
        self.others = {name: kind for name, kind in kinds.items() if kind != Kind.TEXT}
        self.names = [*self.texts, *self.others]
        self.parts: dict[str, list[NDArray[Any]]] = {name: [] for name in self.others}
        self.combinations: dict[Any, int] = {}
        self.combination_of: list[Codes] = []

    def take_tuples(self, rows: Sequence[tuple[Any, ...]]) -> None:
        columns = dict(zip(self.names, zip(*rows, strict=True), strict=True))
        for name, kind in self.others.items():
            self.parts[name].append(FROM_VALUES[kind](columns[name]))
        if self.texts:
            self._number(zip(*(map(_text, columns[name]) for name in self.texts), strict=True))

    def take_copied(self, part: CopiedText) -> None:
        for field, (name, kind) in enumerate(self.others.items(), start=len(self.texts)):
            self.parts[name].append(FROM_TEXT[kind](part, field))
        if self.texts:
            found, place = part.alike(0, len(self.texts) - 1)
            self._number(found, place)

    def _number(self, found: Iterable[Any], place: Ints | EllipsisType = ...) -> None:
        numbers = [self.combinations.setdefault(combination, len(self.combinations)) for combination in found]
        self.combination_of.append(np.array(numbers, np.int32)[place])

    def joined(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, kind in self.others.items():
            values = np.concatenate([*self.parts.pop(name), np.empty(0, EMPTY[kind])])
            found[name] = Names(values) if kind == Kind.NAME else values
        combination_of = np.concatenate([*self.combination_of, np.empty(0, np.int32)])
        combinations = [texts(key) if isinstance(key, bytes) else key for key in self.combinations]
        for place, name in enumerate(self.texts):
            column = Column.of(combination[place] for combination in combinations)
            found[name] = column.at(combination_of)
        return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


EMPTY = {Kind.KEY: np.int32, Kind.DAY: np.int32, Kind.FLAG: np.int8, Kind.NAME: np.dtype("S1")}

FROM_VALUES: dict[Kind, Callable[[Sequence[Any]], NDArray[Any]]] = {
    Kind.KEY: lambda values: np.array([NONE if value is None else value for value in values], np.int64),
    Kind.FLAG: lambda values: np.array([NONE if value is None else value for value in values], np.int8),
    Kind.DAY: lambda values: np.array([NO_DAY if day is None else day.toordinal() for day in values], np.int32),
    Kind.NAME: lambda values: np.array([(name or "").encode() for name in values], np.bytes_),
}

FROM_TEXT: dict[Kind, Callable[[CopiedText, int], NDArray[Any]]] = {
    Kind.KEY: CopiedText.numbers,
    Kind.FLAG: CopiedText.flags,
    Kind.DAY: CopiedText.days,
    Kind.NAME: CopiedText.names,
}
