"""Writing the activity log."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Activity, Person


def record(
    *,
    by: Person | None,
    verb: str,
    thing_type: str,
    thing_ref: str,
    summary: str,
    at: datetime | None = None,
    data: dict[str, Any] | None = None,
) -> Activity:
    """Log one thing that happened, in the transaction it happened in. `by` is None for the program itself.

    `summary` and `thing_ref` carry our own references only: no child's name, number or date of birth.
    """
    return Activity.objects.create(
        at=at or timezone.now(),
        actor=by,
        verb=verb,
        thing_type=thing_type,
        thing_ref=thing_ref,
        summary=summary[:400],
        data=data or {},
    )
