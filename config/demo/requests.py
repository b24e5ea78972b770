"""What auditors of the live month have asked for: some of it decided, most of it waiting for QA."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from accounts.models import Person
from audits.models import Audit, Request
from audits.rules.requests import latest_extension
from audits.rules.working_days import add_working_days
from audits.services import checks
from audits.services.requests import asking
from audits.services.requests.deciding import decide
from config.demo.clock import moment

EXTRA_DAYS = 9
COVERING = "I am covering for the manager of the neighbouring team until the end of the month."
LEAVE = "I begin long leave on Monday, and cannot meet the worker before."
INSPECTION = "An inspection was announced for the same week."
MOVED = "The inspection has been moved to next quarter, so there is time."


def leave_requests(unfinished: Sequence[Audit], restricted: Sequence[Audit], qa: Person, as_of: date) -> None:
    """More time and an exemption wait; more time was refused; access to restricted records waits."""
    yesterday = add_working_days(as_of, -1)
    for audit, leave in zip(unfinished, (_more_time, _exemption, _refused), strict=False):
        due_on = audit.allocation.due_on or yesterday
        leave(audit, moment(min(yesterday, due_on), 14), qa)
    for audit in restricted:
        checks.check_restriction(audit=audit, by=audit.allocation.auditor, at=moment(yesterday, 15))


def _more_time(audit: Audit, at: datetime, qa: Person) -> None:
    _ask_for_more_time(audit, COVERING, at)


def _exemption(audit: Audit, at: datetime, qa: Person) -> None:
    asking.ask_for_exemption(allocation=audit.allocation, reason=LEAVE, by=audit.allocation.auditor, at=at)


def _refused(audit: Audit, at: datetime, qa: Person) -> None:
    request = _ask_for_more_time(audit, INSPECTION, at)
    decide(request=request, grant=False, reason=MOVED, by=qa, at=at + timedelta(hours=1))


def _ask_for_more_time(audit: Audit, reason: str, at: datetime) -> Request:
    allocation = audit.allocation
    until = latest_extension(allocation.due_on, EXTRA_DAYS)
    return asking.ask_for_extension(
        allocation=allocation, wanted_until=until, reason=reason, by=allocation.auditor, at=at
    )
