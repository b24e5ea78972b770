"""The register of actions in the browser's eyes."""

import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Activity, Person
from audits.enums import ActionState, AuditState
from audits.models import Action
from tests import factories
from tests.audits.action_office import Office
from tests.clients import as_

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def first_of_december(time_machine) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office() -> Office:
    return Office()


def listed(person: Person, query: str = "") -> str:
    return as_(person).get(reverse("action_list") + query).content.decode()


def page_of(action: Action) -> str:
    return reverse("action_detail", args=[action.pk])


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"late", "open"}),
        ("?state=overdue", {"late"}),
        ("?state=completed", {"done"}),
        ("?state=signed_off", {"signed"}),
        ("?state=", {"late", "open", "done", "signed"}),
        ("?state=&owner=null", {"open"}),
    ],
)
def test_the_register_can_be_narrowed(office: Office, query: str, shown: set[str]) -> None:
    made = {
        "late": office.action(office.ola),
        "open": office.action(None),
        "done": office.action(office.ola, state=ActionState.COMPLETED, completed_at=NOW, completed_by=office.ola),
        "signed": office.action(
            office.ola,
            state=ActionState.SIGNED_OFF,
            completed_at=NOW,
            completed_by=office.ola,
            signed_off_at=NOW,
            signed_off_by=office.pat,
        ),
    }
    for name, action in made.items():
        Action.objects.filter(pk=action.pk).update(
            text=f"[{name}]", due_on=date(2026, 11, 30) if name == "late" else date(2026, 12, 1)
        )
    page = listed(office.qa, query)
    assert {name for name in made if f"[{name}]" in page} == shown


def test_team_and_service_are_those_of_the_day_of_the_draw(office: Office) -> None:
    office.action(office.ola)
    elsewhere = office.audit
    office.audit = factories.audit(case=factories.case(team=factories.team("Otters")), state=AuditState.SUBMITTED)
    office.action(office.ola)
    page = listed(office.qa, "?team=Otters")
    assert office.audit.reference in page
    assert elsewhere.reference not in page


@pytest.mark.parametrize("name", ["gwen", "dora"])
def test_an_action_out_of_a_persons_sight_does_not_exist(office: Office, name: str) -> None:
    action = office.action(office.ola)
    client = as_(getattr(office, name))
    assert office.audit.reference not in listed(getattr(office, name))
    assert client.get(page_of(action)).status_code == 404
    assert client.post(reverse("action_complete", args=[action.pk]), {"note": "Done"}).status_code == 404
    assert client.post(reverse("action_sign_off", args=[action.pk]), {"decision": "sign_off"}).status_code == 404


def test_an_action_is_completed_sent_back_completed_again_and_signed_off(office: Office) -> None:
    action = office.action(office.ola)
    owner, signer = as_(office.ola), as_(office.pat)
    complete, sign = reverse("action_complete", args=[action.pk]), reverse("action_sign_off", args=[action.pk])

    assert "Mark as completed" in owner.get(page_of(action)).content.decode()
    refused = owner.post(complete, {"note": ""})
    assert refused.status_code == 422
    assert "Enter what was done" in refused.content.decode()
    done = owner.post(complete, {"note": "All in"}, follow=True).content.decode()
    assert "It now waits for Pat Practice to sign it off." in done
    assert "Mark as completed" not in done

    assert "Is the action complete?" in signer.get(page_of(action)).content.decode()
    without_reason = signer.post(sign, {"decision": "send_back", "note": ""})
    assert "Enter what is still to be done" in without_reason.content.decode()
    signer.post(sign, {"decision": "send_back", "note": "The father is missing"})
    assert "The father is missing" in owner.get(page_of(action)).content.decode()

    owner.post(complete, {"note": "He is in"})
    signed = signer.post(sign, {"decision": "sign_off", "note": ""}, follow=True).content.decode()
    assert "The action is signed off." in signed
    assert signer.post(sign, {"decision": "sign_off", "note": ""}, follow=True).status_code == 200
    action.refresh_from_db()
    assert (action.state, action.signed_off_by) == (ActionState.SIGNED_OFF, office.pat)


@pytest.mark.parametrize("name", ["pat", "sam", "auditor", "max", "qa"])
def test_who_sees_an_action_but_does_not_own_it_cannot_complete_it(office: Office, name: str) -> None:
    action = office.action(office.ola)
    client = as_(getattr(office, name))
    assert "Mark as completed" not in client.get(page_of(action)).content.decode()
    assert client.post(reverse("action_complete", args=[action.pk]), {"note": "Done"}).status_code == 403


@pytest.mark.parametrize("name", ["ola", "sam", "auditor", "max", "qa"])
def test_only_the_signer_signs_off(office: Office, name: str) -> None:
    action = office.completed(office.ola)
    client = as_(getattr(office, name))
    assert "Is the action complete?" not in client.get(page_of(action)).content.decode()
    response = client.post(reverse("action_sign_off", args=[action.pk]), {"decision": "sign_off"})
    assert response.status_code == 403


def test_a_manager_who_sends_back_what_only_waited_for_them_does_not_see_it_any_more(office: Office) -> None:
    action = office.completed(office.pat)
    response = as_(office.gwen).post(
        reverse("action_sign_off", args=[action.pk]), {"decision": "send_back", "note": "Not yet"}, follow=True
    )
    assert response.status_code == 200
    assert "with its owner again" in response.content.decode()


def test_qa_gives_an_action_to_somebody_by_e_mail_address(office: Office) -> None:
    action = office.action(None)
    address = reverse("action_hand_over", args=[action.pk])
    nobody = as_(office.qa).post(address, {"to": "nobody@authority.example", "reason": "No owner"})
    assert "Nobody here has that e-mail address" in nobody.content.decode()
    as_(office.qa).post(address, {"to": office.gwen.email.upper(), "reason": "No owner"})
    action.refresh_from_db()
    assert action.owner == office.gwen
    assert as_(office.pat).get(address).status_code == 403


def test_the_text_of_a_restricted_record_is_kept_from_those_without_access(office: Office) -> None:
    office.audit.allocation.case.restricted = True
    office.audit.allocation.case.save()
    action = office.action(office.ola)
    for page in (listed(office.max), as_(office.max).get(page_of(action)).content.decode()):
        assert "genogram" not in page
    assert "genogram" in listed(office.ola)
    assert "genogram" in as_(office.ola).get(page_of(action)).content.decode()


def test_qa_exports_what_the_list_shows(office: Office) -> None:
    office.action(office.ola)
    office.action(None)
    response = as_(office.qa).get(reverse("action_export") + "?owner=null")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(StringIO(response.content.decode()))
    assert (row["audit"], row["owner_email"]) == (office.audit.reference, "")
    assert reverse("action_export") + "?state=open" in listed(office.qa)
    assert Activity.objects.get(verb="action.exported").actor == office.qa


@pytest.mark.parametrize("name", ["ola", "pat", "max", "auditor"])
def test_the_export_is_qas(office: Office, name: str) -> None:
    assert as_(getattr(office, name)).get(reverse("action_export")).status_code == 403
    assert "Export as CSV" not in listed(getattr(office, name))


@pytest.mark.parametrize("name", ["pat", "qa"])
def test_the_register_asks_as_often_for_twenty_as_for_two(office: Office, name: str) -> None:
    def queries() -> int:
        client = as_(getattr(office, name))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("action_list")).status_code == 200
        return len(captured)

    def add(count: int) -> None:
        for _ in range(count):
            office.action(factories.person())

    add(2)
    two = queries()
    add(18)
    assert queries() == two
