"""A form from its first draft to the day when it is retired: what can be done when, and what never changes."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.errors import StaleVersion, UserError
from accounts.models import Activity, Person
from audits.enums import CycleStatus, FormState
from audits.models import Cycle, FormEdit, FormVersion
from audits.rules.form_definition import FormDefinition, FormKind, Question, Section
from audits.rules.form_editing import (
    AddQuestion,
    AddSection,
    ChangeAbout,
    ChangeQuestion,
    Edit,
    EditRefused,
    MoveSection,
    RemoveQuestion,
    RemoveSection,
)
from audits.services import form_design, form_publishing
from audits.services.cycle_theme import set_pack, set_tool
from audits.services.cycles import get_or_plan
from audits.services.forms import EXAMPLES, ensure_default_form, packs_to_choose, read_tool, tool_of, tools_to_choose
from tests import factories

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 6, 9, 0, tzinfo=UTC)
OVERALL = AddSection(Section("", "In all", graded=False, overall=True))


@pytest.fixture
def ann() -> Person:
    return factories.person(Role.QA, name="Ann")


def started(by: Person, title: str = "Visits") -> FormVersion:
    return form_design.start_empty(kind=FormKind.TOOL, title=title, key=title.lower(), by=by, at=AT)


def edited(draft: FormVersion, by: Person, *edits: Edit) -> FormVersion:
    for edit in edits:
        form_design.edit_draft(draft=draft, edit=edit, seen=draft.revision, by=by, at=AT)
    return draft


def published(draft: FormVersion, by: Person, *, in_use: bool = False, at: datetime = AT) -> FormVersion:
    form_publishing.publish(draft=draft, seen=draft.revision, in_use=in_use, by=by, at=at)
    return draft


@pytest.fixture
def draft(ann: Person) -> FormVersion:
    """A draft that can be published: a section with a question, and one with the overall grade."""
    asked = AddQuestion("visits", Question("visits.any", "Was there a visit?"))
    return edited(started(ann), ann, AddSection(Section("", "Visits")), asked, OVERALL)


# Starting


def test_a_draft_starts_empty_and_says_so_in_the_log(ann: Person) -> None:
    draft = started(ann)
    assert (draft.number, draft.state, draft.outline.sections, draft.edited_by) == (1, "draft", (), ann)
    assert Activity.objects.get(verb="form.started").summary == "Started a draft of Visits, version 1"


def test_a_copy_is_the_next_version_or_a_form_of_its_own(ann: Person, draft: FormVersion) -> None:
    published(draft, ann)
    following = form_design.start_copy(of=draft, by=ann, at=AT)
    other = form_design.start_copy(of=draft, key="calls", title="Calls", by=ann, at=AT)
    assert (following.key, following.number, following.outline) == ("visits", 2, draft.form)
    assert (other.key, other.number, other.title, other.outline.title) == ("calls", 1, "Calls", "Calls")
    assert [*other.outline.questions] == ["visits.any"]
    assert other.copied_from == draft


def test_one_draft_of_a_form_at_a_time(ann: Person, draft: FormVersion) -> None:
    published(draft, ann)
    form_design.start_copy(of=draft, by=ann, at=AT)
    with pytest.raises(UserError, match="There is a draft of “Visits” already"):
        form_design.start_copy(of=draft, by=ann, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        FormVersion.objects.create(key="visits", number=3, title="Visits", definition=draft.definition)


def test_the_key_of_a_new_form_is_its_own(ann: Person, draft: FormVersion) -> None:
    with pytest.raises(UserError, match="a form with the key “visits” already"):
        started(ann)
    with pytest.raises(UserError, match="a form with the key “visits” already"):
        form_design.start_copy(of=draft, key="visits", title="Visits", by=ann, at=AT)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_published_as_it_comes(name: str, ann: Person) -> None:
    draft = form_design.start_from(definition=read_tool(name), by=ann, at=AT)
    assert published(draft, ann).form == FormDefinition.from_dict(read_tool(name))


def test_nobody_audits_with_a_draft_of_the_default_tool(ann: Person) -> None:
    draft = form_design.start_from(definition=read_tool("default_tool.json"), by=ann, at=AT)
    in_use = ensure_default_form()
    assert (in_use.number, in_use.state) == (draft.number + 1, FormState.PUBLISHED)
    assert ensure_default_form() == in_use


def test_the_example_of_sixteen_categories_has_them_and_one_for_the_overall_grade() -> None:
    form = FormDefinition.from_dict(read_tool("practice_categories.json"))
    assert len(form.graded_sections) == 16
    assert form.overall_section is not None


# Editing, undoing, throwing away


def test_an_edit_is_kept_and_logged_and_can_be_undone_step_by_step(ann: Person, draft: FormVersion) -> None:
    whole = draft.outline
    edited(draft, ann, RemoveQuestion("visits.any"), RemoveSection("visits"))
    assert [section.key for section in draft.outline.sections] == ["all"]
    assert undone(draft, ann) == "Removed the section “Visits”"
    assert undone(draft, ann) == "Removed the question “Was there a visit?”"
    assert draft.outline == whole
    assert [entry.verb for entry in Activity.objects.order_by("id")][-4:] == [
        "form.edited",
        "form.edited",
        "form.undone",
        "form.undone",
    ]


def undone(draft: FormVersion, by: Person) -> str:
    return form_design.undo(draft=draft, seen=draft.revision, by=by, at=AT)


def test_everything_can_be_undone_and_then_nothing(ann: Person, draft: FormVersion) -> None:
    for _ in range(3):
        undone(draft, ann)
    assert draft.outline.sections == ()
    with pytest.raises(UserError, match="no change to undo"):
        undone(draft, ann)


def test_an_edit_that_changes_nothing_is_none(ann: Person, draft: FormVersion) -> None:
    revision = draft.revision
    edited(draft, ann, MoveSection("visits", -1))
    assert draft.revision == revision


def test_of_two_people_at_one_draft_the_second_is_told_and_overwrites_nothing(ann: Person, draft: FormVersion) -> None:
    ben = factories.person(Role.ADMIN, name="Ben")
    seen = draft.revision
    edited(draft, ben, ChangeAbout("Home visits"))
    with pytest.raises(StaleVersion, match="Ben changed this draft") as stale:
        form_design.edit_draft(draft=draft, edit=ChangeAbout("Visits at home"), seen=seen, by=ann, at=AT)
    assert stale.value.current == seen + 1
    draft.refresh_from_db()
    assert (draft.title, draft.outline.title) == ("Home visits", "Home visits")


def test_what_changes_between_reading_and_writing_is_refused_by_the_database(
    ann: Person, draft: FormVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other edit comes in after this one has read the draft: the condition of its UPDATE holds it off."""
    seen, other = draft.revision, ChangeAbout("Home visits")

    class Slow(ChangeAbout):
        def apply(self, form: FormDefinition) -> FormDefinition:
            edited(FormVersion.objects.get(pk=draft.pk), ann, other)
            return super().apply(form)

    with pytest.raises(StaleVersion):
        form_design.edit_draft(draft=draft, edit=Slow("Visits at home"), seen=seen, by=ann, at=AT)
    assert FormVersion.objects.get(pk=draft.pk).title == "Home visits"
    assert FormEdit.objects.filter(form_version=draft).count() == 4


