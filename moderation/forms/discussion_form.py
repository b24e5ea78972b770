"""The reflective discussion for a page: what was posted as a plain value, and every control ready to print.

What can be decided comes from the form version the audit was made with, so that no Django form class stands behind it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict

from accounts.models import Person
from audits.enums import Grade
from audits.rules.answers import Problem
from audits.rules.grading import BEST_FIRST
from moderation.enums import Attended
from moderation.rules.discussion import TEXTS, Decision, Discussion, GradedPart, Presence

DATE_PARTS = ("day", "month", "year")
THERE = {"yes": "There", "no": "Not there"}

# Neither can be stored: PostgreSQL refuses NUL, and lone surrogates are no UTF-8.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Posted:
    """A posted discussion, and the version of the page it comes from."""

    discussion: Discussion
    version: int

    @classmethod
    def read(cls, parts: Iterable[GradedPart], data: QueryDict) -> "Posted":
        def typed(name: str) -> str:
            return _UNSTORABLE.sub("", data.get(name, "")).replace("\r\n", "\n")

        day, month, year = (typed(f"held_on_{part}").strip() for part in DATE_PARTS)
        discussion = Discussion(
            decisions={
                part.key: Decision(typed(f"grade.{part.key}"), typed(f"reason.{part.key}"), part.original)
                for part in parts
            },
            attendance={
                capacity.value: Presence(typed(f"there.{capacity.value}"), typed(f"note.{capacity.value}"))
                for capacity in Attended
            },
            held_on=(day, month, year),
            duration=typed("duration").strip(),
            **{name: typed(name) for name in TEXTS},
        )
        return cls(discussion, version_of(data))


def version_of(data: QueryDict) -> int:
    """The version that a page posted; one that no row has where it posted none."""
    posted = data.get("version", "")
    return int(posted) if re.fullmatch(r"\d{1,9}", posted, re.ASCII) else -1


@dataclass(frozen=True)
class DecisionField:
    """The grade of one part, to agree or to change, with what is decided so far and what is wrong with it."""

    part: GradedPart
    decision: Decision
    errors: Mapping[str, str]

    @property
    def key(self) -> str:
        return self.part.key

    @property
    def legend(self) -> str:
        return f"Do you agree with the grade for {self.part.name}?"

    @property
    def grade_name(self) -> str:
        return f"grade.{self.key}"

    @property
    def reason_name(self) -> str:
        return f"reason.{self.key}"

    @property
    def options(self) -> list[tuple[str, str, str, bool]]:
        """To agree comes first. A grade that the limiting judgements forbid is there, but cannot be chosen."""
        original = Grade(self.part.original)
        allows = self.part.ceiling.allows
        changes = [
            (grade.value, f"Change to {grade.label}", "" if allows(grade) else "Not available", not allows(grade))
            for grade in BEST_FIRST
            if grade != original
        ]
        return [(original.value, f"Agree: {original.label}", "", False), *changes]

    @property
    def changed_since(self) -> str:
        """The grade the auditor had given when this was decided, where it is another now."""
        before = self.decision.original
        return before if before not in ("", self.part.original) else ""

    @property
    def grade_error(self) -> str:
        return self.errors.get(self.grade_name, "")

    @property
    def reason_error(self) -> str:
        return self.errors.get(self.reason_name, "")


@dataclass(frozen=True)
class PresenceField:
    """Whether one of the four people was there."""

    capacity: Attended
    person: Person | None
    presence: Presence
    errors: Mapping[str, str]

    @property
    def legend(self) -> str:
        return f"{self.capacity.label}: {self.person}" if self.person else self.capacity.label

    @property
    def there_name(self) -> str:
        return f"there.{self.capacity.value}"

    @property
    def note_name(self) -> str:
        return f"note.{self.capacity.value}"

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        return tuple(THERE.items())

    @property
    def there_error(self) -> str:
        return self.errors.get(self.there_name, "")

    @property
    def note_error(self) -> str:
        return self.errors.get(self.note_name, "")


@dataclass(frozen=True)
class DiscussionForm:
    """A discussion ready to print: `discussion` is what shows in the controls."""

    parts: tuple[GradedPart, ...]
    discussion: Discussion
    people: Mapping[Attended, Person]
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> dict[str, str]:
        """The first message for each control."""
        return {problem.field: problem.message for problem in reversed(self.problems)}

    @property
    def decisions(self) -> dict[str, DecisionField]:
        """By key of the part. A decision about a grade that the auditor has changed since shows as open."""
        errors = self.errors
        return {
            part.key: DecisionField(
                part,
                replace(self.discussion.decision(part), original=self._decided_about(part)),
                errors,
            )
            for part in self.parts
        }

    def _decided_about(self, part: GradedPart) -> str:
        decided = self.discussion.decisions.get(part.key)
        return decided.original if decided and decided.final else ""

    @property
    def attendance(self) -> list[PresenceField]:
        errors = self.errors
        return [
            PresenceField(capacity, self.people.get(capacity), self.discussion.presence(capacity), errors)
            for capacity in Attended
        ]

    @property
    def summary(self) -> list[dict[str, str]]:
        """The problems as the error summary prints them, each linked to its control."""
        return [{"text": problem.message, "href": f"#id_{_first_box(problem.field)}"} for problem in self.problems]


def _first_box(name: str) -> str:
    return "held_on_day" if name == "held_on" else name
