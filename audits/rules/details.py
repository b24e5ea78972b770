"""What an audit records about itself: its date, how it was done with the worker, and in a re-audit what has changed."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from audits.enums import WorkerInvolvement
from audits.rules.answers import LONG_TEXT_CHARACTERS, Problem


@dataclass(frozen=True)
class Details:
    """`audit_on`: the date of the audit. `not_involved_reason`: why the worker was not involved, where so."""

    audit_on: date | None = None
    worker_involvement: str = ""
    not_involved_reason: str = ""


def look_back_from(day: date, months: int) -> date:
    """The first day that an audit of that day looks at: so many months before, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def details_problems(details: Details, *, on: date) -> Iterator[Problem]:
    """What is missing or wrong on the day `on`."""
    if details.audit_on is None:
        yield Problem("audit_on", "Enter the date of audit", missing=True)
    elif details.audit_on > on:
        yield Problem("audit_on", "The date of audit must be today or in the past")
    if not details.worker_involvement:
        yield Problem("worker_involvement", "Select how the audit was done with the allocated worker", missing=True)
    elif details.worker_involvement == WorkerInvolvement.NOT_INVOLVED and not details.not_involved_reason.strip():
        yield Problem("not_involved_reason", "Say why the worker was not involved", missing=True)


def what_changed_problems(text: str) -> Iterator[Problem]:
    """What is missing or wrong in what a re-audit says has changed for the child."""
    if not text.strip():
        yield Problem("what_changed", "Say what has changed for the child since the audit before", missing=True)
    elif len(text) > LONG_TEXT_CHARACTERS:
        message = f"What has changed must be {LONG_TEXT_CHARACTERS:,} characters or fewer; it has {len(text):,}"
        yield Problem("what_changed", message)
