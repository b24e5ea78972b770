"""Who signs a completed action off: the worker's line manager, or the next manager up; never whose action it was."""

from collections.abc import Collection, Iterable


def who_signs_off(line: Iterable[int], *, not_by: Collection[int | None]) -> int | None:
    """The first person of the worker's line of management, the nearest first, who is not among `not_by`.

    `not_by`: who owns the action and who did it. None where the line has nobody left: then quality assurance signs.
    """
    return next((manager for manager in line if manager not in not_by), None)
