"""One section of the audit form for a page: what was posted as a plain value, and every control ready to print.

The form is built from the form version that the audit is made with, so that no Django form class stands behind it; the
controls are our own components over plain values, which is ten times quicker than bound fields.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from audits.enums import Answer, Grade
from audits.rules.answers import COMMENT, GRADE, NOT_APPLICABLE_REASON, Problem, detail_asked_by, needed_in_words
from audits.rules.filled import FilledSection, Reply
from audits.rules.form_definition import Question, QuestionKind, Section, ShownWhen
from audits.rules.grading import BEST_FIRST, Ceiling, Limit, Why
from audits.rules.in_words import ANSWER_TEXTS

# Posted as the grade of a section that does not apply yet.
NOT_APPLICABLE = "not_applicable"
THEMES = "themes"
DATE_PARTS = ("day", "month", "year")


@dataclass(frozen=True)
class Posted:
    """A posted section: what was filled in, whether it was marked as not applicable yet, and the page's version."""

    filled: FilledSection
    not_applicable: bool
    version: int

    @classmethod
    def read(cls, section: Section, data: QueryDict) -> "Posted":
        grade = data.get(GRADE, "")
        return cls(
            filled=FilledSection(
                replies={question.key: _posted_reply(question, data) for question in section.questions},
                comment=data.get(COMMENT, ""),
                grade="" if grade == NOT_APPLICABLE else grade,
                not_applicable_reason=data.get(NOT_APPLICABLE_REASON, ""),
                themes=tuple(data.getlist(THEMES)),
            ),
            not_applicable=grade == NOT_APPLICABLE,
            version=int(version) if (version := data.get("version", "")).isascii() and version.isdigit() else -1,
        )


def _posted_reply(question: Question, data: QueryDict) -> Reply:
    key = question.key
    if question.kind == QuestionKind.CHOICES:
        return Reply(tuple(data.getlist(key)))
    if question.kind == QuestionKind.DATE:
        parts = [data.get(f"{key}_{part}", "").strip() for part in DATE_PARTS]
        return Reply("/".join(parts) if any(parts) else "")
    return Reply(data.get(key, ""), data.get(f"{key}.reason", ""), data.get(f"{key}.reason_text", ""))


def date_texts(reply: Reply) -> list[str]:
    """The three boxes of a date: of a stored one, or as they were typed where that was no date."""
    value = str(reply.value)
    if not value:
        return ["", "", ""]
    return value.split("/") if "/" in value else [part.lstrip("0") for part in reversed(value.split("-"))]


@dataclass(frozen=True)
class QuestionField:
    """One question with what is replied so far and what is wrong with it, for the template."""

    question: Question
    reply: Reply
    errors: Mapping[str, str]
    hidden: bool = False
    limit: Limit | None = None
    asks_for_detail: bool = False

    @property
    def name(self) -> str:
        return self.question.key

    @property
    def id(self) -> str:
        return f"id_{self.question.key}"

    @property
    def text(self) -> str:
        return self.question.text

    @property
    def notes(self) -> bool:
        """Whether an answer can bring up a note below the question."""
        return self.question.limiting or bool(self.question.comment_required_on)

    @property
    def limits(self) -> str:
        """Which grades the answer that is given rules out; silent while there is none, as at first all are."""
        return self.limit.beside_the_question if self.limit and self.limit.why != Why.UNANSWERED else ""

    @property
    def condition(self) -> ShownWhen | None:
        return self.question.shown_when

    @property
    def kind(self) -> str:
        return self.question.kind

    @property
    def hint(self) -> str:
        return self.question.guidance if self.question.required else f"{self.question.guidance} (optional)".strip()

    @property
    def value(self) -> str | tuple[str, ...]:
        return self.reply.value

    @property
    def date_texts(self) -> list[str]:
        return date_texts(self.reply)

    @property
    def options(self) -> list[tuple[str, str]]:
        if self.kind == QuestionKind.SCALE:
            return [(step, step) for step in self.question.possible_answers()]
        return [(choice.key, choice.label) for choice in self.question.choices]

    @property
    def answers(self) -> list[dict[str, Any]]:
        """Yes, No and NA; the first keeps the bare id, so that a link from the error summary can focus it."""
        return [
            {
                "id": self.id if number == 0 else f"{self.id}-{answer.value}",
                "value": answer.value,
                "text": text,
                "checked": self.reply.value == answer,
            }
            for number, (answer, text) in enumerate(ANSWER_TEXTS.items())
        ]

    @property
    def reasons(self) -> list[dict[str, Any]]:
        return [
            {
                "id": f"{self.id}.reason" if number == 0 else f"{self.id}.reason-{reason.key}",
                "value": reason.key,
                "text": reason.label,
                "checked": self.reply.reason == reason.key,
                "written": reason.written,
            }
            for number, reason in enumerate(self.question.na_reasons)
        ]

    @property
    def na_is_chosen(self) -> bool:
        return self.reply.value == Answer.NA

    @property
    def error(self) -> str:
        return self.errors.get(self.name, "")

    @property
    def reason_error(self) -> str:
        return self.errors.get(f"{self.name}.reason", "")

    @property
    def reason_text_error(self) -> str:
        return self.errors.get(f"{self.name}.reason_text", "")

    @property
    def described_by(self) -> str:
        parts = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*parts, f"{self.id}-error"] if self.error else parts)


