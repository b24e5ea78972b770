"""Limiting judgements, tested against the rule itself: the must-haves are written out here once more, by hand.

A section can be Good or Outstanding only where every limiting judgement of that section is met; the overall grade only
where all of them are. Unanswered, or NA without an accepted reason, limits.
"""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.rules.filled import FilledSection, Reply
from audits.rules.form_definition import FormDefinition
from audits.rules.grading import overall_ceiling, section_ceiling

TOOL = FormDefinition.from_dict(json.loads(Path("audits/data/default_tool.json").read_text(encoding="utf-8")))
GRADES = ("outstanding", "good", "requires_improvement", "inadequate")

MUST_HAVES = {
    "assessment": ("assessment.child_seen", "assessment.child_voice"),
    "intervention": ("intervention.child_voice", "intervention.child_seen", "intervention.child_seen_alone"),
}
UNBORN_ONLY = {
    "assessment.child_seen",
    "assessment.child_voice",
    "intervention.child_voice",
    "intervention.child_seen",
}

# Every way to reply to a limiting judgement, and for which judgements that meets it.
REPLIES = {
    "unanswered": (Reply(), set()),
    "yes": (Reply("yes"), {*UNBORN_ONLY, "intervention.child_seen_alone"}),
    "no": (Reply("no"), set()),
    "no, with a reason": (Reply("no", "unborn"), set()),
    "na without a reason": (Reply("na"), set()),
    "na, unborn": (Reply("na", "unborn"), {*UNBORN_ONLY, "intervention.child_seen_alone"}),
    "na, under 5": (Reply("na", "under_5"), {"intervention.child_seen_alone"}),
    "na, profound disability": (Reply("na", "profound_disability"), {"intervention.child_seen_alone"}),
    "na, a written reason": (
        Reply("na", "other", "Seen with an interpreter throughout."),
        {"intervention.child_seen_alone"},
    ),
    "na, another reason left blank": (Reply("na", "other", "  "), set()),
    "na, a reason nobody listed": (Reply("na", "busy", "No time."), set()),
    "text instead of an answer": (Reply("Yes, on Tuesday"), set()),
}


def filled(section_key: str, names: tuple[str, ...], **parts: str) -> FilledSection:
    replies = {key: REPLIES[name][0] for key, name in zip(MUST_HAVES[section_key], names, strict=True)}
    return FilledSection(replies=replies, **parts)


def all_met(section_key: str, names: tuple[str, ...]) -> bool:
    return all(key in REPLIES[name][1] for key, name in zip(MUST_HAVES[section_key], names, strict=True))


def combinations(section_key: str) -> itertools.product:
    return itertools.product(REPLIES, repeat=len(MUST_HAVES[section_key]))


def test_the_default_tool_has_exactly_the_must_haves():
    found = {section.key: tuple(q.key for q in section.limiting_judgements) for section in TOOL.sections}
    assert {key: set(keys) for key, keys in found.items() if keys} == {k: set(v) for k, v in MUST_HAVES.items()}


@pytest.mark.parametrize("section_key", MUST_HAVES)
def test_a_section_is_good_or_outstanding_only_where_every_limiting_judgement_is_met(section_key):
    section = TOOL.section(section_key)
    for names in combinations(section_key):
        ceiling = section_ceiling(section, filled(section_key, names))
        met = all_met(section_key, names)
        expected = {"outstanding": met, "good": met, "requires_improvement": True, "inadequate": True}
        assert {grade: ceiling.allows(grade) for grade in GRADES} == expected, names
        assert [grade for grade in GRADES if expected[grade]] == list(ceiling.available), names


def test_the_overall_grade_is_good_or_outstanding_only_where_all_of_them_are_met():
    for first, second in itertools.product(combinations("assessment"), [("yes", "yes", "yes"), ("yes", "no", "yes")]):
        sections = {"assessment": filled("assessment", first), "intervention": filled("intervention", second)}
        met = all_met("assessment", first) and all_met("intervention", second)
        ceiling = overall_ceiling(TOOL, sections)
        allowed = [grade for grade in GRADES if ceiling.allows(grade)]
        assert allowed == (list(GRADES) if met else ["requires_improvement", "inadequate"]), (first, second)


def test_a_section_without_limiting_judgements_can_have_any_grade():
    assert section_ceiling(TOOL.section("planning"), FilledSection()).available == GRADES


def test_a_section_nobody_has_started_limits_the_overall_grade():
    sections = {"assessment": filled("assessment", ("yes", "yes"))}
    assert overall_ceiling(TOOL, sections).highest == "requires_improvement"


