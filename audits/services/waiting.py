"""Waiting for what somebody else does at this moment.

A row is written as it is, so that this transaction holds it until it ends. Whoever was at it before is done by then,
and what they did is seen from here on; whoever comes after waits, and sees what is done here. Reading alone would not
do: `select_for_update` waits on PostgreSQL and does nothing on SQLite.
"""

from django.db.models import F

from audits.enums import CycleStatus
from audits.models import Case, Cycle


def wait_for_publications() -> None:
    """Whoever publishes a draw: they take a planned cycle first."""
    Cycle.objects.filter(status=CycleStatus.PLANNED).update(status=F("status"))


def wait_for_givers_of(case: int) -> None:
    """Whoever gives this case, by primary key, to an auditor by itself: a directed audit, another case for a place."""
    Case.objects.filter(pk=case).update(status=F("status"))
