"""Which moderator gets which audit: an independent one with the least to do, by lot among equals.

The lot is a hash of the audit's reference and the person. References are random, so that nobody is favoured; and
whoever draws the lot again, or at the same time, draws the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from moderation.rules.independence import AuditPeople, Bar, bar_to_moderating


@dataclass(frozen=True)
class Assignment:
    """`moderators`: audit reference → person. `unassignable`: audit reference → what barred each moderator there is."""

    moderators: Mapping[str, int] = field(default_factory=dict)
    unassignable: Mapping[str, tuple[Bar, ...]] = field(default_factory=dict)


def assign_moderators(
    waiting: Iterable[tuple[str, AuditPeople]],
    open_moderations: Mapping[int, int],
    managers: Mapping[int, int | None],
) -> Assignment:
    """Give each waiting audit, in the order given, to the eligible moderator with the fewest open moderations.

    `open_moderations`: every moderator who can take one, with the number they have open. What is given out here counts.
    """
    load = dict(open_moderations)
    moderators: dict[str, int] = {}
    unassignable: dict[str, tuple[Bar, ...]] = {}
    for reference, people in waiting:
        bars = {person: bar_to_moderating(person, people, managers) for person in load}
        eligible = [person for person, bar in bars.items() if bar is None]
        if not eligible:
            unassignable[reference] = tuple(bar for bar in bars.values() if bar)
            continue
        chosen = min(eligible, key=lambda person: (load[person], _lot(reference, person)))
        moderators[reference] = chosen
        load[chosen] += 1
    return Assignment(moderators, unassignable)


def _lot(reference: str, person: int) -> str:
    return sha256(f"{reference}:{person}".encode()).hexdigest()
