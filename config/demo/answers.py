"""Fills in an audit form as an auditor would who found practice of a given quality: answers, comments and grades.

Works from any form definition; grades are never better than the limiting judgements allow, because the program's own
rule is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from audits.enums import Answer, Grade, PlanType
from audits.rules.answers import settled
from audits.rules.filled import FilledSection, Reply
from audits.rules.form_definition import FormDefinition, Question, QuestionKind, Section
from audits.rules.grading import BEST_FIRST, overall_ceiling, section_ceiling
from config.demo import phrases
from config.demo.themes import themes_of

LOWEST = {Grade.OUTSTANDING: 1.75, Grade.GOOD: 0.1, Grade.REQUIRES_IMPROVEMENT: -1.45}
"""From which quality on a grade is given; a month's average practice has quality 0, one unit is a clear difference."""

YES = {Grade.OUTSTANDING: 0.98, Grade.GOOD: 0.9, Grade.REQUIRES_IMPROVEMENT: 0.68, Grade.INADEQUATE: 0.4}
SECTION_LEANING = {"assessment": 0.1, "planning": -0.2, "intervention": 0.1, "review": -0.05, "reflection": -0.35}
YES_TO = {"re_referrals.same_issues": 0.55, "re_referrals.abandoned": 0.2}
"""How often Yes is the answer where it says nothing of how good the work was."""

YOUNG, NOT_YET = 5, 0.05


@dataclass(frozen=True)
class Child:
    """What of a child decides which answers are right. `age` in years, below 0 for an unborn child."""

    plan_type: str
    age: int | None
    disabled: bool = False

    @property
    def unborn(self) -> bool:
        return self.age is not None and self.age < 0


@dataclass(frozen=True)
class FilledAudit:
    sections: Mapping[str, FilledSection]
    overall: Grade


def grade_for(quality: float) -> Grade:
    return next((grade for grade, lowest in LOWEST.items() if quality >= lowest), Grade.INADEQUATE)


def fill(form: FormDefinition, child: Child, quality: float, audit_on: date, rng: Random) -> FilledAudit:
    """The whole form, complete."""
    sections = {section.key: _fill_section(section, child, quality, audit_on, rng) for section in form.sections}
    overall = _allowed(grade_for(quality), overall_ceiling(form, sections).available)
    if form.overall_section:
        comment = " ".join((rng.choice(phrases.OVERALL_STRENGTHS), *_issue(overall, rng)))
        sections[form.overall_section.key] = replace(sections[form.overall_section.key], comment=comment)
    return FilledAudit(sections, overall)


def _fill_section(section: Section, child: Child, quality: float, audit_on: date, rng: Random) -> FilledSection:
    if section.key == "review" and rng.random() < NOT_YET:
        return FilledSection(not_applicable_reason=rng.choice(phrases.SECTION_NOT_YET))
    meant = grade_for(quality + SECTION_LEANING.get(section.key, 0) + rng.gauss(0, 0.45))
    replies = {question.key: _reply(question, meant, child, audit_on, rng) for question in section.questions}
    comment = _comment(section, meant, replies, rng)
    filled = FilledSection(replies, comment=comment, themes=themes_of(section.key, meant, comment))
    if section.graded:
        filled = replace(filled, grade=_allowed(meant, section_ceiling(section, filled).available))
    return settled(section, filled)


def _allowed(meant: Grade, available: tuple[Grade, ...]) -> Grade:
    """The grade that was meant, or the best one below it that is available."""
    return next(grade for grade in BEST_FIRST[BEST_FIRST.index(meant) :] if grade in available)


def _reply(question: Question, meant: Grade, child: Child, audit_on: date, rng: Random) -> Reply:
    match question.kind:
        case QuestionKind.YES_NO_NA:
            return _judgement(question, meant, child, rng)
        case QuestionKind.CHOICE:
            return Reply(_assessment_used(question, child, rng))
        case QuestionKind.DATE:
            return Reply((audit_on - timedelta(days=rng.randint(20, 170))).isoformat())
        case QuestionKind.SHORT_TEXT:
            return Reply("Specialist assessment by the family centre")
        case QuestionKind.LONG_TEXT:
            return Reply(rng.choice(phrases.LONG_TEXTS[question.key]))
    return Reply()


def _assessment_used(question: Question, child: Child, rng: Random) -> str:
    if child.plan_type == PlanType.EARLY_HELP:
        return question.choices[1].key
    return question.choices[0 if rng.random() < 0.9 else -1].key


def _judgement(question: Question, meant: Grade, child: Child, rng: Random) -> Reply:
    if reason := _right_na(question, child):
        return Reply(Answer.NA, reason)
    if question.limiting and meant in (Grade.OUTSTANDING, Grade.GOOD):
        return Reply(Answer.YES)
    if not question.limiting and rng.random() < 0.03:
        return Reply(Answer.NA)
    likely = YES_TO.get(question.key, YES[meant] + 0.15 * question.limiting)
    return Reply(Answer.YES if rng.random() < likely else Answer.NO)


def _right_na(question: Question, child: Child) -> str:
    """The reason for which NA is right for this child, where the question knows one."""
    known = {reason.key for reason in question.na_reasons}
    if child.unborn and "unborn" in known:
        return "unborn"
    if child.age is not None and child.age < YOUNG and "under_5" in known:
        return "under_5"
    return "profound_disability" if child.disabled and "profound_disability" in known else ""


def _comment(section: Section, meant: Grade, replies: Mapping[str, Reply], rng: Random) -> str:
    remarks = phrases.SECTION_REMARKS.get(section.key)
    if remarks is None:
        return rng.choice(phrases.OVERALL_STRENGTHS)
    strong = {Grade.OUTSTANDING: 3, Grade.GOOD: 2, Grade.REQUIRES_IMPROVEMENT: 1, Grade.INADEQUATE: 0}[meant]
    said = rng.sample(remarks.strengths, strong) + rng.sample(remarks.worries, max(0, 2 - strong) or rng.randint(0, 1))
    if any(key.endswith(".child_seen") and reply.value == Answer.YES for key, reply in replies.items()):
        said.append(rng.choice(phrases.SEEN))
    return " ".join(said)


def _issue(overall: Grade, rng: Random) -> tuple[str, ...]:
    said = phrases.OVERALL_ISSUES.get(overall.value)
    return (rng.choice(said),) if said else ()
