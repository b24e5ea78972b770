"""What a posted section holds otherwise than the stored one, said in words for a person to choose."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from accounts.autosave import Difference
from audits.enums import Grade
from audits.forms.section_form import DATE_PARTS, NOT_APPLICABLE, THEMES, Posted, date_texts
from audits.rules.answers import COMMENT, GRADE, NOT_APPLICABLE_REASON
from audits.rules.filled import FilledSection, Reply
from audits.rules.form_definition import Question, QuestionKind, Section
from audits.rules.in_words import said


def differences(
    section: Section,
    mine: Posted,
    theirs: FilledSection,
    their_grade: str,
    theme_names: Mapping[str, str] = MappingProxyType({}),
) -> list[Difference]:
    """In the order of the page. `their_grade`: in the section of the overall grade, that. `theme_names`: by key."""
    return [
        difference
        for difference in _all(section, mine, theirs, their_grade, theme_names)
        if difference.mine != difference.theirs
    ]


def _all(
    section: Section, mine: Posted, theirs: FilledSection, their_grade: str, theme_names: Mapping[str, str]
) -> Iterator[Difference]:
    for question in section.questions:
        my, their = mine.filled.reply(question.key), theirs.reply(question.key)
        yield Difference(
            question.key, question.name, said(question, my), said(question, their), posted_for(question, their)
        )
    my_comment = mine.filled.comment.replace("\r\n", "\n")
    yield Difference(COMMENT, section.comment_label, my_comment, theirs.comment, {COMMENT: [theirs.comment]})
    my_themes, their_themes = (themes_said(filled.themes, theme_names) for filled in (mine.filled, theirs))
    yield Difference(THEMES, "Themes", my_themes, their_themes, {THEMES: list(theirs.themes)})
    yield Difference(
        GRADE,
        "Grade",
        _grade_said(mine.filled.grade, mine.filled.not_applicable_reason if mine.not_applicable else ""),
        _grade_said(their_grade, theirs.not_applicable_reason),
        {
            GRADE: [NOT_APPLICABLE if theirs.not_applicable_reason else their_grade],
            NOT_APPLICABLE_REASON: [theirs.not_applicable_reason],
        },
    )


def posted_for(question: Question, reply: Reply) -> dict[str, list[str]]:
    """What a page posts for this reply, by control."""
    key = question.key
    if isinstance(reply.value, tuple):
        return {key: list(reply.value)}
    if question.kind == QuestionKind.DATE:
        texts = date_texts(reply)
        return {f"{key}_{part}": [text] for part, text in zip(DATE_PARTS, texts, strict=True)}
    if question.kind == QuestionKind.YES_NO_NA:
        return {key: [reply.value], f"{key}.reason": [reply.reason], f"{key}.reason_text": [reply.reason_text]}
    return {key: [reply.value]}


def themes_said(keys: Iterable[str], names: Mapping[str, str]) -> str:
    """Themes by their names; a key without one, of a theme that is gone, stands as it is."""
    return ", ".join(sorted({names.get(key, key) for key in keys}))


def _grade_said(grade: str, not_applicable_reason: str) -> str:
    if not_applicable_reason:
        return f"Not applicable yet: {not_applicable_reason}"
    return Grade(grade).label if grade in Grade.values else ""
