"""What may be kept of a section as it is filled in, what is still wrong or missing, and how far it has come.

A draft is never refused: whatever can be kept is kept, and what cannot (an answer that the question does not have, a
grade above the ceiling) is set aside with a problem that says so. Submission needs every problem gone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import ceil

from audits.enums import Answer, Grade
from audits.rules.filled import NOTHING_FILLED, FilledSection, Reply
from audits.rules.form_definition import FormDefinition, Question, QuestionKind, Section
from audits.rules.grading import joined, overall_ceiling, section_ceiling

SHORT_TEXT_CHARACTERS = 250
LONG_TEXT_CHARACTERS = 10_000

COMMENT, GRADE, NOT_APPLICABLE_REASON = "comment", "grade", "not_applicable_reason"

# Neither can be stored: PostgreSQL refuses NUL, and lone surrogates are no UTF-8.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Problem:
    """What keeps a section from being complete, in words for the page.

    `field`: a question key, `<question key>.reason`, `<question key>.reason_text`, `comment`, `grade` or
    `not_applicable_reason`. `missing`: something is still to come, as opposed to something that is wrong.
    """

    field: str
    message: str
    missing: bool = False


@dataclass(frozen=True)
class CleanedSection:
    """What to keep of what was posted, and every problem of it."""

    filled: FilledSection
    problems: tuple[Problem, ...]

    @property
    def mistakes(self) -> tuple[Problem, ...]:
        """The problems that even a draft must tell of."""
        return tuple(problem for problem in self.problems if not problem.missing)


class SectionStatus(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    NEEDS_ATTENTION = "needs_attention"
    COMPLETE = "complete"
    NOT_APPLICABLE = "not_applicable"


def clean_section(section: Section, posted: FilledSection, *, on: date, not_applicable: bool = False) -> CleanedSection:
    """The section to keep from what was `posted` on the day `on`. `not_applicable`: it was marked as such."""
    replies = {question.key: _kept(question, posted.reply(question.key)) for question in section.questions}
    filled = FilledSection(
        replies={key: reply for key, reply in replies.items() if reply.value},
        comment=storable(posted.comment),
        grade=posted.grade if section.graded and posted.grade in Grade.values else "",
        not_applicable_reason=storable(posted.not_applicable_reason) if section.graded and not_applicable else "",
        themes=tuple(sorted(set(posted.themes))),
    )
    if section.graded and not_applicable and not filled.not_applicable:
        why = Problem(NOT_APPLICABLE_REASON, f"Say why {section.name} does not apply yet", missing=True)
        return CleanedSection(replace(filled, grade=""), (why,))
    problems = section_problems(section, filled, on=on)
    if filled.not_applicable or any(problem.field == GRADE for problem in problems):
        filled = replace(filled, grade="")
    return CleanedSection(filled, problems)


def section_problems(section: Section, filled: FilledSection, *, on: date) -> tuple[Problem, ...]:
    """Everything that keeps the section from being complete on the day `on`, in the order of the page."""
    if filled.not_applicable:
        return tuple(_length_problems(NOT_APPLICABLE_REASON, "Reason", filled.not_applicable_reason))
    return (
        *(problem for question in filled.asked(section) for problem in _question_problems(question, filled, on)),
        *_comment_problems(section, filled),
        *_grade_problems(section, filled),
    )


def section_status(section: Section, filled: FilledSection, *, on: date) -> SectionStatus:
    if filled.not_applicable:
        return SectionStatus.NOT_APPLICABLE
    if _untouched(filled):
        return SectionStatus.NOT_STARTED
    problems = section_problems(section, filled, on=on)
    if any(not problem.missing for problem in problems):
        return SectionStatus.NEEDS_ATTENTION
    return SectionStatus.IN_PROGRESS if problems else SectionStatus.COMPLETE


def detail_asked_by(section: Section, filled: FilledSection) -> tuple[Question, ...]:
    """The questions whose answer asks for detail in the section's comment, while that is empty."""
    if filled.comment.strip() or filled.not_applicable:
        return ()
    return tuple(
        question
        for question in filled.asked(section)
        if filled.reply(question.key).value in question.comment_required_on
    )


