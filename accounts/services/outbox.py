"""Sending what waits in the outbox.

A mail is claimed (queued → sending, by one conditional UPDATE) before it is handed to the mail server and marked sent
after. If the program stops in between, nobody can know whether the server took it: such a mail becomes *uncertain* and
a person decides. So no mail is lost, and none is sent twice unless somebody says so.
"""

import smtplib
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
WAIT_AFTER_ATTEMPT = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


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
    waiting = OutgoingMail.objects.filter(state=MailState.QUEUED, send_after__lte=at).order_by("send_after", "id")
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
        for mail in mails:
            _send_one(mail, connection, at, result)
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
    return OutgoingMail.objects.filter(state=MailState.SENDING, claimed_at__lt=at - GIVEN_UP_AS_STOPPED).update(
        state=MailState.UNCERTAIN, last_error="The program stopped while this mail was being sent."
    )


def _send_one(mail: OutgoingMail, connection: BaseEmailBackend, at: datetime, result: SendResult) -> None:
    claimed = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.QUEUED).update(
        state=MailState.SENDING, claimed_at=at, attempts=F("attempts") + 1
    )
    if not claimed:
        return
    try:
        _hand_over(mail, connection)
    except Refused as error:
        attempts = mail.attempts + 1
        if attempts > len(WAIT_AFTER_ATTEMPT):
            _finish(mail, state=MailState.FAILED, last_error=str(error))
            result.failed += 1
        else:
            send_after = at + WAIT_AFTER_ATTEMPT[attempts - 1]
            _finish(mail, state=MailState.QUEUED, last_error=str(error), send_after=send_after)
            result.put_off += 1
    except Unknown as error:
        _finish(mail, state=MailState.UNCERTAIN, last_error=str(error))
        result.uncertain += 1
    else:
        _finish(mail, state=MailState.SENT, sent_at=at, last_error="")
        result.sent += 1


def _finish(mail: OutgoingMail, **changes: object) -> None:
    """What became of a claimed mail. Another sweep may have flagged it in the meantime: this process knows better."""
    OutgoingMail.objects.filter(pk=mail.pk, state__in=[MailState.SENDING, MailState.UNCERTAIN]).update(**changes)


def _hand_over(mail: OutgoingMail, connection: BaseEmailBackend) -> None:
    """Give one mail to the mail server. The reference goes along as Message-ID, to be found again in its logs."""
    message = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        to=[mail.to],
        headers={"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated"},
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
