"""A submitted audit as pages read it back, section by section, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audits.models import Evidence, Theme
from audits.pages.evidence import by_section
from audits.rules.filled import FilledSection, Reply
from audits.rules.form_definition import Question, Section
from audits.rules.grading import Explanation, overall_ceiling, section_ceiling
from audits.rules.in_words import answered
from audits.services.filled_form import FilledForm
from audits.services.themes import themes_by_key


@dataclass(frozen=True)
class ReadAnswer:
    """One question with its answer. A longer answer, and the reason of an NA, stands below it as `detail`."""

    question: str
    answer: str
    detail: str
    must_have: bool


@dataclass(frozen=True)
class ReadSection:
    """One section: its answers in words, both grades, and which limiting judgements are not met.

    The section of the overall grade carries that grade and the judgements that limit it. `tags`: its themes;
    `files`: what is attached to it.
    """

    section: Section
    filled: FilledSection
    answers: tuple[ReadAnswer, ...]
    grade: str
    moderated_grade: str
    explanations: tuple[Explanation, ...]
    tags: tuple[Theme, ...] = ()
    files: tuple[Evidence, ...] = ()

    @property
    def grade_was_changed(self) -> bool:
        return bool(self.moderated_grade) and self.moderated_grade != self.grade


def read_sections(filled: FilledForm) -> list[ReadSection]:
    """Every section, in the order of the form."""
    themes = themes_by_key(key for section in filled.sections.values() for key in section.themes)
    files = by_section(filled.audit)
    return [_read(filled, section, themes, files.get(section.key, ())) for section in filled.form.sections]


def _read(filled: FilledForm, section: Section, themes: Mapping[str, Theme], files: Sequence[Evidence]) -> ReadSection:
    content, row, audit = filled.section(section.key), filled.rows.get(section.key), filled.audit
    ceiling = overall_ceiling(filled.form, filled.sections) if section.overall else section_ceiling(section, content)
    asked = () if content.not_applicable else content.asked(section)
    return ReadSection(
        section=section,
        filled=content,
        answers=tuple(_answer(question, content.reply(question.key)) for question in asked),
        grade=audit.overall_grade if section.overall else content.grade,
        moderated_grade=audit.moderated_grade if section.overall else row.moderated_grade if row else "",
        explanations=ceiling.explanations(),
        tags=tuple(themes[key] for key in content.themes if key in themes),
        files=tuple(files),
    )


def _answer(question: Question, reply: Reply) -> ReadAnswer:
    answer, detail = answered(question, reply)
    return ReadAnswer(question.text, answer, detail, question.limiting)
