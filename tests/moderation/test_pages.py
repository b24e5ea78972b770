"""The pages of Stage 2, as the people who use them meet them."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Activity, Person
from audits.enums import AuditState, RequestState
from audits.models import Action, Audit, CaseAccess, Request
from moderation.enums import ModerationState
from moderation.models import Moderation
from moderation.rules.discussion import Decision
from moderation.services.discussions import save_draft, sign_off
from moderation.task_list import tasks_for
from tests import factories
from tests.clients import as_
from tests.moderation import stage2
from tests.moderation.stage2 import HELD_AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> stage2.People:
    return stage2.people()


@pytest.fixture
def audit(who: stage2.People) -> Audit:
    return stage2.submitted_audit(who)


@pytest.fixture
def moderation(who: stage2.People, audit: Audit) -> Moderation:
    return stage2.moderation(audit, who.max)


def url(name: str, audit: Audit, **more: int) -> str:
    return reverse(name, kwargs={"reference": audit.reference, **more})


@pytest.fixture(autouse=True)
def held_at(time_machine) -> None:
    time_machine.move_to(HELD_AT, tick=False)


# The queue


def test_the_queue_holds_a_moderators_own_and_everything_for_qa(who: stage2.People, moderation: Moderation) -> None:
    other = stage2.moderation(stage2.submitted_audit(who), who.mia)
    mine, theirs = moderation.audit.reference, other.audit.reference
    own = as_(who.max).get(reverse("moderation_list")).content.decode()
    assert (mine in own, theirs in own) == (True, False)
    every = as_(who.qa).get(reverse("moderation_list")).content.decode()
    assert (mine in every, theirs in every) == (True, True)


@pytest.mark.parametrize(("name", "status"), [("max", 200), ("qa", 200), ("sam", 403), ("pat", 403), ("director", 403)])
def test_the_queue_is_for_moderators_and_qa(who: stage2.People, name: str, status: int) -> None:
    assert as_(getattr(who, name)).get(reverse("moderation_list")).status_code == status


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"waiting", "late"}),
        ("?state=overdue", {"late"}),
        ("?state=awaiting", {"waiting", "late"}),
        ("?state=signed_off", {"signed off"}),
        ("?state=returned", {"returned"}),
        ("?state=", {"waiting", "late", "signed off", "returned"}),
        ("?state=&service=Leaving+care", {"late"}),
        ("?state=open&moderator=null", set()),
    ],
)
def test_the_queue_can_be_narrowed(who: stage2.People, query: str, shown: set[str]) -> None:
    leaving = factories.team(service=factories.service("Leaving care"))
    audits = {
        "waiting": stage2.submitted_audit(who),
        "late": stage2.submitted_audit(who, case=factories.case(worker=who.sam, team=leaving)),
        "signed off": stage2.submitted_audit(who),
        "returned": stage2.submitted_audit(who),
    }
    for name, audit in audits.items():
        due_on = HELD_AT.date().replace(day=18 if name == "late" else 26)
        stage2.moderation(audit, who.max, due_on=due_on)
    finish(who, audits["signed off"].moderation)
    Audit.objects.filter(pk=audits["returned"].pk).update(state=AuditState.IN_PROGRESS, returned_at=HELD_AT)
    page = as_(who.qa).get(reverse("moderation_list") + query).content.decode()
    assert {name for name, audit in audits.items() if audit.reference in page} == shown


def finish(who: stage2.People, moderation: Moderation, **changes: Decision) -> None:
    posted = stage2.agreeing(moderation.audit, **changes)
    save_draft(moderation=moderation, posted=posted, version=0, by=who.max, at=HELD_AT)
    sign_off(moderation=moderation, version=1, by=who.max, at=HELD_AT)


# Stage 2


def test_the_page_shows_stage_1_beside_the_decisions(who: stage2.People, audit: Audit, moderation: Moderation) -> None:
    page = as_(who.max).get(url("moderation_detail", audit)).content.decode()
    assert "What was found about Planning." in page
    assert "Was the child seen?" in page
    assert "Agree: Good" in page
    assert "Have we made a difference for the child" in page
    assert Activity.objects.filter(verb="moderation.read", actor=who.max, thing_ref=audit.reference).exists()


def test_a_grade_that_is_not_available_says_why(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who, grade="requires_improvement", answers={"assessment.child_seen": "no"})
    stage2.moderation(audit, who.max)
    page = as_(who.max).get(url("moderation_detail", audit)).content.decode()
    assert "Good and Outstanding are not available because ‘Child seen’ is answered No." in page
    assert "Good and Outstanding are not available because ‘Child seen’ in Assessment is answered No." in page
    assert page.count("Not available") == 4


@pytest.mark.parametrize("name", ["mia", "auditor", "sam", "pat", "gwen", "outsider"])
@pytest.mark.parametrize("page", ["moderation_detail", "moderation_check", "moderation_return"])
def test_an_open_moderation_does_not_exist_for_others(
    who: stage2.People, audit: Audit, moderation: Moderation, name: str, page: str
) -> None:
    assert as_(getattr(who, name)).get(url(page, audit)).status_code in (403, 404)


def test_a_whole_discussion_is_written_checked_and_signed_off_without_javascript(
    who: stage2.People, audit: Audit, moderation: Moderation
) -> None:
    client = as_(who.max)
    discussion = stage2.agreeing(audit, planning=Decision("requires_improvement", "Outcomes are not measurable."))
    response = client.post(url("moderation_detail", audit), stage2.posted(discussion, 0, then="check"))
    assert response.url == url("moderation_check", audit)
    page = client.get(response.url).content.decode()
    assert "Outcomes are not measurable." in page
    assert "Social worker (Sam Social): not there. Off sick" in page
    response = client.post(url("moderation_sign_off", audit), {"version": "1"}, follow=True)
    assert "is signed off" in response.content.decode()
    assert Moderation.objects.get().state == ModerationState.SIGNED_OFF
    again = client.post(url("moderation_sign_off", audit), {"version": "1"}, follow=True)
    assert again.status_code == 200
    assert Activity.objects.filter(verb="moderation.signed_off").count() == 1


def test_what_is_missing_is_said_at_its_place_and_what_was_typed_is_kept(
    who: stage2.People, audit: Audit, moderation: Moderation
) -> None:
    discussion = replace(stage2.agreeing(audit, planning=Decision("inadequate")), duration="an hour")
    response = as_(who.max).post(url("moderation_detail", audit), stage2.posted(discussion, 0, then="check"))
    page = response.content.decode()
    assert "<title>Error: " in page
    assert 'href="#id_reason.planning"' in page
    assert 'id="id_reason.planning"' in page
    assert "Minutes must be a whole number between 1 and 480" in page
    assert 'value="an hour"' in page
    assert Moderation.objects.get().draft["duration"] == "an hour"


def test_the_check_page_sends_back_to_what_is_missing(who: stage2.People, audit: Audit, moderation: Moderation) -> None:
    response = as_(who.max).get(url("moderation_check", audit), follow=True)
    assert response.redirect_chain == [(f"{url('moderation_detail', audit)}?check=1", 302)]
    assert "Enter the date of the discussion" in response.content.decode()


def test_an_older_page_shows_both_texts(who: stage2.People, audit: Audit, moderation: Moderation) -> None:
    stored = replace(stage2.agreeing(audit), comment="From the other tab")
    save_draft(moderation=moderation, posted=stored, version=0, by=who.max, at=HELD_AT)
    mine = replace(stage2.agreeing(audit), comment="From this tab")
    response = as_(who.max).post(url("moderation_detail", audit), stage2.posted(mine, 0, then="check"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "From the other tab" in page
    assert "From this tab" in page
    assert '<input type="hidden" name="version" value="1" autocomplete="off">' in page
    assert Moderation.objects.get().draft["comment"] == "From the other tab"


def test_autosave_answers_with_the_new_version(who: stage2.People, audit: Audit, moderation: Moderation) -> None:
    client = as_(who.max)
    response = client.post(url("moderation_autosave", audit), stage2.posted(stage2.agreeing(audit), 0))
    assert 'data-saved-version="1"' in response.content.decode()
    assert "Saved at 14:00" in response.content.decode()
    other = replace(stage2.agreeing(audit), comment="From an older tab")
    assert client.post(url("moderation_autosave", audit), stage2.posted(other, 0)).status_code == 409
    Audit.objects.update(state=AuditState.IN_PROGRESS)
    assert client.post(url("moderation_autosave", audit), stage2.posted(other, 1)).status_code == 422


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 40, "1.0"])
def test_a_page_without_a_version_overwrites_nothing(
    who: stage2.People, audit: Audit, moderation: Moderation, version: str
) -> None:
    data = stage2.posted(stage2.agreeing(audit), 0) | {"version": version}
    assert as_(who.max).post(url("moderation_autosave", audit), data).status_code == 409


def test_characters_that_no_database_stores_are_left_out(
    who: stage2.People, audit: Audit, moderation: Moderation
) -> None:
    discussion = replace(stage2.agreeing(audit), comment="Not\x00 quite")
    as_(who.max).post(url("moderation_autosave", audit), stage2.posted(discussion, 0))
    assert Moderation.objects.get().draft["comment"] == "Not quite"


def test_signing_off_an_older_page_asks_to_check_again(
    who: stage2.People, audit: Audit, moderation: Moderation
) -> None:
    client = as_(who.max)
    client.post(url("moderation_detail", audit), stage2.posted(stage2.agreeing(audit), 0, then="check"))
    newer = replace(stage2.agreeing(audit), comment="Added since")
    client.post(url("moderation_detail", audit), stage2.posted(newer, 1, then="check"))
    response = client.post(url("moderation_sign_off", audit), {"version": "1"})
    assert response.status_code == 409
    assert "Check again what you sign off" in response.content.decode()
    assert "Added since" in response.content.decode()
    assert Moderation.objects.get().state == ModerationState.IN_PROGRESS


def test_a_signed_off_audit_is_read_with_both_grades_by_those_who_take_part(
    who: stage2.People, audit: Audit, moderation: Moderation
) -> None:
    finish(who, moderation, planning=Decision("requires_improvement", "Outcomes are not measurable."))
    for person in (who.max, who.auditor, who.sam, who.pat, who.qa):
        response = as_(person).get(url("moderation_detail", audit))
        assert response.status_code == 200
        page = response.content.decode()
        assert "Outcomes are not measurable." in page
        assert "<textarea" not in page
    for person in (who.mia, who.gwen, who.outsider):
        assert as_(person).get(url("moderation_detail", audit)).status_code == 404


def test_from_the_signed_off_audit_it_is_one_link_to_its_discussion(
    who: stage2.People, audit: Audit, moderation: Moderation
) -> None:
    there = f'href="{url("moderation_detail", audit)}"'
    assert there not in as_(who.sam).get(reverse("audit_view", args=[audit.reference])).content.decode()
    finish(who, moderation)
    assert there in as_(who.sam).get(reverse("audit_view", args=[audit.reference])).content.decode()


def test_nothing_can_be_posted_to_a_signed_off_audit(who: stage2.People, audit: Audit, moderation: Moderation) -> None:
    finish(who, moderation)
    other = replace(stage2.agreeing(audit), comment="Too late")
    as_(who.max).post(url("moderation_detail", audit), stage2.posted(other, 2, then="check"))
    assert Moderation.objects.get().comment == ""


def test_returning_takes_a_reason_and_tells_the_auditor(
    who: stage2.People, audit: Audit, moderation: Moderation
) -> None:
    client = as_(who.max)
    empty = client.post(url("moderation_return", audit), {"reason": ""})
    assert empty.status_code == 422
    assert "Enter what the auditor should put right" in empty.content.decode()
    response = client.post(url("moderation_return", audit), {"reason": "Which visit was it?"}, follow=True)
    assert "comes back here when it has been submitted again" in response.content.decode()
    assert Audit.objects.get().state == AuditState.IN_PROGRESS


# Further actions


def test_a_moderator_adds_an_action_and_takes_it_back(who: stage2.People, audit: Audit, moderation: Moderation) -> None:
    client = as_(who.max)
    saved = client.post(url("moderation_detail", audit), stage2.posted(stage2.agreeing(audit), 0, then="action"))
    assert saved.url == url("moderation_action_add", audit)
    data = {
        "text": "Hold a family meeting",
        "impact": "The child is heard",
        "owner": who.pat.pk,
        "due_on_day": "10",
        "due_on_month": "12",
        "due_on_year": "2026",
    }
    assert client.post(url("moderation_action_add", audit), data).status_code == 302
    action = Action.objects.get()
    assert (action.owner, action.recorded_by) == (who.pat, who.max)
    take_back = url("moderation_action_take_back", audit, pk=action.pk)
    assert "Take this action back?" in client.get(take_back).content.decode()
    assert client.post(take_back).status_code == 302
    assert not Action.objects.exists()


@pytest.mark.parametrize("asking", ["the button", "while typing"])
def test_a_moderator_is_told_what_would_make_an_action_clearer_and_nobody_is_told_of_it_yet(
    who: stage2.People, audit: Audit, moderation: Moderation, asking: str
) -> None:
    data = {
        "text": "Monitor the situation closely",
        "impact": "The child is heard",
        "owner": who.pat.pk,
        "due_on_day": "10",
        "due_on_month": "12",
        "due_on_year": "2026",
    }
    address = url("moderation_action_add", audit)
    if asking == "the button":
        page = as_(who.max).post(address, data | {"check": "Check it first"})
    else:
        page = as_(who.max).post(f"{address}?advice", data)
    assert page.status_code == 200
    assert "How will others see that it is done? Beside “monitor”" in page.content.decode()
    assert not Action.objects.exists()


# Restricted records


def test_the_moderator_of_a_restricted_record_sees_only_the_reference_until_qa_gives_access(
    who: stage2.People,
) -> None:
    case = factories.case(worker=who.sam, restricted=True)
    audit = stage2.submitted_audit(who, case=case)
    stage2.moderation(audit, who.max)
    page = as_(who.max).get(url("moderation_detail", audit)).content.decode()
    assert "The record is restricted" in page
    assert "What was found" not in page
    assert as_(who.max).get(url("moderation_return", audit)).status_code == 302
    assert as_(who.max).get(url("moderation_action_add", audit)).status_code == 404
    assert as_(who.max).post(url("moderation_grant_access", audit)).status_code == 403
    assert [task.title for task in tasks_for(who.qa, HELD_AT.date())] == [
        f"Give the moderator of audit {audit.reference} access"
    ]
    assert tasks_for(who.max, HELD_AT.date())[0].status == "Waiting for access"
    as_(who.max).post(reverse("request_access", args=[audit.reference]), {"reason": "To lead the discussion"})
    assert "You have asked for it as well" in as_(who.max).get(url("moderation_detail", audit)).content.decode()
    assert tasks_for(who.qa, HELD_AT.date()) == [], "the request is the task"
    as_(who.qa).post(url("moderation_grant_access", audit))
    assert Request.objects.get().state == RequestState.GRANTED
    assert CaseAccess.objects.get().person == who.max
    assert "What was found" in as_(who.max).get(url("moderation_detail", audit)).content.decode()
    assert tasks_for(who.qa, HELD_AT.date()) == []


@pytest.mark.parametrize(("name", "reads"), [("max", False), ("sam", True), ("pat", True), ("qa", False)])
def test_stage_1_of_a_restricted_record_is_read_by_those_whose_case_it_is(
    who: stage2.People, name: str, reads: bool
) -> None:
    audit = stage2.submitted_audit(who, case=factories.case(worker=who.sam, restricted=True))
    stage2.moderation(audit, who.max)
    page = as_(getattr(who, name)).get(reverse("audit_detail", args=[audit.reference]), follow=True)
    assert page.status_code == 200
    assert ("What was found about Planning." in page.content.decode()) is reads


# QA


def test_qa_sees_how_far_it_is_but_not_the_draft(who: stage2.People, audit: Audit, moderation: Moderation) -> None:
    draft = replace(stage2.agreeing(audit), comment="Not finished yet")
    save_draft(moderation=moderation, posted=draft, version=0, by=who.max, at=HELD_AT)
    page = as_(who.qa).get(url("moderation_detail", audit)).content.decode()
    assert "In progress" in page
    assert "Not finished yet" not in page


def test_qa_chooses_another_moderator(who: stage2.People, audit: Audit, moderation: Moderation) -> None:
    client = as_(who.qa)
    page = client.get(url("moderation_reassign", audit)).content.decode()
    assert "Mia Moderator, 0 open" in page
    assert "Gwen Group" not in page
    forged = client.post(url("moderation_reassign", audit), {"to": who.gwen.pk, "reason": "Away"})
    assert forged.status_code == 422
    response = client.post(url("moderation_reassign", audit), {"to": who.mia.pk, "reason": "Away"}, follow=True)
    assert "Mia Moderator moderates audit" in response.content.decode()
    assert as_(who.max).get(url("moderation_reassign", audit)).status_code == 403


def test_what_nobody_leads_is_one_task_of_qa(who: stage2.People) -> None:
    for _ in range(3):
        stage2.moderation(stage2.submitted_audit(who), None)
    (task,) = tasks_for(who.qa, HELD_AT.date())
    assert (task.title, task.status) == ("Choose moderators", "3 without")
    page = as_(who.qa).get(task.url).content.decode()
    assert page.count("Nobody yet</td>") == 3


# Constant queries


def queries_of(person: Person, address: str) -> int:
    client = as_(person)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["max", "qa"])
def test_the_queue_asks_as_often_for_twenty_as_for_two(who: stage2.People, name: str) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            stage2.moderation(stage2.submitted_audit(who), who.max)

    add(2)
    two = queries_of(getattr(who, name), reverse("moderation_list"))
    add(18)
    assert queries_of(getattr(who, name), reverse("moderation_list")) == two


@pytest.mark.parametrize("signed_off", [False, True])
def test_stage_2_asks_as_often_for_twenty_actions_as_for_two(
    who: stage2.People, audit: Audit, moderation: Moderation, signed_off: bool
) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            owner = factories.person()
            Action.objects.create(
                audit=audit, text="Do it", owner=owner, due_on=HELD_AT, recorded_at=HELD_AT, recorded_by=who.max
            )

    if signed_off:
        finish(who, moderation)
    add(2)
    two = queries_of(who.max, url("moderation_detail", audit))
    add(18)
    assert queries_of(who.max, url("moderation_detail", audit)) == two
