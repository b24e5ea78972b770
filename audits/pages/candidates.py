"""The auditors that QA can choose from, in words: the best first, and why the others must not have the case."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from audits.candidates import Candidate
from audits.rules.allocation.reasons import SoftRule

SHOWN_AT_ONCE = 8
NAMES_OF_A_REASON = 30
NOT_INDEPENDENT = "Not free, or not independent of the case."


class Barred(NamedTuple):
    """Auditors who must not have it for the same reason: the first of their names, and how many there are besides."""

    sentence: str
    names: list[str]
    more: int


class Choice(NamedTuple):
    """`best`: the first of those who may have it, as (key, name, hint). `others`: the rest, as (key, name and hint)."""

    best: list[tuple[str, str, str]]
    others: list[tuple[str, str]]
    barred: list[Barred]


def choice_of(candidates: Sequence[Candidate], *, knows_record: bool = True, shown: int = SHOWN_AT_ONCE) -> Choice:
    """Of a restricted record whose reader does not know it, nothing is said that depends on the case."""
    allowed = [candidate for candidate in candidates if not candidate.bar]
    hints = [hint_of(candidate, knows_record=knows_record) for candidate in allowed]
    best = [(str(c.person.pk), c.person.name, hint) for c, hint in zip(allowed[:shown], hints, strict=False)]
    others = [
        (str(c.person.pk), f"{c.person.name} ({hint})") for c, hint in zip(allowed[shown:], hints[shown:], strict=True)
    ]
    return Choice(best, sorted(others, key=lambda other: other[1]), _barred(candidates, knows_record))


def hint_of(candidate: Candidate, *, knows_record: bool = True) -> str:
    """Team and area, what they hold, and what is against them."""
    team = candidate.person.team.name if candidate.person.team else "No team"
    parts = [f"{team}, {candidate.area}" if candidate.area else team]
    if knows_record and candidate.same_area:
        parts.append("same area as the case")
    parts.append(f"{_audits(candidate.load)} in the months before, {candidate.held} now")
    if candidate.is_let_off:
        parts.append("was let off an audit of this month")
    if candidate.is_full:
        parts.append("has all their places")
    if knows_record and SoftRule.REPEAT_WORKER in candidate.given_up:
        parts.append("has audited this worker before")
    if knows_record and SoftRule.REPEAT_TEAM in candidate.given_up:
        parts.append("has audited this team lately")
    return " · ".join(parts)


def _audits(count: int) -> str:
    return "1 audit" if count == 1 else f"{count or 'no'} audits"


def _barred(candidates: Sequence[Candidate], knows_record: bool) -> list[Barred]:
    names: dict[str, list[str]] = defaultdict(list)
    for candidate in candidates:
        if candidate.bar:
            names[candidate.bar if knows_record else NOT_INDEPENDENT].append(candidate.person.name)
    return [
        Barred(sentence, sorted(people)[:NAMES_OF_A_REASON], max(len(people) - NAMES_OF_A_REASON, 0))
        for sentence, people in sorted(names.items())
    ]
