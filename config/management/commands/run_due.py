"""`run_due`: one sweep over everything that is due, or one every so many seconds."""

import logging
import signal
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from config.sweep import SweepResult, sweep

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "One sweep of everything that is due: cycles that open, reminders, escalations, outgoing mail. "
        "Safe at any time, any number of times, by any number of processes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        when = parser.add_mutually_exclusive_group()
        when.add_argument("--at", type=_moment, metavar="ISO-DATETIME", help="Sweep as if it were then.")
        when.add_argument(
            "--every", type=_seconds, metavar="SECONDS", help="Go on sweeping until the program is ended."
        )

    def handle(self, *, at: datetime | None, every: float | None, **options: Any) -> None:
        if every is None:
            result = sweep(at or timezone.now())
            self.stdout.write(in_words(result))
            if result.errors:
                raise CommandError("\n".join(result.errors))
        else:
            self._keep_sweeping(every)

    def _keep_sweeping(self, seconds: float) -> None:
        """Sweep until SIGTERM or SIGINT; the sweep that has begun is finished, so no mail is left half sent."""
        ended = Event()
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: ended.set())
        self.stdout.write(f"Sweeping every {seconds:g} seconds.")
        while not ended.is_set():
            close_old_connections()
            try:
                result = sweep(timezone.now())
            except DatabaseError:
                logger.exception("The sweep failed")  # the database may be back for the next
            else:
                if result != SweepResult():
                    self.stdout.write(f"{timezone.localtime():%d %b %Y %H:%M} {in_words(result)}")
            ended.wait(seconds)


def in_words(result: SweepResult) -> str:
    mail = result.mail
    sentence = (
        f"Done {result.done}, skipped {result.skipped}, failed {result.failed}. "
        f"Mail: {mail.sent} sent, {mail.put_off} put off, {mail.failed} failed, {mail.uncertain} uncertain."
    )
    return f"{sentence} The mail server cannot be reached: {mail.unreachable}" if mail.unreachable else sentence


def _moment(text: str) -> datetime:
    """A date and time, or a date (its first moment), in the programme's time zone unless it says another."""
    try:
        day = parse_date(text)
        moment = datetime.combine(day, datetime.min.time()) if day else parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ArgumentTypeError(f"not a date and time: {text}. Write 2026-11-24T08:00.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if seconds <= 0:
        raise ArgumentTypeError(f"not a number of seconds: {text}")
    return seconds
