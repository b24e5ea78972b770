"""What a table leaves blank of a restricted record for somebody who is not named for it."""

from collections.abc import Collection, Sequence


def blanked(header: Sequence[str], row: Sequence[object], telling: Collection[str]) -> tuple[object, ...]:
    """The row without what stands in the columns that tell of the child."""
    return tuple("" if name in telling else value for name, value in zip(header, row, strict=True))
