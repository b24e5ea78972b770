"""Which audits call for a re-audit, and when.

An audit whose grade calls for it is followed, some months after it was completed, by another audit of the same case by
a different person. Whether one is due is worked out from the history of the case, so that it cannot go stale.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from audits.enums import AuditKind
from audits.rules.deadlines import add_months


class PastAudit(NamedTuple):
    """One allocation in the history of a case; withdrawn ones are no part of it.

    `month`: the first month of its cycle. `completed_on`: None where it has not been completed. `grade`: the one that
    counts, blank where there is none. `auditor`: None where a file names somebody unknown. `reaudit_of`: the reference
    of the audit that this re-audit follows, where it is known. `is_lost`: its cycle was closed without it, or its
    auditor was let off: the child still waits for it. `is_set_aside`: QA decided that no re-audit follows.
    """

    reference: str
    kind: str
    month: date
    completed_on: date | None = None
    grade: str = ""
    auditor: str | None = None
    reaudit_of: str | None = None
    is_lost: bool = False
    is_set_aside: bool = False

    @property
    def is_reaudit(self) -> bool:
        return self.kind == AuditKind.REAUDIT


class Call(NamedTuple):
    """The latest audit of a case that calls for a re-audit. `due_month`: the first day of the month since when.

    `answer`: the re-audit that followed, None where none did. `lost`: the last one that was given out and never came
    back, which leaves the call open. `not_by`: who audited the case before, the first of them first.
    """

    audit: PastAudit
    due_month: date
    answer: PastAudit | None
    lost: PastAudit | None
    not_by: tuple[str, ...]

    @property
    def newest(self) -> PastAudit:
        """The allocation that the next re-audit follows: one that never came back is followed like the audit itself."""
        return self.lost or self.audit

    @property
    def is_open(self) -> bool:
        return self.answer is None and not self.audit.is_set_aside and not self.newest.is_set_aside


def due_month(completed_on: date, months: int) -> date:
    """The month in which the re-audit of an audit completed on that day is due, by its first day."""
    return add_months(completed_on, months)


def is_due(call: Call | None, last_month: date) -> bool:
    """Whether the call waits for an answer in a cycle that ends with `last_month`."""
    return call is not None and call.is_open and call.due_month <= last_month


def latest_call(history: Sequence[PastAudit], *, grades: Collection[str], months: int) -> Call | None:
    """What the history of one case calls for; None where no audit of it had one of `grades`.

    Only the latest such audit counts: a case is re-audited once for two bad audits in a row.
    """
    history = sorted(history, key=_in_order)
    calling = [past for past in history if past.completed_on is not None and past.grade in grades]
    if not calling:
        return None
    audit = calling[-1]
    followed = [past for past in history if past.is_reaudit and _follows(past, audit, history)]
    lost = [past for past in followed if past.is_lost]
    return Call(
        audit=audit,
        due_month=due_month(audit.completed_on or audit.month, months),
        answer=next((past for past in followed if not past.is_lost), None),
        lost=lost[-1] if lost else None,
        not_by=tuple(dict.fromkeys(past.auditor for past in chain(audit, history) if past.auditor)),
    )


def chain(audit: PastAudit, history: Sequence[PastAudit]) -> tuple[PastAudit, ...]:
    """The completed audits that lead up to this one, itself the last: a re-audit, the audit it follows, and so on."""
    return tuple(reversed(list(_back_from(audit, sorted(history, key=_in_order)))))


def _back_from(audit: PastAudit, history: Sequence[PastAudit]) -> Iterator[PastAudit]:
    known = {past.reference: past for past in history}
    before = history[: history.index(audit)]
    if audit.completed_on is not None:
        yield audit
    if not audit.is_reaudit or not before:
        return
    named = known.get(audit.reaudit_of or "")
    completed = [past for past in before if past.completed_on is not None]
    previous = named if named in before else (completed[-1] if completed else None)
    if previous is not None:
        yield from _back_from(previous, history)


def _follows(past: PastAudit, audit: PastAudit, history: Sequence[PastAudit]) -> bool:
    """Whether it is a re-audit of that audit: by name, or, where a file does not name one, by coming later."""
    return past.reaudit_of == audit.reference or past.month > audit.month


def _in_order(past: PastAudit) -> tuple[date, date, str]:
    return past.month, past.completed_on or date.max, past.reference
