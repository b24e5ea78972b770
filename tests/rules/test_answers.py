import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.rules.answers import (
    LONG_TEXT_CHARACTERS,
    SectionStatus,
    clean_section,
    overall_grade_problems,
    problems_before_submission,
    section_problems,
    section_status,
    settled,
)
from audits.rules.filled import FilledSection, Reply
from audits.rules.form_definition import FormDefinition

TOOL = FormDefinition.from_dict(json.loads(Path("audits/data/default_tool.json").read_text(encoding="utf-8")))
ASSESSMENT, INTERVENTION, COMMENTS = (TOOL.section(key) for key in ("assessment", "intervention", "comments"))
TODAY = date(2026, 11, 21)


def answered(section, *, grade="good", comment="Seen at home on 3 November.", **changes) -> FilledSection:
    """The section with every judgement answered Yes; `changes` by the last part of a question's key."""
    replies = {question.key: Reply("yes") for question in section.questions if question.kind == "yes_no_na"}
    if section is ASSESSMENT:
        replies["assessment.which_assessment"] = Reply("early_help")
        replies["assessment.assessment_date"] = Reply("2026-09-30")
    replies |= {f"{section.key}.{name}": reply for name, reply in changes.items()}
    return FilledSection(replies, comment, grade if section.graded else "")


WHOLE = {section.key: answered(section) for section in TOOL.sections}


def fields_of(problems) -> list[str]:
    return [problem.field for problem in problems]


def clean(section, posted, **options):
    return clean_section(section, posted, on=TODAY, **options)


# What is complete


@pytest.mark.parametrize("section", TOOL.sections, ids=lambda section: section.key)
def test_a_section_with_every_answer_is_complete(section):
    assert section_problems(section, answered(section), on=TODAY) == ()
    assert section_status(section, answered(section), on=TODAY) == SectionStatus.COMPLETE


@pytest.mark.parametrize(
    ("changes", "fields", "status"),
    [
        ({"network": Reply()}, ["assessment.network"], SectionStatus.IN_PROGRESS),
        ({"network": Reply("na")}, [], SectionStatus.COMPLETE),
        ({"grade": ""}, ["grade"], SectionStatus.IN_PROGRESS),
        ({"comment": "  "}, ["comment"], SectionStatus.IN_PROGRESS),
        ({"comment": "x" * (LONG_TEXT_CHARACTERS + 1)}, ["comment"], SectionStatus.NEEDS_ATTENTION),
        ({"child_seen": Reply("no")}, ["grade"], SectionStatus.NEEDS_ATTENTION),
        ({"child_seen": Reply("no"), "grade": "requires_improvement", "comment": ""}, [], SectionStatus.COMPLETE),
        ({"child_seen": Reply("na", "unborn"), "comment": ""}, [], SectionStatus.COMPLETE),
        (
            {"child_seen": Reply("na"), "grade": "inadequate"},
            ["assessment.child_seen.reason"],
            SectionStatus.IN_PROGRESS,
        ),
        (
            {"assessment_date": Reply("31/2/2026")},
            ["assessment.assessment_date"],
            SectionStatus.NEEDS_ATTENTION,
        ),
        (
            {"assessment_date": Reply("2026-11-22")},
            ["assessment.assessment_date"],
            SectionStatus.NEEDS_ATTENTION,
        ),
        ({"assessment_date": Reply("2026-11-21")}, [], SectionStatus.COMPLETE),
        ({"which_assessment": Reply("other")}, ["assessment.other_assessment"], SectionStatus.IN_PROGRESS),
        (
            {"which_assessment": Reply("other"), "other_assessment": Reply("Pre-birth assessment")},
            [],
            SectionStatus.COMPLETE,
        ),
    ],
)
def test_what_an_assessment_still_needs(changes, fields, status):
    filled = answered(ASSESSMENT, **changes)
    assert fields_of(section_problems(ASSESSMENT, filled, on=TODAY)) == fields
    assert section_status(ASSESSMENT, filled, on=TODAY) == status