def test_the_limiting_judgements_of_a_section_that_does_not_apply_yet_do_not_apply():
    names = ("no", "unanswered", "na without a reason")
    intervention = filled("intervention", names, not_applicable_reason="Allocated last week, no visit yet.")
    sections = {"assessment": filled("assessment", ("yes", "yes")), "intervention": intervention}
    assert section_ceiling(TOOL.section("intervention"), intervention).limits == ()
    assert overall_ceiling(TOOL, sections).highest == "outstanding"


def test_a_blank_reason_does_not_make_a_section_not_applicable():
    assert section_ceiling(TOOL.section("assessment"), FilledSection(not_applicable_reason=" \n")).limits


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        ("no", "Good is not available because ‘Child seen alone’ is answered No."),
        ("unanswered", "Good is not available because ‘Child seen alone’ is not answered."),
        (
            "na without a reason",
            "Good is not available because ‘Child seen alone’ is answered NA without an accepted reason.",
        ),
        ("na, under 5", ""),
        ("yes", ""),
    ],
)
def test_the_page_says_in_plain_words_why_good_is_not_available(reply, sentence):
    ceiling = section_ceiling(TOOL.section("intervention"), filled("intervention", ("yes", "yes", reply)))
    assert ceiling.why_not("good") == sentence
    assert ceiling.why_not("requires_improvement") == ""


def test_the_overall_sentence_names_the_section_of_each_judgement():
    sections = {
        "assessment": filled("assessment", ("no", "yes")),
        "intervention": filled("intervention", ("yes", "yes", "unanswered")),
    }
    assert overall_ceiling(TOOL, sections).why_not("outstanding") == (
        "Outstanding is not available because ‘Child seen’ in Assessment is answered No "
        "and ‘Child seen alone’ in Intervention is not answered."
    )


def test_the_page_names_every_unmet_judgement_under_the_grades_that_it_rules_out():
    ceiling = section_ceiling(TOOL.section("assessment"), filled("assessment", ("no", "unanswered")))
    (explanation,) = ceiling.explanations()
    assert explanation.opening == "Good and Outstanding are not available because"
    assert explanation.causes == (
        "‘Child seen’ is answered No",
        "‘Child’s voice and lived experience’ is not answered",
    )


@pytest.mark.parametrize(
    ("limits_to", "available"),
    [
        ("good", ["good", "requires_improvement", "inadequate"]),
        ("requires_improvement", ["requires_improvement", "inadequate"]),
        ("inadequate", ["inadequate"]),
    ],
)
def test_a_form_decides_which_grades_a_judgement_limits(limits_to, available):
    section = TOOL.section("planning")
    limiting = replace(section.questions[0], limits_to=limits_to)
    section = replace(section, questions=(limiting, *section.questions[1:]))
    assert list(section_ceiling(section, FilledSection()).available) == available


def test_the_strictest_of_several_limits_holds_and_each_grade_names_only_what_stands_in_its_way():
    section = TOOL.section("planning")
    first, second = section.questions[:2]
    section = replace(
        section, questions=(replace(first, limits_to="good"), replace(second, limits_to="requires_improvement"))
    )
    ceiling = section_ceiling(section, FilledSection())
    assert ceiling.highest == "requires_improvement"
    assert ceiling.why_not("good") == f"Good is not available because ‘{second.name}’ is not answered."
    assert first.name in ceiling.why_not("outstanding")
    assert [str(explanation) for explanation in ceiling.explanations()] == [
        f"Outstanding is not available because ‘{first.name}’ is not answered.",
        f"Good and Outstanding are not available because ‘{second.name}’ is not answered.",
    ]


reply_names = st.sampled_from(list(REPLIES))


@given(st.tuples(reply_names, reply_names), st.tuples(reply_names, reply_names, reply_names))
def test_the_overall_grade_is_never_less_limited_than_a_section(first, second):
    sections = {"assessment": filled("assessment", first), "intervention": filled("intervention", second)}
    overall = overall_ceiling(TOOL, sections)
    for key, section in sections.items():
        ceiling = section_ceiling(TOOL.section(key), section)
        assert set(overall.available) <= set(ceiling.available)
        assert set(ceiling.limits) <= set(overall.limits)


@given(st.tuples(reply_names, reply_names, reply_names), st.integers(0, 2))
def test_meeting_one_more_judgement_never_takes_a_grade_away(names, position):
    section = TOOL.section("intervention")
    better = tuple("yes" if n == position else name for n, name in enumerate(names))
    before = section_ceiling(section, filled("intervention", names))
    after = section_ceiling(section, filled("intervention", better))
    assert set(before.available) <= set(after.available)


@given(st.tuples(reply_names, reply_names, reply_names), st.sampled_from(GRADES))
def test_a_grade_is_refused_exactly_when_there_is_a_sentence_saying_why(names, grade):
    ceiling = section_ceiling(TOOL.section("intervention"), filled("intervention", names))
    assert ceiling.allows(grade) == (ceiling.why_not(grade) == "")
