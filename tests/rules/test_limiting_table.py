"""Every way to answer the limiting judgements, against the sentence that the programme's guidance says of them.

"A section can be Good or Outstanding only where every limiting judgement of that section is met; the overall grade only
where all of them are. Unanswered, or NA without an accepted reason, limits. A section that does not apply yet has no
grade, and its limiting judgements do not apply."

What is expected is worked out here from that sentence and from lists written out by hand, never from the code's own
constants: the judgements, the reasons that count for each of them, the grades and the words are literals.
"""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from audits.rules.answers import clean_section, overall_grade_problems, problems_before_submission, section_problems
from audits.rules.filled import FilledSection, Reply
from audits.rules.form_definition import FormDefinition
from audits.rules.grading import overall_ceiling, section_ceiling

TOOL = FormDefinition.from_dict(json.loads(Path("audits/data/default_tool.json").read_text(encoding="utf-8")))
TODAY = date(2026, 11, 21)

GRADES = ("outstanding", "good", "requires_improvement", "inadequate")
NEEDS_EVERY_JUDGEMENT = ("outstanding", "good")

JUDGEMENTS = {
    "assessment": ("assessment.child_seen", "assessment.child_voice"),
    "intervention": ("intervention.child_voice", "intervention.child_seen", "intervention.child_seen_alone"),
}
# Voice and seen take NA only for an unborn child; alone wherever it is not appropriate, in the auditor's words too.
UNBORN = {"unborn"}
ACCEPTED_REASONS = {
    "assessment.child_seen": UNBORN,
    "assessment.child_voice": UNBORN,
    "intervention.child_voice": UNBORN,
    "intervention.child_seen": UNBORN,
    "intervention.child_seen_alone": {"unborn", "under_5", "profound_disability", "other"},
}


@dataclass(frozen=True)
class Way:
    """One way to answer. `written`: the auditor's own words, for a reason that wants them."""

    answer: str = ""
    reason: str = ""
    written: str = ""

    def reply(self) -> Reply:
        return Reply(self.answer, self.reason, self.written)

    def __str__(self) -> str:
        return "/".join(part for part in (self.answer or "unanswered", self.reason, self.written) if part.strip())


YES, NO, UNANSWERED = Way("yes"), Way("no"), Way()
NA_UNBORN, NA_UNDER_5, NA_DISABLED = Way("na", "unborn"), Way("na", "under_5"), Way("na", "profound_disability")
NA_WRITTEN, NA_NOT_WRITTEN = Way("na", "other", "Asked to have her aunt with her."), Way("na", "other", " \n")
NA_ALONE, NA_UNKNOWN = Way("na"), Way("na", "too_busy", "There was no time.")
WAYS = (
    YES, NO, UNANSWERED, NA_UNBORN, NA_UNDER_5, NA_DISABLED, NA_WRITTEN, NA_NOT_WRITTEN, NA_ALONE, NA_UNKNOWN
)  # fmt: skip


def is_met(judgement: str, way: Way) -> bool:
    if way.answer == "yes":
        return True
    if way.answer != "na" or way.reason not in ACCEPTED_REASONS[judgement]:
        return False
    return way.reason != "other" or bool(way.written.strip())


def all_are_met(section: str, ways: tuple[Way, ...]) -> bool:
    return all(is_met(judgement, way) for judgement, way in zip(JUDGEMENTS[section], ways, strict=True))


def may_be_graded(grade: str, met: bool) -> bool:
    return met or grade not in NEEDS_EVERY_JUDGEMENT


def answered(section: str, ways: tuple[Way, ...], *, grade: str = "", not_yet: str = "") -> FilledSection:
    """The section complete but for its limiting judgements, which are answered in these ways."""
    replies = {
        question.key: Reply("yes") for question in TOOL.section(section).questions if question.kind == "yes_no_na"
    }
    if section == "assessment":
        replies |= {
            "assessment.which_assessment": Reply("early_help"),
            "assessment.assessment_date": Reply("2026-09-30"),
        }
    replies |= {key: way.reply() for key, way in zip(JUDGEMENTS.get(section, ()), ways, strict=True)}
    return FilledSection(replies, "Seen at home on 3 November.", grade, not_yet)


def every_way(section: str) -> itertools.product:
    return itertools.product(WAYS, repeat=len(JUDGEMENTS[section]))


def test_the_tool_asks_exactly_these_judgements_and_takes_exactly_these_reasons():
    found = {q.key: {reason.key for reason in q.na_reasons} for q in TOOL.questions.values() if q.limiting}
    assert found == ACCEPTED_REASONS
    assert {key for keys in JUDGEMENTS.values() for key in keys} == set(ACCEPTED_REASONS)


# A section: 10² and 10³ combinations, each with every grade


@pytest.mark.parametrize("section", JUDGEMENTS)
def test_a_section_takes_exactly_the_grades_that_the_sentence_leaves_it(section):
    definition = TOOL.section(section)
    for ways in every_way(section):
        met = all_are_met(section, ways)
        told = [str(way) for way in ways]
        ceiling = section_ceiling(definition, answered(section, ways))
        for grade in GRADES:
            may = may_be_graded(grade, met)
            assert ceiling.allows(grade) == may, (told, grade)
            posted = answered(section, ways, grade=grade)
            refused = [p for p in section_problems(definition, posted, on=TODAY) if p.field == "grade"]
            assert bool(refused) == (not may), (told, grade)
            kept = clean_section(definition, posted, on=TODAY).filled.grade
            assert kept == (grade if may else ""), (told, grade)


