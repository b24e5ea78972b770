"""What auditors of the live month have asked for: some of it decided, some of it waiting for quality assurance."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import Person
from audits.enums import RequestGround
from audits.models import Audit, Request
from audits.rules.requests import latest_extension
from audits.services import checks
from audits.services.requests import asking
from audits.services.requests.deciding import decide
from config.demo.clock import moment

EXTRA_DAYS = 9
COVERING = "I am covering for the manager of the neighbouring team until the end of the month."
LEAVE = "I begin long leave on Monday, and cannot meet the worker before."
INSPECTION = "An inspection was announced for the same week."
MOVED = "The inspection has been moved to next quarter, so there is time."
COURT = "I am giving evidence in court for most of the three weeks."
COURSE = "The worker is on a course until the day before it is due."
FAMILY = "My sister taught the older children of this family."
SAID = "Thank you for saying so early."


def ask_while_under_way(begun: Sequence[Audit], restricted: Sequence[Audit], at: datetime, qa: Person) -> None:
    """More time and an exemption wait; more time was refused; access to restricted records waits."""
    for audit, leave in zip(begun, (_ask_for_time, _ask_for_exemption, _be_refused_time), strict=False):
        leave(audit, _by_its_day(audit, at), qa)
    for audit in restricted:
        checks.check_restriction(audit=audit, by=audit.allocation.auditor, at=at)


def ask_before_beginning(untouched: Sequence[Audit], at: datetime, qa: Person) -> None:
    """One audit has more time, one auditor was let off, and one knew the family and has another case."""
    for audit, leave in zip(untouched, (_get_another_case, _get_more_time, _be_let_off), strict=False):
        leave(audit, _by_its_day(audit, at), qa)


def _ask_for_time(audit: Audit, at: datetime, qa: Person) -> None:
    _more_time(audit, COVERING, at)


def _ask_for_exemption(audit: Audit, at: datetime, qa: Person) -> None:
    _exemption(audit, LEAVE, at)


def _be_refused_time(audit: Audit, at: datetime, qa: Person) -> None:
    decide(request=_more_time(audit, INSPECTION, at), grant=False, reason=MOVED, by=qa, at=at + timedelta(hours=1))


def _get_more_time(audit: Audit, at: datetime, qa: Person) -> None:
    decide(request=_more_time(audit, COURSE, at), grant=True, reason="", by=qa, at=at + timedelta(hours=1))


def _be_let_off(audit: Audit, at: datetime, qa: Person) -> None:
    decide(request=_exemption(audit, COURT, at), grant=True, reason="", by=qa, at=at + timedelta(hours=2))


def _get_another_case(audit: Audit, at: datetime, qa: Person) -> None:
    allocation, ground = audit.allocation, RequestGround.CONFLICT
    request = asking.ask_for_replacement(
        allocation=allocation, ground=ground, reason=FAMILY, by=allocation.auditor, at=at
    )
    decide(request=request, grant=True, reason=SAID, by=qa, at=at + timedelta(hours=1))


def _more_time(audit: Audit, reason: str, at: datetime) -> Request:
    allocation = audit.allocation
    until = latest_extension(allocation.due_on, EXTRA_DAYS)
    return asking.ask_for_extension(
        allocation=allocation, wanted_until=until, reason=reason, by=allocation.auditor, at=at
    )


def _exemption(audit: Audit, reason: str, at: datetime) -> Request:
    allocation = audit.allocation
    return asking.ask_for_exemption(allocation=allocation, reason=reason, by=allocation.auditor, at=at)


def _by_its_day(audit: Audit, at: datetime) -> datetime:
    """Nobody asks after the day on which the audit was due."""
    return min(at, moment(audit.allocation.due_on, at.hour))