def settled(section: Section, filled: FilledSection) -> FilledSection:
    """The section as it is submitted: without what was typed and then set aside.

    That is the answers to questions that other answers hid, and everything but the comment and the themes of a section
    that does not apply yet, so that whoever counts answers counts only what was asked.
    """
    asked = () if filled.not_applicable else filled.asked(section)
    replies = {question.key: filled.reply(question.key) for question in asked}
    return replace(
        filled,
        replies={key: reply for key, reply in replies.items() if reply.value},
        grade="" if filled.not_applicable else filled.grade,
    )


def needed_in_words(section: Section, problems: Iterable[Problem]) -> str:
    """What a section still needs, such as "3 answers, the comments and the grade"; empty where it needs nothing.

    A question counts once, whatever is missing of its answer.
    """
    fields = {problem.field for problem in problems}
    answers = sum(
        any(field == q.key or field.startswith(f"{q.key}.reason") for field in fields) for q in section.questions
    )
    parts = [f"{answers} answer{'s' if answers != 1 else ''}"] if answers else []
    parts += ["the comments"] if COMMENT in fields else []
    parts += ["the reason why it does not apply yet"] if NOT_APPLICABLE_REASON in fields else []
    parts += ["the overall grade" if section.overall else "the grade"] if GRADE in fields else []
    return joined(parts) if parts else ""


def minutes_left(section: Section, filled: FilledSection, *, on: date) -> int:
    """About how many minutes a section still takes: its own time, less the share of what is answered already."""
    if section_status(section, filled, on=on) in (SectionStatus.COMPLETE, SectionStatus.NOT_APPLICABLE):
        return 0
    asked = filled.asked(section)
    open_questions = sum(not filled.reply(question.key).value for question in asked)
    # The comments and the grade are work too: as much as one answer each.
    return ceil(section.minutes * (open_questions + 2) / (len(asked) + 2))


def overall_grade_problems(
    form: FormDefinition, filled: Mapping[str, FilledSection], overall_grade: str
) -> tuple[Problem, ...]:
    """What is wrong with the overall grade, given every section by its key."""
    if not overall_grade:
        return (Problem(GRADE, "Select the overall grade", missing=True),)
    why_not = overall_ceiling(form, filled).why_not(overall_grade)
    return (Problem(GRADE, why_not),) if why_not else ()


def problems_before_submission(
    form: FormDefinition, filled: Mapping[str, FilledSection], *, overall_grade: str, on: date
) -> dict[str, tuple[Problem, ...]]:
    """What is missing or wrong in each section, by section key; empty when the form can be submitted.

    The overall grade belongs to the section that holds it.
    """
    found = {
        section.key: section_problems(section, filled.get(section.key, NOTHING_FILLED), on=on)
        for section in form.sections
    }
    if form.overall_section:
        found[form.overall_section.key] += overall_grade_problems(form, filled, overall_grade)
    graded = form.graded_sections
    if graded and all(filled.get(section.key, NOTHING_FILLED).not_applicable for section in graded):
        nothing_left = Problem(NOT_APPLICABLE_REASON, "At least one section must apply to audit the case")
        found[graded[0].key] += (nothing_left,)
    return {key: problems for key, problems in found.items() if problems}


# What is kept of what was typed.


def _kept(question: Question, reply: Reply) -> Reply:
    match question.kind:
        case QuestionKind.YES_NO_NA:
            return _kept_judgement(question, reply)
        case QuestionKind.CHOICES:
            chosen = reply.value if isinstance(reply.value, tuple) else (reply.value,)
            return Reply(tuple(key for key in question.possible_answers() if key in chosen))
        case QuestionKind.CHOICE | QuestionKind.SCALE:
            return Reply(reply.value if reply.value in question.possible_answers() else "")
    typed = storable(reply.value) if isinstance(reply.value, str) else ""
    return Reply(_iso_date(typed) or typed.strip() if question.kind == QuestionKind.DATE else typed)


def _kept_judgement(question: Question, reply: Reply) -> Reply:
    if reply.value not in Answer.values:
        return Reply()
    reason = question.na_reason(reply.reason) if reply.value == Answer.NA else None
    if reason is None:
        return Reply(reply.value)
    return Reply(reply.value, reason.key, storable(reply.reason_text) if reason.written else "")


