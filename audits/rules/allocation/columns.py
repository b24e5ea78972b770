"""The cases of a draw as columns: one array a fact, one place in it a case.

Half a million cases are a few dozen arrays instead of ten million values. What few cases share (a team, a plan) is a
small number and stands for a label; what most have to themselves (a case number) stays in one array of bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, SupportsIndex, overload

import numpy as np
from numpy.typing import NDArray

from audits.rules.allocation.facts import CaseFacts, Identity

Ints = NDArray[np.signedinteger[Any]]
Codes = NDArray[np.int32]
Days = NDArray[np.int32]
Flags = NDArray[np.bool_]

NONE = -1
NO_CODE = np.int32(NONE)
NO_DAY = 0  # before every day there is, so that comparisons need not ask whether a day is known


def in_order(identity: Identity) -> tuple[bool, Identity]:
    """A sort key: numbers before texts."""
    return isinstance(identity, str), identity


class Names(Sequence[str]):
    """Many texts in one array of bytes (UTF-8, which sorts as the texts do); each is made when it is looked at."""

    def __init__(self, encoded: NDArray[np.bytes_]) -> None:
        self.encoded = encoded

    def __len__(self) -> int:
        return len(self.encoded)

    @overload
    def __getitem__(self, at: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> "Names": ...
    def __getitem__(self, at: SupportsIndex | slice) -> "str | Names":
        return Names(self.encoded[at]) if isinstance(at, slice) else bytes(self.encoded[at]).decode()

    def __iter__(self) -> Iterator[str]:
        return (name.decode() for name in self.encoded.tolist())


Identities = Sequence[Identity] | Names


def taken(names: Identities, rows: Ints) -> Identities:
    """The names in those rows, in their order."""
    return Names(names.encoded[rows]) if isinstance(names, Names) else [names[row] for row in rows.tolist()]


def sorting(names: Identities) -> Ints:
    """The places of the names in sorted order."""
    if not isinstance(names, Names):
        return np.array(sorted(range(len(names)), key=lambda at: in_order(names[at])), np.int64)
    return _sorting(_words(names.encoded))


def _sorting(words: Sequence[NDArray[np.uint64]]) -> Ints:
    return np.argsort(words[0]) if len(words) == 1 else np.lexsort(words[::-1])


def _words(encoded: NDArray[np.bytes_]) -> list[NDArray[np.uint64]]:
    """The texts in numbers of eight bytes that sort as they do: many times quicker to sort than the bytes."""
    count = max(-(-encoded.dtype.itemsize // 8), 1)
    padded = np.ascontiguousarray(encoded.astype(f"S{8 * count}"))
    table = padded.view(">u8").reshape(len(encoded), count)
    return [table[:, word].astype(np.uint64) for word in range(count)]


class Column(NamedTuple):
    """`labels`, each once, and for each row the place of its label (NONE where there is none)."""

    codes: Codes
    labels: Sequence[Any]
    is_sorted: bool = False

    @classmethod
    def of(cls, values: Iterable[Any]) -> "Column":
        """A blank text is no value."""
        places: dict[Any, int] = {None: NONE, "": NONE}
        codes = [places.setdefault(value, len(places) - 2) for value in values]
        return cls(np.array(codes, np.int32), list(places)[2:])

    @classmethod
    def of_names(cls, names: NDArray[np.bytes_]) -> "Column":
        """From texts of which most are different."""
        words = _words(names)
        order = _sorting(words)
        is_new = np.zeros(len(names), np.bool_)
        is_new[:1] = True
        for word in words:
            is_new[1:] |= word[order[1:]] != word[order[:-1]]
        is_blank = len(names) > 0 and bool(names[order[0]] == b"")
        codes = np.empty(len(names), np.int32)
        codes[order] = np.cumsum(is_new, dtype=np.int32) - 1 - is_blank
        return cls(codes, Names(names[order[is_new]][int(is_blank) :]), is_sorted=True)

    def label(self, row: int) -> Any:
        code = int(self.codes[row])
        return None if code == NONE else self.labels[code]

    def where(self, rows: Flags) -> "Column":
        """The same with no value in the other rows."""
        return self._replace(codes=np.where(rows, self.codes, NO_CODE))

    def named(self, unknown: str) -> "Column":
        """The same with a label for the rows that have no value."""
        if not (self.codes == NONE).any():
            return self
        labels = list(self.labels)
        place = labels.index(unknown) if unknown in labels else len(labels)
        codes = np.where(self.codes == NONE, np.int32(place), self.codes)
        return Column(codes, [*labels[:place], unknown, *labels[place + 1 :]])

    def at(self, places: Ints) -> "Column":
        """The column whose rows have what these places have; NONE for none."""
        return Column(np.append(self.codes, NO_CODE)[places], self.labels, self.is_sorted)

    def of_rows(self, rows: Ints) -> "Column":
        """The column of those rows alone, in their order; of its labels those that they have, sorted."""
        codes = self.codes[rows]
        is_used = np.zeros(len(self.labels) + 1, np.bool_)
        is_used[codes] = True
        used = np.flatnonzero(is_used[:-1])
        if not self.is_sorted:
            used = np.array(sorted(used.tolist(), key=lambda at: in_order(self.labels[at])), np.int64)
        rank = np.full(len(self.labels) + 1, NONE, np.int32)
        rank[used] = np.arange(len(used))
        return Column(rank[codes], taken(self.labels, used), is_sorted=True)


@dataclass(frozen=True, kw_only=True)
class CaseNames:
    """What the cases are called, in any order. `keys`: by which key each is stored, where it comes from a database."""

    ids: Identities
    keys: Ints | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def order(self) -> Ints:
        """The rows in the order of their names: the same in whatever order they were read."""
        return sorting(self.ids)

    @cached_property
    def _row_of(self) -> dict[Identity, int]:
        return {case: row for row, case in enumerate(self.ids)}

    @cached_property
    def _sorted(self) -> Identities:
        return taken(self.ids, self.order)

    def row_of(self, case: Identity) -> int | None:
        """The row of that case, None where there is none."""
        row = int(self.rows_of([case])[0])
        return None if row == NONE else row

    def rows_of(self, cases: Sequence[Identity]) -> Ints:
        """The rows of those cases, NONE for one that there is not. Many names are searched for, never put into a
        dictionary."""
        if not isinstance(self._sorted, Names):
            return np.array([self._row_of.get(case, NONE) for case in cases], np.int64)
        if not len(self) or not cases:
            return np.full(len(cases), NONE)
        wanted = np.array([str(case).encode() for case in cases], np.bytes_)
        at = np.minimum(np.searchsorted(self._sorted.encoded, wanted), len(self) - 1)
        return np.where(self._sorted.encoded[at] == wanted, self.order[at], NONE)

    def keys_of(self, cases: Sequence[Identity]) -> list[int]:
        """By which keys those cases are stored."""
        rows = self.rows_of(cases)
        if self.keys is None or (rows == NONE).any():
            raise KeyError("not every case is stored")
        keys: list[int] = self.keys[rows].tolist()
        return keys


@dataclass(frozen=True, kw_only=True)
class CaseColumns(CaseNames):
    """All cases that a draw looks at, in any order. Iterating gives them one by one as `CaseFacts`, which says what
    each column means.

    Days are `date.toordinal()`, NO_DAY where they are not known. `conflicts`: for the few rows that have any.
    """

    family: Column
    worker: Column
    team: Column
    service: Column
    area: Column
    plan_type: Column
    born: Days
    gender: Column
    ethnicity: Column
    is_open: Flags
    opened_on: Days
    closed_on: Days
    last_audited_on: Days
    is_allocated: Flags
    worker_is_known: Flags
    plan_types: Column
    cp_category: Column
    cse_level: Column
    missing: Flags
    conflicts: dict[int, tuple[Identity, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, cases: Iterable[CaseFacts]) -> "CaseColumns":
        facts = list(cases)
        by_name = dict(zip(CaseFacts._fields, zip(*facts, strict=True) if facts else [()] * 21, strict=True))
        columns: dict[str, Any] = {name: Column.of(by_name[name]) for name in _COLUMNS}
        columns |= {name: _days(by_name[name]) for name in _DAYS}
        columns |= {name: np.array(by_name[name], np.bool_) for name in _FLAGS}
        conflicts = {row: people for row, people in enumerate(by_name["conflicts"]) if people}
        return cls(ids=by_name["id"], born=_days(by_name["date_of_birth"]), conflicts=conflicts, **columns)

    def __iter__(self) -> Iterator[CaseFacts]:
        return (self.facts(row) for row in range(len(self)))

    def facts(self, row: int) -> CaseFacts:
        texts: dict[str, Any] = {name: getattr(self, name).label(row) for name in _COLUMNS}
        texts |= {name: texts[name] or "" for name in ("cp_category", "cse_level")}
        texts["plan_types"] = texts["plan_types"] or ()
        return CaseFacts(
            id=self.ids[row],
            date_of_birth=_day(self.born[row]),
            is_open=bool(self.is_open[row]),
            opened_on=_day(self.opened_on[row]),
            closed_on=_day(self.closed_on[row]),
            last_audited_on=_day(self.last_audited_on[row]),
            is_allocated=bool(self.is_allocated[row]),
            conflicts=self.conflicts.get(row, ()),
            worker_is_known=bool(self.worker_is_known[row]),
            missing=bool(self.missing[row]),
            **texts,
        )


_COLUMNS = (
    "family",
    "worker",
    "team",
    "service",
    "area",
    "plan_type",
    "gender",
    "ethnicity",
    "plan_types",
    "cp_category",
    "cse_level",
)
_DAYS = ("opened_on", "closed_on", "last_audited_on")
_FLAGS = ("is_open", "is_allocated", "worker_is_known", "missing")


def _days(days: Iterable[date | None]) -> Days:
    return np.array([NO_DAY if day is None else day.toordinal() for day in days], np.int32)


def _day(ordinal: Any) -> date | None:
    return None if ordinal == NO_DAY else date.fromordinal(int(ordinal))