@pytest.mark.parametrize(
    ("reply", "fields"),
    [
        (Reply("na", "under_5"), []),
        (Reply("na", "other", "Needs signing by her carer."), []),
        (Reply("na", "other", " "), ["intervention.child_seen_alone.reason_text", "grade"]),
        (Reply("na"), ["intervention.child_seen_alone.reason", "grade"]),
        (Reply("no"), ["grade"]),
    ],
)
def test_na_for_seen_alone_asks_for_its_reason(reply, fields):
    filled = answered(INTERVENTION, child_seen_alone=reply)
    assert fields_of(section_problems(INTERVENTION, filled, on=TODAY)) == fields


def test_a_grade_above_the_ceiling_is_refused_with_the_reason():
    (problem,) = section_problems(ASSESSMENT, answered(ASSESSMENT, child_voice=Reply("no")), on=TODAY)
    assert problem.message == "Good is not available because ‘Child’s voice and lived experience’ is answered No."
    assert not problem.missing


def test_comments_and_actions_needs_its_comment():
    (problem,) = section_problems(COMMENTS, FilledSection(), on=TODAY)
    assert (problem.field, problem.message) == ("comment", "Enter significant issues and strengths")


def test_a_section_nobody_touched_is_not_started():
    assert section_status(ASSESSMENT, FilledSection(), on=TODAY) == SectionStatus.NOT_STARTED
    only_blank = FilledSection({"assessment.network": Reply()}, comment=" \n")
    assert section_status(ASSESSMENT, only_blank, on=TODAY) == SectionStatus.NOT_STARTED


def test_a_section_that_does_not_apply_yet_needs_nothing_else():
    filled = FilledSection(not_applicable_reason="Opened last month, first review in December.")
    assert section_problems(ASSESSMENT, filled, on=TODAY) == ()
    assert section_status(ASSESSMENT, filled, on=TODAY) == SectionStatus.NOT_APPLICABLE


# What is kept of what was posted


def test_a_draft_keeps_what_can_be_kept_and_says_what_it_set_aside():
    posted = FilledSection(
        {
            "assessment.network": Reply("perhaps"),
            "assessment.child_seen": Reply("yes"),
            "assessment.nonsense": Reply("yes"),
            "assessment.assessment_date": Reply("31/2/2026"),
        },
        comment="Half a sent",
        grade="outstanding",
    )
    cleaned = clean(ASSESSMENT, posted)
    assert cleaned.filled.reply("assessment.network") == Reply()
    assert cleaned.filled.reply("assessment.child_seen") == Reply("yes")
    assert cleaned.filled.reply("assessment.assessment_date") == Reply("31/2/2026")
    assert "assessment.nonsense" not in cleaned.filled.replies
    assert (cleaned.filled.comment, cleaned.filled.grade) == ("Half a sent", "")
    assert fields_of(cleaned.mistakes) == ["assessment.assessment_date", "grade"]


def test_a_grade_that_is_available_is_kept_while_the_section_is_unfinished():
    cleaned = clean(ASSESSMENT, FilledSection(grade="inadequate"))
    assert cleaned.filled.grade == "inadequate"
    assert cleaned.mistakes == ()


@pytest.mark.parametrize("typed", ["2026-09-03", "3/9/2026", " 03 / 09 / 2026 ", "2026-9-3"])
def test_dates_are_read_as_day_month_year_or_iso(typed):
    posted = FilledSection({"assessment.assessment_date": Reply(typed)})
    assert clean(ASSESSMENT, posted).filled.reply("assessment.assessment_date") == Reply("2026-09-03")


@pytest.mark.parametrize(
    ("posted", "kept"),
    [
        (Reply("na", "under_5", "stray"), Reply("na", "under_5")),
        (Reply("na", "other", "Her own words."), Reply("na", "other", "Her own words.")),
        (Reply("na", "invented"), Reply("na")),
        (Reply("yes", "under_5"), Reply("yes")),
        (Reply(("yes", "no")), Reply()),
    ],
)
def test_a_reason_is_kept_only_with_na_and_where_the_form_lists_it(posted, kept):
    cleaned = clean(INTERVENTION, FilledSection({"intervention.child_seen_alone": posted}))
    assert cleaned.filled.reply("intervention.child_seen_alone") == kept


def test_text_that_no_database_can_store_is_taken_out():
    assert clean(COMMENTS, FilledSection(comment="a\x00b\ud800c\r\nd")).filled.comment == "abc\nd"


