import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.rules.form_definition import (
    Choice,
    FormDefinition,
    InvalidFormDefinition,
    NAReason,
    Question,
    QuestionKind,
    Section,
    ShownWhen,
)
from audits.rules.form_editing import (
    AddQuestion,
    AddSection,
    ChangeAbout,
    ChangeQuestion,
    ChangeSection,
    Edit,
    EditRefused,
    MoveQuestion,
    MoveSection,
    RemoveQuestion,
    RemoveSection,
    UsedKey,
    kind_clashes,
    propose_key,
)

EMPTY = FormDefinition("tool", "A tool", ())
PACK = replace(EMPTY, key="pack", kind="pack")


def after(form: FormDefinition, *edits: Edit) -> FormDefinition:
    for edit in edits:
        form = edit.apply(form)
    return form


VISITS = after(
    EMPTY,
    AddSection(Section("", "Visits")),
    AddQuestion("visits", Question("visits.any", "Was there a visit?", label="Any visit")),
    AddQuestion(
        "visits", Question("visits.why_not", "Why not?", "long_text", shown_when=ShownWhen("visits.any", ("no",)))
    ),
    AddSection(Section("", "In all", graded=False, overall=True)),
)


def refused(form: FormDefinition, edit: Edit) -> list[tuple[str, str]]:
    with pytest.raises(EditRefused) as refusal:
        edit.apply(form)
    return [(problem.field, problem.message) for problem in refusal.value.problems]


def test_a_tool_that_is_built_edit_by_edit_can_be_used() -> None:
    assert FormDefinition.from_dict(VISITS.to_dict()) == VISITS
    assert [section.key for section in VISITS.sections] == ["visits", "all"]


@pytest.mark.parametrize(
    ("text", "prefix", "key"),
    [
        ("Identification and response to risk", "", "identification_response_risk"),
        ("Was the child seen?", "visits", "visits.child_seen"),
        ("Child’s voice", "visits", "visits.childs_voice"),
        ("Père et mère", "", "pere_et_mere"),
        ("16 categories", "", "n_16_categories"),
        ("???", "visits", "visits.question"),
        ("", "", "section"),
        ("Is the plan specific, measurable, achievable, realistic and timely for the child?", "planning", None),
    ],
)
def test_a_key_is_made_from_the_words_that_tell_something(text: str, prefix: str, key: str | None) -> None:
    made = propose_key(text, (), prefix=prefix)
    assert made == (key or "planning.plan_specific_measurable_achievable")


def test_a_key_that_is_taken_gets_a_number() -> None:
    assert propose_key("Visits", {"visits", "visits_2"}) == "visits_3"


def test_the_questions_of_a_pack_are_named_after_the_pack() -> None:
    form = after(
        PACK,
        AddSection(Section("theme", "Theme", graded=False)),
        AddQuestion("theme", Question("", "Why did the child come back?")),
    )
    assert list(form.questions) == ["pack.why_child_come_back"]


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (AddSection(Section("", "  ")), "name"),
        (AddSection(Section("visits", "Visits again")), "key"),
        (AddSection(Section("A key", "Visits")), "key"),
        (AddSection(Section("a.b", "Visits")), "key"),
        (AddSection(Section("", "Both", graded=True, overall=True)), "graded"),
        (ChangeSection("all", Section("visits", "In all", graded=False)), "key"),
        (AddQuestion("visits", Question("visits.any", "Again?")), "key"),
        (AddQuestion("visits", Question("", " ")), "text"),
        (AddQuestion("visits", Question("", "Where?", "choice", choices=(Choice("home", "Home"),))), "choices"),
        (AddQuestion("visits", Question("", "How well?", "scale", scale_from=5, scale_to=5)), "scale_to"),
        (AddQuestion("visits", Question("", "Seen?", limits_to="outstanding")), "limits_to"),
        (AddQuestion("visits", Question("", "Seen?", limits_to="good", required=False)), "required"),
        (AddQuestion("all", Question("", "Seen?", limits_to="good")), "limits_to"),
        (AddQuestion("visits", Question("", "Seen?", na_reasons=(NAReason("a", ""),))), "na_reasons"),
        (AddQuestion("visits", Question("", "Then?", shown_when=ShownWhen("visits.why_not", ("x",)))), "shown_when"),
        (ChangeQuestion("visits.any", Question("visits.why_not", "Any?")), "key"),
        (ChangeAbout(" "), "title"),
        (ChangeAbout("A tool", lookback_months=0), "lookback_months"),
        (RemoveSection("gone"), ""),
        (MoveQuestion("gone", 1), ""),
    ],
)
def test_a_mistake_is_said_at_its_field_and_the_draft_stays(edit: Edit, field: str) -> None:
    assert [found for found, _ in refused(VISITS, edit)] == [field]


