"""What people typed, as it can be printed: every file format has characters that it cannot hold."""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

# Control characters, halves of surrogate pairs and what XML 1.0 does not allow; and the marks that turn the order of
# text around, which could make a sentence of the document around it read as another. Text that runs from right to left
# by itself stays as it is.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")

Value = TypeVar("Value")


def printable_text(text: str) -> str:
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def printable(value: Value) -> Value:
    """A frozen dataclass, tuple or text with every text in it made printable."""
    made: Any = value
    if isinstance(value, str):
        made = printable_text(value)
    elif isinstance(value, tuple):
        made = tuple(printable(item) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(value, **{field.name: printable(getattr(value, field.name)) for field in fields(value)})
    return made
