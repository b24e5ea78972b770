"""What was posted of a discussion otherwise than it is stored, said in words for a person to choose."""

from collections.abc import Iterable, Iterator

from accounts.autosave import Difference
from audits.enums import Grade
from moderation.enums import Attended
from moderation.forms.discussion_form import DATE_PARTS, THERE
from moderation.rules.discussion import TEXTS, Discussion, GradedPart


def differences(parts: Iterable[GradedPart], mine: Discussion, theirs: Discussion) -> list[Difference]:
    """In the order of the page."""
    return [found for found in _all(parts, mine, theirs) if found.mine.strip() != found.theirs.strip()]


def _all(parts: Iterable[GradedPart], mine: Discussion, theirs: Discussion) -> Iterator[Difference]:
    for part in parts:
        my, their = mine.decision(part), theirs.decision(part)
        grade, reason = f"grade.{part.key}", f"reason.{part.key}"
        yield Difference(grade, f"Grade for {part.name}", _grade(my.final), _grade(their.final), {grade: [their.final]})
        yield _text(reason, f"Reason for {part.name}", my.reason, their.reason)
    days = {f"held_on_{part}": [text] for part, text in zip(DATE_PARTS, theirs.held_on, strict=True)}
    yield Difference("held_on", "Date of the discussion", " ".join(mine.held_on), " ".join(theirs.held_on), days)
    yield _text("duration", "Minutes", mine.duration, theirs.duration)
    for capacity in Attended:
        my_presence, their_presence = mine.presence(capacity), theirs.presence(capacity)
        there, note = f"there.{capacity.value}", f"note.{capacity.value}"
        yield Difference(
            there,
            capacity.label,
            _there(my_presence.there),
            _there(their_presence.there),
            {there: [their_presence.there]},
        )
        yield _text(note, f"Note about the {capacity.label.lower()}", my_presence.note, their_presence.note)
    for name, label in TEXTS.items():
        yield _text(name, label, getattr(mine, name), getattr(theirs, name))


def _text(name: str, label: str, mine: str, theirs: str) -> Difference:
    return Difference(name, label, mine, theirs, {name: [theirs]})


def _grade(grade: str) -> str:
    return str(Grade(grade).label) if grade in Grade.values else ""


def _there(answer: str) -> str:
    return THERE.get(answer, "")
