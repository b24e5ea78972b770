"""What a draw gives back: everything that is shown, kept and explained."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from audits.rules.allocation.facts import Identity, ReauditDue
from audits.rules.allocation.reasons import AuditorRule, CapRule, CaseRule, PairRule, ReauditRule, SoftRule

Reason = AuditorRule | CapRule | CaseRule | PairRule | ReauditRule | SoftRule
AUDIT, REAUDIT = "audit", "reaudit"


class Share(NamedTuple):
    """How many eligible cases have a value, and how many of the drawn ones."""

    population: int
    drawn: int


class Why(NamedTuple):
    """Why this case, and why this auditor.

    `stratum`: dimension → the case's value. `chance`: this case's own chance of being drawn, 1 for a re-audit.
    `given_up`: the wishes that this pair does not meet. `is_replacement`: the case came in for another, see
    `sentences`. `quota`: the cohort quotas that the case counts for. `due_on`: of a re-audit, since when it is due.
    """

    stratum: Mapping[str, str]
    chance: float
    case_area: str | None
    auditor_area: str | None
    given_up: tuple[PairRule | SoftRule, ...]
    auditor_load: int
    is_replacement: bool
    quota: tuple[str, ...] = ()
    due_on: date | None = None

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
            "quota": list(self.quota),
            "due_on": self.due_on and self.due_on.isoformat(),
        }

    def sentences(self) -> list[str]:
        """In plain English, for the people it touches."""
        return [*self._about_the_case(), self._about_the_auditor(), *(rule.sentence for rule in self.given_up)]

    def _about_the_case(self) -> list[str]:
        quotas = [f"It counts for the quota of {name}." for name in self.quota]
        if self.due_on is not None:
            return ["Not drawn: the last audit of the case calls for a re-audit.", *quotas]
        case = f"Drawn at random from the eligible cases, with a chance of {self.chance:.1%}."
        if self.is_replacement:
            case += (
                " It stands in for a case for which no auditor was free to be found,"
                " or that would have put the sample out of proportion."
            )
        return [case, *quotas]

    def _about_the_auditor(self) -> str:
        return "The auditor is independent of the case" + (" and works in the same area." if self.same_area else ".")


class Pair(NamedTuple):
    """A case and its auditor. `kind`: "audit", drawn at random, or "reaudit", which was due. `reaudit_of`: our
    reference of the audit before."""

    case: Identity
    auditor: Identity
    why: Why
    kind: str = AUDIT
    reaudit_of: str | None = None


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


class ReauditOutcome(NamedTuple):
    """A re-audit that is due, and its auditor, or the reason why it has none.

    `against`: rule → from how many auditors with places it keeps the case.
    """

    due: ReauditDue
    auditor: Identity | None
    reason: CapRule | CaseRule | ReauditRule | None
    against: Mapping[PairRule, int]

    def as_json(self) -> dict[str, Any]:
        """Of one that is not met."""
        reason = self.reason
        return {
            "audit": self.due.audit,
            "reason": None if reason is None else str(reason),
            "sentence": "" if reason is None else reason.sentence,
        }


class QuotaOutcome(NamedTuple):
    """A cohort quota. `wanted`, `drawn`: cases of the cohort; `population`: those that could be drawn. All three with
    the re-audits, which take places like others. `sentence`: blank, or why it is not met, in numbers."""

    name: str
    wanted: int
    population: int
    drawn: int
    sentence: str = ""


class DrawResult(NamedTuple):
    """`population`: cases looked at; `eligible`: those that no rule kept out, of which the random sample is drawn and
    the strata are made. `pairs`: the random sample and the re-audits.

    `excluded`: rule → number of cases; `excluded_cases`: case → its rule. `out_of_reach`: eligible cases that no
    auditor with a place may take. `left_out`: auditors without a place → why. `excess`: by how many cases the random
    sample is out of proportion. `is_proved`: no other draw fills more places; none with as many meets more re-audits;
    none with as many of those is nearer to the quotas, and then to proportion. `digest`: the same for draws that were
    made from the same eligible cases, see `Population.digest`.
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
    reaudits: tuple[ReauditOutcome, ...] = ()
    cohort_quotas: tuple[QuotaOutcome, ...] = ()
    digest: str = ""

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
            "reaudits": {
                "due": len(self.reaudits),
                "seated": sum(outcome.auditor is not None for outcome in self.reaudits),
                "unmet": [outcome.as_json() for outcome in self.reaudits if outcome.auditor is None],
            },
            "cohort_quotas": [quota._asdict() for quota in self.cohort_quotas],
            "pairs": [[pair.case, pair.auditor] for pair in self.pairs],
        }
