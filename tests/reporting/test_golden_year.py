"""A year of past audits, imported as a file and reported, against an independent reading of the same file."""

import csv
import io
import json
import random
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.core.management import call_command

GRADES = ["outstanding", "good", "requires_improvement", "inadequate", ""]
SECTIONS = ["Assessment", "Planning", "Chronology"]
CYCLES = ["2019-04", "2019-05", "2019-06", "2019-07/2019-08", "2019-09", "2019-10", "2019-12", "2020-01"]
DUE = {  # the 21st, or the next working day
    "2019-04": date(2019, 4, 23),  # Easter
    "2019-05": date(2019, 5, 21),
    "2019-06": date(2019, 6, 21),
    "2019-07/2019-08": date(2019, 8, 21),
    "2019-09": date(2019, 9, 23),
    "2019-10": date(2019, 10, 21),
    "2019-12": date(2019, 12, 23),
    "2020-01": date(2020, 1, 21),
}


@pytest.fixture(scope="module")
def rows():
    dice = random.Random(2019)
    made = []
    for cycle in CYCLES:
        for _ in range(45):
            status = dice.choices(["completed", "not_returned", "exempt"], [8, 1, 1])[0]
            done = status == "completed"
            row = {
                "cycle": cycle,
                "case_id": f"K{len(made)}",
                "kind": dice.choices(["audit", "reaudit", "directed"], [8, 1, 1])[0],
                "team": "Elm",
                "service": "Assessment",
                "plan_type": dice.choice(["CIN", "CP", "CIC"]),
                "auditor_email": f"auditor{len(made) % 9}@authority.example",
                "status": status,
                "completed_on": f"{cycle[-7:]}-{dice.randint(10, 28)}" if done else "",
                "overall_grade": dice.choices(GRADES, [1, 5, 4, 1, 1])[0] if done else "",
                "moderated_grade": dice.choices(GRADES, [1, 5, 4, 1, 9])[0] if done else "",
            }
            for section in SECTIONS:
                row[f"grade: {section}"] = dice.choices(GRADES, [1, 5, 4, 1, 1])[0] if done else ""
            made.append(row)
    return made


@pytest.fixture
def told(rows, tmp_path, db):
    source, target = tmp_path / "past.csv", tmp_path / "report.json"
    with source.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    call_command("import_audits", str(source), stdout=io.StringIO())
    call_command("build_report", "highlight", "2019-09", to=target, since="2019-05", stdout=io.StringIO())
    return json.loads(target.read_text())


def percent(count, of):
    return float((Decimal(100 * count) / of).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)) if of else None


def completed(rows, *cycles):
    chosen = [row for row in rows if row["cycle"] in cycles and row["kind"] == "audit"]
    return [row for row in chosen if row["status"] == "completed"]


def test_the_returns_are_those_of_the_file(rows, told):
    for part, cycles in {
        "cumulative": ["2019-05", "2019-06", "2019-07/2019-08", "2019-09"],
        "cycle": ["2019-09"],
    }.items():
        for kind in ("audit", "reaudit"):
            here = [row for row in rows if row["cycle"] in cycles and row["kind"] == kind]
            asked = [row for row in here if row["status"] != "exempt"]
            done = [row for row in asked if row["status"] == "completed"]
            late = [row for row in done if date.fromisoformat(row["completed_on"]) > DUE[row["cycle"]]]
            found = told["programme"][part][f"{kind}s"]
            assert found["allocated"] == len(asked)
            assert found["completed"] == len(done)
            assert found["late"] == len(late)
            assert found["exempt"] == len(here) - len(asked)
            assert found["moderated"] == len([row for row in done if row["moderated_grade"]])
            assert found["rate"] == percent(len(done), len(asked))


def test_the_judgements_are_those_of_the_file(rows, told):
    assert [each["cycle"] for each in told["judgements"]] == CYCLES[:5]
    for each in told["judgements"]:
        grades = Counter(
            row["moderated_grade"] or row["overall_grade"] or "not_graded" for row in completed(rows, each["cycle"])
        )
        assert each["n"] == sum(grades.values())
        for grade, count in each["counts"].items():
            assert count == grades[grade]
            assert each["percent"][grade] == percent(count, each["n"])


def test_sections_cohorts_and_profiles_are_those_of_the_file(rows, told):
    here = completed(rows, "2019-09")
    assert set(told["sections"]) == set(SECTIONS)
    for section in SECTIONS:
        grades = Counter(row[f"grade: {section}"] or "not_graded" for row in here)
        assert told["sections"][section]["n"] == len(here)
        assert {grade: n for grade, n in told["sections"][section]["counts"].items() if n} == dict(grades)
    with_outstanding = {section for section in SECTIONS for row in here if row[f"grade: {section}"] == "outstanding"}
    assert told["outstanding_categories"] == len(with_outstanding)
    assert told["cohorts"][0]["n"] == len([row for row in here if row["plan_type"] == "CIN"])
    profiles = Counter(
        (
            row["moderated_grade"] or row["overall_grade"] or "not_graded",
            *sorted(row[f"grade: {section}"] or "not_graded" for section in SECTIONS),
        )
        for row in here
    )
    found = Counter(
        (each["overall"], *sorted(grade for grade, n in each["counts"].items() for _ in range(n)))
        for each in told["profiles"]
    )
    assert found == profiles
