"""Editing a draft of a form, as values: each edit takes a definition and gives a new one, or says why it cannot.

A draft may be inconsistent between two edits (no overall grade yet, a condition whose question was moved below): what
is said about the form as a whole waits for its publication. What is wrong with the part that is being written is
refused at once, at its field, and the draft stays as it was.

Keys stay: they are what makes the answers of one version comparable with those of the next.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from audits.rules.form_definition import (
    FormDefinition,
    FormKind,
    Inconsistency,
    Question,
    QuestionKind,
    Section,
    question_inconsistencies,
    section_inconsistencies,
)

T = TypeVar("T")

KEY_CHARACTERS = 40
_SECTION_KEY = re.compile(r"[a-z][a-z0-9_]*")
# Words that tell little in a key made from a question.
_SMALL = re.compile(
    "a|an|and|are|as|at|be|been|by|did|do|does|for|has|have|if|in|is|it|its|of|on|or|that|the|there|this|to|was|were"
)


class EditRefused(ValueError):
    """An edit that cannot be made; `problems` says at which field, and the draft is as it was."""

    def __init__(self, *problems: Inconsistency):
        super().__init__("\n".join(problem.message for problem in problems))
        self.problems = problems


class Edit(Protocol):
    """One change of a draft. `said`: what it does, as the log says it, given the draft before."""

    def apply(self, form: FormDefinition) -> FormDefinition: ...
    def said(self, form: FormDefinition) -> str: ...


# The form itself


@dataclass(frozen=True)
class ChangeAbout:
    """What the form is called, what it is for, what it says of disclosure, and how far it looks back."""

    title: str
    purpose: str = ""
    disclosure: str = ""
    lookback_months: int = 6

    def apply(self, form: FormDefinition) -> FormDefinition:
        if not self.title.strip():
            raise EditRefused(Inconsistency("the name or text is empty.", field="title"))
        if self.lookback_months < 1:
            raise EditRefused(Inconsistency("the look-back must be at least 1 month.", field="lookback_months"))
        return replace(
            form,
            title=self.title,
            purpose=self.purpose,
            disclosure=self.disclosure,
            lookback_months=self.lookback_months,
        )

    def said(self, form: FormDefinition) -> str:
        return "Changed what the form says about itself"


# Sections


@dataclass(frozen=True)
class AddSection:
    """A section more, after the others. Without a key it gets one made from its name."""

    section: Section

    def apply(self, form: FormDefinition) -> FormDefinition:
        section = self.section
        if not section.key:
            section = replace(section, key=propose_key(section.name, {part.key for part in form.sections}))
        _ensure_section(form, section)
        return replace(form, sections=(*form.sections, section))

    def said(self, form: FormDefinition) -> str:
        return f"Added the section “{self.section.name}”"


@dataclass(frozen=True)
class ChangeSection:
    """Everything of a section but its questions."""

    key: str
    section: Section

    def apply(self, form: FormDefinition) -> FormDefinition:
        position = _section_at(form, self.key)
        section = replace(self.section, questions=form.sections[position].questions)
        if not section.key:
            section = replace(section, key=self.key)
        others = replace(form, sections=_without(form.sections, position))
        _ensure_section(others, section)
        return _with_section(form, position, section)

    def said(self, form: FormDefinition) -> str:
        return f"Changed the section “{form.sections[_section_at(form, self.key)].name}”"


@dataclass(frozen=True)
class MoveSection:
    """A section one place up (-1) or down (1); at the end of the form it stays where it is."""

    key: str
    by: int

    def apply(self, form: FormDefinition) -> FormDefinition:
        return replace(form, sections=_moved(form.sections, _section_at(form, self.key), self.by))

    def said(self, form: FormDefinition) -> str:
        name = form.sections[_section_at(form, self.key)].name
        return f"Moved the section “{name}” {'up' if self.by < 0 else 'down'}"


@dataclass(frozen=True)
class RemoveSection:
    """A section with its questions."""

    key: str

    def apply(self, form: FormDefinition) -> FormDefinition:
        return replace(form, sections=_without(form.sections, _section_at(form, self.key)))

    def said(self, form: FormDefinition) -> str:
        return f"Removed the section “{form.sections[_section_at(form, self.key)].name}”"


# Questions


@dataclass(frozen=True)
class AddQuestion:
    """A question more, at the end of a section. Without a key it gets one made from its short name or text."""

    section: str
    question: Question

    def apply(self, form: FormDefinition) -> FormDefinition:
        position = _section_at(form, self.section)
        section, question = form.sections[position], self.question
        if not question.key:
            prefix = form.key if form.kind == FormKind.PACK else section.key
            question = replace(question, key=propose_key(question.name, form.questions, prefix=prefix))
        _ensure_new_key(question.key, form.questions)
        section = replace(section, questions=(*section.questions, question))
        _ensure(question_inconsistencies(section, question))
        return _with_section(form, position, section)

    def said(self, form: FormDefinition) -> str:
        return f"Added the question “{self.question.name}”"


@dataclass(frozen=True)
class ChangeQuestion:
    """A question, where it stands. A new key is followed by the conditions that look at it."""

    key: str
    question: Question

    def apply(self, form: FormDefinition) -> FormDefinition:
        at, place = _question_at(form, self.key)
        section, question = form.sections[at], self.question
        if not question.key:
            question = replace(question, key=self.key)
        if question.key != self.key:
            _ensure_new_key(question.key, form.questions)
        questions = tuple(
            question if number == place else _looking_at(other, self.key, question.key)
            for number, other in enumerate(section.questions)
        )
        section = replace(section, questions=questions)
        _ensure(question_inconsistencies(section, question))
        return _with_section(form, at, section)

    def said(self, form: FormDefinition) -> str:
        return f"Changed the question “{_question(form, self.key).name}”"


@dataclass(frozen=True)
class MoveQuestion:
    """A question one place up (-1) or down (1) in its section."""

    key: str
    by: int

    def apply(self, form: FormDefinition) -> FormDefinition:
        at, place = _question_at(form, self.key)
        section = form.sections[at]
        return _with_section(form, at, replace(section, questions=_moved(section.questions, place, self.by)))

    def said(self, form: FormDefinition) -> str:
        return f"Moved the question “{_question(form, self.key).name}” {'up' if self.by < 0 else 'down'}"


@dataclass(frozen=True)
class RemoveQuestion:
    key: str

    def apply(self, form: FormDefinition) -> FormDefinition:
        at, place = _question_at(form, self.key)
        section = form.sections[at]
        return _with_section(form, at, replace(section, questions=_without(section.questions, place)))

    def said(self, form: FormDefinition) -> str:
        return f"Removed the question “{_question(form, self.key).name}”"


# Keys


def propose_key(text: str, taken: Collection[str], *, prefix: str = "") -> str:
    """A key made from the words of a text that tell something, not among `taken`: “Was the child seen?” in the section
    `visits` gives `visits.child_seen`."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "").replace("'", "")).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    words = [word for word in words if not _SMALL.fullmatch(word)] or words or ["question" if prefix else "section"]
    key = ""
    for word in words:
        longer = f"{key}_{word}" if key else word[:KEY_CHARACTERS]
        if len(longer) > KEY_CHARACTERS:
            break
        key = longer
    if not key[0].isalpha():
        key = f"n_{key}"
    start = f"{prefix}." if prefix and "." not in prefix else ""
    found, number = start + key, 2
    while found in taken:
        found, number = f"{start}{key}_{number}", number + 1
    return found


