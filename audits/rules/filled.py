"""What an auditor has put in one section of the form, as a plain value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from audits.enums import Answer
from audits.rules.form_definition import Question, Section, ShownWhen


@dataclass(frozen=True)
class Reply:
    """The reply to one question.

    `value`: the answer, choice, step of the scale, ISO date or text; a tuple of choices where several may be chosen;
    empty while unanswered. `reason` and `reason_text`: for NA, the key of the reason and the auditor's own words.
    """

    value: str | tuple[str, ...] = ""
    reason: str = ""
    reason_text: str = ""

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Reply":
        value = stored.get("value", "")
        value = tuple(value) if isinstance(value, list | tuple) else value
        return cls(value, stored.get("reason", ""), stored.get("reason_text", ""))

    def to_store(self) -> dict[str, Any]:
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        parts = {"value": value, "reason": self.reason, "reason_text": self.reason_text}
        return {name: part for name, part in parts.items() if part or name == "value"}

    def na_accepted_for(self, question: Question) -> bool:
        """Whether this is NA for a reason that `question` accepts, written out where it has to be."""
        reason = question.na_reason(self.reason)
        if self.value != Answer.NA or reason is None or not reason.lifts_limit:
            return False
        return bool(self.reason_text.strip()) if reason.written else True


NO_REPLY = Reply()


@dataclass(frozen=True)
class FilledSection:
    """One section as filled in so far. With a `not_applicable_reason` the section does not apply yet.

    `themes`: keys of the code book that its findings are tagged with, sorted, each once.
    """

    replies: Mapping[str, Reply] = field(default_factory=dict)
    comment: str = ""
    grade: str = ""
    not_applicable_reason: str = ""
    themes: tuple[str, ...] = ()

    @classmethod
    def from_stored(
        cls,
        answers: Mapping[str, Any],
        comment: str = "",
        grade: str = "",
        not_applicable_reason: str = "",
        themes: Iterable[str] = (),
    ) -> "FilledSection":
        """From the stored answers, `{question key: {"value": …, "reason": …, "reason_text": …}}`."""
        replies = {key: Reply.from_stored(stored) for key, stored in answers.items()}
        return cls(replies, comment, grade, not_applicable_reason, tuple(themes))

    def answers_to_store(self) -> dict[str, dict[str, Any]]:
        return {key: reply.to_store() for key, reply in self.replies.items()}

    @property
    def not_applicable(self) -> bool:
        return bool(self.not_applicable_reason.strip())

    def reply(self, question_key: str) -> Reply:
        return self.replies.get(question_key, NO_REPLY)

    def asked(self, section: Section) -> tuple[Question, ...]:
        """The questions of `section` that these replies bring up: a question behind a hidden one is hidden too."""
        asked: dict[str, Question] = {}
        for question in section.questions:
            condition = question.shown_when
            if condition is None or (condition.question in asked and self._is_met(condition)):
                asked[question.key] = question
        return tuple(asked.values())

    def _is_met(self, condition: ShownWhen) -> bool:
        value = self.reply(condition.question).value
        return not set(condition.answers).isdisjoint(value if isinstance(value, tuple) else (value,))


NOTHING_FILLED = FilledSection()
