"""What differs between two versions of a form, in words: by key, so that a question that was reworded is the same
question, and its answers go on being compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from audits.rules.form_definition import FormDefinition, Question, Section
from audits.rules.form_words import Facts, facts_of_form, facts_of_question, facts_of_section


class Kind(StrEnum):
    ADDED = "Added"
    REMOVED = "Removed"
    MOVED = "Moved"
    CHANGED = "Changed"


@dataclass(frozen=True)
class Line:
    """One thing that a part says, before and after; blank where it did not say it, or does not any more."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """What became of one part: the form, a section or a question. `note`: in a sentence, where lines cannot say it."""

    kind: Kind
    part: str
    lines: tuple[Line, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Difference:
    """The changes of one section, or of the form itself."""

    title: str
    changes: tuple[Change, ...]


def differences(before: FormDefinition, after: FormDefinition) -> tuple[Difference, ...]:
    """Everything that differs: the form itself, then its sections in their present order, then those that are gone."""
    about = _lines(facts_of_form(before), facts_of_form(after))
    found = [Difference("The form itself", (Change(Kind.CHANGED, "About the form", about),) if about else ())]
    old = {section.key: section for section in before.sections}
    new = {section.key: section for section in after.sections}
    moved = _moved([*old], [*new])
    homes = {question.key: section.key for section in before.sections for question in section.questions}
    stays = {question.key for section in after.sections for question in section.questions}
    for key, section in new.items():
        found.append(_of_section(before, old.get(key), section, key in moved, homes, stays))
    found += [_removed(section, stays) for key, section in old.items() if key not in new]
    return tuple(difference for difference in found if difference.changes)


def _of_section(
    before: FormDefinition, was: Section | None, now: Section, moved: bool, homes: dict[str, str], stays: set[str]
) -> Difference:
    changes: list[Change] = []
    part = "The section"
    if was is None:
        changes.append(Change(Kind.ADDED, part, _lines({}, facts_of_section(now))))
    else:
        if lines := _lines(facts_of_section(was), facts_of_section(now)):
            changes.append(Change(Kind.CHANGED, part, lines))
        if moved:
            changes.append(Change(Kind.MOVED, part, note="It stands in another place among the sections."))
    earlier = {question.key: question for question in was.questions} if was else {}
    present = [question.key for question in now.questions]
    shifted = _moved([key for key in earlier if key in present], present)
    questions = before.questions
    for question in now.questions:
        home = homes.get(question.key)
        came_from = before.section(home) if home is not None else None
        changes += _of_question(questions.get(question.key), came_from, question, now, question.key in shifted)
    changes += [_gone(question, was or now) for question in earlier.values() if question.key not in stays]
    return Difference(now.name, tuple(changes))


def _of_question(
    was: Question | None, home: Section | None, now: Question, section: Section, shifted: bool
) -> list[Change]:
    if was is None or home is None:
        return [Change(Kind.ADDED, _called(now), _lines({}, facts_of_question(now, section)))]
    found = []
    if lines := _lines(facts_of_question(was, home), facts_of_question(now, section)):
        found.append(Change(Kind.CHANGED, _called(now), lines))
    if home.key != section.key:
        found.append(Change(Kind.MOVED, _called(now), note=f"It came from the section “{home.name}”."))
    elif shifted:
        found.append(Change(Kind.MOVED, _called(now), note="It stands in another place in its section."))
    return found


def _removed(section: Section, stays: set[str]) -> Difference:
    gone = [_gone(question, section) for question in section.questions if question.key not in stays]
    return Difference(section.name, (Change(Kind.REMOVED, "The section", _lines(facts_of_section(section), {})), *gone))


def _gone(question: Question, section: Section) -> Change:
    return Change(Kind.REMOVED, _called(question), _lines(facts_of_question(question, section), {}))


def _called(question: Question) -> str:
    return f"“{question.name}”"


def _lines(before: Facts, after: Facts) -> tuple[Line, ...]:
    labels = dict.fromkeys([*after, *before])
    pairs = ((label, before.get(label, ""), after.get(label, "")) for label in labels)
    return tuple(Line(label, was, now) for label, was, now in pairs if was != now)


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The keys in both whose place among the others is another one."""
    common = set(before) & set(after)
    old, new = [key for key in before if key in common], [key for key in after if key in common]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    in_order = {key for block in blocks for key in new[block.b : block.b + block.size]}
    return common - in_order
