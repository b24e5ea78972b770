"""Small numbers: what a breakdown may show in a document that leaves the authority.

A count under the threshold could point at a child. It is hidden (primary suppression), and so is
whatever would give it back by subtraction (secondary suppression). Grade counts of a whole cycle are
the authority's own and always shown, so every group of a breakdown is compared with that whole too:
what is left when the group is taken out of the whole is a small number as well.

The rule is all or nothing for the grades of a group, because a row of which one cell is missing can be
solved like a puzzle with the totals around it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

THRESHOLD = 5
"""The smallest count that is shown, beside nought."""


class Shown(StrEnum):
    """How much of a group may be printed."""

    ALL = "all"
    TOTAL = "total"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Group:
    """A group of a breakdown: how many, how they divide, and the groups that wholly contain it."""

    key: str
    counts: Mapping[str, int]
    inside: Sequence[str] = ()

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def suppress(groups: Iterable[Group], *, whole: Group, threshold: int = THRESHOLD) -> dict[str, Shown]:
    """Decide for each group, in an order in which containing groups come before those they contain.

    A group shows its division where each count, and what the whole has left of each, is nought or at
    least ``threshold``; otherwise its total, where that passes the same test; otherwise nothing. A group
    inside another of the breakdown passes the test against that one too, or shows nothing. Where the whole is a
    small number itself nothing is shown: of two audits, a group that is neither none nor both can only be one.
    """
    if 0 < whole.total < threshold:
        return {group.key: Shown.NOTHING for group in groups}
    shown: dict[str, Shown] = {}
    known = {whole.key: whole}
    for group in groups:
        known[group.key] = group
        containers = [known[key] for key in group.inside]
        divides = all(_divisible(group, container, threshold) for container in [whole, *containers])
        if containers:
            open_ = divides and all(shown[container.key] is Shown.ALL for container in containers)
            shown[group.key] = Shown.ALL if open_ else Shown.NOTHING
        elif divides:
            shown[group.key] = Shown.ALL
        else:
            safe = _safe(group.total, whole.total, threshold)
            shown[group.key] = Shown.TOTAL if safe else Shown.NOTHING
    return shown


def _divisible(group: Group, container: Group, threshold: int) -> bool:
    if group.total in (0, container.total):
        return True  # nobody, or everybody of a group that is printed anyway
    return _safe(group.total, container.total, threshold) and all(
        _safe(count, container.counts.get(value, 0), threshold) for value, count in group.counts.items()
    )


def _safe(count: int, of: int, threshold: int) -> bool:
    """Neither the count nor the rest of what it is taken from is a small number."""
    return all(number == 0 or number >= threshold for number in (count, of - count))
