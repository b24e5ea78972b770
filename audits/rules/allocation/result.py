"""What a draw gives back: everything that is shown, kept and explained."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from audits.rules.allocation.facts import Identity
from audits.rules.allocation.reasons import AuditorRule, CapRule, CaseRule, PairRule, SoftRule

Reason = AuditorRule | CapRule | CaseRule | PairRule | SoftRule


class Share(NamedTuple):
    """How many eligible cases have a value, and how many of the drawn ones."""

    population: int
    drawn: int


class Why(NamedTuple):
    """Why this case, and why this auditor.

    `stratum`: dimension → the case's value. `chance`: cases drawn per eligible case. `given_up`: the wishes that this
    pair does not meet. `is_replacement`: the case came in for another, see `sentences`.
    """

    stratum: Mapping[str, str]
    chance: float
    case_area: str | None
    auditor_area: str | None
    given_up: tuple[PairRule | SoftRule, ...]
    auditor_load: int
    is_replacement: bool

    @property
    def same_area(self) -> bool:
        return self.case_area is not None and self.case_area == self.auditor_area

    def as_json(self) -> dict[str, Any]:
        return {
            "stratum": dict(self.stratum),
            "chance": round(self.chance, 6),
            "case_area": self.case_area,
            "auditor_area": self.auditor_area,
            "same_area": self.same_area,
            "given_up": [str(rule) for rule in self.given_up],
            "auditor_load": self.auditor_load,
            "is_replacement": self.is_replacement,
        }

    def sentences(self) -> list[str]:
        """In plain English, for the people it touches."""
        case = f"Drawn at random from the eligible cases, with a chance of {self.chance:.1%}."
        if self.is_replacement:
            case += (
                " It stands in for a case for which no auditor was free to be found,"
                " or that would have put the sample out of proportion."
            )
        met = "The auditor is independent of the case"
        met += " and works in the same area." if self.same_area else "."
        return [case, met, *(rule.sentence for rule in self.given_up)]


class Pair(NamedTuple):
    case: Identity
    auditor: Identity
    why: Why


class Broken(NamedTuple):
    """A pair of an earlier draw that the facts of today do not allow."""

    case: Identity
    auditor: Identity
    rule: Reason


class Unfilled(NamedTuple):
    """A place without a case. `against`: rule → how many of the cases that are left it keeps from the auditor."""

    auditor: Identity
    reason: AuditorRule
    against: Mapping[Reason, int]

    def as_json(self) -> dict[str, Any]:
        return {
            "auditor": self.auditor,
            "reason": str(self.reason),
            "sentence": self.reason.sentence,
            "against": {str(rule): count for rule, count in self.against.items()},
        }


class DrawResult(NamedTuple):
    """`population`: cases looked at; `eligible`: those that no rule kept out, of which the strata are made.

    `excluded`: rule → number of cases; `excluded_cases`: case → its rule. `out_of_reach`: eligible cases that no
    auditor with a place may take. `left_out`: auditors without a place → why. `is_proved`: no other draw fills more
    places, or is nearer to proportion with as many.
    """

    seed: int
    population: int
    eligible: int
    excluded: Mapping[CaseRule, int]
    excluded_cases: Mapping[Identity, CaseRule]
    out_of_reach: tuple[Identity, ...]
    left_out: Mapping[Identity, AuditorRule]
    strata: Mapping[str, Mapping[str, Share]]
    excess: int
    places: int
    pairs: tuple[Pair, ...]
    unfilled: tuple[Unfilled, ...]
    is_proved: bool

    @property
    def filled(self) -> int:
        return len(self.pairs)

    def as_json(self) -> dict[str, Any]:
        """The figures of the draw, without the list of every excluded case."""
        return {
            "seed": self.seed,
            "population": self.population,
            "eligible": self.eligible,
            "excluded": {str(rule): count for rule, count in self.excluded.items()},
            "strata": {
                dimension: {value: share._asdict() for value, share in shares.items()}
                for dimension, shares in self.strata.items()
            },
            "places": self.places,
            "filled": self.filled,
            "unfilled": [place.as_json() for place in self.unfilled],
            "left_out": {str(auditor): str(rule) for auditor, rule in self.left_out.items()},
            "out_of_proportion": self.excess,
            "proved": self.is_proved,
            "pairs": [[pair.case, pair.auditor] for pair in self.pairs],
        }