@dataclass(frozen=True)
class SectionForm:
    """A section ready to print: `filled` is what shows in the controls, `ceiling` what the grade can be.

    `problems` are told as errors; `remaining` is what the section still needs, told in passing while it is filled in.
    """

    section: Section
    filled: FilledSection
    ceiling: Ceiling
    grade: str
    problems: tuple[Problem, ...] = ()
    says_not_applicable: bool = False
    remaining: tuple[Problem, ...] = ()

    @property
    def errors(self) -> dict[str, str]:
        """The first message for each control."""
        return {problem.field: problem.message for problem in reversed(self.problems)}

    @property
    def questions(self) -> Iterable[QuestionField]:
        errors, asked = self.errors, {question.key for question in self.filled.asked(self.section)}
        limits = {limit.question.key: limit for limit in self.ceiling.limits} if not self.section.overall else {}
        detail = {question.key for question in detail_asked_by(self.section, self.filled)}
        return [
            QuestionField(
                question,
                self.filled.reply(question.key),
                errors,
                hidden=question.key not in asked,
                limit=limits.get(question.key),
                asks_for_detail=question.key in detail,
            )
            for question in self.section.questions
        ]

    @property
    def noted_questions(self) -> list[QuestionField]:
        """The questions whose note depends on what is answered."""
        return [field for field in self.questions if field.notes]

    @property
    def detail_asked(self) -> str:
        """What the comments must give detail of, in words; empty where nothing is asked or they are written."""
        asked = [
            f"‘{question.name}’ is answered {ANSWER_TEXTS[Answer(str(self.filled.reply(question.key).value))]}"
            for question in detail_asked_by(self.section, self.filled)
        ]
        return f"Detail is needed here, because {' and '.join(asked)}." if asked else ""

    @property
    def to_do(self) -> str:
        """What the section still needs, in a few words."""
        return needed_in_words(self.section, self.remaining)

    @property
    def first_to_do(self) -> str:
        """Where the first thing that is needed is put right."""
        return self._href(self.remaining[0]) if self.remaining else ""

    def _href(self, problem: Problem) -> str:
        dates = {q.key: f"id_{q.key}_day" for q in self.section.questions if q.kind == QuestionKind.DATE}
        return f"#{dates.get(problem.field, f'id_{problem.field}')}"

    @property
    def summary(self) -> list[dict[str, str]]:
        """The problems as the error summary prints them, each linked to its control."""
        return [{"text": problem.message, "href": self._href(problem)} for problem in self.problems]

    @property
    def grades(self) -> list[dict[str, Any]]:
        """Every grade best first; the first one that is available keeps the bare id."""
        available = self.ceiling.available
        return [
            {
                "id": "id_grade" if grade == available[0] else f"id_grade-{grade.value}",
                "value": grade.value,
                "text": grade.label,
                "checked": self.grade == grade and not self.not_applicable,
            }
            for grade in BEST_FIRST
        ]

    @property
    def not_applicable(self) -> bool:
        return self.says_not_applicable or self.filled.not_applicable

    @property
    def comment_error(self) -> str:
        return self.errors.get(COMMENT, "")

    @property
    def grade_error(self) -> str:
        return self.errors.get(GRADE, "")

    @property
    def reason_error(self) -> str:
        return self.errors.get(NOT_APPLICABLE_REASON, "")

    @property
    def descriptors(self) -> list[dict[str, Any]]:
        return [
            {"grade": Grade(found.grade), "opening": found.opening, "phrases": found.phrases}
            for grade in BEST_FIRST
            if (found := self.section.descriptor(grade))
        ]
