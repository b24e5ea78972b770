"""What goes wrong at a desk: the wrong file, rows that cannot be read, two presses, a report of nothing."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.factories import PASSWORD
from tests.journeys import files
from tests.journeys.program import Program
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

A_PICTURE = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(200)


@pytest.fixture
def qa(program: Program, visitors: Callable[..., Visitor]) -> Visitor:
    program.module("tests.journeys.authority", "first_people")
    return visitors(program, f"qa@{files.DOMAIN}", PASSWORD)


def send(qa: Visitor, kind: str, file: Path) -> None:
    qa.go("/imports/")
    qa.follow(kind)
    qa.upload("The file", file)
    qa.press("Check the file")


def test_a_file_that_is_no_table_is_refused_in_the_page_with_one_sentence(qa, tmp_path):
    picture = tmp_path / "people.csv"
    picture.write_bytes(A_PICTURE)
    send(qa, "People", picture)
    assert "This is not a spreadsheet" in qa.page.locator(".govuk-error-summary").inner_text()
    other = files.written(tmp_path, "other.csv", "colour,size\nred,4\n")
    send(qa, "People", other)
    assert "email" in qa.text
    assert qa.page.get_by_role("button", name="Take the file in").count() == 0
    qa.go("/people/")
    assert qa.main.locator("tbody tr").count() == 2, "nobody was added"


def test_rows_that_are_refused_are_listed_and_the_others_can_be_taken_in_alone(qa, tmp_path):
    good_and_bad = files.teams() + ",Nameless,Family Support,South,\n"
    send(qa, "Teams", files.written(tmp_path, "teams.csv", good_and_bad))
    assert "Row 5" in qa.text
    assert "1\nrefused" in qa.text
    assert "nothing is taken in as it stands" in qa.text
    qa.press("Take the file in")
    assert qa.heading == "Check what was understood", "nothing is taken in without being told so"
    qa.page.get_by_label("Take in the other rows without the refused ones").check()
    qa.press("Take the file in")
    assert "3\nadded" in qa.text


def test_a_file_taken_in_with_two_presses_is_taken_in_once(qa, tmp_path):
    send(qa, "Teams", files.written(tmp_path, "teams.csv", files.teams()))
    qa.page.get_by_role("button", name="Take the file in").dblclick()
    qa.page.get_by_role("heading", name="What was brought in").wait_for()
    qa.check()
    assert "3\nadded" in qa.text
    send(qa, "Teams", files.written(tmp_path, "again.csv", files.teams()))
    assert "Nothing would change" in qa.text


def test_a_month_published_with_two_presses_tells_each_auditor_once(qa, program, tmp_path):
    for kind, text in (("Teams", files.teams()), ("People", files.people()), ("Cases", files.cases())):
        send(qa, kind, files.written(tmp_path, f"{kind}.csv", text))
        qa.press("Take the file in")
    qa.go("/cycles/plan/")
    qa.press("Continue")
    qa.press("Draw")
    qa.press("Publish")
    qa.page.get_by_role("button", name="Publish and tell the auditors").dblclick()
    qa.page.get_by_role("heading", name="Allocations").wait_for()
    qa.check()
    assert json.loads(program.module("tests.journeys.authority", "mails"))["audit.allocated"] == 3


def test_a_month_without_allocations_or_audits_has_no_report(qa):
    qa.go("/cycles/plan/")
    qa.press("Continue")
    month = qa.heading
    qa.go("/reports/start/")
    assert month not in qa.text
    assert "no audits are allocated" in qa.text


def test_an_address_that_does_not_exist_says_so(qa):
    qa.go("/audits/CA-NOTTHERE/", expect=404)
    qa.go("/cycles/1999-13/", expect=404)
    qa.go("/reports/highlight-1999-01/", expect=404)
