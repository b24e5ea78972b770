"""The first administrator of a new deployment, and the way back in for one who has none."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Activity, Person
from accounts.services.people import undo
from tests import factories
from tests.accounts.pages import read

pytestmark = pytest.mark.django_db

ADDRESS = "noor@authority.example"
PASSWORD = "nine wet otters in a row"


def create(email: str = ADDRESS, name: str = "Noor Blythe") -> str:
    out = StringIO()
    call_command("create_administrator", email, name, stdout=out)
    return out.getvalue()


def link_in(said: str) -> str:
    (link,) = [line for line in said.splitlines() if line.startswith("http")]
    return link


def choose_password(link: str) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    form = client.get(link)["Location"]
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    return client


@override_settings(BASE_URL="https://case-audit.example")
def test_the_first_administrator_chooses_a_password_signs_in_and_brings_in_the_people() -> None:
    said = create("Noor@Authority.example")
    assert said.startswith("Added Noor Blythe as an administrator.\n")
    link = link_in(said)
    assert link.startswith("https://case-audit.example/account/password/reset/key/")

    client = choose_password(link.removeprefix("https://case-audit.example"))
    signed_in = client.post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD})
    assert signed_in["Location"] == reverse("home")
    assert client.get(reverse("import_upload", args=["people"])).status_code == 200
    assert client.get(reverse("case_list")).status_code == 403


def test_the_link_works_once() -> None:
    path = link_in(create()).split("8000")[-1]
    choose_password(path)
    assert read(Client().get(path).content.decode()).one("h1").text == "This link no longer works"


def test_an_administrator_who_lost_their_password_gets_a_new_link_and_nothing_else_changes() -> None:
    create()
    said = create(name="Somebody Else")
    assert said.startswith("Noor Blythe is an administrator already. Nothing was changed.")
    assert link_in(said)
    assert Person.objects.get().name == "Noor Blythe"
    assert Activity.objects.count() == 1


def test_somebody_who_is_here_already_keeps_their_roles_and_the_change_can_be_undone() -> None:
    person = factories.person(Role.IRO, name="Noor Blythe", email=ADDRESS, is_active=False)
    assert create().startswith("Made Noor Blythe an administrator.")
    person = Person.objects.get()
    assert (person.is_active, person.role_set) == (True, {Role.IRO, Role.ADMIN})
    change = Activity.objects.get(verb="person.changed")
    assert change.actor is None

    undo(change=change, by=factories.person(Role.ADMIN))
    person = Person.objects.get(email=ADDRESS)
    assert (person.is_active, person.role_set) == (False, {Role.IRO})


@pytest.mark.parametrize(
    ("email", "name", "reason"),
    [("noor", "Noor Blythe", "“noor” is not an e-mail address."), (ADDRESS, " ", "Say the administrator's name too.")],
)
def test_what_is_no_person_is_refused_in_words(email: str, name: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        create(email, name)
    assert not Person.objects.exists()
