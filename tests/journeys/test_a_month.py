"""A whole month, as four people live it: from the files of an authority to the report of its audits."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.utils import timezone
from pypdf import PdfReader

from audits.rules.deadlines import add_months
from moderation.enums import Attended
from tests.factories import PASSWORD
from tests.journeys import files, stage1
from tests.journeys.program import Program
from tests.journeys.visitor import Visitor

INTRODUCTION = "Three cases were drawn, and one audit has come back so far."
REASON = "The plan has outcomes and no dates."


class Month:
    """The month that the journey goes through; it lies ahead, so that nothing of it is late."""

    def __init__(self) -> None:
        self.first_day: date = add_months(timezone.localdate(), 2)

    @property
    def name(self) -> str:
        return f"{self.first_day:%B %Y}"

    @property
    def key(self) -> str:
        return f"{self.first_day:%Y-%m}"


def test_a_month_from_the_files_to_the_report(
    either_program: Program, visitors: Callable[..., Visitor], tmp_path: Path
) -> None:
    program, month = either_program, Month()

    def person(local: str) -> Visitor:
        return visitors(program, f"{local}@{files.DOMAIN}", PASSWORD)

    program.module("tests.journeys.authority", "first_people")
    qa = person("qa")
    bring_in_the_files(qa, tmp_path)
    program.module("tests.journeys.authority", "give_passwords")
    draw_and_publish(qa, month)
    program.do_what_is_due()

    auditor = person("quayside.manager")
    reference = stage1.open_audit(auditor)
    stage1.prepare(auditor)
    be_refused_good_and_put_it_right(auditor)
    stage1.fill_in(auditor)
    auditor.press("Submit the audit")
    assert auditor.path == f"/audits/{reference}/view/"
    program.do_what_is_due()

    worker = person(f"{team_of(auditor)}.worker")
    read_the_audit(worker, reference)

    moderator = person("moderator")
    sign_off_with_a_changed_grade(moderator, reference)
    program.do_what_is_due()
    worker.go(f"/audits/{reference}/view/")
    worker.follow("Read what came out of the discussion")
    assert REASON in worker.text
    check_what_everybody_was_told(program, reference)

    write_the_report(qa, month)
    check_the_report(qa, month)


def bring_in_the_files(qa: Visitor, folder: Path) -> None:
    for kind, text, rows in (
        ("Teams", files.teams(), 3),
        ("People", files.people(), 8),
        ("Cases", files.cases(), 24),
    ):
        qa.go("/imports/")
        qa.follow(kind)
        qa.upload("The file", files.written(folder, f"{kind.lower()}.csv", text))
        qa.press("Check the file")
        assert qa.heading == "Check what was understood"
        assert f"{rows}\nto add" in qa.text
        qa.press("Take the file in")
        assert qa.heading == "What was brought in"
        assert f"{rows}\nadded" in qa.text


def draw_and_publish(qa: Visitor, month: Month) -> None:
    qa.go("/cycles/")
    qa.press("Plan a cycle")
    qa.page.get_by_label("Month", exact=True).select_option(month.name)
    qa.press("Continue")
    assert qa.heading == month.name
    qa.press("Try a draw")
    assert "Nothing was kept" in qa.text
    qa.press("Back to draw it")
    qa.press("Draw")
    assert qa.heading == "Draw 1"
    assert "Nobody has been told yet" in qa.text
    qa.press("Publish")
    assert "fills 3 of 3 places" in qa.text
    qa.press("Publish and tell the auditors")
    assert qa.page.get_by_role("link", name=re.compile("^CA-")).count() == 3


def be_refused_good_and_put_it_right(auditor: Visitor) -> None:
    """The first section: Good is refused while the child is not said to be seen. What is typed saves itself."""
    stage1.answer(auditor, "Assessment")
    auditor.choose("Was the child seen?", "No")
    auditor.page.locator("#ceiling").get_by_text("‘Child seen’ is answered No").wait_for()
    assert auditor.group("Grade for Assessment").get_by_label("Good", exact=True).is_disabled()
    auditor.page.get_by_text("Saved at").wait_for()
    auditor.choose("Was the child seen?", "Yes")
    auditor.group("Grade for Assessment").get_by_label("Good", exact=True).check()
    auditor.check()


def team_of(auditor: Visitor) -> str:
    """The team whose case was audited, by the name of its worker on the page."""
    return next(code.lower() for code, team in files.TEAMS.items() if f"{team} Worker" in auditor.text)


def read_the_audit(worker: Visitor, reference: str) -> None:
    worker.go("/")
    worker.follow(f"Read audit {reference}")
    assert stage1.ACTION in worker.text


def sign_off_with_a_changed_grade(moderator: Visitor, reference: str) -> None:
    moderator.go("/")
    moderator.follow(f"Lead the discussion of audit {reference}")
    for question in moderator.page.get_by_role("group", name="Do you agree with the grade").all():
        question.get_by_label("Agree: Good", exact=True).check()
    moderator.choose("Do you agree with the grade for Planning?", "Change to Requires improvement")
    planning = moderator.page.locator("section", has=moderator.page.get_by_role("heading", name="Planning", exact=True))
    planning.get_by_label("Reason for a change").fill(REASON)
    stage1.type_date(moderator.group("When was it?"), timezone.localdate())
    moderator.fill("How many minutes did it take?", "50")
    for attended in Attended:
        moderator.choose(attended.label, "There")
    moderator.fill("Have we made a difference for the child or young person?", "Yes: home is calmer.")
    moderator.press("Save and check")
    assert moderator.heading == "Check and sign off"
    assert REASON in moderator.text
    moderator.press("Sign off")
    assert REASON in moderator.text


def check_what_everybody_was_told(program: Program, reference: str) -> None:
    """Every step told whom it concerns, once each; where there is a mail server, it has taken every mail."""
    mails = json.loads(program.module("tests.journeys.authority", "mails"))
    assert mails["audit.allocated"] == 3
    assert mails["moderation.assigned"] == 1
    assert {"audit.submitted", "audit.signed_off"} <= set(mails)
    if program.mail:
        assert len(program.mail.taken) == sum(mails.values())
        assert any(reference in mail.get_content() for mail in program.mail.taken)


def write_the_report(qa: Visitor, month: Month) -> None:
    qa.go("/reports/")
    qa.press("Start a report")
    qa.page.get_by_label("Month", exact=True).select_option(month.name)
    qa.press("Start the report")
    qa.follow("Introduction")
    qa.fill("Introduction", INTRODUCTION)
    qa.press("Save")
    assert qa.heading == month.name


def check_the_report(qa: Visitor, month: Month) -> None:
    """Page and PDF say the same, and the PDF is one that a screen reader can read."""
    qa.press("Preview")
    assert INTRODUCTION in qa.text
    assert "1 of 3 allocated" in qa.text
    pdf = PdfReader(qa.download("Download PDF"))
    text = " ".join(" ".join(page.extract_text().split()) for page in pdf.pages)
    assert len(pdf.pages) >= 3
    assert month.name in (pdf.metadata.title or "")
    assert pdf.root_object["/MarkInfo"]["/Marked"]
    assert pdf.root_object["/Lang"].startswith("en")
    assert b"pdfuaid:part" in pdf.xmp_metadata.stream.get_data()
    assert INTRODUCTION in text
    assert "1 of 3 allocated" in text
