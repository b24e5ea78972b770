"""Finding our columns in the header row of somebody else's file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from accounts.tables.outcome import shown
from accounts.tables.values import loose, tidy

LONGEST_HEADER = 200


@dataclass(frozen=True)
class Name:
    """What a column is called: by us, and by others. Compared without case, spaces, underscores and
    punctuation."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """Where each of our columns is. Positions count from 0; headers are as the file has them."""

    positions: dict[str, int]
    headers: dict[str, str]
    families: dict[str, dict[str, int]]
    """For each prefix, such as `grade:`, the names that follow it and their positions."""
    unknown: tuple[str, ...]
    repeated: tuple[tuple[str, tuple[str, ...]], ...]
    """Our column and the headers that all mean it. The first of them is taken."""
    width: int = field(default=0)

    def missing(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name not in self.positions]

    def in_file_order(self) -> tuple[tuple[str, str], ...]:
        places = [(position, name, self.headers[name]) for name, position in self.positions.items()]
        for prefix, members in self.families.items():
            places += [(position, f"{prefix} {member}", f"{prefix} {member}") for member, position in members.items()]
        return tuple((name, header) for _, name, header in sorted(places))


def match_headers(cells: Sequence[object], names: Sequence[Name], *, prefixes: Sequence[str] = ()) -> Match:
    """Our own name for a column goes before an alias of it; else the first in the file is taken and the
    others are said."""
    own = {loose(name.name): name.name for name in names}
    known = {loose(alias): name.name for name in names for alias in name.aliases} | own
    found: dict[str, list[int]] = {}
    families: dict[str, dict[str, int]] = {prefix: {} for prefix in prefixes}
    first_labels: dict[tuple[str, str], str] = {}
    unknown: list[str] = []
    repeated: list[tuple[str, tuple[str, ...]]] = []
    labels = [shown(cell, LONGEST_HEADER) for cell in cells]
    for position, label in enumerate(labels):
        if not label:
            continue
        family = _family(label, prefixes)
        if family:
            prefix, member = family
            same = prefix, loose(member) or member
            if same in first_labels:
                repeated.append((f"{prefix} {member}", (first_labels[same], label)))
            else:
                first_labels[same] = label
                families[prefix][member] = position
        elif loose(label) in known:
            found.setdefault(known[loose(label)], []).append(position)
        else:
            unknown.append(label)
    positions = {}
    for name, places in found.items():
        best = [place for place in places if own.get(loose(labels[place])) == name] or places
        positions[name] = best[0]
        if len(places) > 1:
            repeated.append((name, tuple(labels[place] for place in [best[0], *(p for p in places if p != best[0])])))
    return Match(
        positions=positions,
        headers={name: labels[place] for name, place in positions.items()},
        families=families,
        unknown=tuple(unknown),
        repeated=tuple(repeated),
        width=len(cells),
    )


def _family(label: str, prefixes: Sequence[str]) -> tuple[str, str] | None:
    start, colon, member = tidy(label).partition(":")
    for prefix in prefixes:
        if colon and member.strip() and loose(start) == loose(prefix):
            return prefix, member.strip()
    return None
