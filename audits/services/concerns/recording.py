"""What is written down of a concern: what it is about, who was phoned, notes, and who else was told."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.errors import StaleVersion, UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.concern_permissions import may_lead
from audits.enums import ConcernEntryKind, ConcernPart
from audits.models import Concern, ConcernRecipient
from audits.services.concerns.trail import log, tell, write
from audits.services.stage1 import SITTING

A_MOMENT = timedelta(minutes=1)
NOT_YOURS = "Only those who know of a concern write down what happens with it."


@transaction.atomic
def describe(*, concern: Concern, text: str, version: int, by: Person, at: datetime) -> int:
    """Say what the concern is; what it said before stays on record. Answers with the new version.

    It saves by itself while somebody types: as long as they only add to their words, these are one line of the record.

    Raises StaleVersion where somebody else described it since `version`.
    """
    ensure(may_lead(by, concern), "Whoever raised a concern, managers and quality assurance say what it is.")
    text = text.strip()
    if not text:
        raise UserError("Enter what the concern is")
    if text == concern.about:
        return concern.version
    if not Concern.objects.filter(pk=concern.pk, version=version).update(about=text, version=version + 1):
        concern.refresh_from_db()
        raise StaleVersion("Somebody else has described this concern while you were writing.", current=concern.version)
    concern.about, concern.version = text, version + 1
    if _goes_on(concern, text, by, at):
        return concern.version
    write(concern, ConcernEntryKind.DESCRIBED, by, at, text=text)
    log(concern, "described", "what it is was written down", by, at)
    return concern.version


@transaction.atomic
def record_call(*, concern: Concern, spoken_to: str, text: str, spoken_at: datetime, by: Person, at: datetime) -> None:
    """Write down who was spoken to, when, and what was said."""
    _ensure_knows(by, concern)
    if not spoken_to.strip():
        raise UserError("Enter who you spoke to")
    if spoken_at > at:
        raise UserError("Enter a time that has passed")
    if _is_written(concern, by, spoken_at, text.strip(), spoken_to.strip()):
        return
    write(concern, ConcernEntryKind.CALLED, by, spoken_at, text=text.strip(), spoken_to=spoken_to.strip())
    log(concern, "called", "a phone call was written down", by, at)


@transaction.atomic
def add_note(*, concern: Concern, text: str, by: Person, at: datetime) -> None:
    _ensure_knows(by, concern)
    if not text.strip():
        raise UserError("Enter a note")
    if _is_written(concern, by, at, text.strip()):
        return
    write(concern, ConcernEntryKind.NOTED, by, at, text=text.strip())
    log(concern, "noted", "a note was written down", by, at)


@transaction.atomic
def tell_somebody(*, concern: Concern, person: Person, by: Person, at: datetime) -> None:
    """Tell one more person, who reads it from now on. Never one from whom it is withheld."""
    ensure(may_lead(by, concern), "Whoever raised a concern, managers and quality assurance tell others of it.")
    if not person.is_active:
        raise UserError(f"{person} does not work here any more")
    known = concern.recipients.filter(person=person).first()
    if known is not None and known.told_at is None:
        raise UserError(f"{person} must not be told: {known.withheld_reason}")
    if known is not None or person == concern.raised_by:
        raise UserError(f"{person} knows already")
    ConcernRecipient.objects.create(concern=concern, person=person, part=ConcernPart.ADDED, told_at=at)
    write(concern, ConcernEntryKind.TOLD, by, at, text=person.name)
    log(concern, "told", "somebody else was told", by, at)
    tell(concern, [person], "raised", at)


def _goes_on(concern: Concern, text: str, by: Person, at: datetime) -> bool:
    """Lengthen the last description where it is this person's, of this sitting, and `text` begins with it."""
    last = concern.entries.filter(kind=ConcernEntryKind.DESCRIBED).last()
    if last is None or last.by_id != by.pk or at - last.at > SITTING or not text.startswith(last.text):
        return False
    last.text, last.at = text, at
    last.save(update_fields=["text", "at"])
    return True


def _is_written(concern: Concern, by: Person, at: datetime, text: str, spoken_to: str = "") -> bool:
    """Whether the same was written down of this moment: a button that was pressed twice."""
    moment = (at - A_MOMENT, at + A_MOMENT)
    same = concern.entries.filter(by=by, text=text, spoken_to=spoken_to, at__range=moment)
    return same.filter(kind__in=[ConcernEntryKind.CALLED, ConcernEntryKind.NOTED]).exists()


def _ensure_knows(by: Person, concern: Concern) -> None:
    ensure(Concern.objects.visible_to(by).filter(pk=concern.pk).exists(), NOT_YOURS)
