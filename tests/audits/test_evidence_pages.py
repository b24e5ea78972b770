"""Files, feedback and observations in the browser: written down without scripts, read back by those who may."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import OutgoingMail, Person
from audits.enums import AuditState, Capacity
from audits.models import Audit, AuditSection, CaseAccess, Evidence, Feedback, Observation
from audits.services import stage1
from audits.services.evidence import add_evidence
from audits.services.themes import themes_to_choose
from audits.services.voices import FeedbackDraft, add_feedback, save_reflection
from audits.services.workers import change_worker
from tests import factories
from tests.accounts.pages import dangling, read
from tests.audits.filling import AT, fill_in
from tests.makers.evidence import PDF, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit() -> Audit:
    audit = factories.audit(
        auditor=factories.person(Role.AUDITOR, name="Avery Auditor"),
        worker=factories.person(Role.SOCIAL_WORKER, name="Wren Worker"),
    )
    audit.participants.get_or_create(person=audit.allocation.worker, capacity=Capacity.WORKER)
    return audit


@pytest.fixture
def auditor(audit: Audit) -> Client:
    return signed_in(audit.allocation.auditor)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def url(name: str, audit: Audit, *more: object) -> str:
    return reverse(name, args=[audit.reference, *more])


def text_of(response: HttpResponse) -> str:
    return " ".join(read(response.content.decode()).text.split())


def upload(
    client: Client, audit: Audit, content: bytes = PDF, name: str = "Ella Smith.pdf", **more: str
) -> HttpResponse:
    file = SimpleUploadedFile(name, content, content_type="text/html")  # what a browser says of it is not believed
    return client.post(url("audit_evidence", audit), {"file": file, "section": "", "note": "", **more}, follow=True)


def test_a_file_is_attached_opened_removed_and_put_back_without_scripts(audit, auditor) -> None:
    answer = upload(auditor, audit, section="assessment", note="The visit of 3 October")
    assert "File 1 is attached" in text_of(answer)
    assert answer.request["QUERY_STRING"] == "section=assessment"
    assert "Assessment: The visit of 3 October" in text_of(answer)
    assert auditor.get(url("audit_evidence_file", audit, 1)).content == PDF
    assert "File 1 was attached already" in text_of(upload(auditor, audit, section="assessment"))
    answer = auditor.post(url("audit_evidence_remove", audit, 1), follow=True)
    assert "Put back" in text_of(answer)
    assert auditor.get(url("audit_evidence_file", audit, 1)).status_code == 404
    auditor.post(url("audit_evidence_put_back", audit, 1))
    assert auditor.get(url("audit_evidence_file", audit, 1)).status_code == 200
    assert "1 attached" in text_of(auditor.get(url("audit_detail", audit)))


def test_a_file_is_handed_out_to_be_kept_never_to_be_run(audit, auditor) -> None:
    upload(auditor, audit)
    answer = auditor.get(url("audit_evidence_file", audit, 1))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{audit.reference}-evidence-1.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "can run when it is opened"),
        (b"MZ\x90\x00", "This kind of file cannot be attached"),
        (PDF[:30], "This file is damaged"),
        (b"", "This file is empty"),
        (b"x" * (10 * 1024 * 1024 + 1), "the most that can be attached is 10 MB"),
    ],
)
def test_a_file_that_is_refused_is_refused_at_its_field(audit, auditor, content: bytes, sentence: str) -> None:
    answer = upload(auditor, audit, content)
    page = read(answer.content.decode())
    assert sentence in page.text
    assert "<title>Error: " in answer.content.decode()
    assert dangling(page) == set()
    assert not Evidence.objects.exists()


def test_sending_no_file_says_so(audit, auditor) -> None:
    answer = auditor.post(url("audit_evidence", audit), {"section": "", "note": "Forgotten"})
    assert "Choose a file" in text_of(answer)
    assert "Forgotten" in answer.content.decode()


def test_the_button_of_a_section_saves_what_is_typed_first(audit, auditor) -> None:
    page = auditor.get(url("audit_section", audit, "planning"))
    assert "Save and add a file" in text_of(page)
    typed = {"version": "0", "comment": "Not finished", "then": "evidence", "themes": ["workload", "no-such-theme"]}
    answer = auditor.post(url("audit_section", audit, "planning"), typed)
    assert answer.headers["Location"] == url("audit_evidence", audit) + "?section=planning"
    section = AuditSection.objects.get(audit=audit, key="planning")
    assert (section.comment, section.themes) == ("Not finished", ["workload"])
    upload(auditor, audit, section="planning")
    assert "Ella Smith.pdf" in text_of(auditor.get(url("audit_section", audit, "planning")))


def test_a_file_that_is_lost_is_said_to_be_lost(audit, auditor, evidence_root) -> None:
    upload(auditor, audit)
    (stored,) = evidence_root.iterdir()
    stored.write_bytes(b"Another file")
    answer = auditor.get(url("audit_evidence_file", audit, 1))
    assert answer.status_code == 410
    assert "missing, or is no longer the one that was attached" in text_of(answer)
    assert b"Another file" not in answer.content


# Who reads it

DRAFT = {"auditor": 200, "worker": 404, "moderator": 404, "outsider": 404, "qa": 404, "admin": 404}
SUBMITTED = {"auditor": 200, "worker": 200, "moderator": 200, "outsider": 404, "qa": 200, "admin": 404}
RESTRICTED = {
    "auditor": 200,
    "worker": 200,
    "moderator": 404,
    "outsider": 404,
    "qa": 404,
    "admin": 404,
    "named qa": 200,
}


def people_of(audit: Audit) -> dict[str, Person]:
    found = {
        "auditor": audit.allocation.auditor,
        "worker": audit.allocation.worker,
        "moderator": factories.person(Role.MODERATOR),
        "outsider": factories.person(Role.AUDITOR, Role.SOCIAL_WORKER, Role.PRACTICE_MANAGER),
        "qa": factories.person(Role.QA),
        "admin": factories.person(Role.ADMIN),
        "named qa": factories.person(Role.QA),
    }
    audit.participants.create(person=found["moderator"], capacity=Capacity.MODERATOR)
    CaseAccess.objects.create(
        case=audit.allocation.case, person=found["named qa"], granted_by=found["qa"], granted_at=AT
    )
    return found


def submit(audit: Audit) -> None:
    fill_in(audit)
    stage1.submit(audit=audit, by=audit.allocation.auditor, at=AT)


def restrict(audit: Audit) -> None:
    submit(audit)
    type(audit.allocation.case).objects.update(restricted=True)


@pytest.mark.parametrize(
    ("make", "reads"),
    [(lambda audit: None, DRAFT), (submit, SUBMITTED), (restrict, RESTRICTED)],
    ids=["draft", "submitted", "restricted"],
)
def test_who_reads_the_form_reads_its_files(audit, make: Callable[[Audit], None], reads: dict[str, int]) -> None:
    by = audit.allocation.auditor
    add_evidence(audit=audit, content=PDF, name="Ella Smith.pdf", by=by, at=AT)
    make(audit)
    people = people_of(audit)
    found = {who: signed_in(people[who]).get(url("audit_evidence_file", audit, 1)).status_code for who in reads}
    assert found == reads


def test_the_name_of_a_file_is_shown_only_where_the_audit_is_read(audit, auditor) -> None:
    upload(auditor, audit)
    submit(audit)
    people = people_of(audit)
    assert "Ella Smith.pdf" in text_of(signed_in(people["worker"]).get(url("audit_view", audit)))
    for mail in OutgoingMail.objects.all():
        assert "Ella" not in f"{mail.subject}{mail.body}"


# Feedback and observations


def feedback(**more: object) -> dict[str, object]:
    return {
        "source": "parent",
        "polarity": "strength",
        "text": "She listened to us",
        "score": "8",
        "scale_question": "Have we helped to make things better?",
        "themes": ["family-says-better", "no-such-theme"],
        **more,
    }


def test_feedback_is_added_changed_removed_and_put_back(audit, auditor) -> None:
    themes_to_choose()
    page = auditor.get(url("audit_feedback", audit))
    assert 'value="Have we helped to make things better?"' in page.content.decode()
    auditor.post(url("audit_feedback", audit), feedback())
    said = Feedback.objects.get()
    assert (said.score, said.themes) == (8, ["family-says-better"])
    change = url("audit_feedback_change", audit, said.pk)
    page = auditor.get(change).content.decode()
    assert re.search(r'value="family-says-better"\s+checked', page)
    auditor.post(change, feedback(score="", themes=[], seen=seen_in(page)))
    said.refresh_from_db()
    assert (said.score, said.scale_question, said.themes) == (None, "", [])
    assert 'value="Have we helped to make things better?"' in auditor.get(change).content.decode()
    answer = auditor.post(url("audit_feedback_remove", audit, said.pk), follow=True)
    assert not Feedback.objects.exists()
    assert "Put back" in text_of(answer)
    assert auditor.get(change).status_code == 404
    auditor.post(url("audit_feedback_put_back", audit, said.pk))
    assert Feedback.objects.get() == said


def seen_in(page: str) -> str:
    (field,) = re.findall(r'<input[^>]*name="seen"[^>]*>', page)
    return re.search(r'value="(\w*)"', field)[1]  # type: ignore[index]


def test_two_tabs_that_change_the_same_feedback_meet_and_neither_text_is_lost(audit, auditor) -> None:
    auditor.post(url("audit_feedback", audit), feedback())
    said = Feedback.objects.get()
    change = url("audit_feedback_change", audit, said.pk)
    seen = seen_in(auditor.get(change).content.decode())
    auditor.post(change, feedback(text="The first tab", seen=seen))
    mine = feedback(text="The second tab", source="carer", themes=[], seen=seen)
    answer = auditor.post(change, mine)
    assert answer.status_code == 409
    page = read(answer.content.decode())
    assert dangling(page) == set()
    for told in (
        "This was changed in another tab or on another device",
        "Saved in the meantime: The first tab",
        "Saved in the meantime: Parent",
        "Themes saved in the meantime: The family says that things are better",
        "The second tab",
    ):
        assert told in " ".join(page.text.split())
    said.refresh_from_db()
    assert said.text == "The first tab"
    auditor.post(change, mine | {"seen": seen_in(answer.content.decode())})
    said.refresh_from_db()
    assert (said.text, said.source, said.themes) == ("The second tab", "carer", [])


def test_saving_what_is_stored_already_is_no_conflict(audit, auditor) -> None:
    auditor.post(url("audit_feedback", audit), feedback())
    change = url("audit_feedback_change", audit, Feedback.objects.get().pk)
    seen = seen_in(auditor.get(change).content.decode())
    for _ in range(2):  # a second press of the button
        assert auditor.post(change, feedback(text="Changed", seen=seen)).status_code == 302


def test_two_presses_add_one_finding(audit, auditor, time_machine) -> None:
    time_machine.move_to(AT)
    for _ in range(2):
        auditor.post(url("audit_feedback", audit), feedback())
        auditor.post(url("audit_observations", audit), observation())
    assert (Feedback.objects.count(), Observation.objects.count()) == (1, 1)


def test_two_tabs_that_change_the_same_observation_meet(audit, auditor, time_machine) -> None:
    time_machine.move_to(AT)
    auditor.post(url("audit_observations", audit), observation())
    change = url("audit_observation_change", audit, Observation.objects.get().pk)
    seen = seen_in(auditor.get(change).content.decode())
    auditor.post(change, observation(notes="The first tab", observed_on_day="3", seen=seen))
    answer = auditor.post(change, observation(notes="The second tab", seen=seen))
    assert answer.status_code == 409
    assert "Saved in the meantime: 3 November 2026" in text_of(answer)
    assert Observation.objects.get().notes == "The first tab"


def test_what_is_removed_is_read_by_nobody(audit, auditor) -> None:
    auditor.post(url("audit_feedback", audit), feedback())
    auditor.post(url("audit_feedback_remove", audit, Feedback.objects.get().pk))
    submit(audit)
    assert "She listened to us" not in text_of(auditor.get(url("audit_view", audit)))


def test_what_was_removed_is_erased_once_the_audit_is_signed_off(audit, auditor, capsys, evidence_root) -> None:
    auditor.post(url("audit_feedback", audit), feedback())
    auditor.post(url("audit_feedback", audit), feedback(text="Kept"))
    auditor.post(url("audit_feedback_remove", audit, Feedback.objects.get(text="She listened to us").pk))
    submit(audit)
    call_command("sweep_evidence")
    assert Feedback.with_removed.count() == 2  # the moderator may return the audit, and it may be put back
    Audit.objects.update(state=AuditState.SIGNED_OFF, signed_off_at=AT)
    call_command("sweep_evidence")
    assert [said.text for said in Feedback.with_removed.all()] == ["Kept"]
    assert "removed findings: 1." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"source": ""}, "Select who said it"),
        ({"polarity": ""}, "Select whether it is a strength"),
        ({"text": ""}, "Enter what was said"),
        ({"score": "11"}, "The score must be from 0 to 10"),
        ({"score": "good"}, "The score must be a whole number"),
    ],
)
def test_feedback_with_something_wrong_keeps_what_was_typed(audit, auditor, changes, refused: str) -> None:
    answer = auditor.post(url("audit_feedback", audit), feedback(**changes))
    page = read(answer.content.decode())
    assert refused in page.text
    assert dangling(page) == set()
    assert not Feedback.objects.exists()
    assert re.search(r'value="family-says-better"\s+checked', answer.content.decode())


def observation(**more: object) -> dict[str, object]:
    return {
        "observed_on_day": "2",
        "observed_on_month": "11",
        "observed_on_year": "2026",
        "setting": "Home visit",
        "notes": "Played on the floor with the child",
        "themes": ["direct-work"],
        **more,
    }


def test_an_observation_is_added_changed_removed_put_back_and_read(audit, auditor, time_machine) -> None:
    time_machine.move_to(AT)
    themes_to_choose()
    auditor.post(url("audit_observations", audit), observation())
    seen = Observation.objects.get()
    assert (seen.setting, seen.themes) == ("Home visit", ["direct-work"])
    change = url("audit_observation_change", audit, seen.pk)
    auditor.post(change, observation(setting="Core group", seen=seen_in(auditor.get(change).content.decode())))
    auditor.post(url("audit_observation_remove", audit, seen.pk))
    assert not Observation.objects.exists()
    auditor.post(url("audit_observation_put_back", audit, seen.pk))
    assert "1 recorded" in text_of(auditor.get(url("audit_detail", audit)))
    fill_in(audit)
    assert "Core group, 2 November 2026" in text_of(auditor.get(url("audit_check", audit)))
    submit(audit)
    read_back = text_of(signed_in(audit.allocation.worker).get(url("audit_view", audit)))
    assert "Played on the floor with the child" in read_back
    assert "Direct work with the child" in read_back


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"observed_on_year": "2027"}, "The date of the observation must be today or earlier"),
        ({"observed_on_day": ""}, "must include a day"),
        ({"setting": ""}, "Enter what you observed"),
        ({"notes": " "}, "Enter what you saw"),
    ],
)
def test_an_observation_says_when_what_and_where(audit, auditor, time_machine, changes, refused: str) -> None:
    time_machine.move_to(AT)
    answer = auditor.post(url("audit_observations", audit), observation(**changes))
    page = read(answer.content.decode())
    assert refused in page.text
    assert dangling(page) == set()
    assert not Observation.objects.exists()


def test_themes_of_sections_are_read_back_and_named_when_retired(audit, auditor) -> None:
    theme = next(theme for theme in themes_to_choose() if theme.key == "drift-and-delay")
    fill_in(audit)
    AuditSection.objects.filter(audit=audit, key="planning").update(themes=[theme.key])
    type(theme).objects.filter(pk=theme.pk).update(retired_at=AT)
    assert "Drift and delay" in text_of(auditor.get(url("audit_check", audit)))


def test_the_worker_is_asked_for_their_reflection_once_when_the_audit_begins(audit) -> None:
    for _ in range(2):
        stage1.start(audit=audit, by=audit.allocation.auditor, at=AT)
    (mail,) = OutgoingMail.objects.filter(rule="audit.reflection")
    assert mail.person == audit.allocation.worker
    assert audit.reference in mail.body
    assert audit.allocation.case.case_id not in f"{mail.subject}{mail.body}"


def test_another_worker_is_asked_for_their_reflection_too(audit) -> None:
    stage1.start(audit=audit, by=audit.allocation.auditor, at=AT)
    another = factories.person(Role.SOCIAL_WORKER)
    change_worker(audit=audit, worker=another, by=audit.allocation.auditor, at=AT)
    assert OutgoingMail.objects.filter(rule="audit.reflection", person=another).count() == 1


def test_nobody_is_asked_for_a_reflection_that_is_written(audit) -> None:
    texts = {"done_well": "Much"}
    save_reflection(audit=audit, texts=texts, version=0, by=audit.allocation.worker, at=AT)
    stage1.start(audit=audit, by=audit.allocation.auditor, at=AT)
    assert not OutgoingMail.objects.filter(rule="audit.reflection").exists()
    submit(audit)
    page = text_of(signed_in(audit.allocation.auditor).get(url("audit_view", audit)))
    assert "Written by Wren Worker on 12 November 2026" in page


def test_a_page_of_files_takes_the_same_queries_for_any_number(audit, auditor, django_assert_max_num_queries) -> None:
    for number in range(5):
        upload(auditor, audit, content=f"Note {number}".encode(), name=f"{number}.txt")
    with django_assert_max_num_queries(14):
        auditor.get(url("audit_evidence", audit))


def test_pages_of_an_audit_that_is_submitted_lead_to_it(audit, auditor) -> None:
    upload(auditor, audit, content=picture("PNG"), name="genogram.png")
    submit(audit)
    for name in ("audit_evidence", "audit_feedback", "audit_observations"):
        assert auditor.get(url(name, audit)).status_code == 302
        assert auditor.post(url(name, audit), {}).status_code in (200, 302)
    answer = upload(auditor, audit, content=picture("JPEG"), name="new.jpg")
    assert "has been submitted, so it can no longer be changed" in text_of(answer)
    assert Evidence.objects.count() == 1


def test_what_was_said_in_confidence_is_not_for_the_worker(audit) -> None:
    draft = FeedbackDraft("parent", "improvement", "Between us", in_confidence=True, themes=("workload",))
    add_feedback(audit=audit, draft=draft, by=audit.allocation.auditor, at=AT)
    submit(audit)
    people = people_of(audit)
    heard = {
        who: "Between us" in text_of(signed_in(people[who]).get(url("audit_view", audit)))
        for who in ("auditor", "moderator", "qa", "worker")
    }
    assert heard == {"auditor": True, "moderator": True, "qa": True, "worker": False}