def test_a_draft_that_is_thrown_away_leaves_only_a_line_in_the_log(ann: Person, draft: FormVersion) -> None:
    form_design.throw_away(draft=draft, by=ann, at=AT)
    assert not FormVersion.objects.filter(key="visits").exists()
    assert not FormEdit.objects.exists()
    assert Activity.objects.get(verb="form.thrown_away").thing_ref == "visits 1"


def test_a_key_of_an_earlier_version_keeps_its_kind_of_answer(ann: Person, draft: FormVersion) -> None:
    published(draft, ann)
    following = form_design.start_copy(of=draft, by=ann, at=AT)
    as_text = Question("visits.any", "What was seen?", "long_text")
    with pytest.raises(EditRefused, match="version 1"):
        edited(following, ann, ChangeQuestion("visits.any", as_text))
    edited(following, ann, RemoveQuestion("visits.any"))
    with pytest.raises(EditRefused, match="version 1"):
        edited(following, ann, AddQuestion("visits", as_text))


# Publishing


@pytest.mark.parametrize("edit", [RemoveSection("all"), AddSection(Section("two", "Two", graded=False, overall=True))])
def test_an_inconsistent_draft_is_not_published(edit: Edit, ann: Person, draft: FormVersion) -> None:
    edited(draft, ann, edit)
    with pytest.raises(UserError, match="exactly one section must hold the overall grade"):
        published(draft, ann)
    draft.refresh_from_db()
    assert draft.state == FormState.DRAFT


