"""How many cases a cycle somebody is given: their own number, else that of a role they hold, else everybody's."""

from collections.abc import Collection, Mapping
from typing import NamedTuple


class Quota(NamedTuple):
    """`cases` a cycle. `is_own`: set for this person. `role`: the role whose number counts, blank where none does."""

    cases: int
    is_own: bool = False
    role: str = ""


def quota_of(own: int | None, roles: Collection[str], *, usual: int, by_role: Mapping[str, int]) -> Quota:
    """Where several of the roles have a number, the smallest counts: who has other duties too is given less."""
    if own is not None:
        return Quota(own, is_own=True)
    numbers = sorted((by_role[role], role) for role in set(roles) if role in by_role)
    return Quota(numbers[0][0], role=numbers[0][1]) if numbers else Quota(usual)
