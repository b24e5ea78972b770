"""Limiting judgements: which grades a section and the whole audit can have, and why not a better one.

Some judgements are must-haves, such as that the child was seen and that the child's voice is present. A section can
only be graded better than a judgement's limit where that judgement is met, and the overall grade only where all
judgements of all sections are met. A judgement is met by Yes, or by NA for a reason that the form accepts. Left
unanswered, answered No, or NA without such a reason, it limits. A section that does not apply yet has no grade and
limits nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from audits.enums import Answer, Grade
from audits.rules.filled import NOTHING_FILLED, FilledSection, Reply
from audits.rules.form_definition import FormDefinition, Question, Section

BEST_FIRST = tuple(Grade)


def is_better(grade: str, than: str) -> bool:
    return BEST_FIRST.index(Grade(grade)) < BEST_FIRST.index(Grade(than))


class Why(StrEnum):
    """Why a judgement limits; the value completes the sentence "… because ‘Child seen’ …"."""

    UNANSWERED = "is not answered"
    NO = "is answered No"
    NA_WITHOUT_REASON = "is answered NA without an accepted reason"


@dataclass(frozen=True)
class Limit:
    """One limiting judgement that is not met, and the highest grade available while it is not."""

    section: Section
    question: Question
    why: Why

    @property
    def highest(self) -> Grade:
        return Grade(self.question.limits_to)

    def cause(self, *, naming_section: bool = False) -> str:
        place = f" in {self.section.name}" if naming_section else ""
        return f"‘{self.question.name}’{place} {self.why.value}"

    @property
    def beside_the_question(self) -> str:
        """What it rules out, to be read where the judgement is made."""
        return f"{_ruled_out(self)} not available while this {self.why.value}."


@dataclass(frozen=True)
class Ceiling:
    """The highest grade available and the unmet judgements that hold it there. `overall`: of the whole audit."""

    limits: tuple[Limit, ...] = ()
    overall: bool = False

    @property
    def highest(self) -> Grade:
        return max((limit.highest for limit in self.limits), key=BEST_FIRST.index, default=Grade.OUTSTANDING)

    @property
    def available(self) -> tuple[Grade, ...]:
        """The grades that can be given, best first."""
        return tuple(grade for grade in BEST_FIRST if self.allows(grade))

    def allows(self, grade: str) -> bool:
        return not is_better(grade, than=self.highest)

    def limits_of(self, grade: str) -> tuple[Limit, ...]:
        """The unmet judgements that stand in the way of `grade`."""
        return tuple(limit for limit in self.limits if is_better(grade, than=limit.highest))

    def why_not(self, grade: str) -> str:
        """Why `grade` cannot be given, as a sentence: "Good is not available because …". Empty where it can."""
        causes = [limit.cause(naming_section=self.overall) for limit in self.limits_of(grade)]
        if not causes:
            return ""
        return f"{Grade(grade).label} is not available because {joined(causes)}."

    def explanations(self) -> tuple["Explanation", ...]:
        """Why grades are not available: one for each set of grades that unmet judgements rule out."""
        causes: dict[str, list[str]] = {}
        for limit in self.limits:
            causes.setdefault(_ruled_out(limit), []).append(limit.cause(naming_section=self.overall))
        return tuple(Explanation(f"{grades} not available because", tuple(found)) for grades, found in causes.items())


@dataclass(frozen=True)
class Explanation:
    """ "Good and Outstanding are not available because" and the causes, each of which completes the sentence."""

    opening: str
    causes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.opening} {joined(list(self.causes))}."


def section_ceiling(section: Section, filled: FilledSection) -> Ceiling:
    return Ceiling(limits=_limits(section, filled))


def overall_ceiling(form: FormDefinition, filled: Mapping[str, FilledSection]) -> Ceiling:
    """The ceiling of the overall grade, from every section's answers by section key.

    A section missing from `filled` has not been started, so that its judgements are unanswered and limit.
    """
    limits = [limit for section in form.sections for limit in _limits(section, filled.get(section.key, NOTHING_FILLED))]
    return Ceiling(limits=tuple(limits), overall=True)


def why_unmet(question: Question, reply: Reply) -> Why | None:
    """Why the limiting judgement `question` is not met by `reply`, or None where it is."""
    if reply.value == Answer.YES or reply.na_accepted_for(question):
        return None
    if reply.value == Answer.NO:
        return Why.NO
    return Why.NA_WITHOUT_REASON if reply.value == Answer.NA else Why.UNANSWERED


def _limits(section: Section, filled: FilledSection) -> tuple[Limit, ...]:
    if filled.not_applicable:
        return ()
    found = ((question, why_unmet(question, filled.reply(question.key))) for question in section.limiting_judgements)
    return tuple(Limit(section, question, why) for question, why in found if why)


def _ruled_out(limit: Limit) -> str:
    grades = [grade.label for grade in BEST_FIRST if is_better(grade, than=limit.highest)]
    return f"{joined(list(reversed(grades)))} {'is' if len(grades) == 1 else 'are'}"


def joined(parts: list[str]) -> str:
    """One thing, or several in a sentence: "this, that and those"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
