import copy
import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.rules.form_definition import Choice, FormDefinition, InvalidFormDefinition, Question, Section, ShownWhen

FORM = {
    "key": "tool",
    "title": "A tool",
    "sections": [
        {
            "key": "visits",
            "name": "Visits",
            "questions": [
                {"key": "visits.any", "text": "Was there a visit?"},
                {
                    "key": "visits.seen",
                    "text": "Was the child seen?",
                    "limits_to": "requires_improvement",
                    "na_reasons": [{"key": "unborn", "label": "Not yet born"}],
                    "comment_required_on": ["yes"],
                },
                {
                    "key": "visits.why_not",
                    "text": "Why not?",
                    "kind": "long_text",
                    "shown_when": {"question": "visits.any", "answers": ["no"]},
                },
                {
                    "key": "visits.place",
                    "text": "Where?",
                    "kind": "choice",
                    "choices": [{"key": "home", "label": "At home"}, {"key": "school", "label": "At school"}],
                },
                {"key": "visits.better", "text": "Are things better?", "kind": "scale"},
            ],
            "descriptors": [{"grade": "good", "opening": "Visits are:", "phrases": ["regular", "purposeful"]}],
        },
        {"key": "overall", "name": "Overall", "graded": False, "overall": True},
    ],
}

PACK = {
    "key": "pack",
    "title": "A pack",
    "kind": "pack",
    "sections": [{"key": "theme", "name": "Theme", "graded": False, "questions": [{"key": "theme.a", "text": "A?"}]}],
}


def problems_of(data) -> tuple[str, ...]:
    with pytest.raises(InvalidFormDefinition) as refused:
        FormDefinition.from_dict(data)
    return refused.value.problems


def changed(path: str, value) -> dict:
    """FORM with the value at `path` (such as `sections.0.name`) replaced."""
    data = copy.deepcopy(FORM)
    *steps, last = path.split(".")
    place = data
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    place[int(last) if last.isdigit() else last] = value
    return data


@pytest.mark.parametrize("data", [FORM, PACK])
def test_a_definition_is_the_same_after_a_round_trip_through_json(data):
    form = FormDefinition.from_dict(data)
    assert FormDefinition.from_dict(json.loads(json.dumps(form.to_dict()))) == form
    assert form.to_dict() == data


def test_a_definition_cannot_be_changed():
    form = FormDefinition.from_dict(FORM)
    with pytest.raises(dataclasses.FrozenInstanceError):
        form.sections[0].questions[0].text = "Something else?"
    assert isinstance(form.sections[0].questions, tuple)
    hash(form)


def test_what_is_left_out_has_its_default():
    question = FormDefinition.from_dict(FORM).questions["visits.any"]
    assert (question.kind, question.required, question.limiting, question.na_reasons) == ("yes_no_na", True, False, ())


