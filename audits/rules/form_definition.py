"""The definition of an audit form: its sections, questions, guidance and limiting judgements, as immutable data.

A published form version never changes and an audit keeps its version, so that a definition is a value: frozen,
comparable, and the same after a round trip through JSON. Question keys are stable from version to version, which is
what lets results be compared across versions.

A *tool* is a whole audit form with one section that holds the overall grade. A *pack* is a set of ungraded questions
on a theme, added to a tool for a cycle.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from audits.enums import Answer, Grade
from audits.rules import plain

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")


class QuestionKind(StrEnum):
    YES_NO_NA = "yes_no_na"
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    DATE = "date"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"


class FormKind(StrEnum):
    TOOL = "tool"
    PACK = "pack"


class InvalidFormDefinition(ValueError):
    """A form that cannot be used; `problems` says in plain words what is wrong and where."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Choice:
    key: str
    label: str


@dataclass(frozen=True)
class NAReason:
    """A reason for which NA is the right answer. `written`: the auditor writes the reason in their own words.

    `lifts_limit`: NA for this reason does not limit the grade.
    """

    key: str
    label: str
    lifts_limit: bool = True
    written: bool = False


@dataclass(frozen=True)
class ShownWhen:
    """The condition for asking a question: an earlier question of the same section has one of these answers."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question. `label` is its short name, used in lists and in sentences such as "… because ‘Child seen’ …".

    A *limiting judgement* is a yes/no/NA question with `limits_to`: the highest grade that its section and the whole
    audit can have while it is not met. `comment_required_on`: the answers that need detail in the section's comment.
    """

    key: str
    text: str
    kind: str = QuestionKind.YES_NO_NA.value
    label: str = ""
    guidance: str = ""
    required: bool = True
    limits_to: str = ""
    na_reasons: tuple[NAReason, ...] = ()
    comment_required_on: tuple[str, ...] = ()
    shown_when: ShownWhen | None = None
    choices: tuple[Choice, ...] = ()
    scale_from: int = 0
    scale_to: int = 10
    never_future: bool = False

    @property
    def name(self) -> str:
        return self.label or self.text

    @property
    def limiting(self) -> bool:
        return bool(self.limits_to)

    def possible_answers(self) -> tuple[str, ...]:
        """The closed set of values this question can have; empty for dates and text."""
        match self.kind:
            case QuestionKind.YES_NO_NA:
                return tuple(Answer.values)
            case QuestionKind.CHOICE | QuestionKind.CHOICES:
                return tuple(choice.key for choice in self.choices)
            case QuestionKind.SCALE:
                return tuple(str(step) for step in range(self.scale_from, self.scale_to + 1))
        return ()

    def na_reason(self, key: str) -> NAReason | None:
        return next((reason for reason in self.na_reasons if reason.key == key), None)


@dataclass(frozen=True)
class Descriptor:
    """What a grade looks like in a section: an opening such as "Lacks one or more of:" and its phrases."""

    grade: str
    opening: str = ""
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One page of the form. `graded`: has a grade of its own; `overall`: is where the whole audit is graded."""

    key: str
    name: str
    intro: str = ""
    graded: bool = True
    overall: bool = False
    minutes: int = 10
    questions: tuple[Question, ...] = ()
    descriptors: tuple[Descriptor, ...] = ()
    comment_label: str = "Comments"
    comment_hint: str = ""
    comment_required: bool = False

    @property
    def limiting_judgements(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.limiting)

    def descriptor(self, grade: str) -> Descriptor | None:
        return next((descriptor for descriptor in self.descriptors if descriptor.grade == grade), None)


@dataclass(frozen=True)
class FormDefinition:
    key: str
    title: str
    sections: tuple[Section, ...]
    kind: str = FormKind.TOOL.value
    purpose: str = ""
    disclosure: str = ""
    lookback_months: int = 6

    @classmethod
    def from_dict(cls, data: Any) -> "FormDefinition":
        """The definition held in plain JSON-able values. Raises `InvalidFormDefinition` naming every problem."""
        problems: list[str] = []
        form = plain.read(cls, data, "Form", problems)
        if not problems:
            problems += _inconsistencies(form)
        if problems:
            raise InvalidFormDefinition(problems)
        return form

    def to_dict(self) -> dict[str, Any]:
        return plain.write(self)

    @property
    def minutes(self) -> int:
        return sum(section.minutes for section in self.sections)

    @property
    def graded_sections(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.graded)

    @property
    def overall_section(self) -> Section | None:
        return next((section for section in self.sections if section.overall), None)

    @property
    def questions(self) -> Mapping[str, Question]:
        """Every question by its key, in the order of the form."""
        return {question.key: question for section in self.sections for question in section.questions}

    def section(self, key: str) -> Section:
        """The section of that key; `KeyError` where the form has none."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)


def with_pack(form: FormDefinition, pack: FormDefinition | None) -> FormDefinition:
    """The tool with the sections of a pack after its own.

    A key that does not name its pack already does so from here on, `pack.question`: the answers to a pack are found
    under the same keys whichever tool it is added to, and cannot be taken for answers to that tool.
    """
    if pack is None:
        return form

    def named(key: str) -> str:
        return key if key.split(".")[0] == pack.key else f"{pack.key}.{key}"

    def of_pack(question: Question) -> Question:
        condition = question.shown_when
        if condition is not None:
            condition = replace(condition, question=named(condition.question))
        return replace(question, key=named(question.key), shown_when=condition)

    added = (
        replace(section, key=named(section.key), questions=tuple(map(of_pack, section.questions)))
        for section in pack.sections
    )
    return replace(form, sections=(*form.sections, *added))


