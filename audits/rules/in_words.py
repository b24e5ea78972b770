"""What somebody answered, in words: the same on a page, in a comparison of two texts and in a document."""

from datetime import date

from audits.enums import Answer
from audits.rules.filled import Reply
from audits.rules.form_definition import Question, QuestionKind

ANSWER_TEXTS = {Answer.YES: "Yes", Answer.NO: "No", Answer.NA: "NA"}
SHORT_CHARACTERS = 30
"""A written answer of at most so many characters stands beside its question, a longer one below it."""


def said(question: Question, reply: Reply) -> str:
    """A reply in words, as a person reads it back; empty where there is none."""
    answer, detail = answered(question, reply)
    return f"{answer}: {detail}" if answer and detail else answer or detail


def answered(question: Question, reply: Reply) -> tuple[str, str]:
    """A reply as what stands beside the question, and what stands below it: a longer text, or the reason of an NA."""
    value = reply.value
    if isinstance(value, tuple):
        return ", ".join(choice.label for choice in question.choices if choice.key in value), ""
    match question.kind:
        case QuestionKind.CHOICE:
            return next((choice.label for choice in question.choices if choice.key == value), ""), ""
        case QuestionKind.YES_NO_NA if value in Answer.values:
            return ANSWER_TEXTS[Answer(value)], _why_na(question, reply)
        case QuestionKind.DATE if "-" in value:
            return day_in_words(date.fromisoformat(value)), ""
    return (value, "") if len(value) <= SHORT_CHARACTERS else ("", value)


def day_in_words(day: date) -> str:
    """`3 November 2026`."""
    return f"{day.day} {day:%B %Y}"


def _why_na(question: Question, reply: Reply) -> str:
    reason = question.na_reason(reply.reason)
    if reason is None or reply.value != Answer.NA:
        return ""
    return reply.reason_text if reason.written else reason.label
