"""Scheduling what must happen by itself. The sweep in config/sweep.py does it when its time comes."""

from datetime import datetime

from django.utils import timezone

from accounts.enums import DueState
from accounts.models import Due


def schedule(*, rule: str, thing: str, due_at: datetime, occurrence: str = "") -> Due:
    """Make sure that `rule` will be applied to `thing` at `due_at`. Asking twice leaves the first row."""
    due, _ = Due.objects.get_or_create(rule=rule, thing=thing, occurrence=occurrence, defaults={"due_at": due_at})
    return due


def cancel(*, thing: str, rule_prefix: str = "", why: str, at: datetime | None = None) -> int:
    """Skip what is pending for `thing` (only rules that begin with `rule_prefix`) because of `why`; says how many."""
    return Due.objects.filter(thing=thing, rule__startswith=rule_prefix, state=DueState.PENDING).update(
        state=DueState.SKIPPED, finished_at=at or timezone.now(), outcome=why[:300]
    )
