"""Line management: a chain of people, each of whom answers to the next.

`managers` is person → their line manager, of everybody there is. A chain has no limit of depth; people who manage each
other in a circle, as a mistaken file can make them, are met once each.
"""

from collections.abc import Mapping


def chain_above(person: int, managers: Mapping[int, int | None]) -> tuple[int, ...]:
    """Everybody above the person, the nearest first."""
    chain: list[int] = []
    manager = managers.get(person)
    while manager is not None and manager != person and manager not in chain:
        chain.append(manager)
        manager = managers.get(manager)
    return tuple(chain)


def in_one_line(one: int, other: int, managers: Mapping[int, int | None]) -> bool:
    """Whether they are the same person, or one manages the other, directly or through others."""
    return one == other or one in chain_above(other, managers) or other in chain_above(one, managers)