# What a definition of the right shape can still have wrong.


def _inconsistencies(form: FormDefinition) -> Iterator[str]:
    yield from _key_and_name("Form", form.key, form.title)
    if form.kind not in set(FormKind):
        yield f"Form: “{form.kind}” is no kind of form; use {_list(FormKind)}."
    if form.lookback_months < 1:
        yield "Form: the look-back must be at least 1 month."
    if not form.sections:
        yield "Form: there is no section."
    yield from _repeated("Form", "section", [section.key for section in form.sections])
    yield from _repeated("Form", "question", [q.key for section in form.sections for q in section.questions])
    overall = [section.name for section in form.sections if section.overall]
    if form.kind == FormKind.TOOL and len(overall) != 1:
        yield "Form: exactly one section must hold the overall grade."
    if form.kind == FormKind.PACK and (overall or form.graded_sections):
        yield "Form: a pack of questions has no grades."
    for section in form.sections:
        yield from _section_inconsistencies(section)


def _section_inconsistencies(section: Section) -> Iterator[str]:
    where = f"Section “{section.key}”"
    yield from _key_and_name(where, section.key, section.name)
    if section.graded and section.overall:
        yield f"{where}: the section of the overall grade has no grade of its own."
    if section.minutes < 0:
        yield f"{where}: minutes cannot be below 0."
    if section.limiting_judgements and not section.graded:
        yield f"{where}: a limiting judgement needs a section with a grade."
    yield from _repeated(where, "descriptor", [descriptor.grade for descriptor in section.descriptors])
    for descriptor in section.descriptors:
        if descriptor.grade not in Grade.values:
            yield f"{where}: “{descriptor.grade}” is no grade; use {_list(Grade.values)}."
    earlier: dict[str, Question] = {}
    for question in section.questions:
        yield from _question_inconsistencies(f"{where}, question “{question.key}”", question, earlier)
        earlier[question.key] = question


def _question_inconsistencies(where: str, question: Question, earlier: Mapping[str, Question]) -> Iterator[str]:
    yield from _key_and_name(where, question.key, question.text)
    if question.kind not in set(QuestionKind):
        yield f"{where}: “{question.kind}” is no kind of question; use {_list(QuestionKind)}."
    if question.kind == QuestionKind.YES_NO_NA:
        yield from _judgement_inconsistencies(where, question)
    elif question.limiting or question.na_reasons or question.comment_required_on:
        yield f"{where}: only a yes/no/NA question can limit a grade, take NA or ask for detail in the comment."
    if question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        if len(question.choices) < 2:
            yield f"{where}: a choice needs at least two options."
        yield from _repeated(where, "option", [choice.key for choice in question.choices])
        for choice in question.choices:
            yield from _key_and_name(f"{where}, option “{choice.key}”", choice.key, choice.label)
    elif question.choices:
        yield f"{where}: only a choice has options."
    if question.scale_from >= question.scale_to:
        yield f"{where}: the scale must end above its beginning."
    if question.shown_when:
        yield from _condition_inconsistencies(where, question.shown_when, earlier)


def _judgement_inconsistencies(where: str, question: Question) -> Iterator[str]:
    lower_grades = [grade for grade in Grade.values if grade != Grade.OUTSTANDING]
    if question.limiting and question.limits_to not in lower_grades:
        yield f"{where}: “{question.limits_to}” cannot be the highest grade of a limit; use {_list(lower_grades)}."
    if question.limiting and not question.required:
        yield f"{where}: a limiting judgement is always required."
    if question.limiting and question.shown_when:
        yield f"{where}: a limiting judgement is always asked, so it cannot depend on another answer."
    yield from _repeated(where, "reason", [reason.key for reason in question.na_reasons])
    for reason in question.na_reasons:
        yield from _key_and_name(f"{where}, reason “{reason.key}”", reason.key, reason.label)
    for answer in question.comment_required_on:
        if answer not in Answer.values:
            yield f"{where}: “{answer}” is no answer; use {_list(Answer.values)}."


def _condition_inconsistencies(where: str, condition: ShownWhen, earlier: Mapping[str, Question]) -> Iterator[str]:
    gate = earlier.get(condition.question)
    if gate is None:
        yield f"{where}: it depends on “{condition.question}”, which is no earlier question of its section."
        return
    if not gate.possible_answers():
        yield f"{where}: it depends on “{gate.key}”, which has no fixed answers."
        return
    if not condition.answers:
        yield f"{where}: it depends on “{gate.key}” but no answer of that is named."
    for answer in condition.answers:
        if answer not in gate.possible_answers():
            yield f"{where}: “{gate.key}” cannot be answered “{answer}”; use {_list(gate.possible_answers())}."


def _key_and_name(where: str, key: str, name: str) -> Iterator[str]:
    if not _KEY.fullmatch(key):
        yield f"{where}: the key “{key}” must be lower-case letters, digits and underscores, with at most one dot."
    if not name.strip():
        yield f"{where}: the name or text is empty."


def _repeated(where: str, what: str, keys: list[str]) -> Iterator[str]:
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        yield f"{where}: the {what} “{key}” appears more than once."


def _list(values: Any) -> str:
    return ", ".join(str(value) for value in values)
