"""The audit tools that come with the program, as data."""

import json
from pathlib import Path

import pytest

from audits.enums import Grade
from audits.rules.form_definition import FormDefinition
from audits.services.forms import EXAMPLES

DATA = Path("audits/data")


def form(name: str) -> FormDefinition:
    return FormDefinition.from_dict(json.loads((DATA / name).read_text(encoding="utf-8")))


TOOL = form("default_tool.json")


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_form_that_comes_with_the_program_can_be_used(name):
    definition = form(name)
    assert FormDefinition.from_dict(definition.to_dict()) == definition


def test_the_default_tool_has_the_six_sections_in_order():
    assert [section.name for section in TOOL.sections] == [
        "Assessment",
        "Planning",
        "Intervention",
        "Review",
        "Reflection and Supervision",
        "Comments and Actions",
    ]
    assert [section.name for section in TOOL.graded_sections] == [section.name for section in TOOL.sections][:5]


def test_comments_and_actions_has_no_questions_and_holds_the_overall_grade():
    last = TOOL.sections[-1]
    assert (last.questions, last.overall, last.comment_required) == ((), True, True)
    assert "done well" in last.comment_hint


def test_it_takes_an_hour_and_looks_at_the_last_six_months():
    assert (TOOL.title, TOOL.minutes, TOOL.lookback_months) == ("Audit for Good Practice", 60, 6)
    assert "disclosed" in TOOL.disclosure


@pytest.mark.parametrize("section", TOOL.sections, ids=lambda section: section.key)
def test_every_grade_of_every_section_is_described(section):
    described = {descriptor.grade for descriptor in section.descriptors if descriptor.opening and descriptor.phrases}
    assert described == set(Grade.values)


def test_only_the_limiting_judgements_and_the_written_detail_are_special():
    limiting = {key for key, question in TOOL.questions.items() if question.limiting}
    assert limiting == {
        "assessment.child_seen",
        "assessment.child_voice",
        "intervention.child_seen",
        "intervention.child_seen_alone",
        "intervention.child_voice",
    }
    with_detail = {key for key, question in TOOL.questions.items() if question.comment_required_on}
    assert with_detail == {"assessment.child_seen", "intervention.child_seen"}


def test_voice_and_seen_take_na_only_for_an_unborn_child_and_alone_takes_a_written_reason_too():
    reasons = {key: [(r.key, r.lifts_limit) for r in q.na_reasons] for key, q in TOOL.questions.items() if q.limiting}
    alone = reasons.pop("intervention.child_seen_alone")
    assert alone == [("unborn", True), ("under_5", True), ("profound_disability", True), ("other", True)]
    assert set(map(tuple, reasons.values())) == {(("unborn", True),)}
    assert TOOL.questions["intervention.child_seen_alone"].na_reason("other").written


def test_the_assessment_says_which_one_was_used_and_when():
    questions = TOOL.questions
    assert [c.key for c in questions["assessment.which_assessment"].choices] == [
        "child_and_family",
        "early_help",
        "other",
    ]
    assert questions["assessment.assessment_date"].kind == "date"


def test_every_question_belongs_to_its_section_by_key():
    for section in TOOL.sections:
        assert {question.key.split(".")[0] for question in section.questions} <= {section.key}


def test_the_tool_of_practice_categories_grades_sixteen_of_them():
    tool = form("practice_categories.json")
    assert len(tool.graded_sections) == 16
    assert {
        "Identification and response to risk",
        "Decision making and management oversight",
        "Visiting",
        "Plans",
        "Case notes",
        "Chronology",
        "Collaboration with agencies",
    } <= {section.name for section in tool.graded_sections}


def test_the_re_referrals_pack_asks_about_the_rationale_only_where_the_assessment_was_abandoned():
    pack = form("re_referrals.json")
    condition = pack.questions["re_referrals.abandoned_rationale"].shown_when
    assert (condition.question, condition.answers) == ("re_referrals.abandoned", ("yes",))
    assert {question.kind for question in pack.questions.values()} == {"yes_no_na", "long_text"}
