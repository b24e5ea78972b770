"""Stage 1 through its pages, without JavaScript, as the people who use them."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Activity
from audits.enums import AuditState, Capacity, Grade
from audits.models import Audit, CaseAccess, Participant
from audits.rules.filled import FilledSection, Reply
from audits.services import stage1
from audits.services.action_drafts import state_of
from audits.services.filled_form import FilledForm
from tests import factories
from tests.audits.filling import AT, fill_in, filled, save
from tests.clients import as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit() -> Audit:
    manager = factories.person(Role.PRACTICE_MANAGER, name="Priya Manager")
    team = factories.team(manager=manager)
    worker = factories.person(Role.SOCIAL_WORKER, name="Wren Worker", line_manager=manager)
    return factories.audit(
        auditor=factories.person(Role.AUDITOR, name="Avery Auditor"),
        worker=worker,
        case=factories.case(case_id="SECRET-4711", team=team, worker=worker),
        participants=[(manager, Capacity.PRACTICE_MANAGER)],
    )


@pytest.fixture
def submitted(audit) -> Audit:
    fill_in(audit)
    stage1.submit(audit=audit, by=audit.allocation.auditor, at=AT)
    audit.refresh_from_db()
    return audit


def auditor_of(audit: Audit) -> Client:
    return as_(audit.allocation.auditor)


def address(name: str, audit: Audit, *more) -> str:
    return reverse(name, args=[audit.reference, *more])


def text_of(response) -> str:
    """What a reader of the page sees, in one line."""
    body = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", response.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def posted(audit: Audit, key: str, section: FilledSection, **more) -> dict:
    """What a browser posts for the section."""
    data = {"version": FilledForm.of(audit).version(key), "comment": section.comment, "grade": section.grade}
    for name, reply in section.replies.items():
        if re.fullmatch(r"\d{4}-\d\d-\d\d", str(reply.value)):
            year, month, day = reply.value.split("-")
            data |= {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}
        else:
            data |= {name: reply.value, f"{name}.reason": reply.reason, f"{name}.reason_text": reply.reason_text}
    return data | more


def section_of(audit: Audit, key: str):
    return FilledForm.of(audit).form.section(key)


# From the first page to the last, by pressing "Save and continue"


def test_an_auditor_completes_an_audit_without_javascript(audit):
    client = auditor_of(audit)
    assert "0 of 7 parts complete" in text_of(client.get(address("audit_detail", audit)))
    for check in ("worker", "restriction"):
        client.post(address("audit_checks", audit), {"check": check})
    meeting = {"day_day": "9", "day_month": "11", "day_year": "2026", "time": "14:30", "place": "Room 4"}
    assert client.post(address("audit_checks", audit), meeting).status_code == 302
    details = {
        "audit_on_day": "12", "audit_on_month": "11", "audit_on_year": "2026",
        "worker_involvement": "face_to_face", "not_involved_reason": "", "version": "0",
    }  # fmt: skip
    response = client.post(address("audit_details", audit), details)
    for section in FilledForm.of(audit).form.sections:
        assert response["Location"].split("#")[0] == address("audit_section", audit, section.key)
        page = client.get(response["Location"])
        assert section.name in text_of(page)
        response = client.post(response["Location"], posted(audit, section.key, filled(section), then="next"))
    assert response["Location"] == address("audit_check", audit)
    assert "Seen at home on 3 November." in text_of(client.get(response["Location"]))
    response = client.post(response["Location"], follow=True)
    assert response.redirect_chain[-1][0] == address("audit_view", audit)
    assert "is submitted" in text_of(response)
    audit.refresh_from_db()
    assert (audit.state, audit.overall_grade, audit.meeting_place) == (AuditState.SUBMITTED, "good", "Room 4")


@pytest.mark.parametrize("year", ["2002", "9999"])
def test_a_meeting_is_not_arranged_for_a_year_that_was_mistyped(audit, year):
    meeting = {"day_day": "9", "day_month": "11", "day_year": year, "time": "14:30", "place": "Room 4"}
    page = auditor_of(audit).post(address("audit_checks", audit), meeting)
    assert "The date of the meeting must be within a year" in text_of(page)
    audit.refresh_from_db()
    assert audit.meeting_at is None


def test_a_grade_that_a_limiting_judgement_rules_out_is_refused_with_the_reason_and_then_put_right(audit):
    client, url = auditor_of(audit), address("audit_section", audit, "intervention")
    section = section_of(audit, "intervention")
    wrong = filled(section, child_seen_alone=Reply("no"))
    page = client.post(url, posted(audit, "intervention", wrong, then="next"))
    assert "<title>Error: Intervention" in page.content.decode()
    assert "Good is not available because ‘Child seen alone’ is answered No." in text_of(page)
    assert audit.sections.get(key="intervention").grade == ""
    right = filled(section, child_seen_alone=Reply("na", "under_5"))
    response = client.post(url, posted(audit, "intervention", right, then="next"))
    assert response["Location"] == f"{address('audit_section', audit, 'review')}#questions"
    assert audit.sections.get(key="intervention").grade == "good"


def test_the_page_says_which_grades_are_not_available_and_why(audit):
    """The script disables them; without it a grade can be given in the same press as the answers that allow it."""
    page = auditor_of(audit).get(address("audit_section", audit, "assessment")).content.decode()
    assert re.search(r'data-available="requires_improvement inadequate ?"', page)
    assert not re.search(r'value="good"[^>]* disabled', page)
    assert "‘Child seen’ is not answered" in page


def test_every_error_links_to_a_control_of_the_page(audit):
    client = auditor_of(audit)
    for section in FilledForm.of(audit).form.sections:
        url = address("audit_section", audit, section.key)
        page = client.post(url, {"version": "0", "then": "next"}).content.decode()
        targets = re.findall(r'<li><a href="#([^"]+)"', page)
        assert targets
        assert not [target for target in targets if f'id="{target}"' not in page]


def test_coming_back_later_saves_without_complaining_of_what_is_missing(audit):
    url = address("audit_section", audit, "planning")
    response = auditor_of(audit).post(url, {"version": "0", "comment": "Half a sent", "then": "list"})
    assert response["Location"] == address("audit_detail", audit)
    assert audit.sections.get(key="planning").comment == "Half a sent"


def test_a_section_that_does_not_apply_yet_needs_its_reason(audit):
    client, url = auditor_of(audit), address("audit_section", audit, "review")
    page = client.post(url, {"version": "0", "grade": "not_applicable", "then": "next"})
    assert "Say why Review does not apply yet" in text_of(page)
    reason = {"version": "0", "grade": "not_applicable", "not_applicable_reason": "First review in December."}
    assert client.post(url, reason | {"then": "next"}).status_code == 302
    assert "Does not apply yet" in text_of(client.get(address("audit_detail", audit)))


def test_an_audit_with_something_missing_is_not_submitted_and_nothing_is_lost(audit):
    save(audit, "planning", filled(section_of(audit, "planning"), smart=Reply()))
    page = auditor_of(audit).post(address("audit_check", audit))
    assert "<title>Error: Check your answers" in page.content.decode()
    assert "Planning: Select Yes, No or NA for ‘SMART’" in text_of(page)
    assert "Assessment: 17 things are missing" in text_of(page)
    audit.refresh_from_db()
    assert audit.state == AuditState.IN_PROGRESS


def test_a_double_click_on_submit_is_harmless(audit):
    fill_in(audit)
    client = auditor_of(audit)
    first, second = (client.post(address("audit_check", audit)) for _ in range(2))
    assert first["Location"] == second["Location"] == address("audit_view", audit)
    assert Activity.objects.filter(verb="audit.submitted").count() == 1


# Two tabs


def test_two_tabs_meet_and_both_texts_are_shown(audit):
    client, url = auditor_of(audit), address("audit_section", audit, "planning")
    client.post(url, {"version": "0", "comment": "From the laptop.", "planning.smart": "no", "then": "list"})
    page = client.post(url, {"version": "0", "comment": "From the phone.", "planning.smart": "yes", "then": "next"})
    assert page.status_code == 409
    assert "From the laptop." in text_of(page)
    assert "From the phone." in text_of(page)
    assert audit.sections.get(key="planning").comment == "From the laptop."
    version = re.search(r'name="version" value="(\d+)"', page.content.decode())[1]
    client.post(url, {"version": version, "comment": "From both.", "planning.smart": "yes", "then": "list"})
    assert audit.sections.get(key="planning").comment == "From both."


def test_details_from_two_tabs_meet_as_well(audit):
    client, url = auditor_of(audit), address("audit_details", audit)
    details = {"audit_on_day": "12", "audit_on_month": "11", "audit_on_year": "2026", "version": "0"}
    client.post(url, details | {"worker_involvement": "video"})
    page = client.post(url, details | {"worker_involvement": "phone"})
    assert page.status_code == 409
    assert "Saved in the meantime By video" in text_of(page)
    assert client.post(url, details | {"worker_involvement": "phone", "version": "1"}).status_code == 302


# Saving by itself


def test_autosave_answers_with_the_new_version_and_what_the_grades_are_now(audit):
    url = address("audit_section_autosave", audit, "intervention")
    answers = {f"intervention.{name}": "yes" for name in ("child_voice", "child_seen", "child_seen_alone")}
    page = auditor_of(audit).post(url, {"version": "0"} | answers).content.decode()
    assert "Saved at" in page
    assert 'data-saved-version="1"' in page
    assert 'data-available="outstanding good requires_improvement inadequate "' in page
    page = auditor_of(audit).post(url, {"version": "1"} | answers | {"intervention.child_seen": "no"}).content.decode()
    assert 'data-available="requires_improvement inadequate "' in page
    assert "Good and Outstanding are not available because ‘Child seen’ is answered No." in page


def test_autosave_of_an_older_page_says_so_and_overwrites_nothing(audit):
    client, url = auditor_of(audit), address("audit_section_autosave", audit, "planning")
    client.post(url, {"version": "0", "comment": "From the laptop."})
    response = client.post(url, {"version": "0", "comment": "From the phone."})
    assert response.status_code == 409
    assert "From the laptop." in text_of(response)
    assert "From the phone." in text_of(response)
    assert audit.sections.get(key="planning").comment == "From the laptop."


def test_autosave_after_submission_is_refused_in_words(submitted):
    response = auditor_of(submitted).post(address("audit_section_autosave", submitted, "planning"), {"version": "1"})
    assert response.status_code == 422
    assert "has been submitted" in text_of(response)


def test_autosave_stays_quick(audit, django_assert_max_num_queries):
    client, url = auditor_of(audit), address("audit_section_autosave", audit, "planning")
    client.post(url, {"version": "0", "comment": "So"})
    with django_assert_max_num_queries(10):
        client.post(url, {"version": "1", "comment": "So far"})


# Who sees what


def others() -> dict:
    return {
        "another auditor": factories.person(Role.AUDITOR),
        "a moderator": factories.person(Role.MODERATOR),
        "another social worker": factories.person(Role.SOCIAL_WORKER),
        "an administrator": factories.person(Role.ADMIN),
        "leadership": factories.person(Role.LEADERSHIP),
    }


PAGES = ["audit_detail", "audit_view", "audit_check", "audit_checks", "audit_details", "audit_reflection",
         "audit_feedback", "audit_action_add", "audit_invitation"]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_an_audit_does_not_exist_for_people_outside_it(audit, name):
    fill_in(audit)
    for who, person in others().items():
        assert as_(person).get(address(name, audit)).status_code in (403, 404), who


@pytest.mark.parametrize("who", ["worker", "qa"])
@pytest.mark.parametrize("name", ["audit_check", "audit_checks", "audit_details", "audit_feedback", "audit_action_add"])
def test_nobody_but_its_auditor_opens_the_form(audit, who, name):
    person = audit.allocation.worker if who == "worker" else factories.person(Role.QA)
    assert as_(person).get(address(name, audit)).status_code in (403, 404)
    assert as_(person).post(address("audit_section", audit, "planning"), {"version": "0"}).status_code in (403, 404)


def test_a_draft_is_the_auditors_alone(audit):
    save(audit, "planning", FilledSection(comment="Not for you yet."))
    for person in (audit.allocation.worker, factories.person(Role.QA)):
        page = as_(person).get(address("audit_detail", audit))
        assert "can be read here once it is submitted" in text_of(page)
        assert "Not for you yet." not in text_of(page)


def test_a_submitted_audit_is_read_by_everybody_in_it(submitted):
    manager = submitted.participants.get(capacity=Capacity.PRACTICE_MANAGER).person
    for person in (submitted.allocation.auditor, submitted.allocation.worker, manager, factories.person(Role.QA)):
        response = as_(person).get(address("audit_detail", submitted), follow=True)
        assert response.redirect_chain == [(address("audit_view", submitted), 302)]
        assert "Seen at home on 3 November." in text_of(response)
    assert Activity.objects.filter(verb="audit.read", thing_ref=submitted.reference).count() == 4


def test_what_was_said_in_confidence_reaches_auditor_and_qa_only(audit):
    fill_in(audit)
    said = {"source": "child", "polarity": "improvement", "text": "I want to tell only you.", "in_confidence": "on"}
    assert auditor_of(audit).post(address("audit_feedback", audit), said).status_code == 302
    stage1.submit(audit=audit, by=audit.allocation.auditor, at=AT)
    in_both = factories.person(Role.QA)
    Participant.objects.create(audit=audit, person=in_both, capacity=Capacity.LINE_MANAGER)
    for person, hears in (
        (audit.allocation.auditor, True),
        (factories.person(Role.QA), True),
        (in_both, False),
        (audit.allocation.worker, False),
        (audit.participants.get(capacity=Capacity.PRACTICE_MANAGER).person, False),
    ):
        assert ("only you" in text_of(as_(person).get(address("audit_view", audit)))) == hears


def test_the_auditor_of_a_restricted_case_sees_only_the_reference_until_access_is_given(audit):
    case = audit.allocation.case
    case.restricted = True
    case.save()
    client = auditor_of(audit)
    pages = ["audit_detail", "audit_checks", "audit_check"]
    for name in pages:
        assert "SECRET-4711" not in text_of(client.get(address(name, audit)))
        assert "Wren Worker" not in text_of(client.get(address(name, audit)))
    qa = as_(factories.person(Role.QA))
    client.post(address("audit_checks", audit), {"check": "restriction"})
    assert "Give the auditor access" in text_of(qa.get(address("audit_detail", audit)))
    qa.post(address("audit_grant_access", audit))
    assert CaseAccess.objects.filter(case=case, person=audit.allocation.auditor).exists()
    assert "SECRET-4711" in text_of(client.get(address("audit_detail", audit)))
    assert "Give the auditor access" not in text_of(qa.get(address("audit_detail", audit)))


def test_no_address_of_an_audit_names_the_case(audit):
    page = auditor_of(audit).get(address("audit_detail", audit)).content.decode()
    assert "SECRET-4711" in page
    assert not [url for url in re.findall(r'(?:href|action)="([^"]*)"', page) if "4711" in url]


def test_the_worker_writes_the_reflection_in_their_own_account(audit):
    stage1.start(audit=audit, by=audit.allocation.auditor, at=AT)
    worker = as_(audit.allocation.worker)
    assert "Write your reflection" in text_of(worker.get("/"))
    url = address("audit_reflection", audit)
    assert "Your reflection" in text_of(worker.get(url))
    assert worker.post(url, {"version": "0", "done_well": "Kept visiting."}).status_code == 302
    page = auditor_of(audit).post(url, {"version": "0", "done_well": "Something else."})
    assert page.status_code == 409
    assert "Saved in the meantime Kept visiting." in text_of(page)
    assert "Write your reflection" not in text_of(worker.get("/"))


def test_actions_are_added_changed_and_removed_on_the_way(audit):
    client, section = auditor_of(audit), address("audit_section", audit, "comments")
    response = client.post(section, {"version": "0", "comment": "Strengths.", "then": "action"})
    assert response["Location"] == address("audit_action_add", audit)
    form = {"text": "Write a chronology.", "impact": "The pattern is seen.",
            "due_on_day": "10", "due_on_month": "12", "due_on_year": "2030"}  # fmt: skip
    assert client.post(response["Location"], form).status_code == 302
    action = audit.actions.get()
    assert action.owner.name == "Priya Manager"
    changed = form | {"text": "Bring the review forward.", "seen": state_of(action)}
    client.post(address("audit_action_change", audit, action.pk), changed)
    assert "Bring the review forward." in text_of(client.get(section))
    client.post(address("audit_action_remove", audit, action.pk))
    assert audit.actions.count() == 0


def test_a_safeguarding_action_that_is_due_too_late_is_refused_at_its_field(audit):
    form = {"text": "See the child.", "impact": "Safe.", "urgent": "on",
            "due_on_day": "10", "due_on_month": "12", "due_on_year": "2030"}  # fmt: skip
    page = auditor_of(audit).post(address("audit_action_add", audit), form)
    assert "An action for a safeguarding concern must be due by" in text_of(page)
    assert 'href="#id_due_on' in page.content.decode()


# Lists


def test_the_list_shows_a_person_only_their_audits(audit):
    factories.audit()
    assert "1 audit" in text_of(auditor_of(audit).get(reverse("audit_list")))
    assert "2 audits" in text_of(as_(factories.person(Role.QA)).get(reverse("audit_list")))
    assert "No audits yet" in text_of(as_(factories.person(Role.AUDITOR)).get(reverse("audit_list")))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 3),
        ({"state": "signed_off"}, 1),
        ({"grade": "inadequate"}, 1),
        ({"grade": "good"}, 0),
        ({"kind": "reaudit"}, 1),
        ({"service": "Early help"}, 1),
        ({"overdue": "yes"}, 1),
        ({"state": "nonsense"}, 3),
    ],
)
def test_qa_narrows_the_list(query, count):
    factories.audit(
        state=AuditState.SIGNED_OFF, overall_grade=Grade.GOOD, moderated_grade=Grade.INADEQUATE, kind="reaudit"
    )
    factories.audit(due_on=date(2020, 1, 6), service="Early help")
    factories.service("Early help")
    factories.audit(due_on=date(2099, 1, 6))
    page = as_(factories.person(Role.QA)).get(reverse("audit_list"), query)
    assert f"{count} audit" in text_of(page)


def test_a_filter_does_not_tell_the_worker_the_grade_of_a_draft():
    worker = factories.person(Role.SOCIAL_WORKER)
    draft = factories.audit(worker=worker, state=AuditState.IN_PROGRESS, overall_grade=Grade.INADEQUATE)
    list_of = as_(worker).get
    assert draft.reference in text_of(list_of(reverse("audit_list")))
    for grade in Grade.values:
        assert draft.reference not in text_of(list_of(reverse("audit_list"), {"grade": grade}))


def test_the_list_shows_nothing_of_a_restricted_record_but_its_reference():
    moderator, team = factories.person(Role.MODERATOR), factories.team("Hidden team")
    done = factories.audit(
        case=factories.case(team=team, restricted=True),
        participants=[(moderator, Capacity.MODERATOR)],
        state=AuditState.SUBMITTED,
        overall_grade=Grade.INADEQUATE,
    )
    page = text_of(as_(moderator).get(reverse("audit_list")))
    assert done.reference in page
    assert "Hidden team" not in page
    assert "Inadequate" not in page


def test_the_list_takes_the_same_queries_however_long_it_is(django_assert_max_num_queries):
    for _ in range(60):
        factories.audit()
    client = as_(factories.person(Role.QA))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("audit_list"))
    assert page.content.decode().count("/audits/CA-") == 50


def test_home_shows_the_auditor_what_is_due_and_what_comes_next(audit):
    page = text_of(auditor_of(audit).get("/"))
    assert f"Audit {audit.reference}" in page
    assert "Next: confirm the allocated worker" in page


def test_home_shows_the_worker_an_audit_until_they_have_read_it(submitted):
    worker = as_(submitted.allocation.worker)
    assert f"Read audit {submitted.reference}" in text_of(worker.get("/"))
    worker.get(address("audit_view", submitted))
    assert f"Read audit {submitted.reference}" not in text_of(worker.get("/"))


def test_auditor_and_worker_download_the_invitation_and_nobody_else(audit):
    meeting = {"day_day": "17", "day_month": "11", "day_year": "2026", "time": "14.30", "place": "Room 4"}
    url = address("audit_invitation", audit)
    assert auditor_of(audit).get(url).status_code == 404, "there is no meeting yet"
    auditor_of(audit).post(address("audit_checks", audit), meeting)
    for person in (audit.allocation.auditor, audit.allocation.worker):
        response = as_(person).get(url)
        assert response["Content-Type"].startswith("text/calendar")
        assert "DTSTART:20261117T143000Z" in response.content.decode()
        assert f"/audits/{audit.reference}/" in response.content.decode()
        assert "SECRET-4711" not in response.content.decode() + response["Content-Disposition"]
    assert as_(factories.person(Role.QA)).get(url).status_code == 403


FORMS = {
    "audit_section": (["planning"], {"version": "1", "comment": "Other."}),
    "audit_checks": ([], {"check": "worker"}),
    "audit_details": ([], {"version": "1", "audit_on_day": "1", "audit_on_month": "11", "audit_on_year": "2026"}),
    "audit_feedback": ([], {"source": "child", "polarity": "strength", "text": "Other."}),
    "audit_action_add": (
        [],
        {"text": "Other.", "impact": "Other.", "due_on_day": "1", "due_on_month": "1", "due_on_year": "2030"},
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_left_open_in_another_tab_is_refused_in_words_after_submission(submitted, name):
    more, data = FORMS[name]
    response = auditor_of(submitted).post(address(name, submitted, *more), data, follow=True)
    assert "This audit has been submitted, so it can no longer be changed." in text_of(response)
    assert "Other." not in text_of(response)


@pytest.mark.parametrize("name", ["audit_check", "audit_checks", "audit_details", "audit_feedback", "audit_action_add"])
def test_a_form_of_a_submitted_audit_leads_to_the_audit(submitted, name):
    response = auditor_of(submitted).get(address(name, submitted), follow=True)
    assert response.redirect_chain[-1][0] == address("audit_view", submitted)
