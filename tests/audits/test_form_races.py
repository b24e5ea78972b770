"""Two at one form at once: on PostgreSQL they truly run side by side, on SQLite one waits for the other."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Person
from audits.enums import FormState
from audits.models import Cycle, FormEdit, FormVersion
from audits.rules.form_definition import FormKind, Section
from audits.rules.form_editing import AddSection, ChangeAbout
from audits.services import form_design, form_publishing
from audits.services.cycle_theme import set_tool
from audits.services.cycles import get_or_plan
from audits.services.forms import ensure_default_form
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
TURNS = 5


@pytest.fixture
def ann() -> Person:
    return factories.person(Role.QA)


@pytest.fixture
def draft(ann: Person) -> FormVersion:
    ensure_default_form()
    draft = form_design.start_empty(kind=FormKind.TOOL, title="Visits", key="visits", by=ann, at=AT)
    form_design.edit_draft(
        draft=draft, edit=AddSection(Section("", "All", graded=False, overall=True)), seen=0, by=ann, at=AT
    )
    return draft


def again(form: FormVersion) -> FormVersion:
    """The same version as another request loads it."""
    return FormVersion.objects.get(pk=form.pk)


def test_of_two_edits_of_one_revision_exactly_one_is_kept(ann: Person, draft: FormVersion) -> None:
    for turn in range(TURNS):
        seen = again(draft).revision

        def change(title: str, seen: int = seen) -> Callable[[], object]:
            edit = ChangeAbout(title)
            return lambda: form_design.edit_draft(draft=again(draft), edit=edit, seen=seen, by=ann, at=AT)

        outcomes = at_once(change(f"This {turn}"), change(f"That {turn}"))
        assert sum(isinstance(outcome, UserError) for outcome in outcomes) == 1
        assert again(draft).revision == seen + 1
        assert FormEdit.objects.filter(form_version=draft, revision=seen).count() == 1


def test_an_edit_beside_the_publication_is_in_it_or_refused(ann: Person, draft: FormVersion) -> None:
    seen = draft.revision
    published, edited = at_once(
        lambda: form_publishing.publish(draft=again(draft), seen=seen, in_use=False, by=ann, at=AT),
        lambda: form_design.edit_draft(draft=again(draft), edit=ChangeAbout("Else"), seen=seen, by=ann, at=AT),
    )
    assert isinstance(published, UserError) != isinstance(edited, UserError)
    form = again(draft)
    assert (form.state, form.title) in ((FormState.PUBLISHED, "Visits"), (FormState.DRAFT, "Else"))


def test_nothing_is_both_retired_and_chosen_or_in_use(ann: Person, draft: FormVersion) -> None:
    form_publishing.publish(draft=draft, seen=draft.revision, in_use=False, by=ann, at=AT)
    cycle = get_or_plan(date(2026, 12, 1))
    for _ in range(TURNS):
        at_once(
            lambda: set_tool(cycle=Cycle.objects.get(pk=cycle.pk), tool=again(draft), by=ann, at=AT),
            lambda: form_publishing.retire(version=again(draft), by=ann, at=AT),
        )
        chosen = Cycle.objects.filter(pk=cycle.pk, form_version=draft).exists()
        assert chosen != (again(draft).state == FormState.RETIRED)
        Cycle.objects.update(form_version=None)
        FormVersion.objects.filter(pk=draft.pk).update(state=FormState.PUBLISHED, retired_at=None)
        at_once(
            lambda: form_publishing.set_in_use(version=again(draft), by=ann, at=datetime.now(UTC)),
            lambda: form_publishing.retire(version=again(draft), by=ann, at=AT),
        )
        in_use = FormVersion.objects.standard_tool() == draft
        assert in_use != (again(draft).state == FormState.RETIRED)
        FormVersion.objects.filter(pk=draft.pk).update(state=FormState.PUBLISHED, retired_at=None, standard_since=None)


def test_of_two_drafts_of_one_form_started_at_once_there_is_one(ann: Person) -> None:
    form = ensure_default_form()

    def copy() -> object:
        return form_design.start_copy(of=again(form), by=ann, at=AT)

    outcomes = at_once(copy, copy)
    assert sum(isinstance(outcome, UserError) for outcome in outcomes) == 1
    assert FormVersion.objects.filter(key=form.key, state=FormState.DRAFT).count() == 1
