"""The page of a section says where one is, what it still needs, and what an answer brings with it."""

import re
from datetime import date

import pytest
from django.urls import reverse

from audits.models import Audit
from audits.rules.filled import FilledSection, Reply
from audits.services.filled_form import FilledForm
from tests import factories
from tests.accounts.pages import Element, dangling, read
from tests.audits.filling import fill_in, filled, save
from tests.clients import as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit() -> Audit:
    return factories.audit()


def page_of(audit: Audit, name: str = "audit_section", *more) -> Element:
    html = as_(audit.allocation.auditor).get(reverse(name, args=[audit.reference, *more])).content.decode()
    page = read(html)
    assert dangling(page) == set()
    return page


def section_of(audit: Audit, key: str):
    return FilledForm.of(audit).form.section(key)


def steps(page: Element) -> list[str]:
    return [item.text for item in page.one("nav", class_="app-steps").find("li")]


def test_every_section_stands_at_the_top_with_how_far_it_has_come(audit):
    save(audit, "assessment", filled(section_of(audit, "assessment")))
    save(audit, "intervention", FilledSection({"intervention.child_seen": Reply("yes")}))
    page = page_of(audit, "audit_section", "planning")
    assert steps(page) == [
        "✓Assessment, completed",
        "2Planning",
        "…Intervention, in progress",
        "4Review, not started",
        "5Reflection and Supervision, not started",
        "6Comments and Actions, not started",
    ]
    (here,) = page.find(aria_current="step")
    assert here.text == "2Planning"


def test_a_section_says_what_it_still_needs_and_leads_to_the_first_of_it(audit):
    to_do = page_of(audit, "audit_section", "intervention").one(id="to-do")
    assert re.fullmatch(r"Still needed here: \d+ answers and the grade", to_do.text)
    assert to_do.one("a").attributes["href"] == "#id_intervention.evidence_based_tools"
    save(audit, "intervention", filled(section_of(audit, "intervention")))
    assert page_of(audit, "audit_section", "intervention").one(id="to-do").text == "Nothing is missing here"


@pytest.mark.parametrize(
    ("reply", "note"),
    [
        (Reply(), ""),
        (Reply("yes"), ""),
        (Reply("no"), "Good and Outstanding are not available while this is answered No."),
        (Reply("na"), "Good and Outstanding are not available while this is answered NA without an accepted reason."),
        (Reply("na", "under_5"), ""),
    ],
)
def test_what_an_answer_rules_out_stands_right_below_it_and_comes_with_every_save(audit, reply, note):
    key = "intervention.child_seen_alone"
    posted = {"version": "0", key: reply.value, f"{key}.reason": reply.reason, "comment": "Seen."}
    address = reverse("audit_section_autosave", args=[audit.reference, "intervention"])
    saved = read(as_(audit.allocation.auditor).post(address, posted).content.decode())
    assert saved.one(id=f"id_{key}-note").text == note
    assert page_of(audit, "audit_section", "intervention").one(id=f"id_{key}-note").text == note


def test_detail_is_asked_for_as_soon_as_the_child_was_seen(audit):
    save(audit, "assessment", FilledSection({"assessment.child_seen": Reply("yes")}))
    page = page_of(audit, "audit_section", "assessment")
    assert page.one(id="id_comment-asked").text == "Detail is needed here, because ‘Child seen’ is answered Yes."
    assert page.one(id="id_assessment.child_seen-note").text == "Give the detail in the comments."
    save(audit, "assessment", FilledSection({"assessment.child_seen": Reply("yes")}, comment="At home, alone."))
    page = page_of(audit, "audit_section", "assessment")
    assert (page.one(id="id_comment-asked").text, page.one(id="id_assessment.child_seen-note").text) == ("", "")


def test_the_guidance_the_period_and_the_notice_stand_on_the_page_itself(audit):
    page = page_of(audit, "audit_section", "assessment")
    guidance = page.one("aside", aria_label="Guidance").text
    for words in ("Outstanding", "Lacks one or more of", "shows that the child was seen", "Child’s voice and lived"):
        assert words in guidance
    assert "This audit can be disclosed." in page.text
    assert "Look at the work from" in page.text
    assert "About 10 minutes" in page.text


def test_the_overall_grade_shows_what_it_rests_on_with_a_way_to_each_judgement_that_limits(audit):
    unseen = filled(section_of(audit, "intervention"), grade="inadequate", child_seen=Reply("no"))
    new = FilledSection(not_applicable_reason="No review yet.")
    fill_in(audit, intervention=unseen, overall="inadequate")
    save(audit, "review", new, not_applicable=True)
    rows = page_of(audit, "audit_section", "comments").one("tbody").find("tr")
    assert [row.text for row in rows] == [
        "Assessment Good Nothing",
        "Planning Good Nothing",
        "Intervention Inadequate ‘Child seen’ is answered No",
        "Review Does not apply yet Nothing",
        "Reflection and Supervision Good Nothing",
    ]
    links = [link.attributes["href"] for link in rows[2].find("a")]
    page = reverse("audit_section", args=[audit.reference, "intervention"])
    assert links == [page, f"{page}#id_intervention.child_seen"]


RETURNED = "Please say more about the father."


@pytest.mark.parametrize(
    "address",
    [("audit_detail",), ("audit_details",), ("audit_section", "planning"), ("audit_section", "comments"),
     ("audit_action_add",), ("audit_check",)],
)  # fmt: skip
def test_what_the_moderator_asks_stands_on_every_page_of_a_returned_audit(audit, address):
    assert RETURNED not in page_of(audit, *address).text
    Audit.objects.filter(pk=audit.pk).update(return_reason=RETURNED, return_due_on=date(2026, 12, 4))
    text = page_of(audit, *address).text
    assert RETURNED in text
    assert "put something right by 4 December" in text


def test_the_list_says_how_long_it_still_takes_and_what_a_begun_section_needs(audit):
    assert "About 60 minutes left" in page_of(audit, "audit_detail").text
    save(audit, "assessment", filled(section_of(audit, "assessment")))
    save(audit, "planning", filled(section_of(audit, "planning"), grade=""))
    text = page_of(audit, "audit_detail").text
    assert "About 45 minutes left" in text
    assert "Still needed: the grade" in text
    fill_in(audit)
    assert "minutes left" not in page_of(audit, "audit_detail").text
