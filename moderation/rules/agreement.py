"""How often moderators agree with auditors, and in which direction they differ.

The moderator has seen the auditor's grade and talked about it, so that agreement is counted as it is. A measure that
corrects for chance would claim two judgements made apart from each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from audits.rules.grading import is_better


@dataclass(frozen=True)
class Agreement:
    """Of `n` grades, how many the moderator left alone, made worse (stricter) and made better (more lenient)."""

    agreed: int = 0
    stricter: int = 0
    more_lenient: int = 0

    @property
    def n(self) -> int:
        return self.agreed + self.stricter + self.more_lenient

    @property
    def rate(self) -> Fraction | None:
        """The share that was agreed, from 0 to 1; None where there was nothing to agree."""
        return Fraction(self.agreed, self.n) if self.n else None


def agreement(grades: Iterable[tuple[str, str]]) -> Agreement:
    """The agreement of (auditor's grade, moderated grade) pairs. A pair with a missing grade is not counted."""
    agreed = stricter = more_lenient = 0
    for original, final in grades:
        if not original or not final:
            continue
        if original == final:
            agreed += 1
        elif is_better(original, than=final):
            stricter += 1
        else:
            more_lenient += 1
    return Agreement(agreed, stricter, more_lenient)
