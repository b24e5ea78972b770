"""Other voices in an audit: the worker's reflection, and feedback from the child, family and partner agencies."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.errors import StaleVersion, UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.enums import OPEN_STATES
from audits.models import Audit, Feedback, Reflection
from audits.permissions import may_reflect
from audits.services.stage1 import hold_open
from audits.services.trail import note

# The four questions of the reflection, by the name of their answer.
QUESTIONS = {
    field.name: str(field.verbose_name)
    for field in Reflection._meta.fields
    if field.name in {"done_well", "challenges", "tools", "differently"}
}


@dataclass(frozen=True)
class FeedbackDraft:
    """What somebody said. `score`: 0 to 10, with the question it answers."""

    source: str
    polarity: str
    text: str
    score: int | None = None
    scale_question: str = ""
    may_quote: bool = False
    in_confidence: bool = False


@transaction.atomic
def save_reflection(*, audit: Audit, texts: Mapping[str, str], version: int, by: Person, at: datetime) -> int:
    """Keep the worker's answers to the four questions; returns the version now stored.

    Raises `StaleVersion` where the worker or the auditor saved something else since the page was made.
    """
    ensure(may_reflect(by, audit), "Only the worker and the auditor write the reflection, until Stage 1 is submitted.")
    if not Audit.objects.filter(pk=audit.pk, state__in=OPEN_STATES).update(version=F("version")):
        raise UserError("This audit has been submitted, so it can no longer be changed.")
    texts = {name: texts.get(name, "").replace("\r\n", "\n").replace("\x00", "") for name in QUESTIONS}
    stored, _ = Reflection.objects.get_or_create(audit=audit, defaults={"written_by": by, "saved_at": at})
    if texts == {name: getattr(stored, name) for name in QUESTIONS}:
        return stored.version
    saved = Reflection.objects.filter(pk=stored.pk, version=version).update(
        **texts, written_by=by, saved_at=at, version=F("version") + 1
    )
    if not saved:
        raise StaleVersion("The reflection was changed in another tab or by somebody else.", current=stored.version)
    note(audit, "reflection.saved", f"The worker’s reflection on audit {audit.reference} was saved", by, at)
    return version + 1


@transaction.atomic
def add_feedback(*, audit: Audit, draft: FeedbackDraft, by: Person, at: datetime) -> Feedback:
    hold_open(audit=audit, by=by, at=at)
    _check(draft)
    feedback = Feedback.objects.create(audit=audit, recorded_at=at, recorded_by=by, **asdict(draft))
    note(audit, "feedback.added", f"Feedback was added to audit {audit.reference}", by, at)
    return feedback


@transaction.atomic
def change_feedback(*, feedback: Feedback, draft: FeedbackDraft, by: Person, at: datetime) -> None:
    hold_open(audit=feedback.audit, by=by, at=at)
    _check(draft)
    for name, value in asdict(draft).items():
        setattr(feedback, name, value)
    feedback.save(update_fields=list(asdict(draft)))
    note(feedback.audit, "feedback.changed", f"Feedback on audit {feedback.audit.reference} was changed", by, at)


@transaction.atomic
def remove_feedback(*, feedback: Feedback, by: Person, at: datetime) -> None:
    hold_open(audit=feedback.audit, by=by, at=at)
    feedback.delete()
    note(feedback.audit, "feedback.removed", f"Feedback on audit {feedback.audit.reference} was removed", by, at)


def _check(draft: FeedbackDraft) -> None:
    if not draft.text.strip():
        raise UserError("Enter what was said")
    if draft.score is not None and not 0 <= draft.score <= 10:
        raise UserError("The score must be from 0 to 10")
    if draft.score is not None and not draft.scale_question.strip():
        raise UserError("Enter the question that the score answers")