def storable(typed: str) -> str:
    """A text as it is kept: with one kind of line ending, and without what no database can store."""
    return _UNSTORABLE.sub("", typed.replace("\r\n", "\n").replace("\r", "\n"))


def _iso_date(typed: str) -> str:
    """`2026-03-09` from that or from `9/3/2026`; empty where there is no such day."""
    written = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(\d{1,2})\s*/\s*(\d{4})\s*", typed, re.ASCII)
    parts = written.groups()[::-1] if written else typed.strip().split("-")
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


# What is wrong or missing.


def _question_problems(question: Question, filled: FilledSection, on: date) -> Iterator[Problem]:
    reply = filled.reply(question.key)
    answered = bool(reply.value.strip() if isinstance(reply.value, str) else reply.value)
    if not answered:
        if question.required:
            yield Problem(question.key, _asking(question), missing=True)
    elif question.kind == QuestionKind.DATE:
        yield from _date_problems(question, str(reply.value), on)
    elif question.kind == QuestionKind.SHORT_TEXT:
        yield from _length_problems(question.key, question.name, str(reply.value), SHORT_TEXT_CHARACTERS)
    elif question.kind == QuestionKind.LONG_TEXT:
        yield from _length_problems(question.key, question.name, str(reply.value))
    elif reply.value == Answer.NA and question.na_reasons:
        yield from _na_problems(question, reply)


def _asking(question: Question) -> str:
    match question.kind:
        case QuestionKind.YES_NO_NA:
            return f"Select Yes, No or NA for ‘{question.name}’"
        case QuestionKind.DATE | QuestionKind.SHORT_TEXT | QuestionKind.LONG_TEXT:
            return f"Enter an answer to ‘{question.name}’"
    return f"Select an answer to ‘{question.name}’"


def _na_problems(question: Question, reply: Reply) -> Iterator[Problem]:
    reason = question.na_reason(reply.reason)
    if reason is None:
        message = f"Select why NA is right for ‘{question.name}’, or change the answer to No"
        yield Problem(f"{question.key}.reason", message, missing=True)
    elif reason.written and not reply.reason_text.strip():
        yield Problem(f"{question.key}.reason_text", f"Write why NA is right for ‘{question.name}’", missing=True)
    elif reason.written:
        name = f"Reason for NA of ‘{question.name}’"
        yield from _length_problems(f"{question.key}.reason_text", name, reply.reason_text)


def _date_problems(question: Question, value: str, on: date) -> Iterator[Problem]:
    try:
        given = date.fromisoformat(value)
    except ValueError:
        yield Problem(question.key, f"‘{question.name}’ must be a real date, such as 27 3 2026")
        return
    if question.never_future and given > on:
        yield Problem(question.key, f"‘{question.name}’ must be today or in the past")


def _comment_problems(section: Section, filled: FilledSection) -> Iterator[Problem]:
    if filled.comment.strip():
        yield from _length_problems(COMMENT, section.comment_label, filled.comment)
        return
    if section.comment_required:
        yield Problem(COMMENT, f"Enter {section.comment_label.lower()}", missing=True)
    for question in detail_asked_by(section, filled):
        answer = Answer(str(filled.reply(question.key).value)).label
        message = f"Give detail in the comments, because ‘{question.name}’ is answered {answer}"
        yield Problem(COMMENT, message, missing=True)


def _grade_problems(section: Section, filled: FilledSection) -> Iterator[Problem]:
    if not section.graded:
        return
    if not filled.grade:
        yield Problem(GRADE, f"Select a grade for {section.name}", missing=True)
    elif why_not := section_ceiling(section, filled).why_not(filled.grade):
        yield Problem(GRADE, why_not)


def _length_problems(field: str, name: str, text: str, most: int = LONG_TEXT_CHARACTERS) -> Iterator[Problem]:
    if len(text) > most:
        yield Problem(field, f"{name} must be {most:,} characters or fewer; it has {len(text):,}")


def _untouched(filled: FilledSection) -> bool:
    replied = any(reply.value for reply in filled.replies.values())
    return not (replied or filled.comment.strip() or filled.grade or filled.themes)