def test_a_pack_gets_no_section_with_a_grade() -> None:
    assert refused(PACK, AddSection(Section("", "Theme")))[0][0] == "graded"


def test_a_section_that_is_changed_keeps_its_questions() -> None:
    form = ChangeSection("visits", Section("visits", "Seeing the child")).apply(VISITS)
    assert form.section("visits").questions == VISITS.section("visits").questions
    assert form.section("visits").name == "Seeing the child"


def test_a_condition_follows_the_new_key_of_the_question_that_it_looks_at() -> None:
    form = ChangeQuestion("visits.any", Question("visits.seen", "Was there a visit?")).apply(VISITS)
    condition = form.questions["visits.why_not"].shown_when
    assert condition is not None
    assert condition.question == "visits.seen"
    assert form.inconsistencies() == ()


@pytest.mark.parametrize("edit", [MoveQuestion("visits.any", 1), RemoveQuestion("visits.any")])
def test_a_draft_may_be_inconsistent_between_edits_and_says_where(edit: Edit) -> None:
    form = edit.apply(VISITS)
    assert [(found.question, found.field) for found in form.inconsistencies()] == [("visits.why_not", "shown_when")]
    assert FormDefinition.draft_from_dict(form.to_dict()) == form
    with pytest.raises(InvalidFormDefinition):
        FormDefinition.from_dict(form.to_dict())


def test_what_is_at_the_end_stays_there() -> None:
    assert MoveSection("visits", -1).apply(VISITS) == VISITS
    assert MoveSection("all", 1).apply(VISITS) == VISITS


USED = {"visits.any": UsedKey("scale", (1, 3)), "visits.why_not": UsedKey("long_text", (3,))}


def test_a_key_never_comes_to_mean_another_kind_of_answer() -> None:
    (clash,) = kind_clashes(VISITS, USED)
    assert (clash.question, clash.field) == ("visits.any", "key")
    assert "a number on a scale" in clash.message.lower()
    assert "versions 1, 3" in clash.message


# Any sequence of edits

keys = st.sampled_from(["a", "b", "c", "a.x", "a.y", "b.z", ""])
texts = st.sampled_from(["", " ", "Was the child seen?", "Plan", "Ünïcode “quoted”"])


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from(QuestionKind))
    choices = tuple(Choice(key, key) for key in draw(st.lists(st.sampled_from("pqr"), max_size=3)))
    return Question(
        draw(keys),
        draw(texts),
        kind=kind.value,
        label=draw(texts),
        required=draw(st.booleans()),
        limits_to=draw(st.sampled_from(["", "good", "requires_improvement"])) if kind == "yes_no_na" else "",
        choices=choices if kind in ("choice", "choices") else (),
        shown_when=draw(st.none() | st.builds(ShownWhen, keys, st.just(("yes",)))),
        scale_to=draw(st.integers(0, 3)),
    )


sections = st.builds(Section, keys, texts, graded=st.booleans(), overall=st.booleans(), minutes=st.integers(-1, 20))
steps = st.sampled_from([-1, 1])
edits = st.one_of(
    st.builds(ChangeAbout, texts, lookback_months=st.integers(0, 12)),
    st.builds(AddSection, sections),
    st.builds(ChangeSection, keys, sections),
    st.builds(MoveSection, keys, steps),
    st.builds(RemoveSection, keys),
    st.builds(AddQuestion, keys, questions()),
    st.builds(ChangeQuestion, keys, questions()),
    st.builds(MoveQuestion, keys, steps),
    st.builds(RemoveQuestion, keys),
)


@given(st.lists(edits, max_size=12), st.sampled_from([EMPTY, PACK, VISITS]))
def test_after_any_edits_a_draft_can_be_kept_and_only_a_consistent_one_be_used(
    made: list, form: FormDefinition
) -> None:
    for edit in made:
        with suppress(EditRefused):
            form = edit.apply(form)
    stored = json.loads(json.dumps(form.to_dict()))
    assert FormDefinition.draft_from_dict(stored) == form
    names = [section.key for section in form.sections]
    assert len(set(names)) == len(names)
    assert len(form.questions) == sum(len(section.questions) for section in form.sections)
    if form.inconsistencies():
        with pytest.raises(InvalidFormDefinition):
            FormDefinition.from_dict(stored)
    else:
        assert FormDefinition.from_dict(stored) == form
