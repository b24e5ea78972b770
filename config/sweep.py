"""One sweep over everything that must happen by itself.

Plan: each floor writes the due rows that ought to exist. Do: every row whose time has come is claimed by a conditional
UPDATE and done in one transaction of its own. Send: the outbox is handed to the mail server; then the documents that
the mails speak of are made. Any number of processes may sweep at once, and a sweep may die anywhere: what is not done
stays pending for the next.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

import audits.due
import moderation.due
from accounts.due_rules import Handler, PutOff, Skipped
from accounts.enums import DueState
from accounts.models import Due
from accounts.services.outbox import SendResult, send_due
from reporting.services.file_documents import make_fresh

logger = logging.getLogger(__name__)

PLANS: tuple[Callable[[datetime], None], ...] = (audits.due.plan, moderation.due.plan)
HANDLERS: Mapping[str, Handler] = {**audits.due.HANDLERS, **moderation.due.HANDLERS}

LONGEST_WAIT = timedelta(hours=1)


@dataclass
class SweepResult:
    """What one sweep did, in due rows and mails. `failed` is tried again; `errors` says what went wrong."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    errors: list[str] = field(default_factory=list)
    mail: SendResult = field(default_factory=SendResult)


def sweep(at: datetime) -> SweepResult:
    """Do everything that is due at `at`. Done rows stay done: sweeping again does nothing more."""
    result = do_what_is_due(at)
    result.mail = send_due(at=at)
    result.errors += make_fresh(at)
    return result


def do_what_is_due(at: datetime) -> SweepResult:
    """A sweep that leaves the outbox alone."""
    result = SweepResult()
    for plan in PLANS:
        _plan(plan, at, result)
    ready = Q(try_after__isnull=True) | Q(try_after__lte=at)
    for due in Due.objects.filter(ready, state=DueState.PENDING, due_at__lte=at).order_by("due_at", "id"):
        _do(due, at, result)
    return result


def _plan(plan: Callable[[datetime], None], at: datetime, result: SweepResult) -> None:
    try:
        with transaction.atomic():
            plan(at)
    except Exception as error:  # one floor's mistake must not keep another's escalations from going out
        logger.exception("Planning failed")
        result.errors.append(f"{plan.__module__}: {error}")


def _do(due: Due, at: datetime, result: SweepResult) -> None:
    try:
        with transaction.atomic():
            if not _claim(due, at):
                return
            outcome = _outcome(due, at)
            state = DueState.SKIPPED if isinstance(outcome, Skipped) else DueState.DONE
            if isinstance(outcome, PutOff):
                state = DueState.PENDING
                Due.objects.filter(pk=due.pk).update(state=state, finished_at=None)
                _try_again_later(due, at, outcome.why)
                result.errors.append(f"{due}: {outcome.why}")
            else:
                Due.objects.filter(pk=due.pk).update(state=state, outcome=str(outcome)[:300])
    except Exception as error:  # nor one row another
        logger.exception("%s failed", due)
        _try_again_later(due, at, f"{type(error).__name__}: {error}")
        result.errors.append(f"{due}: {error}")
        state = DueState.PENDING
    result.done += state == DueState.DONE
    result.skipped += state == DueState.SKIPPED
    result.failed += state == DueState.PENDING


def _claim(due: Due, at: datetime) -> bool:
    """Of all processes that found the row pending, exactly one gets it."""
    pending = Due.objects.filter(pk=due.pk, state=DueState.PENDING)
    return bool(pending.update(state=DueState.DONE, finished_at=at))


def _outcome(due: Due, at: datetime) -> str | PutOff | Skipped:
    """What came of doing it. What a handler wrote before it found nothing to do is undone."""
    try:
        with transaction.atomic():
            return HANDLERS[due.rule](due, at)
    except Skipped as why:
        return why


def _try_again_later(due: Due, at: datetime, why: str) -> None:
    """After 1, 2, 4 … minutes, at most an hour. A deadline is never given up: somebody puts right what is wrong."""
    wait = min(timedelta(minutes=2 ** min(due.attempts, 6)), LONGEST_WAIT)
    Due.objects.filter(pk=due.pk, state=DueState.PENDING).update(
        attempts=F("attempts") + 1, try_after=at + wait, last_error=why[:400]
    )
