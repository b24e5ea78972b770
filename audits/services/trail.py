"""What every step of an audit leaves behind: a line in the activity log, and mails that carry its reference and a link.

Nothing about the child goes into either, nor what people wrote freely.
"""

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.links import absolute
from accounts.models import Person
from accounts.services.activity import record
from accounts.services.mail import queue_mail
from audits.models import Audit


def note(
    audit: Audit, verb: str, summary: str, by: Person | None, at: datetime, data: dict[str, Any] | None = None
) -> None:
    """Write down what happened to an audit, in the transaction in which it happens."""
    record(by=by, verb=verb, thing_type="audit", thing_ref=audit.reference, summary=summary, at=at, data=data)


def tell(audit: Audit, to: Person, rule: str, at: datetime, /, *, occurrence: str = "", **context: object) -> None:
    """Queue the mail `rule` about an audit to one person. Its template finds `name`, `url` and what `context` has.

    `occurrence`: which time, where the same mail can be due to the same person again.
    """
    queue_mail(
        to=to,
        thing=f"audit:{audit.reference}",
        rule=rule,
        occurrence=occurrence,
        context={"name": audit.reference, "url": absolute(reverse("audit_detail", args=[audit.reference])), **context},
        at=at,
    )
