"""Sending what waits in the outbox.

A mail is claimed (queued → sending, by one conditional UPDATE) before it is handed to the mail server and marked sent
after. If the program stops in between, nobody can know whether the server took it: such a mail becomes *uncertain* and
a person decides. So no mail is lost, and none is sent twice unless somebody says so. What is urgent does not wait for a
decision: it is sent again.

Many mails of one rule to one person at one moment (the overdue audits of a whole service) go out as one digest; urgent
ones go out before all others, each by itself, and are tried again sooner.
"""

import smtplib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.enums import MailState, Permission
from accounts.errors import UserError
from accounts.models import OutgoingMail, Person
from accounts.permissions import ensure
from accounts.services.activity import record

GIVEN_UP_AS_STOPPED = timedelta(minutes=10)
MORE_IS_A_FLOOD = 3
WAIT_AFTER_ATTEMPT = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
WAIT_WHERE_URGENT = (*[timedelta(minutes=1)] * 10, *[timedelta(minutes=10)] * 24)


@dataclass
class SendResult:
    """What one round of sending did, in mails."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0
    uncertain: int = 0
    unreachable: str = ""


class Refused(Exception):
    """The mail was certainly not sent."""


class Unknown(Exception):
    """The connection broke while the mail was on its way: it may have been sent."""


def send_due(*, at: datetime) -> SendResult:
    """Send every queued mail whose time has come. Safe at any time, by any number of processes.

    Where no mail server is configured nothing is sent: mail stays queued and is read in the program.
    """
    result = SendResult()
    if not settings.EMAIL_CONFIGURED:
        return result
    result.uncertain = _flag_abandoned(at)
    waiting = OutgoingMail.objects.filter(state=MailState.QUEUED, send_after__lte=at).order_by(
        "-urgent", "send_after", "id"
    )
    mails = list(waiting)
    if not mails:
        return result
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        result.unreachable = _words(error)
        waiting.update(last_error=f"The mail server cannot be reached: {result.unreachable}"[:400])
        return result
    try:
        for batch in _batches(mails):
            _send(batch, connection, at, result)
    finally:
        connection.close()
    return result


def resolve_uncertain(*, mail: OutgoingMail, by: Person, sent: bool, at: datetime | None = None) -> None:
    """Settle a mail that may have been sent when the program stopped: it was (`sent`), or it has to be sent again."""
    at = at or timezone.now()
    changes = {"state": MailState.SENT, "sent_at": at} if sent else _queued_again(at)
    _decide(mail, by, at, MailState.UNCERTAIN, changes, "was sent" if sent else "is sent again")


def send_again(*, mail: OutgoingMail, by: Person, at: datetime | None = None) -> None:
    """Put a mail that failed for good back in the queue, say, after the address was put right."""
    at = at or timezone.now()
    _decide(mail, by, at, MailState.FAILED, _queued_again(at), "is sent again")


def _flag_abandoned(at: datetime) -> int:
    """Mails that a process claimed and never reported on: it was stopped before or after sending, nobody knows."""
    stopped = OutgoingMail.objects.filter(state=MailState.SENDING, claimed_at__lt=at - GIVEN_UP_AS_STOPPED)
    why = "The program stopped while this mail was being sent."
    stopped.filter(urgent=True).update(state=MailState.QUEUED, send_after=at, last_error=why)
    return stopped.filter(urgent=False).update(state=MailState.UNCERTAIN, last_error=why)


def _batches(mails: Iterable[OutgoingMail]) -> Iterator[list[OutgoingMail]]:
    """What goes out together: each mail by itself, those that would be a flood as one. What is urgent is no flood."""
    alike = defaultdict(list)
    for mail in mails:
        if mail.urgent:
            yield [mail]
        else:
            alike[mail.to, mail.rule].append(mail)
    for batch in alike.values():
        if len(batch) > MORE_IS_A_FLOOD:
            yield batch
        else:
            yield from ([mail] for mail in batch)


def _send(batch: list[OutgoingMail], connection: BaseEmailBackend, at: datetime, result: SendResult) -> None:
    claimed = [mail for mail in batch if _claim(mail, at)]
    if not claimed:
        return
    try:
        _hand_over(claimed, connection)
    except Refused as error:
        for mail in claimed:
            _put_off(mail, str(error), at, result)
    except Unknown as error:
        if claimed[0].urgent:
            _put_off(claimed[0], str(error), at, result)
        else:
            result.uncertain += _finish(claimed, state=MailState.UNCERTAIN, last_error=str(error))
    else:
        result.sent += _finish(claimed, state=MailState.SENT, sent_at=at, last_error="")


def _claim(mail: OutgoingMail, at: datetime) -> bool:
    """Of all processes that found the mail queued, exactly one gets it."""
    queued = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.QUEUED)
    return bool(queued.update(state=MailState.SENDING, claimed_at=at, attempts=F("attempts") + 1))


def _put_off(mail: OutgoingMail, why: str, at: datetime, result: SendResult) -> None:
    """Later once more, until it has been tried often enough."""
    tried_before, waits = mail.attempts, WAIT_WHERE_URGENT if mail.urgent else WAIT_AFTER_ATTEMPT
    if tried_before < len(waits):
        send_after = at + waits[tried_before]
        result.put_off += _finish([mail], state=MailState.QUEUED, last_error=why, send_after=send_after)
    else:
        result.failed += _finish([mail], state=MailState.FAILED, last_error=why)


def _finish(mails: list[OutgoingMail], **changes: object) -> int:
    """What became of claimed mails. Another sweep may have flagged them meanwhile: this process knows better."""
    claimed = OutgoingMail.objects.filter(
        pk__in=[mail.pk for mail in mails], state__in=[MailState.SENDING, MailState.UNCERTAIN]
    )
    return claimed.update(**changes)


def _hand_over(mails: list[OutgoingMail], connection: BaseEmailBackend) -> None:
    """Give mails to the mail server, as one. The reference goes along as Message-ID, to be found in its logs."""
    first = mails[0]
    message = EmailMessage(
        subject=first.subject if len(mails) == 1 else f"{first.subject}, and {len(mails) - 1} more like it",
        body=first.body if len(mails) == 1 else digest(mails),
        to=[first.to],
        headers={"Message-ID": message_id(first), "Auto-Submitted": "auto-generated"},
    )
    try:
        message.message()  # an address or a header that no server would take shows here
        connection.open()  # does nothing where it is open
    except (ValueError, OSError, smtplib.SMTPException) as error:
        raise Refused(_words(error)) from error
    try:
        connection.send_messages([message])
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        raise Refused(_words(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        connection.close()
        raise Unknown(_words(error)) from error


def digest(mails: list[OutgoingMail]) -> str:
    """The texts of several mails in one, each under its subject."""
    rule = "-" * 60
    return f"{len(mails)} messages in one mail.\n\n" + "\n".join(
        f"{rule}\n{mail.subject}\n{rule}\n\n{mail.body}" for mail in mails
    )


def message_id(mail: OutgoingMail) -> str:
    return f"<{mail.reference}@{urlsplit(settings.BASE_URL).hostname}>"


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def _queued_again(at: datetime) -> dict[str, object]:
    return {"state": MailState.QUEUED, "send_after": at, "attempts": 0}


def _decide(
    mail: OutgoingMail, by: Person, at: datetime, state: MailState, changes: dict[str, object], outcome: str
) -> None:
    ensure(by.may(Permission.SEE_OUTBOX), "Only people who look after the mail decide what becomes of it.")
    with transaction.atomic():
        if not OutgoingMail.objects.filter(pk=mail.pk, state=state).update(**changes):
            raise UserError("Somebody has already decided what becomes of this mail.")
        record(
            by=by,
            at=at,
            verb="mail.resolved",
            thing_type="mail",
            thing_ref=str(mail.reference),
            summary=f"Decided that a mail about {mail.thing} {outcome}",
        )
    mail.refresh_from_db()
