"""Giving an audit to another auditor while Stage 1 is open: the same audit, with what has been filled in.

The audit's row is taken first and its allocation second, each on its own columns, as everywhere.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Min
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.absence import left_or_away, without_the_role
from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.candidates import Candidate, candidates_for, wanted_for
from audits.enums import OPEN_STATES, Capacity, Standing
from audits.models import Allocation, Audit, CaseAccess, Participant
from audits.rules.working_days import add_working_days
from audits.services.allocating import frozen_auditor
from audits.services.meetings import call_off_meeting
from audits.services.requests.endings import drop_moot
from audits.services.trail import note, tell

WORKING_DAYS = 5
"""How many working days a new auditor has at the least, where QA gives them more time."""

RELATED = ("allocation__auditor", "allocation__worker", "allocation__case", "allocation__cycle__rules")
CHANGED_MEANWHILE = "Somebody else has changed this audit in the meantime. Look at it again."


@dataclass(frozen=True)
class Change:
    """An audit that goes from one auditor to another. `by_lot`: the program chose them."""

    audit: Audit
    before: Person | None
    to: Candidate
    due_on: date
    reason: str
    by_lot: bool


def open_work_of(person: Person) -> list[Audit]:
    """The audits whose Stage 1 the person still has to submit, the first due first."""
    audits = Audit.objects.of_auditor(person).open_stage1().select_related(*RELATED)
    return list(audits.order_by("allocation__due_on", "reference"))


def counts_of_the_absent(on: date) -> dict[int, tuple[int, date]]:
    """Person who has left, is away or does not audit any more → how many such audits wait for them until they are back,
    and the first day."""
    unable = left_or_away("allocation__auditor", "day", on)
    unable |= without_the_role("allocation__auditor", Permission.COMPLETE_AUDITS)
    waiting = (
        Audit.objects.open_stage1()
        .filter(allocation__auditor__isnull=False, allocation__due_on__isnull=False)
        .annotate(day=Coalesce("return_due_on", "allocation__due_on"))
        .filter(unable)
    )
    rows = waiting.order_by().values_list("allocation__auditor").annotate(Count("pk"), Min("day"))
    return {person: (count, first) for person, count, first in rows}


def may_hand_over(by: Person, audit: Audit) -> bool:
    counts = audit.allocation.standing == Standing.LIVE and audit.allocation.case_id is not None
    return by.may(Permission.RUN_CYCLES) and counts and audit.state in OPEN_STATES


def auditors_for(audit: Audit, on: date) -> list[Candidate]:
    """Everybody who audits, the best for this audit first, those who must not have it last."""
    return candidates_for(wanted_for([audit], on))[audit.reference]


def later_due_day(audit: Audit, on: date) -> date | None:
    """The day a new auditor can be given; None where they have long enough as it is."""
    day = add_working_days(on, WORKING_DAYS, audit.allocation.cycle.programme.closures)
    return day if audit.due_on is None or audit.due_on < day else None


def hand_over_audit(
    *, audit: Audit, to: Person | None, by: Person, at: datetime, reason: str, more_time: bool = False
) -> Person:
    """Give the audit to `to`, or to whom the rules find best where `to` is None; says to whom.

    What is filled in stays. The three checks are the new auditor's own, access to a restricted record is not handed on,
    what the old auditor asked for falls away, and they see the audit no more. `more_time`: at least five working days.
    Raises UserError where a rule bars that auditor, Stage 1 is no longer open, or somebody else was quicker. Handing it
    back undoes it.
    """
    audit = Audit.objects.select_related(*RELATED).get(pk=audit.pk)
    ensure(by.may(Permission.RUN_CYCLES), "Only QA gives an audit to another auditor.")
    if not may_hand_over(by, audit):
        raise UserError("Stage 1 of this audit is not open any more, so nobody else can be given it.")
    if not reason.strip():
        raise UserError("Enter why somebody else does it")
    on = timezone.localdate(at)
    change = Change(
        audit=audit,
        before=audit.allocation.auditor,
        to=chosen_among(auditors_for(audit, on), to),
        due_on=(more_time and later_due_day(audit, on)) or audit.due_on or on,
        reason=reason.strip(),
        by_lot=to is None,
    )
    with transaction.atomic():
        _give(change, at)
        _change_sight(change)
        drop_moot(at=at, allocation=audit.allocation)
        _record(change, by, at)
        _tell_both(change, at)
    return change.to.person


def chosen_among(candidates: list[Candidate], to: Person | None) -> Candidate:
    """The best of those who may have it; or `to`, if they may."""
    if to is None:
        best = next((candidate for candidate in candidates if not candidate.bar), None)
        if best is None:
            raise UserError("Nobody may audit this case: every auditor is barred by a rule.")
        return best
    found = next((candidate for candidate in candidates if candidate.person == to), None)
    if found is None:
        raise UserError(f"{to} is not an auditor.")
    if found.bar:
        raise UserError(f"{to} cannot audit this case. {found.bar}")
    return found


def _give(change: Change, at: datetime) -> None:
    audit, allocation = change.audit, change.audit.allocation
    returned = audit.return_due_on is not None
    held = Audit.objects.filter(pk=audit.pk, state__in=OPEN_STATES, return_due_on=audit.return_due_on).update(
        worker_confirmed_at=None,
        restriction_checked_at=None,
        return_due_on=change.due_on if returned else None,
    )
    if not held:
        raise UserError(CHANGED_MEANWHILE)
    days = {} if returned or change.due_on == allocation.due_on else _moved(allocation, change.due_on)
    given = Allocation.objects.filter(
        pk=allocation.pk, standing=Standing.LIVE, auditor=change.before, due_on=allocation.due_on
    ).update(
        **frozen_auditor(change.to.person, change.to.area),
        reason=allocation.reason | _why_this_auditor(change, at),
        due_set_at=at,  # of its new auditor, who is not reminded for the time before
        **days,
    )
    if not given:
        raise UserError(CHANGED_MEANWHILE)
    call_off_meeting(audit=audit, at=at)
    audit.refresh_from_db()


def _moved(allocation: Allocation, due_on: date) -> dict[str, object]:
    return {"due_on": due_on, "first_due_on": allocation.first_due_on or allocation.due_on}


def _why_this_auditor(change: Change, at: datetime) -> dict[str, object]:
    """What of the kept reason is about the auditor, of the new one."""
    return {
        "auditor_load": change.to.load,
        "auditor_area": change.to.area,
        "same_area": change.to.same_area,
        "given_up": [str(rule) for rule in change.to.given_up],
        "handed_over": {"on": timezone.localdate(at).isoformat(), "by_lot": change.by_lot},
    }


def _change_sight(change: Change) -> None:
    """Only the auditor of the day sees the audit as its auditor, and the record through this audit."""
    audit, case = change.audit, change.audit.allocation.case
    if change.before:
        Participant.objects.filter(audit=audit, person=change.before, capacity=Capacity.AUDITOR).delete()
        others = Participant.objects.filter(audit__allocation__case=case, person=change.before)
        if not others.exists():
            CaseAccess.objects.filter(case=case, person=change.before).delete()
    Participant.objects.get_or_create(audit=audit, person=change.to.person, capacity=Capacity.AUDITOR)


def _record(change: Change, by: Person, at: datetime) -> None:
    audit = change.audit
    filled_in = audit.sections.filter(version__gt=0).count()
    stays = f"; what was filled in stays ({filled_in} of its sections)" if filled_in else ""
    chosen = ", chosen by the program" if change.by_lot else ""
    data = {
        "from": change.before.email if change.before else "",
        "to": change.to.person.email,
        "reason": change.reason,
        "due_on": str(change.due_on),
        "sections": filled_in,
    }
    summary = f"Audit {audit.reference} was given to {change.to.person}{chosen}{stays}"
    note(audit, "audit.handed_over", summary, by, at, data)


def _tell_both(change: Change, at: datetime) -> None:
    audit = change.audit
    context = {
        "cycle": audit.allocation.cycle.name,
        "due_on": change.due_on,
        "is_begun": audit.started_at is not None,
    }
    rules = {"audit.taken_over": change.to.person, "audit.handed_over": change.before}
    for rule, person in rules.items():
        if person is not None:
            tell(audit, person, rule, at, occurrence=at.isoformat(), **context)
