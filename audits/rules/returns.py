"""What came back of what was allocated: the counts behind every return rate, and the one rule of rounding."""

from dataclasses import dataclass


def percent(count: int, of: int) -> float | None:
    """``count`` as a percentage of ``of``, rounded half up to one decimal; None of nothing.

    Done in whole numbers, so that 1 of 16 is 6.3 and not whatever a binary fraction makes of 6.25.
    """
    if of == 0:
        return None
    return (count * 2000 + of) // (of * 2) / 10


@dataclass(frozen=True)
class Returns:
    """Allocations of one kind and what came back of them.

    ``allocated`` leaves out the ``exempt``; ``completed`` holds the ``late`` ones too; ``moderated``
    counts those of the completed that moderation has signed off.
    """

    allocated: int = 0
    completed: int = 0
    late: int = 0
    exempt: int = 0
    moderated: int = 0

    @property
    def outstanding(self) -> int:
        return self.allocated - self.completed

    @property
    def rate(self) -> float | None:
        """Completed ÷ allocated, in per cent with one decimal; None where nothing was allocated."""
        return percent(self.completed, self.allocated)

    def __add__(self, other: "Returns") -> "Returns":
        return Returns(
            allocated=self.allocated + other.allocated,
            completed=self.completed + other.completed,
            late=self.late + other.late,
            exempt=self.exempt + other.exempt,
            moderated=self.moderated + other.moderated,
        )
