"""Frozen dataclasses from plain, JSON-able values and back, with every problem said in plain words.

A form definition is kept as JSON and may have been written by hand, so that reading it must name each mistake and
where it is instead of stopping at the first with a traceback. Supported fields: `str`, `bool`, `int`, a tuple of
strings, another such dataclass (or None), or a tuple of them. A field with a default may be left out.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

_PLAIN = {str: "text", bool: "true or false", int: "a whole number"}


def read(kind: type, data: Any, where: str, problems: list[str]) -> Any:
    """An instance of the dataclass `kind` from the mapping `data`, or None.

    What is wrong is appended to `problems`, each sentence beginning with `where`; a result is only to be used when
    nothing was appended.
    """
    if not isinstance(data, Mapping):
        problems.append(f"{where}: expected a group of named values.")
        return None
    hints = _hints(kind)
    known = {field.name: field for field in fields(kind)}
    problems += [f"{where}: “{name}” is not a setting that exists." for name in data if name not in known]
    values = {}
    for name, field in known.items():
        if name in data:
            values[name] = _value(hints[name], data[name], f"{where}: {name}", problems)
        elif field.default is MISSING and field.default_factory is MISSING:
            problems.append(f"{where}: {name} is missing.")
            values[name] = None
    return kind(**values)


def write(value: Any) -> Any:
    """The inverse of `read`: dicts, lists and scalars, without the fields that hold their default."""
    if is_dataclass(value) and not isinstance(value, type):
        held = {field.name: (getattr(value, field.name), field.default) for field in fields(value)}
        return {name: write(item) for name, (item, default) in held.items() if item != default}
    if isinstance(value, tuple):
        return [write(item) for item in value]
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, data: Any, where: str, problems: list[str]) -> Any:
    if isinstance(hint, UnionType):
        if data is None:
            return None
        hint = next(part for part in get_args(hint) if part is not NoneType)
    if get_origin(hint) is tuple:
        return _items(get_args(hint)[0], data, where, problems)
    if is_dataclass(hint):
        return read(hint, data, where, problems)  # type: ignore[arg-type]
    if type(data) is not hint:  # bool is an int to isinstance, but True is no number of minutes
        problems.append(f"{where} must be {_PLAIN[hint]}.")
    return data


def _items(hint: Any, data: Any, where: str, problems: list[str]) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        problems.append(f"{where} must be a list.")
        return ()
    return tuple(_value(hint, item, f"{where} {_called(item, n)}", problems) for n, item in enumerate(data, 1))


def _called(item: Any, number: int) -> str:
    key = item.get("key") if isinstance(item, Mapping) else None
    return f"“{key}”" if isinstance(key, str) and key else str(number)
