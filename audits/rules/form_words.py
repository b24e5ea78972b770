"""A form in words: what each part of it says, as a person reads it on a page or in a comparison of two versions."""

from collections.abc import Iterable

from audits.enums import Answer, Grade
from audits.rules.form_definition import (
    Descriptor,
    FormDefinition,
    FormKind,
    NAReason,
    Question,
    QuestionKind,
    Section,
    ShownWhen,
)
from audits.rules.form_editing import kind_in_words
from audits.rules.grading import BEST_FIRST
from audits.rules.in_words import ANSWER_TEXTS

# What a part says, by its label; what it does not say is left out.
Facts = dict[str, str]


def facts_of_form(form: FormDefinition) -> Facts:
    return _said(
        {
            "Title": form.title,
            "Purpose": form.purpose,
            "Disclosure notice": form.disclosure,
            "Looks back over": _count(form.lookback_months, "month") if form.kind == FormKind.TOOL else "",
        }
    )


def facts_of_section(section: Section) -> Facts:
    """Everything that a section says beside its questions."""
    return _said(
        {
            "Name": section.name,
            "Introduction": section.intro,
            "Time": _count(section.minutes, "minute"),
            "Grade": grade_in_words(section),
            "Comment box": section.comment_label,
            "Hint of the comment box": section.comment_hint,
            "Comment": "Must be written" if section.comment_required else "Can stay empty",
        }
    ) | {
        f"What {Grade(found.grade).label} looks like": _descriptor(found)
        for grade in BEST_FIRST
        if (found := section.descriptor(grade)) and (found.opening or found.phrases)
    }


def grade_in_words(section: Section) -> str:
    if section.overall:
        return "Holds the overall grade of the audit"
    return "Has a grade of its own" if section.graded else "No grade"


def facts_of_question(question: Question, section: Section) -> Facts:
    return _said(
        {
            "Question": question.text,
            "Short name": question.label,
            "Answered by": answered_by(question),
            "Options": "\n".join(choice.label for choice in question.choices),
            "Guidance": question.guidance,
            "Answer": "Must be given" if question.required else "Can be left out",
            "Limiting judgement": limit_in_words(question),
            "Reasons for NA": "\n".join(_reason(reason) for reason in question.na_reasons),
            "Detail in the comment": _comment(question),
            "Only asked": condition_in_words(question.shown_when, section),
            "Day": "Not in the future" if question.never_future else "",
        }
    )


def answered_by(question: Question) -> str:
    words = kind_in_words(question.kind)
    return f"{words} from {question.scale_from} to {question.scale_to}" if _is(question, "scale") else words


def limit_in_words(question: Question) -> str:
    if not question.limiting:
        return ""
    return f"Where it is not met, the grade is at most {Grade(question.limits_to).label}"


def condition_in_words(condition: ShownWhen | None, section: Section) -> str:
    """After which answers it is asked: “where ‘Was there a visit?’ is answered No or NA”."""
    if condition is None:
        return ""
    gate = next((question for question in section.questions if question.key == condition.question), None)
    if gate is None:
        return f"where “{condition.question}” is answered {_or(condition.answers)}"
    return f"where “{gate.name}” is answered {_or(answer_in_words(gate, answer) for answer in condition.answers)}"


def answer_in_words(question: Question, answer: str) -> str:
    if _is(question, "yes_no_na") and answer in Answer.values:
        return ANSWER_TEXTS[Answer(answer)]
    return next((choice.label for choice in question.choices if choice.key == answer), answer)


def _is(question: Question, kind: str) -> bool:
    return question.kind == QuestionKind(kind)


def _descriptor(descriptor: Descriptor) -> str:
    return "\n".join(filter(None, [descriptor.opening, *(f"– {phrase}" for phrase in descriptor.phrases)]))


def _reason(reason: NAReason) -> str:
    notes = ["written out" if reason.written else "", "" if reason.lifts_limit else "does not lift the limit"]
    said = ", ".join(filter(None, notes))
    return f"{reason.label} ({said})" if said else reason.label


def _comment(question: Question) -> str:
    if not question.comment_required_on:
        return ""
    return f"Needed on {_or(answer_in_words(question, answer) for answer in question.comment_required_on)}"


def _or(words: Iterable[str]) -> str:
    *most, last = [*words] or ["nothing"]
    return f"{', '.join(most)} or {last}" if most else last


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _said(facts: Facts) -> Facts:
    return {label: text.strip() for label, text in facts.items() if text.strip()}
