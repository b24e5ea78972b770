"""The command as other tools call it."""

import csv
import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from accounts.enums import Role
from audits.enums import AuditKind, AuditState
from reporting.services import reports
from tests import factories
from tests.reporting.makers import NOW, OCTOBER, completed, month, october_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def build(tmp_path):
    """Run `build_report highlight …` and give back the file's content."""

    def run(period, ending="json", **options):
        path = tmp_path / f"report.{ending}"
        call_command("build_report", "highlight", period, to=path, stdout=io.StringIO(), **options)
        return path.read_bytes()

    return run


@pytest.fixture
def october():
    """September: 1 of 1. October: 4 of 5 with one late, one exempt; a re-audit; a directed audit."""
    completed(month(9), "requires_improvement", {"Planning": "good"})
    cycle = month(10)
    completed(cycle, "outstanding", {"Planning": "outstanding", "Review": "good"})
    completed(cycle, "good", {"Planning": "good", "Review": "good"}, moderated_grade="requires_improvement")
    completed(cycle, "inadequate", {"Planning": "inadequate"}, due_on=date(2026, 10, 14))
    completed(cycle, "")
    factories.audit(cycle=cycle)
    factories.audit(cycle=cycle, standing="exempt")
    completed(cycle, "inadequate", {"Planning": "outstanding"}, kind=AuditKind.REAUDIT)
    completed(cycle, "inadequate", {"Chronology": "outstanding"}, kind=AuditKind.DIRECTED)


@pytest.mark.usefixtures("october")
def test_the_json_holds_every_count_as_promised(build):
    told = json.loads(build("2026-10"))
    audits = {"allocated": 5, "completed": 4, "late": 1, "exempt": 1, "rate": 80.0}
    assert audits.items() <= told["programme"]["cycle"]["audits"].items()
    assert {"allocated": 1, "completed": 1, "rate": 100.0}.items() <= told["programme"]["cycle"]["reaudits"].items()
    assert {"allocated": 6, "completed": 5, "rate": 83.3}.items() <= told["programme"]["cumulative"]["audits"].items()
    september, october = told["judgements"]
    assert (september["cycle"], september["n"]) == ("2026-09", 1)
    assert (october["cycle"], october["status"], october["n"], october["not_graded"]) == ("2026-10", "closed", 4, 1)
    assert october["counts"] == {
        "outstanding": 1,
        "good": 0,
        "requires_improvement": 1,
        "inadequate": 1,
        "not_graded": 1,
    }
    assert october["percent"]["requires_improvement"] == 25.0
    assert set(told["sections"]) == {"Planning", "Review"}
    assert told["sections"]["Planning"]["n"] == 4
    assert told["sections"]["Planning"]["counts"]["outstanding"] == 1
    assert told["outstanding_categories"] == 1
    assert len(told["profiles"]) == 4
    assert told["cohorts"][0]["name"] == "Children in need"
    assert told["cohorts"][0]["n"] == 4


@pytest.mark.usefixtures("october")
def test_since_bounds_the_cumulative_figures_only(build):
    told = json.loads(build("2026-10", since="2026-10"))
    assert told["programme"]["cumulative"]["audits"]["allocated"] == 5
    assert len(told["judgements"]) == 2


@pytest.mark.usefixtures("october")
def test_several_months_are_one_period(build):
    told = json.loads(build("2026-09..2026-10"))
    assert told["programme"]["cycle"]["audits"]["completed"] == 5
    assert len(told["profiles"]) == 5


@pytest.mark.usefixtures("october")
def test_the_csv_holds_the_figures_of_the_json_under_the_same_names(build):
    rows = dict(csv.reader(io.StringIO(build("2026-10", "csv").decode())))
    assert rows["programme.cycle.audits.rate"] == "80.0"
    assert rows["judgements.2026-10.counts.inadequate"] == "1"
    assert rows["sections.Planning.n"] == "4"
    assert rows["cohorts.cin.n"] == "4"


@pytest.mark.usefixtures("october")
def test_the_pdf_and_the_html_print_the_figures_of_the_json(build):
    html = build("2026-10", "html").decode()
    pdf = PdfReader(io.BytesIO(build("2026-10", "pdf")))
    text = " ".join("".join(page.extract_text() for page in pdf.pages).split())
    for words in ("80.0%", "4 of 5 allocated", "October 2026", "Draft"):
        assert words in " ".join(html.split())
        assert words in text


def test_a_month_with_allocations_only_is_reported_at_nought(build):
    factories.audit(cycle=month(10))
    assert json.loads(build("2026-10"))["programme"]["cycle"]["audits"]["rate"] == 0.0
    assert build("2026-10", "pdf").startswith(b"%PDF")


@pytest.mark.parametrize(
    ("period", "ending", "options", "words"),
    [
        ("2026-12", "json", {}, "No audits were allocated or completed in 2026-12"),
        ("2025-01..2025-03", "json", {}, "No audits were allocated or completed in 2025-01..2025-03"),
        ("2026-13", "json", {}, "“2026-13” is not a period"),
        ("10/2026", "json", {}, "is not a period"),
        ("2026-10..2026-09", "json", {}, "ends before it begins"),
        ("2026-10", "docx", {}, "must be one of .pdf .html .json .csv"),
        ("2026-10", "json", {"since": "October"}, "is not a period"),
        ("2026-10", "json", {"since": "2026-11"}, "ends before 2026-11"),
    ],
)
def test_what_cannot_be_built_is_refused_in_plain_words(build, period, ending, options, words):
    completed(month(10))
    with pytest.raises(CommandError, match=words):
        build(period, ending, **options)


def test_a_period_and_a_file_are_needed():
    with pytest.raises(CommandError, match="Say which period and which file"):
        call_command("build_report", "highlight")


def test_an_unknown_kind_of_report_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(CommandError, match="It builds: highlight"):
        call_command("build_report", "annual", "2026-10", to=tmp_path / "x.json")


def test_a_folder_that_does_not_exist_is_said_to_be_missing(tmp_path):
    completed(month(10))
    with pytest.raises(CommandError, match="No such file or directory"):
        call_command("build_report", "highlight", "2026-10", to=tmp_path / "nowhere" / "x.json")


def test_a_published_report_is_built_as_it_was_published(build):
    qa = factories.person(Role.QA)
    published = reports.publish(report=october_report(qa), by=qa, at=NOW)
    completed(month(10), "inadequate")
    assert build("2026-10", "pdf") == bytes(published.pdf)
    assert json.loads(build("2026-10"))["judgements"][-1]["n"] == 1
    assert json.loads(build("2026-10", since="2026-10"))["judgements"][-1]["n"] == 2


def test_the_list_names_published_reports_first_then_drafts_then_what_could_be_built():
    qa = factories.person(Role.QA)
    completed(month(8))
    factories.audit(cycle=month(7, 2019, last_month=date(2019, 8, 1)), state=AuditState.NOT_STARTED)
    completed(month(11))
    reports.start_report(period=OCTOBER.parse("2026-11"), by=qa, at=NOW)
    reports.publish(report=october_report(qa), by=qa, at=NOW)
    out = io.StringIO()
    call_command("build_report", "highlight", list=True, stdout=out)
    assert out.getvalue().splitlines() == [
        "2026-10  October 2026: published, number 1",
        "2026-11  November 2026: draft",
        "2026-08  figures only",
        "2019-07..2019-08  figures only",
    ]
