"""Bringing a file in through the browser: upload, read what was understood, confirm or cancel."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Activity, Person, Team
from audits.enums import ImportState
from audits.models import Case, ImportBatch
from config.sweep import sweep
from tests import factories
from tests.makers.annex_a import row, workbook
from tests.makers.files import CASES, PEOPLE, TEAMS, case_row, table
from tests.makers.workbooks import bomb, xlsx_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def qa(client: Client) -> Person:
    person = factories.person(Role.QA, name="Quinn Ash")
    client.force_login(person)
    factories.team("Elm")
    return person


def upload(client: Client, content: bytes, *, kind: str = "cases", name: str = "file.csv", **values: str):
    return client.post(reverse("import_upload", args=[kind]), {"file": SimpleUploadedFile(name, content), **values})


def checked(client: Client, content: bytes, **values: str) -> ImportBatch:
    response = upload(client, content, **values)
    batch = ImportBatch.objects.get()
    assert response.headers["Location"] == reverse("import_detail", args=[batch.pk])
    return batch


@pytest.mark.usefixtures("qa")
def test_a_file_is_checked_first_and_taken_in_only_when_confirmed(client: Client) -> None:
    batch = checked(client, table(CASES, case_row(), case_row("C2", team="OAK")), name="Child Name C1.csv")

    page = client.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert "Check what was understood" in page
    assert "No team is known by this yet" in page
    assert (batch.state, batch.extension, bytes(batch.content or b"")[:7]) == ("checked", ".csv", b"case_id")
    assert not Case.objects.exists()

    response = client.post(reverse("import_apply", args=[batch.pk]), follow=True)

    assert "The file is taken in: 2 added, 0 changed, 0 unchanged" in response.content.decode()
    assert Case.objects.count() == 2
    batch.refresh_from_db()
    assert (batch.state, batch.content) == ("applied", None)


@pytest.mark.usefixtures("qa")
def test_a_second_press_of_confirm_takes_nothing_in_twice(client: Client) -> None:
    batch = checked(client, table(CASES, case_row()))
    client.post(reverse("import_apply", args=[batch.pk]))
    logged = Activity.objects.filter(verb="import.applied").count()

    response = client.post(reverse("import_apply", args=[batch.pk]))

    assert response.status_code == 409
    assert "already been taken in or abandoned" in response.content.decode()
    assert Activity.objects.filter(verb="import.applied").count() == logged == 1


@pytest.mark.usefixtures("qa")
def test_refused_rows_are_shown_with_row_column_value_and_reason_and_stop_the_file(client: Client) -> None:
    batch = checked(client, table(CASES, case_row(), case_row("C2", date_of_birth="03/25/2016")))

    page = client.get(reverse("import_detail", args=[batch.pk])).content.decode()
    for text in ("Refused rows", "03/25/2016", "date_of_birth", "month/day/year"):
        assert text in page

    response = client.post(reverse("import_apply", args=[batch.pk]))
    assert response.status_code == 409
    assert "Some rows are refused" in response.content.decode()
    assert not Case.objects.exists()
    batch.refresh_from_db()
    assert (batch.state, batch.content is not None) == ("checked", True)

    client.post(reverse("import_apply", args=[batch.pk]), {"partial": "1"})
    assert [case.case_id for case in Case.objects.all()] == ["C1"]


@pytest.mark.usefixtures("qa")
def test_cancelling_forgets_the_file(client: Client) -> None:
    batch = checked(client, table(CASES, case_row()))

    client.post(reverse("import_abandon", args=[batch.pk]))

    batch.refresh_from_db()
    assert (batch.state, batch.content) == (ImportState.ABANDONED, None)
    assert client.post(reverse("import_apply", args=[batch.pk])).status_code == 409
    assert not Case.objects.exists()


@pytest.mark.usefixtures("qa")
def test_what_changed_between_check_and_confirm_is_counted_as_it_is_then(client: Client) -> None:
    batch = checked(client, table(CASES, case_row()))
    factories.case(case_id="C1", gender="Male")

    client.post(reverse("import_apply", args=[batch.pk]))

    batch.refresh_from_db()
    assert (batch.outcome["added"], batch.outcome["changed"]) == (0, 1)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "file.csv", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00", "picture.png", "not a spreadsheet"),
        (b"team,status\nELM,open\n", "file.csv", "The columns case_id, plan_type are missing"),
        (xlsx_bytes({"Notes": [["x"]], "More": [["y"]]}), "file.xlsx", "No sheet of this workbook"),
        (bomb(200), "file.xlsx", "200 MB"),
        (b"case_id,team,plan_type,status\nC1,\x81\x8d\x90\n", "file.csv", "unknown encoding"),
        (b"case_id,team,plan_type,status,Team\n", "file.csv", "more than once"),
        (b"x" * (20 * 1024 * 1024 + 1), "file.csv", "smaller than 20 MB"),
    ],
    ids=["empty", "picture", "columns", "sheet", "bomb", "encoding", "twice", "size"],
)
@pytest.mark.usefixtures("qa")
def test_a_file_that_cannot_be_read_is_said_at_the_file_and_nothing_is_kept(
    content: bytes, name: str, said: str, client: Client
) -> None:
    response = upload(client, content, name=name)

    page = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error: " in page
    assert said in page
    assert 'href="#id_file"' in page
    assert not ImportBatch.objects.exists()


@pytest.mark.usefixtures("qa")
def test_the_annex_a_workbook_has_a_day(client: Client) -> None:
    content = workbook({6: [row(6, id="1001", end="15/10/2026", team="Elm")]})
    day = {"as_of_day": "1", "as_of_month": "10", "as_of_year": "2026"}

    batch = checked(client, content, kind="annex_a", name="annex.xlsx", **day)
    client.post(reverse("import_apply", args=[batch.pk]))

    assert Case.objects.get().status == "open"


@pytest.mark.parametrize(
    ("roles", "kind", "status"),
    [
        ([Role.QA], "cases", 200),
        ([Role.QA], "people", 200),
        ([Role.ADMIN], "people", 200),
        ([Role.ADMIN], "teams", 200),
        ([Role.ADMIN], "cases", 404),
        ([Role.ADMIN], "annex_a", 404),
        ([Role.ADMIN], "audits", 404),
        ([Role.QA], "nonsense", 404),
        ([Role.AUDITOR], "cases", 403),
        ([Role.LEADERSHIP], "people", 403),
    ],
)
def test_each_kind_of_file_is_for_those_who_look_after_it(
    roles: list[Role], kind: str, status: int, client: Client
) -> None:
    client.force_login(factories.person(*roles))

    assert client.get(reverse("import_upload", args=[kind])).status_code == status
    assert upload(client, table(TEAMS), kind=kind).status_code == status


def test_an_administrator_never_sees_a_file_of_cases(client: Client) -> None:
    qa = factories.person(Role.QA)
    client.force_login(qa)
    batch = checked(client, table(CASES, case_row(date_of_birth="03/25/2016")))
    client.force_login(factories.person(Role.ADMIN))

    assert client.get(reverse("import_detail", args=[batch.pk])).status_code == 404
    assert client.post(reverse("import_apply", args=[batch.pk])).status_code == 404
    assert client.post(reverse("import_abandon", args=[batch.pk])).status_code == 404
    assert "Cases" not in client.get(reverse("import_list")).content.decode().split("What was brought in")[1]


@pytest.mark.usefixtures("qa")
def test_the_activity_log_says_who_brought_what_in_without_a_word_about_a_child(client: Client) -> None:
    batch = checked(client, table(CASES, case_row("SECRET-1")))
    client.post(reverse("import_apply", args=[batch.pk]))

    summaries = list(Activity.objects.order_by("id").values_list("actor__name", "verb", "summary"))
    assert summaries[-2:] == [
        ("Quinn Ash", "import.checked", "Cases: checked, nothing taken in yet"),
        ("Quinn Ash", "import.applied", "Cases: 1 added, 0 changed, 0 unchanged, 0 refused"),
    ]


@pytest.mark.usefixtures("qa")
def test_what_a_file_says_is_shown_as_text_never_as_markup(client: Client) -> None:
    script = "<script>alert(1)</script>"
    content = f"case_id,plan_type,team,status,{script}\nC1,{script},ELM,open,x\n".encode()

    batch = checked(client, content)

    page = client.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert script not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_thousand_refused_rows_are_kept_and_the_rest_are_counted(client: Client, qa: Person) -> None:
    rows = [case_row(f"C{number}", plan_type="XYZ") for number in range(1_200)]

    batch = checked(client, table(CASES, *rows))

    assert (len(batch.outcome["refusals"]), batch.outcome["refusals_left_out"]) == (1_000, 200)
    assert "and 1000 more" in client.get(reverse("import_detail", args=[batch.pk])).content.decode()


def test_teams_can_be_brought_in_by_an_administrator(client: Client) -> None:
    client.force_login(factories.person(Role.ADMIN))
    content = table(TEAMS, {"code": "OAK", "name": "Oak", "service": "Early help"})

    batch = checked(client, content, kind="teams")
    client.post(reverse("import_apply", args=[batch.pk]))

    assert Team.objects.get(code="OAK").service.name == "Early help"


def test_the_file_is_read_from_a_stream_of_any_kind(client: Client, qa: Person) -> None:
    client.post(reverse("import_upload", args=["cases"]), {"file": BytesIO(table(CASES, case_row()))})

    assert ImportBatch.objects.get().outcome["added"] == 1


@pytest.mark.usefixtures("qa")
def test_a_file_that_nobody_confirms_is_forgotten_after_three_days(client: Client) -> None:
    batch = checked(client, table(CASES, case_row()))
    sweep(batch.uploaded_at + timedelta(days=2, hours=23))
    batch.refresh_from_db()
    assert batch.content is not None
    sweep(batch.uploaded_at + timedelta(days=3))
    batch.refresh_from_db()
    assert (batch.state, batch.content) == (ImportState.ABANDONED, None)


@pytest.mark.parametrize("ended", ["import_abandon", "import_apply"])
@pytest.mark.usefixtures("qa")
def test_what_was_quoted_of_a_child_is_not_kept_longer_than_the_file_is_needed(client: Client, ended: str) -> None:
    batch = checked(client, table(CASES, case_row(), case_row("C2", date_of_birth="03/25/2016")))
    client.post(reverse(ended, args=[batch.pk]), {"partial": "1"})
    sweep(batch.uploaded_at + timedelta(days=3))
    batch.refresh_from_db()
    assert "03/25/2016" not in str(batch.outcome)
    refused = batch.outcome["refusals"][0]
    assert (refused["row"], refused["column"], refused["value"]) == (3, "date_of_birth", "No longer kept")
    assert client.get(reverse("import_detail", args=[batch.pk])).status_code == 200


@pytest.mark.parametrize(
    ("roles", "active", "taken"),
    [("admin", "yes", True), ("admin;qa", "yes", False), ("auditor", "yes", False), ("admin", "no", False)],
)
def test_nobody_gives_themselves_a_role_by_a_file(client: Client, roles: str, active: str, taken: bool) -> None:
    admin = factories.person(Role.ADMIN, name="Ivo Reed")
    client.force_login(admin)
    own = {"email": admin.email, "name": "Ivo Reed-Ash", "roles": roles, "active": active}
    batch = checked(client, table(PEOPLE, own), kind="people")
    response = client.post(reverse("import_apply", args=[batch.pk]))
    admin = Person.objects.get()
    assert (response.status_code, admin.name) == ((302, "Ivo Reed-Ash") if taken else (409, "Ivo Reed"))
    assert (admin.is_active, admin.role_set) == (True, {Role.ADMIN})