@dataclass(frozen=True)
class UsedKey:
    """A question key that published versions of a form have used: for what kind of question, and in which versions."""

    kind: str
    versions: tuple[int, ...]


def kind_clashes(form: FormDefinition, used: Mapping[str, UsedKey]) -> tuple[Inconsistency, ...]:
    """The questions whose key stood for another kind of question in a published version: their answers could not be
    compared, and would be counted together."""
    return tuple(
        Inconsistency(
            f"the key “{question.key}” was used for a question of another kind ({kind_in_words(earlier.kind)}, in "
            f"{_versions(earlier.versions)}). Answers are compared by their key: give this question a new one.",
            section=section.key,
            question=question.key,
            field="key",
        )
        for section in form.sections
        for question in section.questions
        if (earlier := used.get(question.key)) is not None and earlier.kind != question.kind
    )


KINDS_IN_WORDS = {
    QuestionKind.YES_NO_NA: "Yes, No or NA",
    QuestionKind.CHOICE: "One of several options",
    QuestionKind.CHOICES: "Any of several options",
    QuestionKind.SCALE: "A number on a scale",
    QuestionKind.DATE: "A date",
    QuestionKind.SHORT_TEXT: "A line of text",
    QuestionKind.LONG_TEXT: "Text",
}


def kind_in_words(kind: str) -> str:
    return KINDS_IN_WORDS[QuestionKind(kind)]


def _versions(numbers: tuple[int, ...]) -> str:
    said = ", ".join(map(str, numbers))
    return f"version {said}" if len(numbers) == 1 else f"versions {said}"


# Places


def _section_at(form: FormDefinition, key: str) -> int:
    for position, section in enumerate(form.sections):
        if section.key == key:
            return position
    raise EditRefused(Inconsistency("This section is not in the draft any more.", section=key))


def _question_at(form: FormDefinition, key: str) -> tuple[int, int]:
    for at, section in enumerate(form.sections):
        for place, question in enumerate(section.questions):
            if question.key == key:
                return at, place
    raise EditRefused(Inconsistency("This question is not in the draft any more.", question=key))


def _question(form: FormDefinition, key: str) -> Question:
    at, place = _question_at(form, key)
    return form.sections[at].questions[place]


def _with_section(form: FormDefinition, position: int, section: Section) -> FormDefinition:
    return replace(form, sections=(*form.sections[:position], section, *form.sections[position + 1 :]))


def _without(parts: tuple[T, ...], position: int) -> tuple[T, ...]:
    return (*parts[:position], *parts[position + 1 :])


def _moved(parts: tuple[T, ...], position: int, by: int) -> tuple[T, ...]:
    to = min(max(position + by, 0), len(parts) - 1)
    rest = _without(parts, position)
    return (*rest[:to], parts[position], *rest[to:])


def _looking_at(question: Question, key: str, new: str) -> Question:
    condition = question.shown_when
    if condition is None or condition.question != key:
        return question
    return replace(question, shown_when=replace(condition, question=new))


# What is refused at once


def _ensure_section(others: FormDefinition, section: Section) -> None:
    if not _SECTION_KEY.fullmatch(section.key):
        said = f"the key “{section.key}” must be lower-case letters, digits and underscores, and begin with a letter."
        raise EditRefused(Inconsistency(said, section=section.key, field="key"))
    _ensure_new_key(section.key, {part.key for part in others.sections})
    if others.kind == FormKind.PACK and (section.graded or section.overall):
        raise EditRefused(Inconsistency("a pack of questions has no grades.", section=section.key, field="graded"))
    _ensure(section_inconsistencies(section))


def _ensure_new_key(key: str, taken: Collection[str]) -> None:
    if key in taken:
        said = f"the key “{key}” is taken by another part of this form. Each key stands once."
        raise EditRefused(Inconsistency(said, field="key"))


def _ensure(problems: Iterable[Inconsistency]) -> None:
    if found := tuple(problems):
        raise EditRefused(*found)
