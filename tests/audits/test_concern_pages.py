"""The pages of safeguarding concerns: the press wherever an audit is worked on, whom to phone, and what each may do."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.errors import UserError
from accounts.models import Person
from audits.enums import AuditState, ConcernEntryKind, ConcernState
from audits.models import Audit, Case, Concern
from audits.services.concerns.answering import acknowledge, acknowledge_for_duty, close
from audits.services.concerns.recording import describe
from audits.services.forms import ensure_default_form
from moderation.models import Moderation
from tests.accounts.pages import Element, dangling, read
from tests.audits.concern_office import AT, Office, office

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 10, 30, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def here(time_machine: Any) -> Iterator[Office]:
    time_machine.move_to(NOW, tick=False)
    return office(form_version=ensure_default_form())


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: Person, name: str, *args: object, status: int = 200) -> Element:
    response = client_of(person).get(reverse(name, args=args))
    assert response.status_code == status
    found = read(response.content.decode())
    assert not dangling(found)
    return found


def text(person: Person, concern: Concern) -> str:
    return " ".join(page(person, "concern_detail", concern.reference).text.split())


def post(person: Person, name: str, concern: Concern, /, **data: object) -> Any:
    return client_of(person).post(reverse(name, args=[concern.reference]), data)


PAGES_OF_STAGE_ONE = (
    "audit_detail",
    "audit_checks",
    "audit_details",
    "audit_check",
    "audit_reflection",
    "audit_feedback",
    "audit_action_add",
    "request_choose",
    "audit_why",
)


def has_press(client: Client, url: str) -> bool:
    response = client.get(url, follow=True)
    assert response.status_code == 200
    return b"data-concern-press" in response.content


@pytest.mark.parametrize("name", PAGES_OF_STAGE_ONE)
def test_the_press_stands_on_every_page_of_an_audit_for_its_auditor(here: Office, name: str) -> None:
    assert has_press(client_of(here.olu), reverse(name, args=[here.audit.reference]))


@pytest.mark.parametrize("key", ["assessment", "intervention"])
def test_the_press_stands_on_every_section_and_is_in_no_other_form(here: Office, key: str) -> None:
    found = page(here.olu, "audit_section", here.audit.reference, key)
    (form,) = [form for form in found.find("form") if "data-concern-press" in form.attributes]
    assert form.attributes["target"] == "_blank"
    assert [button.text.split("now")[0].strip() for button in form.find("button")] == ["Raise a safeguarding concern"]


def test_the_press_stands_from_the_first_minute_and_after_submission(here: Office) -> None:
    url = reverse("audit_detail", args=[here.audit.reference])
    for state in AuditState:
        Audit.objects.filter(pk=here.audit.pk).update(
            state=state, submitted_at=AT, signed_off_at=AT, completed_on=AT.date()
        )
        assert has_press(client_of(here.olu), url), state


def test_the_moderator_finds_the_press_in_stage_two(here: Office) -> None:
    Audit.objects.filter(pk=here.audit.pk).update(
        state=AuditState.SUBMITTED, overall_grade="good", submitted_at=AT, completed_on=AT.date()
    )
    Moderation.objects.create(audit=here.audit, moderator=here.max, assigned_at=AT, due_on=AT.date())
    for name in ("moderation_detail", "moderation_check", "moderation_return", "moderation_action_add", "audit_view"):
        assert has_press(client_of(here.max), reverse(name, args=[here.audit.reference])), name


@pytest.mark.parametrize("who", ["sam", "quinn"])
def test_nobody_else_finds_the_press(here: Office, who: str) -> None:
    assert not has_press(client_of(getattr(here, who)), reverse("audit_detail", args=[here.audit.reference]))


def test_a_press_leads_to_phone_now(here: Office) -> None:
    client = client_of(here.olu)
    url = reverse("concern_raise", args=[here.audit.reference])
    response = client.post(url, {"press": "one"}, follow=True)
    concern = Concern.objects.get()
    assert response.redirect_chain[-1][0] == reverse("concern_detail", args=[concern.reference])
    said = text(here.olu, concern)
    assert "Phone now" in said
    assert "Pat Practice Practice manager 01632 960004" in said
    assert "Gwen Group Service manager 01632 960003" in said
    assert "01632 960999" not in said  # the office is open
    assert client.post(url, {"press": "one"}).url == response.redirect_chain[-1][0]
    assert Concern.objects.count() == 1


def test_out_of_hours_the_emergency_duty_contact_is_phoned_first(here: Office, time_machine: Any) -> None:
    time_machine.move_to(SATURDAY, tick=False)
    concern = here.press(at=SATURDAY)
    said = text(here.olu, concern)
    assert said.index("01632 960999") < said.index("01632 960004")


def test_whoever_was_told_phones_the_one_who_raised_it(here: Office) -> None:
    concern = here.press()
    said = text(here.pat, concern)
    assert "Olu Auditor Raised this concern 01632 960006" in said
    assert "I have this and I am acting on it" in said


def test_the_page_says_what_comes_next_and_to_whom(here: Office) -> None:
    said = text(here.olu, here.press())
    assert "11:00 on Monday 16 November: Hal Head is told" in said
    assert "14:00 on Monday 16 November: Dora Director is told" in said
    assert "17:00 on Monday 16 November: the office closes, Wexmoor emergency duty team is told" in said


def test_a_person_can_be_left_out_before_anybody_is_told(here: Office) -> None:
    url = reverse("concern_raise", args=[here.audit.reference])
    client = client_of(here.olu)
    found = client.get(url, {"leaving_out": "1"}).content.decode()
    assert "Pat Practice, Practice manager" in found
    assert "Dora Director, Assistant director" in found
    assert "data-concern-press" not in found  # that one would tell everybody
    nothing_chosen = client.post(url, {"leaving_out": "1", "press": "one", "reason": "x"})
    assert nothing_chosen.status_code == 422
    without_reason = client.post(url, {"leaving_out": "1", "press": "one", "withheld": [here.pat.pk]})
    assert without_reason.status_code == 422
    assert "Enter why they must not be told" in without_reason.content.decode()
    assert not Concern.objects.exists()
    client.post(url, {"leaving_out": "1", "press": "one", "withheld": [here.pat.pk], "reason": "It is about them"})
    assert Concern.objects.get().recipients.withheld().get().person == here.pat


def test_whoever_had_to_sign_in_after_the_press_is_told_that_nobody_knows_yet(here: Office) -> None:
    client = Client()
    url = reverse("concern_raise", args=[here.audit.reference])
    sent_away = client.post(url, {"press": "one"})
    assert sent_away.status_code == 302
    assert sent_away.url.endswith(f"?next={url}")
    client.force_login(here.olu)
    found = read(client.get(url).content.decode())
    assert "Nobody has been told yet" in found.text
    assert not Concern.objects.exists()
    client.post(url, {"press": found.one("input", name="press").attributes["value"]})
    assert Concern.objects.count() == 1


@pytest.mark.parametrize("pressed", ["with the token of an earlier session", "on the page of somebody else"])
def test_a_press_that_is_refused_says_that_nobody_has_been_told(here: Office, pressed: str) -> None:
    client = Client(enforce_csrf_checks=pressed.startswith("with"))
    client.force_login(here.olu)
    answer = client.post(
        reverse("concern_raise", args=[here.audit.reference]), {"press": "one", "typed_by": str(here.max.pk)}
    )
    assert answer.status_code == 403
    assert "Nobody has been told of a safeguarding concern yet." in answer.content.decode()
    assert not Concern.objects.exists()


def test_from_whom_it_is_withheld_is_read_by_managers_and_not_by_the_worker(here: Office) -> None:
    concern = here.press(pat="It is about them")
    for person in (here.olu, here.gwen, here.quinn):
        assert "Not told: Pat Practice" in text(person, concern)
        assert "It is about them" in text(person, concern)
    said = text(here.sam, concern)
    assert "Somebody was left out on purpose" in said
    assert "Pat Practice" not in said
    assert "It is about them" not in said


def test_for_a_person_left_out_it_does_not_exist_on_any_page(here: Office) -> None:
    concern = here.press(pat="It is about them", quincy="Related")
    Audit.objects.filter(pk=here.audit.pk).update(state=AuditState.SUBMITTED, submitted_at=AT, completed_on=AT.date())
    for person in (here.pat, here.quincy):
        client = client_of(person)
        for name in (
            "detail",
            "acknowledge",
            "describe",
            "describe_autosave",
            "call",
            "note",
            "tell",
            "close",
            "mistaken",
            "reopen",
        ):
            url = reverse(f"concern_{name}", args=[concern.reference])
            assert client.post(url).status_code in (404, 405), name
            assert client.get(url).status_code in (404, 405), name
        places = ["home", "concern_list", "message_list", "audit_list"]
        pages = [client.get(reverse(name)) for name in places]
        pages.append(client.get(reverse("audit_detail", args=[here.audit.reference]), follow=True))
        if person == here.quincy:
            pages += [client.get(reverse(name)) for name in ("activity_list", "mail_list")]
        for response in pages:
            assert response.status_code == 200
            assert concern.reference not in response.content.decode()


def test_a_person_who_has_left_finds_nothing(here: Office) -> None:
    concern = here.press()
    Person.objects.filter(pk=here.pat.pk).update(is_active=False)
    assert not Concern.objects.visible_to(Person.objects.get(pk=here.pat.pk)).exists()
    assert "Pat Practice Practice manager" not in text(here.olu, concern)  # nobody phones somebody who has left


def test_acknowledging_is_one_press_by_name(here: Office) -> None:
    concern = here.press()
    post(here.pat, "concern_acknowledge", concern)
    concern.refresh_from_db()
    assert (concern.state, concern.acknowledged_by) == (ConcernState.ACKNOWLEDGED, here.pat)
    assert "Taken on by Pat Practice at 10:30" in text(here.olu, concern)
    assert "It goes no further up by itself" in text(here.olu, concern)


def test_the_worker_is_told_that_theirs_ends_nothing(here: Office) -> None:
    concern = here.press()
    assert "A manager or quality assurance still has to take it on" in text(here.sam, concern)


def test_a_call_is_written_down_with_its_time(here: Office) -> None:
    concern = here.press()
    post(here.olu, "concern_call", concern, who=here.pat.pk, time="10.05", text="She goes there now")
    entry = concern.entries.get(kind=ConcernEntryKind.CALLED)
    assert (entry.spoken_to, entry.text) == ("Pat Practice, practice manager", "She goes there now")
    assert entry.at == datetime(2026, 11, 16, 10, 5, tzinfo=UTC)
    assert "Spoke by phone: Pat Practice, practice manager" in text(here.gwen, concern)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Choose who you spoke to"),
        ({"who": "other"}, "Enter the name of the person you spoke to"),
        ({"who": "duty"}, "Enter the name of the person you spoke to"),
        ({"who": "other", "name": "Kim", "time": "25:99"}, "Enter a time such as 14:35"),
        ({"who": "other", "name": "Kim", "time": "23:00"}, "Enter a time that has passed"),
        ({"who": "other", "name": "Kim", "took_it_on": "on"}, "A colleague says on this page themselves"),
    ],
)
def test_a_call_that_says_too_little_is_put_right_on_the_page(here: Office, data: dict[str, str], says: str) -> None:
    concern = here.press()
    response = post(here.olu, "concern_call", concern, text="We agreed a visit", **data)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert "We agreed a visit" in response.content.decode()
    assert "<title>Error: " in response.content.decode()


def test_somebody_of_the_duty_service_takes_it_on_by_phone(here: Office) -> None:
    concern = here.press()
    post(here.olu, "concern_call", concern, who="duty", name="Kim Lowe", took_it_on="on")
    concern.refresh_from_db()
    assert (concern.state, concern.acknowledged_for) == (ConcernState.ACKNOWLEDGED, "Kim Lowe")
    assert "Taken on by Kim Lowe, emergency duty" in text(here.pat, concern)


def test_what_it_is_does_not_overwrite_what_another_wrote_meanwhile(here: Office) -> None:
    concern = here.press()
    describe(concern=concern, text="Bruises on the arm", version=0, by=here.pat, at=AT)
    response = post(here.olu, "concern_describe", concern, about="Alone at home", version=0)
    assert response.status_code == 409
    both = response.content.decode()
    assert "Bruises on the arm" in both
    assert "Alone at home" in both
    post(here.olu, "concern_describe", concern, about="Bruises, alone at home", version=1)
    assert Concern.objects.get().about == "Bruises, alone at home"


def test_the_whole_way_to_the_end_and_back(here: Office) -> None:
    concern = here.press()
    post(here.olu, "concern_note", concern, note="The school confirms it")
    post(here.olu, "concern_tell", concern, person="HAL.HEAD@authority.example")
    post(here.gwen, "concern_close", concern, text="")
    assert Concern.objects.get().state == ConcernState.RAISED
    post(here.gwen, "concern_close", concern, text="The child is safe")
    assert "The child is safe" in text(here.sam, concern)
    post(here.hal, "concern_reopen", concern, text="Not yet")
    assert Concern.objects.get().state == ConcernState.RAISED
    post(here.olu, "concern_mistaken", concern, text="It was another family")
    said = text(here.pat, concern)
    assert "It was another family" in said
    for step in ("Raised", "Noted", "Told somebody else: ", "Closed", "Opened again", "Taken back"):
        assert step.rstrip(": ") in said
    for person in (here.olu, here.sam, here.pat, here.quinn):
        page(person, "concern_detail", concern.reference)


@pytest.mark.parametrize("name", ["concern_close", "concern_tell", "concern_mistaken", "concern_reopen"])
def test_the_worker_is_led_back_from_what_is_not_theirs(here: Office, name: str) -> None:
    concern = here.press()
    response = post(here.sam, name, concern, text="x", person=here.hal.email)
    assert response.url == reverse("concern_detail", args=[concern.reference])
    assert Concern.objects.get().state == ConcernState.RAISED


def test_which_child_it_is_shows_to_those_who_may_know_the_record(here: Office) -> None:
    concern = here.press()
    describe(concern=concern, text="Bruises on the arm", version=0, by=here.olu, at=AT)
    case = here.audit.allocation.case
    assert case.case_id in text(here.gwen, concern)
    Case.objects.filter(pk=case.pk).update(restricted=True)
    for person, knows in ((here.sam, True), (here.pat, True), (here.gwen, False), (here.quinn, False)):
        said = text(person, concern)
        assert (case.case_id in said) is knows
        assert "Bruises on the arm" in said


def test_it_stands_first_of_what_waits_until_somebody_has_taken_it_on(here: Office) -> None:
    concern = here.press()
    title = f"Immediate safeguarding concern {concern.reference}"
    for person in (here.olu, here.sam, here.pat, here.gwen, here.quinn):
        home = page(person, "home")
        headings = [heading.text.strip() for heading in home.find("h2")]
        assert headings[0] == "Safeguarding: act now"
        assert title in home.text
        assert "Act now" in home.text
    assert title not in page(here.otto, "home").text
    acknowledge(concern=concern, by=here.pat, at=NOW)
    assert title in page(here.pat, "home").text  # until they close it
    assert title not in page(here.gwen, "home").text
    close(concern=concern, outcome="Safe", by=here.pat, at=NOW)
    assert title not in page(here.pat, "home").text


def test_what_the_duty_contact_took_on_waits_for_managers_and_quality_assurance_to_close(here: Office) -> None:
    concern = here.press()
    acknowledge_for_duty(concern=concern, name="Kim Lowe", by=here.olu, at=NOW)
    for person, waits in ((here.pat, True), (here.quinn, True), (here.sam, False), (here.olu, False)):
        home = page(person, "home").text
        assert ("Kim Lowe, emergency duty, has taken it on" in home) is waits, person


def test_what_somebody_took_on_who_has_left_waits_for_quality_assurance(here: Office) -> None:
    concern = here.press()
    acknowledge(concern=concern, by=here.pat, at=NOW)
    assert concern.reference not in page(here.quinn, "home").text
    Person.objects.filter(pk=here.pat.pk).update(is_active=False)
    assert "Pat Practice took it on and has left" in page(here.quinn, "home").text
    assert concern.reference not in page(here.gwen, "home").text


def test_a_button_that_is_pressed_twice_writes_once(here: Office) -> None:
    concern = here.press()
    for _ in range(2):
        post(here.olu, "concern_note", concern, note="The school confirms it")
        post(here.olu, "concern_call", concern, who=here.pat.pk, time="10:05", text="She goes there now")
    kinds = [entry.kind for entry in concern.entries.all()]
    assert sorted(kinds) == [ConcernEntryKind.CALLED, ConcernEntryKind.NOTED, ConcernEntryKind.RAISED]


def test_the_list_has_what_one_knows_of_with_those_that_wait_first(here: Office) -> None:
    first, second = here.press(text="one"), here.press(text="two", pat="It is about them")
    acknowledge(concern=second, by=here.gwen, at=NOW)
    listed = client_of(here.gwen).get(reverse("concern_list")).content.decode()
    assert listed.index(first.reference) < listed.index(second.reference)
    own = client_of(here.pat).get(reverse("concern_list")).content.decode()
    assert first.reference in own
    assert second.reference not in own
    narrowed = client_of(here.gwen).get(reverse("concern_list"), {"state": "acknowledged"}).content.decode()
    assert first.reference not in narrowed
    assert second.reference in narrowed
    assert "There are none" in client_of(here.otto).get(reverse("concern_list")).content.decode()


def test_the_place_in_the_menu_is_for_quality_assurance_and_for_whoever_knows_of_one(here: Office) -> None:
    def menu(person: Person) -> str:
        return page(person, "home").find("nav")[0].text

    assert "Safeguarding" in menu(here.quinn)
    assert "Safeguarding" not in menu(here.pat)
    here.press()
    assert "Safeguarding" in menu(here.pat)
    assert "Safeguarding" not in menu(here.otto)


def test_the_page_of_the_audit_leads_to_it(here: Office) -> None:
    concern = here.press(quincy="Related")
    url = reverse("audit_detail", args=[here.audit.reference])
    for person, leads in ((here.olu, True), (here.sam, True), (here.quinn, True), (here.quincy, False)):
        assert (concern.reference in client_of(person).get(url).content.decode()) is leads


def test_the_page_costs_the_same_however_much_was_written(here: Office, django_assert_max_num_queries: Any) -> None:
    concern = here.press()
    for number in range(30):
        post(here.pat, "concern_note", concern, note=f"Note {number}")
    client = client_of(here.pat)
    with django_assert_max_num_queries(30):
        client.get(reverse("concern_detail", args=[concern.reference]))


def test_what_the_concern_is_saves_by_itself_as_one_line_of_the_record(here: Office) -> None:
    concern = here.press()
    form = page(here.olu, "concern_detail", concern.reference).one("textarea", name="about")
    assert form.text == ""
    shown = client_of(here.olu).get(reverse("concern_detail", args=[concern.reference])).content.decode()
    assert f'data-autosave="{reverse("concern_describe_autosave", args=[concern.reference])}"' in shown
    for version, typed in enumerate(("Bruises on", "Bruises on the arm")):
        response = post(here.olu, "concern_describe_autosave", concern, about=typed, version=version)
        assert f'data-saved-version="{version + 1}"' in response.content.decode()
    post(here.olu, "concern_describe_autosave", concern, about="Bruises on the leg", version=2)
    assert Concern.objects.get().about == "Bruises on the leg"
    described = concern.entries.filter(kind=ConcernEntryKind.DESCRIBED).values_list("text", flat=True)
    assert list(described) == ["Bruises on the arm", "Bruises on the leg"]


def test_a_description_that_saves_by_itself_follows_its_own_lost_answer_and_overwrites_nobody(here: Office) -> None:
    concern = here.press()
    post(here.olu, "concern_describe_autosave", concern, about="Bruises", version=0)
    lost = {"about": "Bruises on the arm", "version": 0, "before": "about=Bruises"}
    assert post(here.olu, "concern_describe_autosave", concern, **lost).status_code == 200
    both = post(here.pat, "concern_describe_autosave", concern, about="Alone at home", version=0)
    assert both.status_code == 409
    assert "Bruises on the arm" in both.content.decode()
    assert "Alone at home" in both.content.decode()
    assert Concern.objects.get().about == "Bruises on the arm"


@pytest.mark.parametrize("about", ["", "x" * 10_001])
def test_a_description_that_cannot_be_saved_by_itself_says_so(here: Office, about: str) -> None:
    concern = here.press()
    response = post(here.olu, "concern_describe_autosave", concern, about=about, version=0)
    assert response.status_code == 422
    assert "Not saved." in response.content.decode()
    assert Concern.objects.get().about == ""


def test_who_may_not_say_what_a_concern_is_is_not_taken_for_signed_out_by_the_page(here: Office) -> None:
    response = post(here.sam, "concern_describe_autosave", here.press(), about="Bruises", version=0)
    assert response.status_code == 422
    assert "Whoever raised a concern, managers and quality assurance say what it is." in response.content.decode()


def test_a_description_that_is_refused_stays_on_the_page_with_the_reason_at_its_place(here: Office) -> None:
    concern = here.press()
    response = post(here.sam, "concern_describe", concern, about="Bruises on the arm", version=0)
    assert response.status_code == 422
    found = read(response.content.decode())
    assert not dangling(found)
    assert found.one("textarea", name="about").text.strip() == "Bruises on the arm"
    assert "managers and quality assurance say what it is" in found.one("p", id="id_about-error").text
    assert Concern.objects.get().about == ""


# The step of each form of the page, what is typed into it, and the box that holds the words.
REFUSABLE = [
    ("concern_describe", "describe", {"about": "Bruises", "version": 0}, "about"),
    ("concern_note", "add_note", {"note": "Bruises"}, "note"),
    ("concern_call", "record_call", {"who": "other", "name": "Toni", "text": "Bruises"}, "text"),
    ("concern_close", "close", {"text": "Bruises"}, "text"),
    ("concern_mistaken", "take_back", {"text": "Bruises"}, "text"),
    ("concern_reopen", "open_again", {"text": "Bruises"}, "text"),
]


@pytest.mark.parametrize("refusal", [PermissionDenied, UserError])
@pytest.mark.parametrize(("name", "step", "typed", "box"), REFUSABLE)
def test_whatever_refuses_what_is_typed_leaves_it_on_the_page(
    here: Office, monkeypatch: Any, refusal: type[Exception], name: str, step: str, typed: dict[str, object], box: str
) -> None:
    def refuses(**values: object) -> None:
        raise refusal("You were left out meanwhile.")

    concern = here.press()
    monkeypatch.setattr(f"audits.views.concerns.{step}", refuses)
    response = post(here.gwen, name, concern, **typed)
    assert response.status_code == 422
    found = read(response.content.decode())
    assert not dangling(found)
    assert found.one("textarea", name=box).text.strip() == "Bruises"
    assert "You were left out meanwhile." in found.text
