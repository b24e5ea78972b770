"""The definition of an audit form: its sections, questions, guidance and limiting judgements, as immutable data.

A published form version never changes and an audit keeps its version, so that a definition is a value: frozen,
comparable, and the same after a round trip through JSON. Question keys are stable from version to version, which is
what lets results be compared across versions.

A *tool* is a whole audit form with one section that holds the overall grade. A *pack* is a set of ungraded questions
on a theme, added to a tool for a cycle.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
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
class Inconsistency:
    """What keeps a form from being used, in plain words, and where: the keys of its section and question, blank where
    it is about the form itself; `part` of that, such as “option ‘home’”; and the `field` whose value is wrong."""

    message: str
    section: str = ""
    question: str = ""
    part: str = ""
    field: str = ""

    def __str__(self) -> str:
        names = (("Section", self.section), ("question", self.question))
        place = [f"{what} “{key}”" for what, key in names if key] + [self.part] * bool(self.part)
        return f"{', '.join(place) or 'Form'}: {self.message}"


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
        form = cls.draft_from_dict(data)
        if problems := form.inconsistencies():
            raise InvalidFormDefinition([str(problem) for problem in problems])
        return form

    @classmethod
    def draft_from_dict(cls, data: Any) -> "FormDefinition":
        """A definition that is still being written: of the right shape, and perhaps not consistent yet."""
        problems: list[str] = []
        form: FormDefinition = plain.read(cls, data, "Form", problems)
        if problems:
            raise InvalidFormDefinition(problems)
        return form

    def inconsistencies(self) -> tuple[Inconsistency, ...]:
        """Everything that keeps it from being used, in the order of the form."""
        return tuple(_inconsistencies(self))

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

_Where = Callable[..., Inconsistency]


def _inconsistencies(form: FormDefinition) -> Iterator[Inconsistency]:
    yield from _key_and_name(Inconsistency, form.key, form.title, "title")
    if form.kind not in set(FormKind):
        yield Inconsistency(f"“{form.kind}” is no kind of form; use {_list(FormKind)}.", field="kind")
    if form.lookback_months < 1:
        yield Inconsistency("the look-back must be at least 1 month.", field="lookback_months")
    if not form.sections:
        yield Inconsistency("there is no section.", field="sections")
    yield from _repeated(Inconsistency, "section", [section.key for section in form.sections])
    yield from _repeated(Inconsistency, "question", [q.key for section in form.sections for q in section.questions])
    overall = [section.name for section in form.sections if section.overall]
    if form.kind == FormKind.TOOL and len(overall) != 1:
        yield Inconsistency("exactly one section must hold the overall grade.", field="sections")
    if form.kind == FormKind.PACK and (overall or form.graded_sections):
        yield Inconsistency("a pack of questions has no grades.", field="sections")
    for section in form.sections:
        yield from section_inconsistencies(section)
        for question in section.questions:
            yield from question_inconsistencies(section, question)


def section_inconsistencies(section: Section) -> Iterator[Inconsistency]:
    """What is wrong with a section itself, its questions apart."""
    at: _Where = partial(Inconsistency, section=section.key)
    yield from _key_and_name(at, section.key, section.name, "name")
    if section.graded and section.overall:
        yield at("the section of the overall grade has no grade of its own.", field="graded")
    if section.minutes < 0:
        yield at("minutes cannot be below 0.", field="minutes")
    yield from _repeated(at, "descriptor", [descriptor.grade for descriptor in section.descriptors])
    for descriptor in section.descriptors:
        if descriptor.grade not in Grade.values:
            yield at(f"“{descriptor.grade}” is no grade; use {_list(Grade.values)}.", field="descriptors")


def question_inconsistencies(section: Section, question: Question) -> Iterator[Inconsistency]:
    """What is wrong with a question where it stands: its condition looks back over the section."""
    at: _Where = partial(Inconsistency, section=section.key, question=question.key)
    yield from _key_and_name(at, question.key, question.text, "text")
    if question.kind not in set(QuestionKind):
        yield at(f"“{question.kind}” is no kind of question; use {_list(QuestionKind)}.", field="kind")
    if question.kind == QuestionKind.YES_NO_NA:
        yield from _judgement_inconsistencies(at, section, question)
    elif question.limiting or question.na_reasons or question.comment_required_on:
        said = "only a yes/no/NA question can limit a grade, take NA or ask for detail in the comment."
        yield at(said, field="kind")
    if question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        yield from _choice_inconsistencies(at, question)
    elif question.choices:
        yield at("only a choice has options.", field="kind")
    if question.scale_from >= question.scale_to:
        yield at("the scale must end above its beginning.", field="scale_to")
    if question.shown_when:
        yield from _condition_inconsistencies(at, question.shown_when, _before(section, question))


def _before(section: Section, question: Question) -> dict[str, Question]:
    """The questions of the section before this one, by key."""
    found: dict[str, Question] = {}
    for other in section.questions:
        if other is question or other.key == question.key:
            break
        found[other.key] = other
    return found


def _judgement_inconsistencies(at: _Where, section: Section, question: Question) -> Iterator[Inconsistency]:
    lower_grades = [grade for grade in Grade.values if grade != Grade.OUTSTANDING]
    if question.limiting and question.limits_to not in lower_grades:
        said = f"“{question.limits_to}” cannot be the highest grade of a limit; use {_list(lower_grades)}."
        yield at(said, field="limits_to")
    if question.limiting and not section.graded:
        yield at("a limiting judgement needs a section with a grade.", field="limits_to")
    if question.limiting and not question.required:
        yield at("a limiting judgement is always required.", field="required")
    if question.limiting and question.shown_when:
        yield at("a limiting judgement is always asked, so it cannot depend on another answer.", field="shown_when")
    yield from _repeated(at, "reason", [reason.key for reason in question.na_reasons], "na_reasons")
    for reason in question.na_reasons:
        of_reason: _Where = partial(at, part=f"reason “{reason.key}”", field="na_reasons")
        yield from _key_and_name(of_reason, reason.key, reason.label)
    for answer in question.comment_required_on:
        if answer not in Answer.values:
            yield at(f"“{answer}” is no answer; use {_list(Answer.values)}.", field="comment_required_on")


def _choice_inconsistencies(at: _Where, question: Question) -> Iterator[Inconsistency]:
    if len(question.choices) < 2:
        yield at("a choice needs at least two options.", field="choices")
    yield from _repeated(at, "option", [choice.key for choice in question.choices], "choices")
    for choice in question.choices:
        of_option: _Where = partial(at, part=f"option “{choice.key}”", field="choices")
        yield from _key_and_name(of_option, choice.key, choice.label)


def _condition_inconsistencies(
    at: _Where, condition: ShownWhen, earlier: Mapping[str, Question]
) -> Iterator[Inconsistency]:
    at = partial(at, field="shown_when")
    gate = earlier.get(condition.question)
    if gate is None:
        yield at(f"it depends on “{condition.question}”, which is no earlier question of its section.")
        return
    if not gate.possible_answers():
        yield at(f"it depends on “{gate.key}”, which has no fixed answers.")
        return
    if not condition.answers:
        yield at(f"it depends on “{gate.key}” but no answer of that is named.")
    for answer in condition.answers:
        if answer not in gate.possible_answers():
            yield at(f"“{gate.key}” cannot be answered “{answer}”; use {_list(gate.possible_answers())}.")


def _key_and_name(at: _Where, key: str, name: str, named: str = "") -> Iterator[Inconsistency]:
    """`named`: the field that holds the name; without it the place says which field it is."""
    if not _KEY.fullmatch(key):
        said = f"the key “{key}” must be lower-case letters, digits and underscores, with at most one dot."
        yield at(said, field="key") if named else at(said)
    if not name.strip():
        yield at("the name or text is empty.", field=named) if named else at("the name or text is empty.")


def _repeated(at: _Where, what: str, keys: list[str], field: str = "key") -> Iterator[Inconsistency]:
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        yield at(f"the {what} “{key}” appears more than once.", field=field)


def _list(values: Any) -> str:
    return ", ".join(str(value) for value in values)
