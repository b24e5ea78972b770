"""The text that PostgreSQL's COPY sends, taken apart for all rows at once.

A line a row, a tab between fields, NULL as \\N; tabs, line ends and backslashes inside a text are escaped, so that a
tab is always the end of a field. A field is looked at in pieces of eight bytes, as whole numbers: what would be a loop
over characters is a few operations on arrays.
"""

import io
import re
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
from django.db import connections
from django.db.models import QuerySet
from numpy.typing import NDArray

from audits.rules.allocation.columns import NO_DAY, NONE, Codes, Days, Ints

AT_ONCE = 1 << 19  # little enough for a processor to keep at hand, and for the server to send ahead meanwhile
PIECE = 8
BEFORE_AND_AFTER = bytes(PIECE)
TAB, LINE_END, BACKSLASH = b"\t\n\\"
NULL = b"\\N"
NULL_AT_END = np.uint64(int.from_bytes(NULL, "big"))
ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
LARGEST_IN_FOUR_BYTES = (1 << 31) - 1
SPREAD = 0x9E3779B97F4A7C15

Piece = NDArray[np.uint64]

# The first so many bytes of a piece, and the last.
LEADING = np.array([(1 << 64) - (1 << 8 * (PIECE - n)) for n in range(PIECE + 1)], np.uint64)
TRAILING = ~LEADING[::-1]
# What the characters of two digits make.
TWO_DIGITS = np.zeros(1 << 16, np.int64)
TWO_DIGITS[[int.from_bytes(b"%02d" % number, "big") for number in range(100)]] = np.arange(100)


