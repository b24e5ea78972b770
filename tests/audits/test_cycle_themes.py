"""What a cycle is about: its focus, and the questions on a theme that its audits ask."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Activity
from audits.enums import AuditState, CycleStatus, FormState
from audits.exports.audits import table
from audits.models import Audit, Cycle, FormVersion
from audits.pages.progress import tasks_of
from audits.pages.reading import read_sections
from audits.rules.cohorts import Cohort
from audits.rules.filled import Reply
from audits.services import cycles, stage1
from audits.services.cycle_theme import remove_focus, set_focus, set_pack
from audits.services.draws import draw
from audits.services.filled_form import FilledForm
from audits.services.forms import ensure_default_form, form_of, packs_to_choose
from audits.services.publishing import publish
from reporting import datasets
from reporting.rules.periods import Period
from tests import factories
from tests.audits.drawing import AT, DECEMBER, Town
from tests.audits.filling import fill_in, filled
from tests.clients import as_

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late_november")]

MISSING = Cohort("Children who go missing", missing=True)


def focus(cycle: Cycle, town: Town, **values) -> None:
    chosen = {"teams": ["ELM"], "cohort": None, "reason": "A pilot in the north", **values}
    set_focus(cycle=cycle, by=town.qa, at=AT, **chosen)


# The focus


def test_a_focus_is_kept_with_its_reason_and_can_be_taken_away(town: Town) -> None:
    cycle = town.december()
    focus(cycle, town, teams=["OAK", "ELM"], cohort=MISSING)
    assert cycle.focus == {"teams": ["ELM", "OAK"], "cohort": MISSING.to_values()}
    assert cycle.focus_reason == "A pilot in the north"
    remove_focus(cycle=cycle, by=town.qa, at=AT)
    cycle.refresh_from_db()
    assert (cycle.focus, cycle.focus_reason) == ({}, "")
    verbs = list(Activity.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["cycle.focused", "cycle.unfocused"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"teams": []}, "Choose the teams or the children"),
        ({"reason": "  "}, "Say why"),
        ({"teams": ["ELM", "NOWHERE"]}, "There is no team “NOWHERE”"),
    ],
)
def test_a_focus_names_something_that_exists_and_why(town: Town, values: dict, said: str) -> None:
    cycle = town.december()
    with pytest.raises(UserError, match=said):
        focus(cycle, town, **values)
    cycle.refresh_from_db()
    assert cycle.focus == {}


@pytest.mark.parametrize("status", [CycleStatus.OPEN, CycleStatus.CLOSED, CycleStatus.PAUSED])
def test_only_a_planned_cycle_is_given_a_focus_or_a_pack(town: Town, status: CycleStatus) -> None:
    cycle = factories.cycle(DECEMBER, status=status, pause_reason="Closed for a move")
    for change in (
        lambda: focus(cycle, town),
        lambda: remove_focus(cycle=cycle, by=town.qa, at=AT),
        lambda: set_pack(cycle=cycle, pack=packs_to_choose()[0], by=town.qa, at=AT),
    ):
        with pytest.raises(UserError, match="cannot be changed any more"):
            change()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.QA])
def test_nobody_but_qa_says_what_a_cycle_is_about(town: Town, role: Role) -> None:
    cycle, person = town.december(), factories.person(role)
    with pytest.raises(PermissionDenied):
        set_focus(cycle=cycle, teams=["ELM"], cohort=None, reason="Because", by=person, at=AT)
    with pytest.raises(PermissionDenied):
        remove_focus(cycle=cycle, by=person, at=AT)
    with pytest.raises(PermissionDenied):
        set_pack(cycle=cycle, pack=None, by=person, at=AT)


def test_a_draw_made_under_another_focus_is_not_published(town: Town) -> None:
    cycle = town.december()
    first = draw(cycle=cycle, by=town.qa, at=AT)
    assert first.summary["focus"] == {}
    focus(cycle, town)
    with pytest.raises(UserError, match="The focus of December 2026 was changed after draw 1"):
        publish(draw=first, by=town.qa, at=AT)
    assert not Audit.objects.exists()
    with pytest.raises(UserError, match="Say why"):
        draw(cycle=cycle, by=town.qa, at=AT)
    again = draw(cycle=cycle, by=town.qa, at=AT, reason="It has a focus now")
    assert again.summary["focus"] == {"teams": ["ELM"]}
    assert publish(draw=again, by=town.qa, at=AT)


def test_a_focus_put_back_makes_the_draw_good_again(town: Town) -> None:
    cycle = town.december()
    kept = draw(cycle=cycle, by=town.qa, at=AT)
    focus(cycle, town)
    remove_focus(cycle=cycle, by=town.qa, at=AT)
    assert publish(draw=kept, by=town.qa, at=AT)


def test_a_focus_leaves_only_its_cases_to_be_drawn(town: Town) -> None:
    cycle = town.december()
    focus(cycle, town, teams=["ELM"])
    published = cycles.draw_and_publish(cycle=cycle, by=town.qa, at=AT)
    assert published is not None
    assert {allocation.team_code for allocation in cycle.allocations.all()} == {"ELM"}


def test_what_opens_the_month_draws_again_after_the_focus_was_changed(town: Town) -> None:
    cycle = town.december()
    draw(cycle=cycle, by=town.qa, at=AT)
    focus(cycle, town)
    published = cycles.draw_and_publish(cycle=cycle, by=None, at=AT)
    assert published is not None
    assert (published.number, published.reason) == (2, "The focus was changed after the draw before it")


def test_qa_chooses_and_removes_a_focus_in_the_browser(town: Town) -> None:
    cycle, qa = town.december(), as_(town.qa)
    address, detail = reverse("cycle_focus", args=["2026-12"]), reverse("cycle_detail", args=["2026-12"])
    assert "Every eligible case" in qa.get(detail).content.decode()
    nothing = qa.post(address, {"reason": "Because"}).content.decode()
    assert "Choose the teams or the children" in nothing
    posted = {"teams": ["ELM"], "plan_types": ["CP"], "younger_than": "5", "reason": "The youngest in Elm"}
    page = qa.post(address, posted, follow=True).content.decode()
    assert "Elm" in page
    assert "The youngest in Elm" in page
    cycle.refresh_from_db()
    assert (
        cycle.focus_cohort
        == Cohort.from_values(
            {"name": "Child protection, under 5", "plan_types": ["CP"], "younger_than": 5}
        ).to_values()
    )
    filled_in = qa.get(address).content.decode()
    assert 'value="5"' in filled_in
    assert "1 chosen" in filled_in
    assert "Every eligible case" in qa.post(address, {"remove": "1"}, follow=True).content.decode()


def test_the_page_of_a_focus_warns_once_the_cycle_is_drawn(town: Town) -> None:
    cycle = town.december()
    address = reverse("cycle_focus", args=["2026-12"])
    assert "cannot be published" not in as_(town.qa).get(address).content.decode()
    draw(cycle=cycle, by=town.qa, at=AT)
    assert "cannot be published" in as_(town.qa).get(address).content.decode()


def test_the_pages_of_a_draw_say_its_focus_and_offer_it_no_more_once_that_was_changed(town: Town) -> None:
    cycle, qa = town.december(), as_(town.qa)
    focus(cycle, town, cohort=MISSING)
    draw(cycle=cycle, by=town.qa, at=AT)
    focus(cycle, town, teams=["ELM", "OAK"])
    draw(cycle=cycle, by=town.qa, at=AT, reason="Both teams")
    publishing = reverse("cycle_publish", args=["2026-12"])
    detail, page = reverse("cycle_detail", args=["2026-12"]), reverse("draw_detail", args=["2026-12", 2])
    assert "Focus: 2 teams" in qa.get(page).content.decode()
    assert publishing in qa.get(detail).content.decode()
    assert publishing in qa.get(page).content.decode()
    remove_focus(cycle=cycle, by=town.qa, at=AT)
    assert "so that draw cannot be published" in " ".join(qa.get(detail).content.decode().split())
    for address in (detail, page):
        assert publishing not in qa.get(address).content.decode()
    assert (
        "Focus: Children who go missing, 1 team" in qa.get(reverse("draw_detail", args=["2026-12", 1])).content.decode()
    )


# Questions on a theme


def with_pack(town: Town) -> Cycle:
    cycle = town.december()
    set_pack(cycle=cycle, pack=packs_to_choose()[0], by=town.qa, at=AT)
    return cycle


def published(cycle: Cycle, town: Town) -> Audit:
    cycles.draw_and_publish(cycle=cycle, by=town.qa, at=AT)
    return Audit.objects.order_by("pk")[0]


def test_the_pack_that_comes_with_the_program_can_be_chosen_from_the_start() -> None:
    assert [str(pack) for pack in packs_to_choose()] == ["Re-referrals, version 1"]
    assert [pack.pk for pack in packs_to_choose()] == list(FormVersion.objects.packs().values_list("pk", flat=True))


def test_only_the_newest_published_version_of_a_pack_can_be_chosen(town: Town) -> None:
    first = packs_to_choose()[0]
    at = datetime(2026, 11, 1, tzinfo=UTC)
    newer = FormVersion.objects.create(
        key=first.key,
        number=2,
        title=first.title,
        definition=first.definition,
        state=FormState.PUBLISHED,
        published_at=at,
    )
    FormVersion.objects.create(key=first.key, number=3, title=first.title, definition=first.definition)
    assert packs_to_choose() == [newer]
    draft = FormVersion.objects.get(number=3)
    for wrong in (draft, ensure_default_form()):
        with pytest.raises(UserError, match="Only a published pack"):
            set_pack(cycle=town.december(), pack=wrong, by=town.qa, at=AT)


def test_the_audits_of_the_cycle_ask_the_pack_after_the_tool(town: Town) -> None:
    audit = published(with_pack(town), town)
    form = form_of(audit)
    assert [section.key for section in form.sections][-1] == "re_referrals"
    assert form.sections[:-1] == ensure_default_form().form.sections
    stage1.start(audit=audit, by=audit.allocation.auditor, at=AT)
    assert list(audit.sections.values_list("key", flat=True))[-1] == "re_referrals"


def test_an_audit_keeps_the_pack_it_was_published_with(town: Town) -> None:
    cycle = with_pack(town)
    audit = published(cycle, town)
    Cycle.objects.filter(pk=cycle.pk).update(pack=None)
    audit = Audit.objects.get(pk=audit.pk)
    assert form_of(audit).sections[-1].key == "re_referrals"


def test_a_pack_can_be_taken_out_again_until_the_cycle_is_published(town: Town) -> None:
    cycle = with_pack(town)
    set_pack(cycle=cycle, pack=None, by=town.qa, at=AT)
    assert form_of(published(cycle, town)).sections == ensure_default_form().form.sections


def test_an_audit_with_a_pack_is_filled_in_submitted_read_and_exported(town: Town) -> None:
    audit = published(with_pack(town), town)
    auditor = audit.allocation.auditor
    today = date(2026, 11, 24)
    assert [group.title for group in tasks_of(FilledForm.of(audit), today)] == [
        "Before the audit",
        "The audit",
        "Re-referrals",
        "Other voices",
        "Finish",
    ]
    stage1.start(audit=audit, by=auditor, at=AT)
    assert "re_referrals" in FilledForm.of(audit).problems(today)
    fill_in(audit, re_referrals=filled(form_of(audit).sections[-1], abandoned=Reply("no")))
    assert stage1.submit(audit=audit, by=auditor, at=AT)
    audit.refresh_from_db()
    assert audit.state == AuditState.SUBMITTED
    read = read_sections(FilledForm.of(audit))[-1]
    assert (read.section.name, read.grade) == ("Re-referrals", "")
    assert [answer.answer for answer in read.answers][:2] == ["Yes", "No"]
    header, rows = table(Audit.objects.all(), reader=town.qa)
    row = next(dict(zip(header, row, strict=True)) for row in rows if audit.overall_grade in row)
    assert row["answer: re_referrals.same_issues"] == "yes"
    assert "grade: Re-referrals" not in header


def test_a_pack_stays_out_of_the_grades_of_sections(town: Town) -> None:
    audit = published(with_pack(town), town)
    fill_in(audit, re_referrals=filled(form_of(audit).sections[-1], abandoned=Reply("no")))
    stage1.submit(audit=audit, by=audit.allocation.auditor, at=AT)
    (row,) = datasets.completed_audits(Period(DECEMBER, DECEMBER))
    assert set(row.sections) == {section.name for section in ensure_default_form().form.graded_sections}


def test_the_pages_of_an_audit_lead_through_the_pack(town: Town) -> None:
    audit = published(with_pack(town), town)
    auditor = as_(audit.allocation.auditor)
    assert "Re-referrals" in auditor.get(reverse("audit_detail", args=[audit.reference])).content.decode()
    section = reverse("audit_section", args=[audit.reference, "re_referrals"])
    page = auditor.get(section).content.decode()
    assert "Save and check answers" in page
    assert "Did previous interventions address identified risks?" in page
    saved = auditor.post(section, {"version": "0", "re_referrals.same_issues": "yes", "then": "list"})
    assert saved.status_code == 302
    row = Audit.objects.get(pk=audit.pk).sections.get(key="re_referrals")
    assert row.answer("re_referrals.same_issues") == "yes"


def test_qa_chooses_a_pack_in_the_browser_and_takes_it_out(town: Town) -> None:
    cycle, qa = town.december(), as_(town.qa)
    address = reverse("cycle_pack", args=["2026-12"])
    pack = packs_to_choose()[0]
    assert "Was a Safety Plan in place at time of closure?" in qa.get(address).content.decode()
    assert "Re-referrals, version 1" in qa.post(address, {"pack": str(pack.pk)}, follow=True).content.decode()
    cycle.refresh_from_db()
    assert cycle.pack == pack
    assert "Select which questions" in qa.post(address, {"pack": ""}).content.decode()
    qa.post(address, {"pack": "none"})
    cycle.refresh_from_db()
    assert cycle.pack is None


# Months


def test_months_are_merged_and_split_again_in_the_browser(town: Town) -> None:
    cycle, qa = town.december(), as_(town.qa)
    address = reverse("cycle_months", args=["2026-12"])
    assert "December 2026 and January 2027" in qa.post(address, {"last": "2027-01-01"}, follow=True).content.decode()
    cycle.refresh_from_db()
    assert cycle.key == "2026-12/2027-01"
    qa.post(address, {"last": "2026-12-01"})
    cycle.refresh_from_db()
    assert cycle.key == "2026-12"
    assert cycles.get_or_plan(date(2027, 1, 1)).key == "2027-01"


def test_months_that_were_drawn_or_hold_audits_stay_as_they_are(town: Town) -> None:
    cycle = town.december()
    cycles.merge(cycle=cycle, last_month=date(2027, 1, 1), by=town.qa, at=AT)
    draw(cycle=cycle, by=town.qa, at=AT)
    with pytest.raises(UserError, match="has been drawn"):
        cycles.split(cycle=cycle, last_month=DECEMBER, by=town.qa, at=AT)
    march = cycles.get_or_plan(date(2027, 3, 1), date(2027, 4, 1))
    factories.audit(cycle=march, imported=True)
    with pytest.raises(UserError, match="has audits already"):
        cycles.split(cycle=march, last_month=date(2027, 3, 1), by=town.qa, at=AT)
    march.refresh_from_db()
    assert march.key == "2027-03/2027-04"


def test_a_month_that_qa_has_given_a_focus_is_not_swallowed(town: Town) -> None:
    january = cycles.get_or_plan(date(2027, 1, 1))
    focus(january, town)
    with pytest.raises(UserError, match="January 2027 is a cycle of its own"):
        cycles.merge(cycle=town.december(), last_month=date(2027, 1, 1), by=town.qa, at=AT)
    january.refresh_from_db()
    assert january.focus == {"teams": ["ELM"]}