def test_what_was_changed_since_it_was_looked_through_is_not_published(ann: Person, draft: FormVersion) -> None:
    seen = draft.revision
    edited(draft, ann, ChangeAbout("Home visits"))
    with pytest.raises(StaleVersion):
        form_publishing.publish(draft=draft, seen=seen, in_use=False, by=ann, at=AT)


CHANGES: dict[str, Any] = {
    "an edit": lambda form, by: form_design.edit_draft(
        draft=form, edit=ChangeAbout("Else"), seen=form.revision, by=by, at=LATER
    ),
    "undoing": lambda form, by: form_design.undo(draft=form, seen=form.revision, by=by, at=LATER),
    "throwing it away": lambda form, by: form_design.throw_away(draft=form, by=by, at=LATER),
    "publishing it again": lambda form, by: published(form, by, at=LATER),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("state", [FormState.PUBLISHED, FormState.RETIRED])
def test_what_is_published_never_changes(change: str, state: FormState, ann: Person, draft: FormVersion) -> None:
    stale = FormVersion.objects.get(pk=draft.pk)
    published(draft, ann)
    if state == FormState.RETIRED:
        form_publishing.retire(version=draft, by=ann, at=AT)
    before = FormVersion.objects.filter(pk=draft.pk).values().get()
    for form in (draft, stale):  # also where it is still thought to be a draft
        with pytest.raises(UserError):
            CHANGES[change](form, ann)
    assert FormVersion.objects.filter(pk=draft.pk).values().get() == before


def test_a_publication_beside_an_edit_takes_what_was_looked_through_or_nothing(
    ann: Person, draft: FormVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edited_meanwhile(form: FormVersion) -> tuple:
        edited(FormVersion.objects.get(pk=draft.pk), ann, ChangeAbout("Home visits"))
        return ()

    monkeypatch.setattr(form_publishing, "problems_of", edited_meanwhile)
    with pytest.raises(UserError, match="at this moment"):
        published(draft, ann)
    assert FormVersion.objects.get(pk=draft.pk).state == FormState.DRAFT


# In use, retired, chosen


def test_the_tool_in_use_is_the_one_that_was_set_last(ann: Person, draft: FormVersion) -> None:
    default = ensure_default_form()
    published(draft, ann, in_use=True, at=datetime.now(UTC))
    assert ensure_default_form() == draft
    form_publishing.set_in_use(version=default, by=ann, at=datetime.now(UTC))
    assert ensure_default_form() == default


def test_what_is_in_use_or_chosen_is_not_retired(ann: Person, draft: FormVersion) -> None:
    default = ensure_default_form()
    with pytest.raises(UserError, match="It is in use"):
        form_publishing.retire(version=default, by=ann, at=AT)
    published(draft, ann)
    december = get_or_plan(date(2026, 12, 1))
    set_tool(cycle=december, tool=draft, by=ann, at=AT)
    with pytest.raises(UserError, match="December 2026 is going to use it"):
        form_publishing.retire(version=draft, by=ann, at=AT)
    draft.refresh_from_db()
    assert (draft.state, draft.retired_at) == (FormState.PUBLISHED, None)
    set_tool(cycle=december, tool=None, by=ann, at=AT)
    form_publishing.retire(version=draft, by=ann, at=LATER)
    assert (draft.state, draft.retired_at) == (FormState.RETIRED, LATER)


def test_an_audit_keeps_a_version_that_was_retired(ann: Person, draft: FormVersion) -> None:
    published(draft, ann)
    audit = factories.audit(form_version=draft)
    form_publishing.retire(version=draft, by=ann, at=AT)
    audit.refresh_from_db()
    assert audit.form_version is not None
    assert audit.form_version.form.title == "Visits"


def test_a_cycle_chooses_only_what_is_published(ann: Person, draft: FormVersion) -> None:
    december = get_or_plan(date(2026, 12, 1))
    with pytest.raises(UserError, match="Only a published audit tool"):
        set_tool(cycle=december, tool=draft, by=ann, at=AT)
    with pytest.raises(UserError, match="Only a published audit tool"):
        set_tool(cycle=december, tool=packs_to_choose()[0], by=ann, at=AT)
    published(draft, ann)
    chosen = FormVersion.objects.get(pk=draft.pk)
    form_publishing.retire(version=draft, by=ann, at=AT)
    with pytest.raises(UserError, match="has been retired"):  # retired after the page was opened
        set_tool(cycle=december, tool=chosen, by=ann, at=AT)
    assert Cycle.objects.get(pk=december.pk).form_version is None


def test_a_pack_in_retirement_is_chosen_by_no_cycle(ann: Person) -> None:
    pack = packs_to_choose()[0]
    chosen = FormVersion.objects.get(pk=pack.pk)
    form_publishing.retire(version=pack, by=ann, at=AT)
    with pytest.raises(UserError, match="has been retired"):
        set_pack(cycle=get_or_plan(date(2026, 12, 1)), pack=chosen, by=ann, at=AT)
    assert packs_to_choose() == []


def test_a_planned_cycle_has_the_tool_in_use_or_its_own_and_a_published_one_stays(
    ann: Person, draft: FormVersion
) -> None:
    default, december = ensure_default_form(), get_or_plan(date(2026, 12, 1))
    assert tool_of(december) == default
    published(draft, ann)
    assert tools_to_choose() == [default, draft]
    set_tool(cycle=december, tool=draft, by=ann, at=AT)
    assert tool_of(december) == draft
    Cycle.objects.filter(pk=december.pk).update(status=CycleStatus.OPEN, published_at=AT)
    with pytest.raises(UserError, match="cannot be changed any more"):
        set_tool(cycle=december, tool=default, by=ann, at=AT)
    assert Cycle.objects.get(pk=december.pk).form_version == draft


def test_a_pack_is_not_in_use_by_itself(ann: Person) -> None:
    pack = packs_to_choose()[0]
    with pytest.raises(UserError, match="A pack of questions is chosen"):
        form_publishing.set_in_use(version=pack, by=ann, at=AT)


# Who may


VERBS: dict[str, Any] = {
    "starts": lambda draft, by: started(by, "Calls"),
    "copies": lambda draft, by: form_design.start_copy(of=draft, key="calls", title="Calls", by=by, at=AT),
    "edits": lambda draft, by: edited(draft, by, ChangeAbout("Else")),
    "undoes": lambda draft, by: undone(draft, by),
    "throws away": lambda draft, by: form_design.throw_away(draft=draft, by=by, at=AT),
    "publishes": lambda draft, by: published(draft, by),
    "sets in use": lambda draft, by: form_publishing.set_in_use(version=ensure_default_form(), by=by, at=AT),
    "retires": lambda draft, by: form_publishing.retire(version=packs_to_choose()[0], by=by, at=AT),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", Role)
def test_who_designs_forms(role: Role, verb: str, draft: FormVersion) -> None:
    somebody = factories.person(role)
    if role in (Role.QA, Role.ADMIN):
        VERBS[verb](draft, somebody)
    else:
        with pytest.raises(PermissionDenied):
            VERBS[verb](draft, somebody)
