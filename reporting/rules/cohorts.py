"""The groups of children that the reports look at, each by a test on the facts frozen at the draw."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

UNDER_FIVE = 5
"""Years; a child of this age is no longer in the cohort of the youngest."""


@dataclass(frozen=True)
class CaseFacts:
    """What is known of an audited child's case. A child may stand on several plans at once.

    ``plan_types`` are ``EH CIN CP CIC CL``; ``cp_category`` is the category of abuse of the child
    protection plan in words; ``cse_level`` is blank or one of ``experiencing emerging significant``.
    """

    plan_types: frozenset[str] = frozenset()
    age: int | None = None
    cp_category: str = ""
    cse_level: str = ""
    missing_last_6_months: bool = False


@dataclass(frozen=True)
class Cohort:
    """A group by its test; ``inside`` names the cohorts that wholly contain it."""

    key: str
    name: str
    holds: Callable[[CaseFacts], bool]
    inside: tuple[str, ...] = ()


def _under_five_with_a_plan(case: CaseFacts) -> bool:
    return "CP" in case.plan_types and case.age is not None and case.age < UNDER_FIVE


def _plan_for_sexual_abuse(case: CaseFacts) -> bool:
    return "CP" in case.plan_types and "sexual" in case.cp_category.casefold()


HIGHLIGHT_COHORTS = (
    Cohort("cin", "Children in need", lambda case: "CIN" in case.plan_types),
    Cohort("cp_under_5", "Under 5 with a child protection plan", _under_five_with_a_plan),
    Cohort("cp_sexual_abuse", "Child protection plan under sexual abuse", _plan_for_sexual_abuse),
    Cohort("cse", "At risk of child sexual exploitation", lambda case: bool(case.cse_level)),
    Cohort("missing", "Missing in the last 6 months", lambda case: case.missing_last_6_months),
    Cohort(
        "missing_and_cse",
        "Missing and at risk of child sexual exploitation",
        lambda case: case.missing_last_6_months and bool(case.cse_level),
        inside=("cse", "missing"),
    ),
)
"""The cohorts of the monthly highlight, in the order in which it prints them."""


def cohorts_of(case: CaseFacts, cohorts: Iterable[Cohort] = HIGHLIGHT_COHORTS) -> frozenset[str]:
    """The keys of all cohorts that a case belongs to."""
    return frozenset(cohort.key for cohort in cohorts if cohort.holds(case))
