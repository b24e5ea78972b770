"""Groups of children by what is known of their cases: for quotas of a draw, for the focus of a cycle, for reports."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


class Child(NamedTuple):
    """What a cohort asks of a child. A child may have several plans at once.

    `plan_types` are `EH CIN CP CIC CL`; `age` in full years, -1 before birth, None where it is not known;
    `cp_category` is the category of abuse of the child protection plan in words; `cse_level` is blank or one of
    `experiencing emerging significant`.
    """

    plan_types: Collection[str] = ()
    age: int | None = None
    cp_category: str = ""
    cse_level: str = ""
    missing: bool = False


@dataclass(frozen=True)
class Cohort:
    """A group of children: those of whom everything that is asked holds. What is left blank is not asked.

    `plan_types`: on any of these plans; `younger_than`: in years, a child of that age is outside; `cp_category`: a word
    that the category of abuse holds; `cse`: at any risk of exploitation; `missing`: in the last six months.
    """

    name: str
    plan_types: tuple[str, ...] = ()
    younger_than: int | None = None
    cp_category: str = ""
    cse: bool = False
    missing: bool = False

    def holds(self, child: Child) -> bool:
        if self.plan_types and not set(self.plan_types) & set(child.plan_types):
            return False
        if self.younger_than is not None and (child.age is None or child.age >= self.younger_than):
            return False
        if self.cp_category.casefold() not in child.cp_category.casefold():
            return False
        return (bool(child.cse_level) or not self.cse) and (child.missing or not self.missing)

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Cohort":
        """From plain JSON values, as `to_values` gives them."""
        return cls(**{**values, "plan_types": tuple(values.get("plan_types", ()))})

    def to_values(self) -> dict[str, Any]:
        return asdict(self) | {"plan_types": list(self.plan_types)}


class CohortQuota(NamedTuple):
    """So many of a cycle's places are for children of the cohort, at the least."""

    cohort: Cohort
    cases: int