def every(value: int, width: int = 1) -> np.uint64:
    """A piece that has the value in every so many bytes."""
    return np.uint64(int.from_bytes(value.to_bytes(width, "big") * (PIECE // width), "big"))


def copy_out(rows: QuerySet, width: int, take: Callable[["CopiedText"], None]) -> None:
    """Give the rows of a query of so many fields to `take`, part by part, while the server sends the next."""
    lines = io.BufferedWriter(_WholeLines(width, take), AT_ONCE)
    with connections[rows.db].cursor() as cursor:
        query = cursor.mogrify(*rows.query.sql_with_params()).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT", lines)
    lines.close()


class _WholeLines(io.RawIOBase):
    """Passes on what is written to it by whole lines."""

    def __init__(self, width: int, take: Callable[["CopiedText"], None]) -> None:
        self.width = width
        self.take = take
        self.begun = b""

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        text = bytes(piece)
        end = text.rfind(b"\n") + 1
        if end:
            self.take(CopiedText(b"".join((BEFORE_AND_AFTER, self.begun, piece[:end], BEFORE_AND_AFTER)), self.width))
            self.begun = b""
        self.begun += text[end:]
        return len(text)


class CopiedText:
    """Whole lines of so many fields, with eight more bytes before and after them."""

    def __init__(self, content: bytes, width: int) -> None:
        self.content = content
        self.pieces = np.ndarray((len(content) - PIECE + 1,), ">u8", content, strides=(1,))
        characters = np.frombuffer(content, np.uint8)[PIECE:-PIECE]
        ends = np.flatnonzero((characters == TAB) | (characters == LINE_END)) + PIECE
        self._ends: Ints = np.ascontiguousarray(ends.reshape(-1, width).T)

    def numbers(self, field: int) -> Ints | Codes:
        """Whole numbers from nought up, in four bytes where they fit; NONE for NULL."""
        start, end = self._bounds(field)
        found = np.zeros(len(start), np.int64)
        for number in range(-(-int((end - start).max()) // PIECE)):
            # Counted from the end, where the ones are.
            last = np.maximum(end - PIECE * number, start)
            piece = self._piece(last - PIECE) & TRAILING[np.minimum(last - start, PIECE)]
            if not number:
                are_null = piece == NULL_AT_END
            found += _number(piece) * 10 ** (PIECE * number)
        found[are_null] = NONE
        return found.astype(np.int32) if found.max() <= LARGEST_IN_FOUR_BYTES else found

    def flags(self, field: int) -> NDArray[np.int8]:
        """1 for yes, 0 for no, NONE for NULL."""
        last = self._piece(self._bounds(field)[1] - PIECE) & np.uint64(0xFF)
        return (last == ord("t")) - (last == NULL_AT_END & np.uint64(0xFF)).astype(np.int8)

    def days(self, field: int) -> Days:
        """Dates (written YYYY-MM-DD) as `date.toordinal()`; NO_DAY for NULL."""
        end = self._bounds(field)[1]
        last = self._piece(end - PIECE)  # YY-MM-DD
        known = (last & np.uint64(0xFFFF)) != NULL_AT_END
        if not known.any():
            return np.full(len(end), NO_DAY, np.int32)
        end, last = (end, last) if known.all() else (end[known], last[known])
        year = 100 * _two_digits(self._piece(end - PIECE - 2), 48) + _two_digits(last, 48)
        month = 12 * year + _two_digits(last, 24)
        first, latest = int(month.min()), int(month.max())
        calendar = np.arange(first - 1, latest) - 1970 * 12
        before = calendar.astype("M8[M]").astype("M8[D]").astype(np.int64) + 719_162
        found = np.full(len(known), NO_DAY, np.int32)
        found[known] = before[month - first] + _two_digits(last, 0)
        return found

    def names(self, field: int) -> NDArray[np.bytes_]:
        """Texts as bytes (UTF-8), blank for NULL."""
        pieces = self._pieces(*self._bounds(field))
        if not pieces:
            return np.zeros(self._ends.shape[1], "S1")
        names: NDArray[np.bytes_] = np.stack(pieces, axis=1).astype(">u8").view(f"S{PIECE * len(pieces)}")[:, 0]
        has_backslash = np.zeros(len(names), np.bool_)
        for piece in pieces:
            has_backslash |= _holds(piece, BACKSLASH)
        for row in np.flatnonzero(has_backslash).tolist():
            names[row] = _unescaped(bytes(names[row]))
        return names

    def alike(self, first: int, last: int) -> tuple[list[bytes], Ints]:
        """What stands from one field to another, each once, and for each row the place of what it has.

        Rows are told apart by a number made of their pieces. That no two texts share one is checked; where they do, the
        numbers are made in another way.
        """
        start, end = self._bounds(first)[0], self._bounds(last)[1]
        pieces = self._pieces(start, end)
        for turn in count():
            factor = np.uint64(SPREAD + 2 * turn)
            mixed = np.zeros(len(start), np.uint64)
            for piece in pieces:
                mixed ^= piece
                mixed *= factor
                mixed ^= mixed >> np.uint64(29)
            numbers, place = np.unique(mixed, return_inverse=True)
            example: Ints = np.empty(len(numbers), np.int64)
            example[place] = np.arange(len(place))
            if all(np.array_equal(piece, piece[example][place]) for piece in pieces):
                break
        bounds = zip(start[example].tolist(), end[example].tolist(), strict=True)
        return [self.content[begin:stop] for begin, stop in bounds], place

    def _bounds(self, field: int) -> tuple[Ints, Ints]:
        """For each row where the field begins and where it ends."""
        if field:
            return self._ends[field - 1] + 1, self._ends[field]
        return np.append(PIECE, self._ends[-1, :-1] + 1), self._ends[0]

    def _pieces(self, start: Ints, end: Ints) -> list[Piece]:
        """The bytes from one place to another, for each row, by eight and filled up with noughts."""
        size = end - start
        found = []
        for first in range(0, int(size.max()), PIECE):
            at = np.minimum(start + first, len(self.pieces) - 1) if first else start
            found.append(self._piece(at) & LEADING[np.clip(size - first, 0, PIECE)])
        return found

    def _piece(self, at: Ints) -> Piece:
        return self.pieces[at].astype(np.uint64)


def _two_digits(piece: Piece, above: int) -> Ints:
    """The number that the two digits make which have so many bits behind them."""
    return TWO_DIGITS[(piece >> np.uint64(above)).view(np.int64) & 0xFFFF]


def _number(piece: Piece) -> Ints:
    """The number that eight digits make; bytes of nought count as the digit nought."""
    digits = piece & every(0x0F)
    pairs = (digits >> np.uint64(8) & every(0xFF, 2)) * np.uint64(10) + (digits & every(0xFF, 2))
    fours = (pairs >> np.uint64(16) & every(0xFFFF, 4)) * np.uint64(100) + (pairs & every(0xFFFF, 4))
    return ((fours >> np.uint64(32)) * np.uint64(10_000) + (fours & np.uint64(0xFFFFFFFF))).view(np.int64)


def _holds(piece: Piece, character: int) -> NDArray[np.bool_]:
    """Which pieces have that character among their bytes."""
    other = piece ^ every(character)
    return (other - every(0x01) & ~other & every(0x80)) != 0


def texts(fields: bytes) -> tuple[str, ...]:
    """The texts of fields that follow one another, blank for NULL."""
    return tuple(_unescaped(field).decode() for field in fields.split(b"\t"))


def _unescaped(text: bytes) -> bytes:
    if BACKSLASH not in text:
        return text
    if text == NULL:
        return b""
    return re.sub(rb"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), text)
