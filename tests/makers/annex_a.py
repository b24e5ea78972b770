"""Ofsted Annex A workbooks as authorities export them: title rows above the header, codes before the words, no-break
spaces, #N/A, text dates beside true ones, headers with curly apostrophes and spaces at the end. Every name is invented.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random

from tests.makers.workbooks import Rows, xlsx_bytes

COMMON = [
    "Child Unique ID",
    "Gender",
    "Ethnicity",
    "Date of Birth",
    "Age of Child (Years)",
    "Does the Child have a Disability",
]
HEADERS: dict[int, list[str]] = {
    2: [*COMMON, "Assessment start date", "Assessment completion date", "Organisation Completing Assessment"],
    6: [
        *COMMON,
        "CIN Start Date",
        "Primary Need Code",
        "Date Child Was Last Seen",
        "CIN Closure Date ",
        "Reason for Closure",
        "Case Status",
        "Allocated Team",
        "Allocated Worker",
    ],
    7: [
        *COMMON,
        "Child Protection Plan Start Date",
        "Initial Category of Abuse",
        "Latest Category of Abuse",
        "Date of the Last Statutory Visit",
        "Was the Child Seen Alone?",
        "Child Protection Plan End Date",
        "Number of Previous Child Protection Plans",
        "Allocated Team",
        "Allocated Worker",
    ],
    8: [
        *COMMON,
        "Date Started to be Looked After",
        "Date Ceased to be Looked After",
        "Child’s Legal Status",
        "Placement Type",
        "Number of Placements in the Last 12 months",
        "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months",
        "Allocated\u00a0Team",
        "ALLOCATED WORKER",
    ],
    9: [*COMMON, "Eligibility Category", "LA in Touch", "Allocated Team", "Allocated Personal Adviser"],
}
TEAMS = ["Assessment North", "Assessment\u00a0South", "Protection East ", "Children in Care 1", "Leaving Care", "#N/A"]
WORKERS = ["Imogen\u00a0Thistle", "Rafferty Quill", "Odette  Marsh", "#N/A", None]
GENDERS = ["a) Male", "b) Female", "Male", "Female", "b)  Female"]
ETHNICITIES = ["a) WBRI", "k) APKN", "WBRI", "g) MWBC ", "White British"]
CATEGORIES = ["a) Neglect", "Emotional Abuse", "c) Sexual Abuse", "NEG"]


def row(number: int, **values: object) -> list[object]:
    """One row of a list, by header; what is not said is blank."""
    unknown = set(values) - set(_keys(number))
    assert not unknown, unknown
    return [values.get(key) for key in _keys(number)]


def _keys(number: int) -> list[str]:
    short = {
        "Child Unique ID": "id",
        "Date of Birth": "born",
        "Does the Child have a Disability": "disability",
        "CIN Start Date": "start",
        "CIN Closure Date ": "end",
        "Child Protection Plan Start Date": "start",
        "Child Protection Plan End Date": "end",
        "Date Started to be Looked After": "start",
        "Date Ceased to be Looked After": "end",
        "Assessment start date": "start",
        "Assessment completion date": "completed",
        "Allocated Team": "team",
        "Allocated\u00a0Team": "team",
        "Allocated Worker": "worker",
        "ALLOCATED WORKER": "worker",
        "Allocated Personal Adviser": "worker",
        "Latest Category of Abuse": "category",
        "Initial Category of Abuse": "first_category",
        "Gender": "gender",
        "Ethnicity": "ethnicity",
    }
    return ["missing" if "Episodes" in h else short.get(h, h.lower().replace(" ", "_")) for h in HEADERS[number]]


def workbook(lists: Mapping[int, Sequence[Sequence[object]]], *, titles: Mapping[int, str] | None = None) -> bytes:
    """A workbook of the lists given, each under its header."""
    sheets: dict[str, Rows] = {
        (titles or {}).get(number, f"List {number}"): [HEADERS[number], *rows] for number, rows in lists.items()
    }
    return xlsx_bytes(sheets)


def dirty(children: int, *, seed: int = 1) -> bytes:
    """A whole workbook of about `children` children, as dirty as real ones; the same for the same seed."""
    random = Random(seed)
    lists: dict[int, list[list[object]]] = {number: [] for number in HEADERS}
    for index in range(children):
        child = _child(random, index)
        for number in random.choice([[2], [6], [6], [6, 7], [6, 7], [6, 8], [8], [8, 9], [9], [2, 6]]):
            lists[number].append(_dirty_row(random, number, child))
    sheets: dict[str, Rows] = {
        "Contents": [["Annex A"], ["List 1", "Contacts"]],
        "List 1": [["Child Unique ID", "Date of Contact"], *[[row_[0], "01/10/2026"] for row_ in lists[6]]],
        "List 2": [HEADERS[2], *lists[2]],
        "list_6": [["Children in need on 31/10/2026"], [], HEADERS[6], *lists[6]],
        "List 7 - CP": [HEADERS[7], *lists[7]],
        "List 8": [HEADERS[8], *lists[8]],
        "List 9": [HEADERS[9], *lists[9]],
    }
    return xlsx_bytes(sheets)


def _child(random: Random, index: int) -> dict[str, object]:
    born = date(2026 - random.randint(0, 17), random.randint(1, 10), random.randint(1, 28))
    identity: object = 100_000 + index
    return {
        "id": random.choice([identity, str(identity), f" {identity}\u00a0", float(str(identity))]),
        "gender": random.choice(GENDERS),
        "ethnicity": random.choice(ETHNICITIES),
        "born": random.choice([born, born, f"{born:%d/%m/%Y}", f"{born:%Y-%m-%d}", None]),
        "age_of_child_(years)": random.choice([7, 7.25, "12", None]),
        "disability": random.choice(["a) Yes", "b) No", "No", None]),
    }


def _dirty_row(random: Random, number: int, child: Mapping[str, object]) -> list[object]:
    values: dict[str, object] = dict(child)
    start = date(random.randint(2024, 2026), random.randint(1, 10), random.randint(1, 28))
    ended = random.random() < 0.2
    if number in (6, 7, 8):
        values["start"] = random.choice([start, f"{start:%d/%m/%Y}"])
        values["end"] = date(2026, 10, random.randint(1, 28)) if ended else None
    if number != 2:
        values["team"] = random.choice(TEAMS)
        values["worker"] = random.choice(WORKERS)
    if number == 7:
        values["category"] = random.choice(CATEGORIES)
    if number == 8:
        values["missing"] = random.choice([0, 0, 1, 3, None])
    return row(number, **values)
