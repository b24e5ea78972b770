"""Advice on actions in plain English: what it should notice, and above all where it should hold its tongue."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.rules.smart import PlannedAction, advice_for, letters

LATEST = date(2026, 12, 19)
FOR_THE_CHILD = "She knows who to call when she is worried."


def missing(text="Hold a network meeting with the school.", impact=FOR_THE_CHILD, **more) -> str:
    planned = {"owned": True, "due_on": date(2026, 12, 10), "latest": LATEST} | more
    return "".join(advice.letter for advice in advice_for(PlannedAction(text, impact, **planned)))


GOOD_ACTIONS = [
    "See the child alone before the next core group.",
    "Visit Sam at home every fortnight and record his wishes and feelings.",
    "Complete the genogram with the grandmother.",
    "Update the chronology to include the two referrals of 2024.",
    "Ensure that the chronology is updated by the worker.",
    "Make sure the father has been spoken to and his views are in the assessment.",
    "The worker will continue to visit weekly until the review conference.",
    "Share the assessment with both parents in person.",
    "Hold a strategy meeting with police and health.",
    "Refer the mother to the domestic abuse service, with her agreement.",
    "Consider the threshold with the team manager and record the decision.",
    "Rewrite the plan in words that the child can read.",
    "Support the mother by taking her to the first appointment.",
    "Supervision on 3 December discusses the risk of drift.",
    "Chase the outstanding health assessment.",
    "Take the case to the legal gateway meeting.",
    "An ecogram is drawn with the family.",
    "Work with the family: three sessions of the safety plan, with the danger statement written in their words.",
    "Use the Three Houses tool in the next two visits.",
    "Delegate life story work to the children’s resource worker.",
    "Reunify the brothers for a monthly tea at their aunt’s.",
    "Escalate the missing school report to the head of service.",
]

POOR_ACTIONS = [
    "Consider a strategy meeting.",
    "The worker should consider holding a strategy meeting.",
    "Improve the quality of recording.",
    "Monitor the situation closely.",
    "Be mindful of the father’s role.",
    "Think about whether the child is safe.",
    "Continue to support the family.",
    "Ensure better multi-agency working.",
    "Explore the child’s identity further.",
    "Try to see the child alone.",
    "Keep an eye on attendance.",
    "Develop a more child-focused practice.",
    "Focus on the lived experience.",
    "Improve the plan.",
    "Maintain good contact with the school.",
    "Strengthen the record of visits.",
]


@pytest.mark.parametrize("text", GOOD_ACTIONS)
def test_nothing_is_said_of_an_action_that_others_can_see_is_done(text):
    assert missing(text) == ""


@pytest.mark.parametrize("text", POOR_ACTIONS)
def test_an_action_that_nobody_can_see_is_done_misses_what_is_measurable(text):
    assert missing(text) == "M"


def test_the_advice_quotes_the_vague_word():
    (advice,) = advice_for(PlannedAction("Monitor the situation.", FOR_THE_CHILD, True, date(2026, 12, 10), LATEST))
    assert advice.message == (
        "How will others see that it is done? Beside “monitor”, say what somebody does, "
        "such as visit, write, hold, send or record."
    )


@pytest.mark.parametrize("text", ["", "Chronology", "Improve recording", "  \n "])
def test_a_word_or_two_are_not_specific(text):
    assert missing(text) == "S"


def test_a_verb_that_is_not_known_is_taken_for_a_good_one():
    assert missing("Triangulate the three accounts of that night.") == ""


GOOD_IMPACTS = [
    "The child’s own views shape the plan.",
    "He will feel safer at his dad’s.",
    "Sam will have somebody to talk to.",
    "So that Amira gets the help at last.",
    "Children are heard.",
    "Fewer nights without sleep.",
    "The unborn baby is protected from the day of birth.",
    "Mum can keep the routine going in the mornings.",
    "Both siblings see each other again.",
    "Attendance at school rises to 90%.",
    "The risk from the cousin is understood and managed.",
    "Their story is told once, not five times.",
]

POOR_IMPACTS = [
    "",
    "Compliance.",
    "Better recording.",
    "The file will be up to date.",
    "Statutory timescales are met.",
    "The procedures are followed and performance improves.",
    "An improved assessment grade at the next audit.",
    "Good practice",
]


@pytest.mark.parametrize("impact", GOOD_IMPACTS)
def test_an_impact_that_speaks_of_the_child_is_enough(impact):
    assert missing(impact=impact) == ""


@pytest.mark.parametrize("impact", POOR_IMPACTS)
def test_an_impact_on_the_paperwork_alone_misses_the_child(impact):
    assert missing(impact=impact) == "R"


def test_an_action_that_nobody_sees_to_misses_its_owner():
    assert missing(owned=False) == "A"


@pytest.mark.parametrize(
    ("due_on", "found"),
    [(None, "T"), (date(2026, 12, 19), ""), (date(2026, 12, 20), "T"), (date(2026, 11, 21), "")],
)
def test_a_day_is_timely_up_to_the_one_of_the_rule(due_on, found):
    assert missing(due_on=due_on) == found


def test_a_later_day_is_a_question_and_names_the_rule():
    (advice,) = advice_for(
        PlannedAction("Hold a network meeting.", FOR_THE_CHILD, True, date(2027, 1, 8), date(2026, 12, 19))
    )
    assert advice.message == "By rule it is due by 19 December 2026. Is a later day right for this child?"


@pytest.mark.parametrize("words", ["as soon as possible", "asap", "ASAP", "ongoing", "in due course", "shortly"])
def test_words_without_an_end_ask_for_what_is_done_by_the_due_date(words):
    assert missing(f"Send the plan to the school {words}.") == "T"


def test_an_empty_action_misses_four_letters_and_none_twice():
    assert [advice.letter for advice in advice_for(PlannedAction())] == ["S", "A", "R", "T"]


def test_the_mark_shows_all_five_letters():
    found = advice_for(PlannedAction("Improve the quality of it.", FOR_THE_CHILD, False, date(2026, 12, 1), LATEST))
    assert letters(found) == [("S", True), ("M", False), ("A", False), ("R", True), ("T", True)]


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_is_typed_the_advice_is_at_most_one_sentence_a_letter(text, impact):
    found = [advice.letter for advice in advice_for(PlannedAction(text, impact, True, date(2026, 12, 1), LATEST))]
    assert len(found) == len(set(found))
    assert found == sorted(found, key="SMART".index)


@pytest.mark.parametrize("text", ["a " * 5000, "to " * 5000, "consider " * 3000, "the worker " * 3000, "A" * 10_000])
def test_a_very_long_text_is_read_quickly(text):
    missing(text, impact=text)
