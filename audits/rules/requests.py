"""What may be asked for about an audit, when, and what an answer needs.

Each function answers with a sentence that says why not, or with an empty one. An exemption and more time are asked for
in time: by the due day, that day included. Another case, and access to a restricted record, at any time while there is
something left to do: what stands against a case is often found late, and is better said late than never.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from audits.enums import COMPLETED_STATES, AuditState, RequestKind, Standing
from audits.rules.working_days import add_working_days, is_working_day

IN_TIME = (RequestKind.EXEMPTION, RequestKind.EXTENSION)
A_YEAR = timedelta(days=366)  # a day farther off than that is a slip of the hand


@dataclass(frozen=True)
class Situation:
    """How an audit stands on the day `on` that somebody asks.

    `is_open`: Stage 1 is still to be submitted. `is_live`: the allocation counts. `was_submitted`: the moderator sent
    it back, so that it counts as completed already. `due_on`: its present day, `first_due_on` the one before any
    extension. `pending`: what that person has asked for about this audit and nobody has decided.
    """

    on: date
    due_on: date | None
    first_due_on: date | None
    is_open: bool = True
    is_live: bool = True
    was_submitted: bool = False
    pending: Collection[str] = ()


def why_not_ask(kind: RequestKind, now: Situation) -> str:
    """Why the auditor cannot ask for this now."""
    if kind in now.pending:
        return "You have asked for this already. It waits for a decision."
    if not now.is_live:
        return "This audit does not have to be done any more."
    if not now.is_open:
        return "Stage 1 is not open any more."
    if kind == RequestKind.ACCESS:
        return ""
    if now.was_submitted:
        return "This audit was submitted, and sent back by its moderator. It can only be put right and submitted again."
    if kind in IN_TIME and now.due_on is not None and now.on > now.due_on:
        return f"This had to be asked for by the due day, {_day(now.due_on)}. Submit when you can: late counts too."
    return ""


def latest_extension(first_due_on: date, latest_days: int, closures: Collection[date] = ()) -> date:
    """The last working day that an audit can be extended to: so many days after the day it was first due."""
    day = first_due_on + timedelta(days=latest_days)
    while not is_working_day(day, closures):
        day -= timedelta(days=1)
    return day


def why_not_until(wanted: date, now: Situation, latest_days: int, closures: Collection[date] = ()) -> str:
    """Why an audit cannot be extended to the day `wanted`."""
    if now.due_on is None:
        return "This audit has no due day."
    if wanted <= now.due_on:
        return f"The day must be after {_day(now.due_on)}, when it is due now"
    if wanted < now.on:
        return "The day must be today or later"
    latest = latest_extension(now.first_due_on or now.due_on, latest_days, closures)
    if wanted > latest:
        return f"The day must be {_day(latest)} or before: {latest_days} days after it was first due"
    if not is_working_day(wanted, closures):
        return f"{_day(wanted)} is not a working day"
    return ""


def why_not_again(due_on: date, on: date, closures: Collection[date] = ()) -> str:
    """Why an audit that is asked for again cannot be due on that day."""
    if due_on < on:
        return "The day must be today or later"
    if due_on > on + A_YEAR:
        return "The day must be within a year"
    if not is_working_day(due_on, closures):
        return f"{_day(due_on)} is not a working day"
    return ""


def why_moot(
    kind: str,
    *,
    standing: str,
    state: str,
    by_the_auditor: bool,
    restricted: bool,
    was_submitted: bool = False,
    sees_audit: bool = True,
) -> str:
    """Why nothing is left to decide about a pending request; empty while there is.

    `standing` and `state`: of the allocation and of its audit. `by_the_auditor`: whether whoever asked does the audit
    now. Others ask for access to a restricted record, and go on needing it when the audit is submitted, as long as they
    see the audit at all (`sees_audit`).
    """
    if standing == Standing.WITHDRAWN:
        return "The audit was taken back."
    if standing == Standing.EXEMPT:
        return "The audit does not have to be done any more."
    if state == AuditState.NOT_RETURNED:
        return "The cycle closed without the audit."
    if kind == RequestKind.ACCESS and not restricted:
        return "The record is not restricted any more."
    if kind == RequestKind.ACCESS and not sees_audit:
        return "Whoever asked does not see the audit any more."
    if kind != RequestKind.ACCESS and not by_the_auditor:
        return "Another auditor does this audit now."
    if by_the_auditor and (state in COMPLETED_STATES or (was_submitted and kind != RequestKind.ACCESS)):
        return "The audit was submitted."
    return ""


def remind_deciders_on(asked_on: date, due_on: date | None, working_days: int, closures: Collection[date] = ()) -> date:
    """The day on which an undecided request reminds those who decide: so many working days before the audit is due;
    so many after it was asked for, where that day had come by then or there is none."""
    if due_on is not None and (before := add_working_days(due_on, -working_days, closures)) > asked_on:
        return before
    return add_working_days(asked_on, working_days, closures)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
