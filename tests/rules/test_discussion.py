from dataclasses import replace
from datetime import date

import pytest

from audits.rules.filled import FilledSection, Reply
from audits.rules.form_definition import Question, Section
from audits.rules.grading import section_ceiling
from moderation.rules.discussion import Decision, Discussion, GradedPart, Presence, problems_before_sign_off

ASSESSMENT = Section(
    key="assessment",
    name="Assessment",
    questions=(Question(key="assessment.child_seen", text="Child seen", limits_to="requires_improvement"),),
)
SEEN = section_ceiling(ASSESSMENT, FilledSection({"assessment.child_seen": Reply("yes")}))
NOT_SEEN = section_ceiling(ASSESSMENT, FilledSection({"assessment.child_seen": Reply("no")}))

PART = GradedPart("assessment", "Assessment", original="requires_improvement", ceiling=SEEN)
SUBMITTED_ON, TODAY = date(2026, 11, 12), date(2026, 11, 20)

THERE = Presence("yes")
WHOLE = Discussion(
    decisions={"assessment": Decision("requires_improvement", original="requires_improvement")},
    attendance={"moderator": THERE, "auditor": THERE, "practice_manager": Presence("no"), "social_worker": THERE},
    held_on=("18", "11", "2026"),
    duration="55",
    difference_made="School attendance is up.",
)


def problems(discussion: Discussion, part: GradedPart = PART) -> dict[str, str]:
    found = problems_before_sign_off(discussion, [part], submitted_on=SUBMITTED_ON, on=TODAY)
    return {problem.field: problem.message for problem in found}


def deciding(final: str, reason: str = "", original: str = "requires_improvement") -> Discussion:
    return replace(WHOLE, decisions={"assessment": Decision(final, reason, original)})


def test_a_whole_discussion_has_no_problem() -> None:
    assert problems(WHOLE) == {}


def test_of_nothing_everything_is_missing_in_the_order_of_the_page() -> None:
    assert list(problems(Discussion())) == [
        "grade.assessment",
        "held_on",
        "duration",
        "there.moderator",
        "there.auditor",
        "there.practice_manager",
        "there.social_worker",
        "difference_made",
    ]


@pytest.mark.parametrize("final", ["outstanding", "good", "inadequate"])
def test_a_grade_is_changed_only_with_a_reason(final: str) -> None:
    assert list(problems(deciding(final))) == ["reason.assessment"]
    assert list(problems(deciding(final, "  \n"))) == ["reason.assessment"]
    assert problems(deciding(final, "The chronology shows otherwise.")) == {}


def test_agreeing_needs_no_reason() -> None:
    assert problems(deciding("requires_improvement")) == {}


@pytest.mark.parametrize("final", ["outstanding", "good"])
def test_limiting_judgements_hold_for_the_moderator_too(final: str) -> None:
    part = replace(PART, ceiling=NOT_SEEN)
    message = problems(deciding(final, "I was persuaded."), part)["grade.assessment"]
    assert message.endswith("is not available because ‘Child seen’ is answered No.")


def test_a_grade_that_does_not_exist_is_no_decision() -> None:
    assert list(problems(deciding("excellent", "Because."))) == ["grade.assessment"]


def test_a_decision_is_open_again_when_the_auditor_has_changed_the_grade_since() -> None:
    discussion = deciding("good", "Because.", original="inadequate")
    assert list(problems(discussion)) == ["grade.assessment"]
    assert discussion.decision(PART).reason == "Because."


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("", "", ""), "Enter the date of the discussion"),
        (("31", "11", "2026"), "The date of the discussion must be a real date, such as 27 3 2026"),
        (("x", "11", "2026"), "The date of the discussion must be a real date, such as 27 3 2026"),
        (("1", "1", "9" * 30), "The date of the discussion must be a real date, such as 27 3 2026"),
        (("21", "11", "2026"), "The date of the discussion must be today or in the past"),
        (("11", "11", "2026"), "The discussion must be on or after 12 November 2026, when Stage 1 was submitted"),
        (("12", "11", "2026"), None),
        (("20", "11", "2026"), None),
    ],
)
def test_a_discussion_is_held_between_submission_and_today(typed: tuple[str, str, str], message: str | None) -> None:
    assert problems(replace(WHOLE, held_on=typed)).get("held_on") == message


@pytest.mark.parametrize(
    ("typed", "right"),
    [("1", True), ("480", True), ("0", False), ("481", False), ("an hour", False), ("9" * 5000, False)],
)
def test_a_discussion_takes_minutes(typed: str, right: bool) -> None:
    assert ("duration" not in problems(replace(WHOLE, duration=typed))) is right


def test_the_moderator_was_there_and_somebody_else_was() -> None:
    nobody = {key: Presence("no") for key in ("auditor", "practice_manager", "social_worker")}
    assert list(problems(replace(WHOLE, attendance={"moderator": THERE, **nobody}))) == ["there.auditor"]
    assert list(problems(replace(WHOLE, attendance={**WHOLE.attendance, "moderator": Presence("no")}))) == [
        "there.moderator"
    ]


def test_what_is_too_long_is_said() -> None:
    long_note = {**WHOLE.attendance, "auditor": Presence("yes", "x" * 201)}
    assert problems(replace(WHOLE, attendance=long_note, strengths="x" * 10_001)) == {
        "note.auditor": "Note about the auditor must be 200 characters or fewer; it has 201",
        "strengths": "Strengths must be 10,000 characters or fewer; it has 10,001",
    }


def test_a_draft_comes_back_as_it_was_typed() -> None:
    half = replace(WHOLE, held_on=("3", "", ""), duration="about an hour", comment="To be")
    assert Discussion.from_stored(half.to_store()) == half
    assert Discussion.from_stored({}) == Discussion()
