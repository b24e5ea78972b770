"""How an audit stands for a request, from the rows as they are."""

from datetime import date

from django.db.models import F

from accounts.models import Person
from audits.enums import OPEN_STATES, Standing
from audits.models import Audit, Request
from audits.rules.requests import Situation


def situation_of(audit: Audit, person: Person, on: date) -> Situation:
    allocation = audit.allocation
    pending = Request.objects.pending().filter(allocation=allocation, asked_by=person)
    return Situation(
        on=on,
        due_on=allocation.due_on,
        first_due_on=allocation.first_due_on or allocation.due_on,
        is_open=audit.state in OPEN_STATES,
        is_live=allocation.standing == Standing.LIVE,
        was_submitted=audit.completed_on is not None,
        pending=frozenset(pending.values_list("kind", flat=True)),
    )


def hold(audit: Audit) -> None:
    """Keep an open audit from being submitted or closed until this transaction ends, and read it and its allocation
    anew: what is asked of it then is still true when it is done."""
    Audit.objects.filter(pk=audit.pk, state__in=OPEN_STATES).update(version=F("version"))
    audit.refresh_from_db(fields=["state", "completed_on"])
    audit.allocation.refresh_from_db()
