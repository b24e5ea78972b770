"""Other voices in an audit: the worker's reflection, feedback from the child, family and partner agencies, and what the
auditor saw of practice.

Feedback and observations that were removed can be put back until Stage 1 is submitted; then they are erased.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import cast

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.errors import StaleVersion, UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.enums import OPEN_STATES, AuditState
from audits.models import Audit, Feedback, Observation, Reflection
from audits.permissions import may_reflect
from audits.rules.answers import storable
from audits.services.meanwhile import ChangedMeanwhile, mark_of
from audits.services.stage1 import SITTING, hold_open
from audits.services.themes import known
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
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObservationDraft:
    """What the auditor saw, where (`setting`: a visit, a meeting, a supervision) and on which day."""

    observed_on: date | None
    setting: str
    notes: str
    themes: tuple[str, ...] = ()


Finding = Feedback | Observation
Draft = FeedbackDraft | ObservationDraft
DRAFTS: dict[type[Finding], type[Draft]] = {Feedback: FeedbackDraft, Observation: ObservationDraft}


def state_of(finding: Finding) -> str:
    """A mark of everything that the finding says."""
    return mark_of(finding, [field.name for field in fields(DRAFTS[type(finding)])])


@transaction.atomic
def save_reflection(*, audit: Audit, texts: Mapping[str, str], version: int, by: Person, at: datetime) -> int:
    """Keep the worker's answers to the four questions; returns the version now stored.

    Raises `StaleVersion` where the worker or the auditor saved something else since the page was made.
    """
    ensure(may_reflect(by, audit), "Only the worker and the auditor write the reflection, until Stage 1 is submitted.")
    if not Audit.objects.filter(pk=audit.pk, state__in=OPEN_STATES).update(version=F("version")):
        raise UserError("This audit has been submitted, so it can no longer be changed.")
    texts = {name: storable(texts.get(name, "")) for name in QUESTIONS}
    stored, is_new = Reflection.objects.get_or_create(audit=audit, defaults={"written_by": by, "saved_at": at})
    if texts == {name: getattr(stored, name) for name in QUESTIONS}:
        return stored.version
    saved = Reflection.objects.filter(pk=stored.pk, version=version).update(
        **texts, written_by=by, saved_at=at, version=F("version") + 1
    )
    if not saved:
        raise StaleVersion("The reflection was changed in another tab or by somebody else.", current=stored.version)
    if is_new or at - stored.saved_at > SITTING:
        note(audit, "reflection.saved", f"The worker’s reflection on audit {audit.reference} was saved", by, at)
    return version + 1


def add_feedback(*, audit: Audit, draft: FeedbackDraft, by: Person, at: datetime) -> Feedback:
    _check_feedback(draft)
    return cast(Feedback, _add(Feedback, audit, draft, by, at))


def change_feedback(*, feedback: Feedback, draft: FeedbackDraft, seen: str, by: Person, at: datetime) -> None:
    """`seen`: the state of the feedback that the change was made from (see `state_of`).

    Raises `ChangedMeanwhile` where another tab has saved something else since.
    """
    _check_feedback(draft)
    _change(feedback, draft, seen, by, at)


def add_observation(*, audit: Audit, draft: ObservationDraft, by: Person, at: datetime) -> Observation:
    _check_observation(draft, at)
    return cast(Observation, _add(Observation, audit, draft, by, at))


def change_observation(
    *, observation: Observation, draft: ObservationDraft, seen: str, by: Person, at: datetime
) -> None:
    """As `change_feedback`."""
    _check_observation(draft, at)
    _change(observation, draft, seen, by, at)


@transaction.atomic
def remove_finding(*, finding: Finding, by: Person, at: datetime) -> bool:
    """Take feedback or an observation out of a draft. Says whether this call did it."""
    hold_open(audit=finding.audit, by=by, at=at)
    if not type(finding).objects.filter(pk=finding.pk).update(removed_at=at):
        return False
    _note(finding, "removed", by, at)
    return True


@transaction.atomic
def put_back_finding(*, finding: Finding, by: Person, at: datetime) -> bool:
    hold_open(audit=finding.audit, by=by, at=at)
    if not type(finding).with_removed.filter(pk=finding.pk, removed_at__isnull=False).update(removed_at=None):
        return False
    _note(finding, "put_back", by, at)
    return True


def erase_removed() -> int:
    """Erase the feedback and observations that were removed from audits which nobody changes any more. How many."""
    can_come_back = (*OPEN_STATES, AuditState.SUBMITTED)
    return sum(
        model.with_removed.filter(removed_at__isnull=False).exclude(audit__state__in=can_come_back).delete()[0]
        for model in (Feedback, Observation)
    )


@transaction.atomic
def _add(model: type[Finding], audit: Audit, draft: Draft, by: Person, at: datetime) -> Finding:
    hold_open(audit=audit, by=by, at=at)
    values = _values(draft)
    # The same again is a second press of the button.
    for same in model.objects.filter(audit=audit):
        if values == {name: getattr(same, name) for name in values}:
            return same
    finding = model.objects.create(audit=audit, recorded_at=at, recorded_by=by, **values)
    _note(finding, "added", by, at)
    return finding


@transaction.atomic
def _change(finding: Finding, draft: Draft, seen: str, by: Person, at: datetime) -> None:
    # From here on nobody else changes anything of this draft.
    hold_open(audit=finding.audit, by=by, at=at)
    stored = type(finding).objects.filter(pk=finding.pk).first()
    if stored is None:
        raise UserError("This was removed in the meantime. Put it back to change it.")
    values = _values(draft)
    if values == {name: getattr(stored, name) for name in values}:
        return
    if state_of(stored) != seen:
        raise ChangedMeanwhile(stored, state_of(stored))
    type(finding).objects.filter(pk=finding.pk).update(**values)
    _note(finding, "changed", by, at)


def _values(draft: Draft) -> dict[str, object]:
    return asdict(draft) | {"themes": known(draft.themes)}


def _note(finding: Finding, what: str, by: Person, at: datetime) -> None:
    kind = "feedback" if isinstance(finding, Feedback) else "observation"
    thing = "Feedback" if isinstance(finding, Feedback) else "An observation"
    words = what.replace("_", " ")
    note(finding.audit, f"{kind}.{what}", f"{thing} on audit {finding.audit.reference} was {words}", by, at)


def _check_feedback(draft: FeedbackDraft) -> None:
    if not draft.text.strip():
        raise UserError("Enter what was said")
    if draft.score is not None and not 0 <= draft.score <= 10:
        raise UserError("The score must be from 0 to 10")
    if draft.score is not None and not draft.scale_question.strip():
        raise UserError("Enter the question that the score answers")


def _check_observation(draft: ObservationDraft, at: datetime) -> None:
    if draft.observed_on is None:
        raise UserError("Enter the date of the observation")
    if draft.observed_on > timezone.localdate(at):
        raise UserError("The date of the observation must be today or earlier")
    if not draft.setting.strip():
        raise UserError("Enter what you observed")
    if not draft.notes.strip():
        raise UserError("Enter what you saw")