def test_marking_a_section_not_applicable_needs_a_reason_and_drops_the_grade():
    posted = answered(ASSESSMENT)
    without = clean(ASSESSMENT, posted, not_applicable=True)
    assert fields_of(without.problems) == ["not_applicable_reason"]
    assert (without.filled.grade, without.filled.not_applicable) == ("", False)
    reasoned = clean(ASSESSMENT, replace(posted, not_applicable_reason="New case."), not_applicable=True)
    assert reasoned.problems == ()
    assert (reasoned.filled.grade, reasoned.filled.not_applicable_reason) == ("", "New case.")
    assert reasoned.filled.reply("assessment.network") == Reply("yes"), "a draft keeps what was typed"


def test_a_reason_counts_only_while_the_section_is_marked_and_never_for_the_overall_section():
    posted = FilledSection(not_applicable_reason="New case.")
    assert not clean(ASSESSMENT, posted, not_applicable=False).filled.not_applicable
    assert not clean(COMMENTS, posted, not_applicable=True).filled.not_applicable


stored_text = st.text(max_size=40)
replies = st.builds(
    Reply,
    st.sampled_from(["yes", "no", "na", "", "other", "1/2/2026"]) | stored_text,
    st.sampled_from(["", "unborn", "under_5", "other"]) | stored_text,
    stored_text,
)
posts = st.builds(
    FilledSection,
    st.fixed_dictionaries({question.key: replies for question in INTERVENTION.questions}),
    stored_text,
    st.sampled_from(["", "outstanding", "good", "requires_improvement", "inadequate", "excellent"]),
    stored_text,
)


@given(posts, st.booleans())
def test_cleaning_what_was_cleaned_changes_nothing(posted, not_applicable):
    once = clean(INTERVENTION, posted, not_applicable=not_applicable).filled
    again = clean(INTERVENTION, once, not_applicable=once.not_applicable).filled
    assert again == once


@given(posts)
def test_what_is_kept_survives_the_database(posted):
    kept = clean(INTERVENTION, posted).filled
    stored = json.loads(json.dumps(kept.answers_to_store()))
    assert FilledSection.from_stored(stored, kept.comment, kept.grade) == kept


# What is submitted


def test_a_whole_audit_can_be_submitted():
    assert problems_before_submission(TOOL, WHOLE, overall_grade="good", on=TODAY) == {}


def test_an_empty_audit_says_what_every_section_needs():
    found = problems_before_submission(TOOL, {}, overall_grade="", on=TODAY)
    assert list(found) == [section.key for section in TOOL.sections]
    assert fields_of(found["comments"]) == ["comment", "grade"]


def test_the_overall_grade_is_held_to_every_limiting_judgement():
    unseen = answered(INTERVENTION, grade="requires_improvement", child_seen=Reply("no"))
    filled = WHOLE | {"intervention": unseen}
    (problem,) = overall_grade_problems(TOOL, filled, "good")
    assert problem.message == "Good is not available because ‘Child seen’ in Intervention is answered No."
    assert overall_grade_problems(TOOL, filled, "requires_improvement") == ()


def test_at_least_one_section_must_apply():
    nothing = {section.key: FilledSection(not_applicable_reason="New.") for section in TOOL.graded_sections}
    filled = nothing | {"comments": WHOLE["comments"]}
    found = problems_before_submission(TOOL, filled, overall_grade="good", on=TODAY)
    assert [problem.message for problem in found["assessment"]] == ["At least one section must apply to audit the case"]
    one_applies = filled | {"review": WHOLE["review"]}
    assert problems_before_submission(TOOL, one_applies, overall_grade="good", on=TODAY) == {}


def test_what_other_answers_hid_is_not_submitted():
    changes = {"which_assessment": Reply("early_help"), "other_assessment": Reply("Pre-birth assessment")}
    submitted = settled(ASSESSMENT, answered(ASSESSMENT, **changes))
    assert "assessment.other_assessment" not in submitted.replies
    shown = settled(ASSESSMENT, answered(ASSESSMENT, **changes | {"which_assessment": Reply("other")}))
    assert shown.reply("assessment.other_assessment") == Reply("Pre-birth assessment")


def test_a_section_that_does_not_apply_yet_submits_no_answers_and_no_grade():
    submitted = settled(ASSESSMENT, replace(answered(ASSESSMENT), not_applicable_reason="New case."))
    assert (submitted.replies, submitted.grade) == ({}, "")
    assert submitted.comment == "Seen at home on 3 November."
