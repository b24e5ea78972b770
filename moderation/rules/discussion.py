"""The reflective discussion as the moderator writes it down, and what it still lacks before it is signed off.

A draft holds whatever was typed, a half-written date or a change without its reason included. Signing off needs every
problem gone: each grade agreed, or changed with a reason, within what the limiting judgements allow; and a record of
when the discussion was, who was there and whether a difference was made for the child.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from audits.enums import Grade
from audits.rules.answers import LONG_TEXT_CHARACTERS, Problem
from audits.rules.grading import Ceiling
from moderation.enums import Attended

NOTE_CHARACTERS = 200
LONGEST_MINUTES = 480

TEXTS = {
    "difference_made": "Have we made a difference for the child or young person?",
    "strengths": "Strengths",
    "comment": "Comment",
}
THERE = {"yes": True, "no": False}


@dataclass(frozen=True)
class GradedPart:
    """One grade that the auditor gave, of a section or of the whole audit, and the highest that can be given."""

    key: str
    name: str
    original: str
    ceiling: Ceiling


@dataclass(frozen=True)
class Decision:
    """The moderator's grade for one part, and why where it is another. `original`: what it was when they decided."""

    final: str = ""
    reason: str = ""
    original: str = ""


@dataclass(frozen=True)
class Presence:
    """Whether one of the four people was there: "yes", "no", or empty while it is not said."""

    there: str = ""
    note: str = ""

    @property
    def attended(self) -> bool | None:
        return THERE.get(self.there)


@dataclass(frozen=True)
class Discussion:
    """Everything that is written down about one discussion, as it was typed.

    `decisions` by part key, `attendance` by capacity. `held_on`: day, month and year. `duration`: minutes.
    """

    decisions: Mapping[str, Decision] = field(default_factory=dict)
    attendance: Mapping[str, Presence] = field(default_factory=dict)
    held_on: tuple[str, str, str] = ("", "", "")
    duration: str = ""
    difference_made: str = ""
    strengths: str = ""
    comment: str = ""

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Discussion":
        if not stored:
            return cls()
        return cls(
            decisions={key: Decision(**decision) for key, decision in stored["decisions"].items()},
            attendance={key: Presence(**presence) for key, presence in stored["attendance"].items()},
            held_on=tuple(stored["held_on"]),
            **{name: stored[name] for name in ("duration", *TEXTS)},
        )

    def to_store(self) -> dict[str, Any]:
        return {
            "decisions": {key: asdict(decision) for key, decision in self.decisions.items()},
            "attendance": {key: asdict(presence) for key, presence in self.attendance.items()},
            "held_on": list(self.held_on),
            **{name: getattr(self, name) for name in ("duration", *TEXTS)},
        }

    @property
    def day(self) -> date | None:
        """The day of the discussion; None where what was typed is none."""
        try:
            day, month, year = (int(part) for part in self.held_on)
            return date(year, month, day)
        except (ValueError, OverflowError):
            return None

    @property
    def minutes(self) -> int | None:
        return int(self.duration) if re.fullmatch(r"\d{1,4}", self.duration, re.ASCII) else None

    def decision(self, part: GradedPart) -> Decision:
        """The decision about `part`. One made about another grade than the auditor's present one is open again."""
        decision = self.decisions.get(part.key, Decision())
        return decision if decision.original in ("", part.original) else replace(decision, final="")

    def presence(self, capacity: str) -> Presence:
        return self.attendance.get(capacity, Presence())


def problems_before_sign_off(
    discussion: Discussion, parts: Iterable[GradedPart], *, submitted_on: date, on: date
) -> tuple[Problem, ...]:
    """What keeps the discussion from being signed off on the day `on`, in the order of the page.

    Fields: `grade.<key>`, `reason.<key>`, `held_on`, `duration`, `there.<capacity>`, `note.<capacity>`,
    `difference_made`, `strengths`, `comment`.
    """
    return (
        *(problem for part in parts for problem in _decision_problems(part, discussion.decision(part))),
        *_day_problems(discussion, submitted_on, on),
        *_duration_problems(discussion),
        *_attendance_problems(discussion),
        *_text_problems(discussion),
    )


def _decision_problems(part: GradedPart, decision: Decision) -> Iterator[Problem]:
    if decision.final not in Grade.values:
        yield Problem(f"grade.{part.key}", f"Select whether you agree with the grade for {part.name}", missing=True)
        return
    if why_not := part.ceiling.why_not(decision.final):
        yield Problem(f"grade.{part.key}", why_not)
    if decision.final != part.original and not decision.reason.strip():
        yield Problem(f"reason.{part.key}", f"Enter a reason for changing the grade for {part.name}", missing=True)
    yield from _length_problems(f"reason.{part.key}", f"Reason for {part.name}", decision.reason)


def _day_problems(discussion: Discussion, submitted_on: date, on: date) -> Iterator[Problem]:
    if not any(part.strip() for part in discussion.held_on):
        yield Problem("held_on", "Enter the date of the discussion", missing=True)
    elif discussion.day is None:
        yield Problem("held_on", "The date of the discussion must be a real date, such as 27 3 2026")
    elif discussion.day > on:
        yield Problem("held_on", "The date of the discussion must be today or in the past")
    elif discussion.day < submitted_on:
        submitted = f"{submitted_on.day} {submitted_on:%B %Y}"
        yield Problem("held_on", f"The discussion must be on or after {submitted}, when Stage 1 was submitted")


def _duration_problems(discussion: Discussion) -> Iterator[Problem]:
    if not discussion.duration:
        yield Problem("duration", "Enter how long the discussion took, in minutes", missing=True)
    elif discussion.minutes is None or not 1 <= discussion.minutes <= LONGEST_MINUTES:
        yield Problem("duration", f"Minutes must be a whole number between 1 and {LONGEST_MINUTES}")


def _attendance_problems(discussion: Discussion) -> Iterator[Problem]:
    for capacity in Attended:
        presence = discussion.presence(capacity)
        if presence.attended is None:
            who = capacity.label.lower()
            yield Problem(f"there.{capacity.value}", f"Select whether the {who} was there", missing=True)
        yield from _length_problems(
            f"note.{capacity.value}", f"Note about the {capacity.label.lower()}", presence.note, NOTE_CHARACTERS
        )
    there = {capacity: discussion.presence(capacity).attended for capacity in Attended}
    if there.pop(Attended.MODERATOR) is False:
        yield Problem("there.moderator", "The moderator leads the discussion, so must have been there")
    if all(attended is False for attended in there.values()):
        yield Problem("there.auditor", "At least one other person must have been there for it to be a discussion")


def _text_problems(discussion: Discussion) -> Iterator[Problem]:
    if not discussion.difference_made.strip():
        yield Problem("difference_made", "Enter whether we have made a difference for the child", missing=True)
    for name, label in TEXTS.items():
        yield from _length_problems(name, label, getattr(discussion, name))


def _length_problems(name: str, label: str, text: str, most: int = LONG_TEXT_CHARACTERS) -> Iterator[Problem]:
    if len(text) > most:
        yield Problem(name, f"{label} must be {most:,} characters or fewer; it has {len(text):,}")