def test_questions_are_found_by_their_key_and_answers_are_a_closed_set():
    questions = FormDefinition.from_dict(FORM).questions
    assert list(questions) == ["visits.any", "visits.seen", "visits.why_not", "visits.place", "visits.better"]
    assert questions["visits.any"].possible_answers() == ("yes", "no", "na")
    assert questions["visits.place"].possible_answers() == ("home", "school")
    assert questions["visits.better"].possible_answers() == tuple(map(str, range(11)))
    assert questions["visits.why_not"].possible_answers() == ()


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("title", 7, "Form: title must be text."),
        ("title", " ", "Form: the name or text is empty."),
        ("key", "Not A Key", "the key “Not A Key” must be lower-case"),
        ("kind", "quiz", "“quiz” is no kind of form"),
        ("lookback_months", True, "lookback_months must be a whole number."),
        ("lookback_months", 0, "at least 1 month"),
        ("colour", "red", "“colour” is not a setting that exists"),
        ("sections", [], "there is no section"),
        ("sections", "Visits", "sections must be a list."),
        ("sections.0", None, "sections 1: expected a group of named values."),
        ("sections.1.overall", False, "exactly one section must hold the overall grade"),
        ("sections.0.overall", True, "the section of the overall grade has no grade of its own"),
        ("sections.1.key", "visits", "the section “visits” appears more than once"),
        ("sections.0.minutes", -1, "minutes cannot be below 0"),
        ("sections.0.graded", False, "a limiting judgement needs a section with a grade"),
        ("sections.0.descriptors.0.grade", "super", "“super” is no grade"),
        ("sections.0.questions.0", {"key": "visits.any"}, "questions “visits.any”: text is missing."),
        ("sections.0.questions.0.kind", "essay", "“essay” is no kind of question"),
        ("sections.0.questions.1.key", "visits.any", "the question “visits.any” appears more than once"),
        ("sections.0.questions.1.limits_to", "outstanding", "cannot be the highest grade of a limit"),
        ("sections.0.questions.1.required", False, "a limiting judgement is always required"),
        (
            "sections.0.questions.1.shown_when",
            {"question": "visits.any", "answers": ["yes"]},
            "a limiting judgement is always asked",
        ),
        ("sections.0.questions.1.comment_required_on", ["maybe"], "“maybe” is no answer"),
        ("sections.0.questions.1.kind", "date", "only a yes/no/NA question can limit a grade"),
        ("sections.0.questions.3.choices", [{"key": "home", "label": "At home"}], "at least two options"),
        ("sections.0.questions.3.choices.1.key", "home", "the option “home” appears more than once"),
        ("sections.0.questions.4.scale_to", 0, "the scale must end above its beginning"),
        ("sections.0.questions.4.choices", [{"key": "a", "label": "A"}], "only a choice has options"),
        ("sections.0.questions.2.shown_when.question", "visits.place", "no earlier question of its section"),
        ("sections.0.questions.2.shown_when.answers", ["never"], "cannot be answered “never”"),
        ("sections.0.questions.2.shown_when.answers", [], "no answer of that is named"),
    ],
)
def test_a_mistake_in_a_form_is_refused_in_plain_words(path, value, problem):
    assert any(problem in said for said in problems_of(changed(path, value)))


def test_every_mistake_is_named_at_once_with_its_place():
    data = changed("sections.0.questions.0.kind", "essay")
    data["sections"][0]["questions"][1]["limits_to"] = "excellent"
    assert [said.split(":")[0] for said in problems_of(data)] == [
        "Section “visits”, question “visits.any”",
        "Section “visits”, question “visits.seen”",
        "Section “visits”, question “visits.why_not”",
    ]


def test_a_pack_of_questions_has_no_grades():
    pack = copy.deepcopy(PACK)
    pack["sections"][0]["graded"] = True
    assert problems_of(pack) == ("Form: a pack of questions has no grades.",)


texts = st.text(min_size=1).filter(lambda text: text.strip())
keys = st.from_regex(r"[a-z][a-z0-9_]{0,8}(\.[a-z][a-z0-9_]{0,8})?", fullmatch=True)


@st.composite
def forms(draw) -> FormDefinition:
    names = iter(draw(st.lists(keys, min_size=3, max_size=9, unique=True)))
    gate = Question(next(names), draw(texts), guidance=draw(st.text()))
    options = tuple(Choice(key, draw(texts)) for key in ("one", "two"))
    following = tuple(
        Question(
            key,
            draw(texts),
            kind=kind,
            choices=options if kind in ("choice", "choices") else (),
            shown_when=draw(st.none() | st.just(ShownWhen(gate.key, ("no", "na")))),
        )
        for key, kind in zip(names, draw(st.permutations(["choice", "choices", "scale", "date"])), strict=False)
    )
    sections = (
        Section("first", draw(texts), questions=(gate, *following), minutes=draw(st.integers(0, 90))),
        Section("last", draw(texts), graded=False, overall=True),
    )
    return FormDefinition(draw(keys), draw(texts), sections)


@given(forms())
def test_any_definition_is_the_same_after_a_round_trip(form):
    assert FormDefinition.from_dict(json.loads(json.dumps(form.to_dict()))) == form


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["key", "name", "sections", "questions"]), inner),
)


@given(plain_values)
def test_whatever_is_read_gives_problems_and_no_traceback(data):
    assert all(isinstance(said, str) and said.endswith(".") for said in problems_of(data))