@pytest.mark.parametrize("section", JUDGEMENTS)
def test_what_is_refused_names_every_judgement_that_is_not_met_and_no_other(section):
    definition = TOOL.section(section)
    names = {question.key: question.label for question in definition.questions}
    for ways in every_way(section):
        sentence = section_ceiling(definition, answered(section, ways)).why_not("good")
        for judgement, way in zip(JUDGEMENTS[section], ways, strict=True):
            assert (f"‘{names[judgement]}’" in sentence) == (not is_met(judgement, way)), (str(way), sentence)


# The overall grade: every combination of the one section with each kind of the other, and the whole of kinds


KINDS = (YES, NO, UNANSWERED, NA_UNBORN, NA_UNDER_5, NA_ALONE)


def overall_cases():
    """Every way in one section beside a few of the other, and every combination of the kinds of answer in both."""
    for ways in every_way("assessment"):
        for other in ((YES,) * 3, (YES, YES, NO), (YES, YES, NA_UNDER_5)):
            yield ways, other
    for ways in every_way("intervention"):
        for other in ((YES, YES), (UNANSWERED, YES)):
            yield other, ways
    yield from itertools.product(itertools.product(KINDS, repeat=2), itertools.product(KINDS, repeat=3))


def whole(assessment: FilledSection, intervention: FilledSection) -> Mapping[str, FilledSection]:
    others = {key: answered(key, (), grade="good") for key in ("planning", "review", "reflection")}
    comments = FilledSection(comment="She knows the family well.")
    return others | {"assessment": assessment, "intervention": intervention, "comments": comments}


def test_the_overall_grade_takes_exactly_the_grades_that_the_sentence_leaves_it():
    for first, second in overall_cases():
        met = all_are_met("assessment", first) and all_are_met("intervention", second)
        filled = whole(answered("assessment", first), answered("intervention", second))
        ceiling = overall_ceiling(TOOL, filled)
        for grade in GRADES:
            assert ceiling.allows(grade) == may_be_graded(grade, met), (*map(str, first), *map(str, second), grade)
            assert (not overall_grade_problems(TOOL, filled, grade)) == may_be_graded(grade, met)


# Sections that do not apply yet


NOT_YET = "Opened last week: no visit yet."


@pytest.mark.parametrize("section", JUDGEMENTS)
def test_a_section_that_does_not_apply_yet_takes_no_grade_and_limits_nothing(section):
    definition = TOOL.section(section)
    for ways in every_way(section):
        for grade in ("", *GRADES):
            posted = answered(section, ways, grade=grade, not_yet=NOT_YET)
            cleaned = clean_section(definition, posted, on=TODAY, not_applicable=True)
            assert (cleaned.filled.grade, cleaned.problems) == ("", ()), [str(way) for way in ways]
            assert section_ceiling(definition, cleaned.filled).limits == ()


@pytest.mark.parametrize(
    ("not_yet", "limiting"),
    [(set(), {"assessment", "intervention"}), ({"assessment"}, {"intervention"}), ({"intervention"}, {"assessment"}),
     ({"assessment", "intervention"}, set())],
)  # fmt: skip
def test_the_overall_grade_asks_only_the_judgements_of_the_sections_that_apply(not_yet, limiting):
    for first, second in itertools.product(itertools.product(KINDS, repeat=2), itertools.product(KINDS, repeat=3)):
        ways = {"assessment": first, "intervention": second}
        sections = {key: answered(key, ways[key], not_yet=NOT_YET if key in not_yet else "") for key in ways}
        met = all(all_are_met(key, ways[key]) for key in limiting)
        filled = whole(**sections)
        for grade in GRADES:
            assert overall_ceiling(TOOL, filled).allows(grade) == may_be_graded(grade, met), (first, second, grade)


def test_a_reason_that_is_blank_leaves_the_section_applying_and_limiting():
    posted = answered("assessment", (NO, YES), not_yet=" \n")
    assert not section_ceiling(TOOL.section("assessment"), posted).allows("good")
    cleaned = clean_section(TOOL.section("assessment"), posted, on=TODAY, not_applicable=True)
    assert [problem.field for problem in cleaned.problems] == ["not_applicable_reason"]


# Submission: what is refused is refused as a whole


@pytest.mark.parametrize("grade", GRADES)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_an_audit_is_submitted_only_with_grades_that_the_sentence_leaves(way, grade):
    """One judgement of Intervention answered in every way, its section and the whole graded alike."""
    ways = (YES, YES, way)
    intervention = answered("intervention", ways, grade=grade)
    filled = whole(answered("assessment", (YES, YES), grade="good"), intervention)
    problems = problems_before_submission(TOOL, filled, overall_grade=grade, on=TODAY)
    graded_wrongly = {key for key, found in problems.items() if any(problem.field == "grade" for problem in found)}
    fits = may_be_graded(grade, all_are_met("intervention", ways))
    assert graded_wrongly == (set() if fits else {"intervention", "comments"})
    is_whole = way.answer != "" and (way.answer != "na" or is_met("intervention.child_seen_alone", way))
    assert (problems == {}) == (fits and is_whole), "what is unanswered, or NA without its reason, is missing too"
