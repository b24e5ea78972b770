from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from audits.rules.form_definition import Choice, Descriptor, FormDefinition, NAReason, Question, Section, ShownWhen
from audits.rules.form_difference import Kind, differences
from audits.services.forms import read_tool

SEEN = Question("visits.seen", "Was the child seen?", label="Child seen", limits_to="requires_improvement")
HOW = Question("visits.how", "How did it go?", "long_text", shown_when=ShownWhen("visits.seen", ("yes",)))
VISITS = Section("visits", "Visits", questions=(SEEN, HOW))
PLAN = Section("plan", "Plan", descriptors=(Descriptor("good", "SMART", ("realistic",)),))
OVERALL = Section("all", "In all", graded=False, overall=True)
BEFORE = FormDefinition("tool", "A tool", (VISITS, PLAN, OVERALL))


def said(after: FormDefinition, before: FormDefinition = BEFORE) -> list[tuple]:
    """Every change: where, what became of what, and its lines."""
    return [
        (difference.title, change.kind, change.part, [(line.label, line.before, line.after) for line in change.lines])
        for difference in differences(before, after)
        for change in difference.changes
    ]


def with_visits(*questions: Question, **values: object) -> FormDefinition:
    return replace(BEFORE, sections=(replace(VISITS, questions=questions, **values), PLAN, OVERALL))


def test_a_form_does_not_differ_from_itself() -> None:
    assert differences(BEFORE, BEFORE) == ()


def test_a_question_that_was_reworded_is_the_same_question() -> None:
    reworded = replace(SEEN, text="Did somebody see the child?")
    assert said(with_visits(reworded, HOW)) == [
        (
            "Visits",
            Kind.CHANGED,
            "“Child seen”",
            [("Question", "Was the child seen?", "Did somebody see the child?")],
        )
    ]


def test_a_limit_that_was_lifted_is_said_in_words() -> None:
    free = replace(
        SEEN, limits_to="", na_reasons=(NAReason("unborn", "Not yet born", lifts_limit=False, written=True),)
    )
    assert said(with_visits(free, HOW))[0][3] == [
        ("Reasons for NA", "", "Not yet born (written out, does not lift the limit)"),
        ("Limiting judgement", "Where it is not met, the grade is at most Requires improvement", ""),
    ]


def test_what_was_added_and_what_was_removed_says_all_it_said() -> None:
    where = Question("visits.where", "Where?", "choice", choices=(Choice("home", "At home"), Choice("away", "Away")))
    added, removed = said(with_visits(SEEN, where))
    assert (added[1], added[2]) == (Kind.ADDED, "“Where?”")
    assert ("Options", "", "At home\nAway") in added[3]
    assert (removed[1], removed[2]) == (Kind.REMOVED, "“How did it go?”")
    assert ("Only asked", "where “Child seen” is answered Yes", "") in removed[3]


def test_what_was_moved_is_named_once() -> None:
    assert [entry[:3] for entry in said(with_visits(HOW, SEEN))] in (
        [("Visits", Kind.MOVED, "“Child seen”")],
        [("Visits", Kind.MOVED, "“How did it go?”")],
    )
    assert [entry[:3] for entry in said(replace(BEFORE, sections=(PLAN, VISITS, OVERALL)))] in (
        [("Plan", Kind.MOVED, "The section")],
        [("Visits", Kind.MOVED, "The section")],
    )


def test_a_question_in_another_section_came_from_there() -> None:
    moved = replace(
        BEFORE,
        sections=(
            replace(VISITS, questions=(SEEN,)),
            replace(PLAN, questions=(replace(HOW, shown_when=None),)),
            OVERALL,
        ),
    )
    notes = [change.note for difference in differences(BEFORE, moved) for change in difference.changes if change.note]
    assert notes == ["It came from the section “Visits”."]
    assert Kind.REMOVED not in [entry[1] for entry in said(moved)]


def test_a_section_that_is_gone_names_its_questions() -> None:
    gone = said(replace(BEFORE, sections=(PLAN, OVERALL)))
    assert [entry[:3] for entry in gone] == [
        ("Visits", Kind.REMOVED, "The section"),
        ("Visits", Kind.REMOVED, "“Child seen”"),
        ("Visits", Kind.REMOVED, "“How did it go?”"),
    ]


def test_the_form_itself_and_its_descriptors_are_compared() -> None:
    sharper = replace(PLAN, descriptors=(Descriptor("good", "SMART", ("realistic", "timely")),), minutes=5)
    after = replace(BEFORE, sections=(VISITS, sharper, OVERALL), lookback_months=12)
    assert said(after) == [
        ("The form itself", Kind.CHANGED, "About the form", [("Looks back over", "6 months", "12 months")]),
        (
            "Plan",
            Kind.CHANGED,
            "The section",
            [
                ("Time", "10 minutes", "5 minutes"),
                ("What Good looks like", "SMART\n– realistic", "SMART\n– realistic\n– timely"),
            ],
        ),
    ]


SHIPPED = [FormDefinition.from_dict(read_tool(name)) for name in ("default_tool.json", "practice_categories.json")]


@given(st.randoms(), st.sampled_from(SHIPPED))
def test_only_what_was_taken_out_is_removed(random, form: FormDefinition) -> None:
    sections = random.sample(form.sections, random.randint(0, len(form.sections)))
    removed = [
        entry[0]
        for entry in said(replace(form, sections=tuple(sections)), form)
        if entry[2] == "The section" and entry[1] == Kind.REMOVED
    ]
    kept = {section.name for section in sections}
    assert removed == [section.name for section in form.sections if section.name not in kept]
