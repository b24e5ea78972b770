"""What people typed, as it can be printed: every file format has characters that it cannot hold."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

# Control characters, halves of surrogate pairs and what XML 1.0 does not allow; and the marks that turn the order of
# text around, which could make a sentence of the document around it read as another. Text that runs from right to left
# by itself stays as it is.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")

# A very long word wraps badly, and one of thousands of letters takes minutes to lay out.
_LONG_WORD = re.compile(r"\S{31,}")
_PIECE = 20
_NO_WORD = 200
_UNSEEN_BREAK = "\u200b"

Value = TypeVar("Value")


def printable_text(text: str) -> str:
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def breakable_text(text: str) -> str:
    """The text with places in very long words where a line may end. They are not seen but in what is no word at all:
    more than 200 letters without a space."""
    return _LONG_WORD.sub(lambda found: _broken(found.group()), text)


def each_text(value: Value, change: Callable[[str], str]) -> Value:
    """A frozen dataclass, tuple or text with every text in it changed."""
    made: Any = value
    if isinstance(value, str):
        made = change(value)
    elif isinstance(value, tuple):
        made = tuple(each_text(item, change) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: each_text(getattr(value, field.name), change) for field in fields(value)}
        made = replace(value, **parts)
    return made


def _broken(word: str) -> str:
    pieces = (word[place : place + _PIECE] for place in range(0, len(word), _PIECE))
    return (_UNSEEN_BREAK if len(word) <= _NO_WORD else " ").join(pieces)
