"""The groups of children that the monthly highlight looks at, in the order in which it prints them."""

from collections.abc import Iterable
from dataclasses import dataclass

from audits.enums import PlanType
from audits.rules.cohorts import Child, Cohort

UNDER_FIVE = 5


@dataclass(frozen=True)
class ReportedCohort:
    """A cohort under the key that reports are stored with; ``inside`` names the cohorts that wholly contain it."""

    key: str
    cohort: Cohort
    inside: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.cohort.name


_PROTECTED = (PlanType.CHILD_PROTECTION.value,)

HIGHLIGHT_COHORTS = (
    ReportedCohort("cin", Cohort("Children in need", plan_types=(PlanType.CHILD_IN_NEED.value,))),
    ReportedCohort(
        "cp_under_5", Cohort("Under 5 with a child protection plan", plan_types=_PROTECTED, younger_than=UNDER_FIVE)
    ),
    ReportedCohort(
        "cp_sexual_abuse",
        Cohort("Child protection plan under sexual abuse", plan_types=_PROTECTED, cp_category="sexual"),
    ),
    ReportedCohort("cse", Cohort("At risk of child sexual exploitation", cse=True)),
    ReportedCohort("missing", Cohort("Missing in the last 6 months", missing=True)),
    ReportedCohort(
        "missing_and_cse",
        Cohort("Missing and at risk of child sexual exploitation", cse=True, missing=True),
        inside=("cse", "missing"),
    ),
)


def cohorts_of(child: Child, cohorts: Iterable[ReportedCohort] = HIGHLIGHT_COHORTS) -> frozenset[str]:
    """The keys of all cohorts that a child belongs to."""
    return frozenset(reported.key for reported in cohorts if reported.cohort.holds(child))
