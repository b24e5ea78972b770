"""What a discussion came to, as pages read it back: before it is signed off, from the draft; afterwards, for ever."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from accounts.models import Person
from audits.enums import Grade
from audits.services.filled_form import FilledForm
from moderation.enums import Attended
from moderation.models import OVERALL, Moderation
from moderation.rules.discussion import TEXTS, Discussion, GradedPart


@dataclass(frozen=True)
class Outcome:
    """One of the auditor's grades, and what the moderator made of it."""

    key: str
    name: str
    original: str
    final: str
    reason: str

    @property
    def changed(self) -> bool:
        return self.original != self.final


@dataclass(frozen=True)
class Presence:
    """Whether one of the four people was there."""

    capacity: str
    person: Person | None
    attended: bool
    note: str

    def __str__(self) -> str:
        who = f"{Attended(self.capacity).label} ({self.person})" if self.person else Attended(self.capacity).label
        said = f"{who}: {'there' if self.attended else 'not there'}"
        return f"{said}. {self.note}" if self.note else said


@dataclass(frozen=True)
class Result:
    """Everything that came out of one discussion."""

    outcomes: tuple[Outcome, ...]
    held_on: date | None
    minutes: int | None
    attendance: tuple[Presence, ...]
    texts: Mapping[str, str]

    @property
    def escalates(self) -> bool:
        """An overall Inadequate is told to the managers above at once."""
        return any(outcome.key == OVERALL and outcome.final == Grade.INADEQUATE for outcome in self.outcomes)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """All but the grades, as a summary list."""
        return [
            ("Date", date_format(self.held_on, "j F Y") if self.held_on else ""),
            ("Duration", f"{self.minutes} minute{'' if self.minutes == 1 else 's'}"),
            ("Who was there", "\n".join(str(presence) for presence in self.attendance)),
            *((label, self.texts[name] or "Nothing was written.") for name, label in TEXTS.items()),
        ]


def result_of_draft(discussion: Discussion, parts: Iterable[GradedPart], people: Mapping[Attended, Person]) -> Result:
    """What a complete draft will be when it is signed off."""
    decided = ((part, discussion.decision(part)) for part in parts)
    return Result(
        outcomes=tuple(
            Outcome(part.key, _name(part.key, part.name), part.original, decision.final, decision.reason)
            for part, decision in decided
        ),
        held_on=discussion.day,
        minutes=discussion.minutes,
        attendance=tuple(
            Presence(capacity, people.get(capacity), bool(presence.attended), presence.note)
            for capacity in Attended
            for presence in [discussion.presence(capacity)]
        ),
        texts={name: getattr(discussion, name) for name in TEXTS},
    )


def signed_off_result(moderation: Moderation, filled: FilledForm) -> Result:
    """What was signed off, as it is stored."""
    names = {section.key: section.name for section in filled.form.sections}
    return Result(
        outcomes=tuple(
            Outcome(
                row.section_key,
                _name(row.section_key, names.get(row.section_key, "")),
                row.original,
                row.final,
                row.reason,
            )
            for row in moderation.decisions.all()
        ),
        held_on=moderation.held_on,
        minutes=moderation.duration_minutes,
        attendance=tuple(
            Presence(row.capacity, row.person, row.attended, row.note)
            for row in moderation.attendance.select_related("person")
        ),
        texts={name: getattr(moderation, name) for name in TEXTS},
    )


def _name(key: str, section: str) -> str:
    return "Overall" if key == OVERALL else section
