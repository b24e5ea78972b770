"""What a section still needs and how long it takes, in words a person reads in passing."""

import json
from datetime import date
from pathlib import Path

import pytest

from audits.rules.answers import Problem, clean_section, detail_asked_by, minutes_left, needed_in_words, section_status
from audits.rules.filled import FilledSection, Reply
from audits.rules.form_definition import FormDefinition

TOOL = FormDefinition.from_dict(json.loads(Path("audits/data/default_tool.json").read_text(encoding="utf-8")))
PLANNING, INTERVENTION, COMMENTS = (TOOL.section(key) for key in ("planning", "intervention", "comments"))
TODAY = date(2026, 11, 21)


def answered(section, count: int, **parts) -> FilledSection:
    return FilledSection({question.key: Reply("yes") for question in section.questions[:count]}, **parts)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([], ""),
        (["grade"], "the grade"),
        (["intervention.child_seen"], "1 answer"),
        (["intervention.child_seen", "intervention.child_voice", "grade"], "2 answers and the grade"),
        (["intervention.child_seen_alone.reason", "comment", "grade"], "1 answer, the comments and the grade"),
        (["intervention.child_seen_alone.reason", "intervention.child_seen_alone.reason_text"], "1 answer"),
        (["not_applicable_reason"], "the reason why it does not apply yet"),
    ],
)
def test_what_is_needed_is_said_in_a_few_words_and_each_question_counts_once(fields, words):
    assert needed_in_words(INTERVENTION, [Problem(field, "…", missing=True) for field in fields]) == words


def test_the_last_section_needs_the_overall_grade():
    assert needed_in_words(COMMENTS, [Problem("grade", "…", missing=True)]) == "the overall grade"


def test_time_goes_down_with_every_answer_and_ends_with_the_section():
    count = len(PLANNING.questions)
    left = [minutes_left(PLANNING, answered(PLANNING, done), on=TODAY) for done in range(count + 1)]
    assert left[0] == 10
    assert left == sorted(left, reverse=True)
    assert 0 < left[-1] < 5, "the comments and the grade are still to come"
    whole = answered(PLANNING, count, grade="good")
    assert section_status(PLANNING, whole, on=TODAY) == "complete"
    assert minutes_left(PLANNING, whole, on=TODAY) == 0
    assert minutes_left(PLANNING, FilledSection(not_applicable_reason="New."), on=TODAY) == 0


@pytest.mark.parametrize(
    ("reply", "parts", "asked"),
    [
        ("yes", {}, ["intervention.child_seen"]),
        ("yes", {"comment": "At home, alone."}, []),
        ("yes", {"comment": " \n"}, ["intervention.child_seen"]),
        ("yes", {"not_applicable_reason": "New case."}, []),
        ("no", {}, []),
        ("", {}, []),
    ],
)
def test_child_seen_asks_for_detail_as_soon_as_it_is_answered_yes(reply, parts, asked):
    filled = FilledSection({"intervention.child_seen": Reply(reply)}, **parts)
    assert [question.key for question in detail_asked_by(INTERVENTION, filled)] == asked


def test_themes_are_kept_once_and_in_one_order_and_make_a_section_begun():
    posted = FilledSection(themes=("neglect", "good-practice", "neglect"))
    kept = clean_section(PLANNING, posted, on=TODAY).filled
    assert kept.themes == ("good-practice", "neglect")
    assert section_status(PLANNING, kept, on=TODAY) == "in_progress"
    assert FilledSection.from_stored({}, themes=json.loads(json.dumps(kept.themes))) == kept
