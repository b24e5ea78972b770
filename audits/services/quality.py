"""Concerns about the quality of an audit: raising one, taking it back, and answering it.

Nothing that anybody wrote goes into the log or a mail. The lines of both are kept from whoever did the audit, who may
read the log or look after the mail: they do not learn there that somebody is not content.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.errors import UserError
from accounts.links import absolute
from accounts.models import KeptFrom, Person
from accounts.permissions import ensure
from accounts.services.activity import record
from accounts.services.mail import queue_mail
from audits.enums import QualityConcernState
from audits.models import Audit, QualityAnswer, QualityConcern
from audits.permissions import knows_record
from audits.quality_permissions import answers, may_raise

ANSWERED_ELSEWHERE = "Somebody else has answered this in the meantime."


@transaction.atomic
def raise_concern(*, audit: Audit, text: str, by: Person, at: datetime) -> QualityConcern:
    """Tell quality assurance what is wrong with an audit that has been submitted. One at a time from each person."""
    ensure(may_raise(by, audit), "Only people who read an audit, and did not do it, raise a concern about it.")
    if not text.strip():
        raise UserError("Enter what concerns you about the audit")
    try:
        with transaction.atomic():
            concern = QualityConcern.objects.create(audit=audit, text=text.strip(), raised_by=by, raised_at=at)
    except IntegrityError as error:
        raise UserError("You have raised a concern about this audit already. It waits for an answer.") from error
    if audit.allocation.auditor:
        KeptFrom.objects.create(thing=_thing(concern), person=audit.allocation.auditor)
    _log(concern, "raised", "Raised a concern about the quality of audit {}", by, at)
    for person in concern.answerers():
        _tell(concern, person, "quality.raised", at)
    return concern


@transaction.atomic
def take_back(*, concern: QualityConcern, by: Person, at: datetime) -> None:
    """Withdraw what nobody has answered yet."""
    ensure(by.pk == concern.raised_by_id and by.is_active, "Only whoever raised a concern takes it back.")
    taken = QualityConcern.objects.open().filter(pk=concern.pk)
    if not taken.update(state=QualityConcernState.WITHDRAWN):
        raise UserError("This has been answered, or taken back, in the meantime.")
    concern.refresh_from_db(fields=["state"])
    _log(concern, "taken_back", "Took back a concern about the quality of audit {}", by, at)


@transaction.atomic
def answer(*, concern: QualityConcern, text: str, seen: int, by: Person, at: datetime) -> QualityAnswer:
    """Answer a concern, or correct the answer: the one before stays on record. Whoever raised it is told.

    `seen`: how many answers there were when `by` wrote theirs. Raises UserError where there is another by now.
    """
    ensure(answers(by, concern) and knows_record(by, concern.audit), "You cannot answer this concern.")
    if not text.strip():
        raise UserError("Enter your answer")
    # From this update on nobody else answers it or takes it back until this transaction ends.
    standing = QualityConcern.objects.filter(pk=concern.pk).exclude(state=QualityConcernState.WITHDRAWN)
    if not standing.update(state=QualityConcernState.ANSWERED):
        raise UserError("The concern has been taken back in the meantime.")
    if concern.answers.count() != seen:
        raise UserError(ANSWERED_ELSEWHERE)
    given = concern.answers.create(number=seen + 1, text=text.strip(), given_by=by, given_at=at)
    concern.refresh_from_db(fields=["state"])
    what = "Corrected the answer to" if seen else "Answered"
    _log(concern, "corrected" if seen else "answered", f"{what} a concern about the quality of audit {{}}", by, at)
    _tell(concern, concern.raised_by, "quality.answered", at, occurrence=str(given.number))
    return given


def _log(concern: QualityConcern, verb: str, summary: str, by: Person, at: datetime) -> None:
    kind, key = _thing(concern).split(":")
    summary = summary.format(concern.audit.reference)
    record(by=by, verb=f"quality.{verb}", thing_type=kind, thing_ref=key, summary=summary, at=at)


def _tell(concern: QualityConcern, person: Person, rule: str, at: datetime, occurrence: str = "") -> None:
    queue_mail(
        to=person,
        thing=_thing(concern),
        rule=rule,
        occurrence=occurrence,
        context={
            "name": concern.audit.reference,
            "corrected": occurrence not in ("", "1"),
            "url": absolute(reverse("quality_detail", args=[concern.pk])),
        },
        at=at,
    )


def _thing(concern: QualityConcern) -> str:
    return f"quality_concern:{concern.pk}"
