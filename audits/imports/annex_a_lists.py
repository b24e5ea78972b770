"""The lists of the Ofsted Annex A workbook that hold cases, and what authorities call their sheets and
columns.

Source: Ofsted, "Inspecting local authority children's services", Annex A: child-level data lists 1 to 11.
Lists 1, 3, 4 and 5 (contacts, referrals, assessments, enquiries) repeat children of the other lists; 10 and
11 are about adoption.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from accounts.tables.outcome import Severity
from accounts.tables.schema import Column
from accounts.tables.values import day, identifier, loose, text, whole_number, yes_no
from audits.enums import PlanType
from audits.imports.vocabulary import abuse_category, ethnicity, gender

CHILD_ID = Column(
    "child_id",
    identifier,
    ("Child Unique ID", "Child ID", "Unique ID", "Child Unique Identifier", "Unique Child ID", "Child's Unique ID"),
    required=True,
    filled=True,
)

CHILD = (
    CHILD_ID,
    Column("gender", gender, ("Sex",)),
    Column("ethnicity", ethnicity, ("Ethnic origin", "Ethnic background", "Child's ethnicity")),
    Column(
        "date_of_birth", day, ("DOB", "Birth date", "Child's date of birth"), if_blank="taken without a date of birth"
    ),
    Column(
        "disability",
        yes_no,
        ("Does the Child have a Disability", "Does the Child have a Disability (Y/N)", "Disabled", "Has a disability"),
    ),
)
TEAM = Column(
    "team",
    text,
    ("Allocated Team", "Allocated Team Name", "Team Name", "Current Team", "Social Work Team"),
    if_blank="taken without a team: left out of the draw until it has one",
)
WORKER = Column(
    "worker",
    text,
    ("Allocated Worker", "Allocated Social Worker", "Social Worker", "Case Worker", "Allocated Worker Name"),
    if_blank="taken without a worker",
)
PERSONAL_ADVISER = Column("personal_adviser", text, ("Allocated Personal Adviser", "Allocated Personal Advisor", "PA"))

NOT_NEEDED = frozenset(
    loose(header)
    for header in (
        "Age",
        "Age of Child (Years)",
        "Primary Need Code",
        "Date Child Was Last Seen",
        "Reason for Closure",
        "Case Status",
        "Date of the Last Statutory Visit",
        "Was the Child Seen Alone?",
        "Number of Previous Child Protection Plans",
        "Child's Legal Status",
        "Placement Type",
        "Number of Placements in the Last 12 months",
        "Eligibility Category",
        "LA in Touch",
        "Assessment Completion Date",
        "Organisation Completing Assessment",
    )
)
"""Columns of the guidance that an audit case does not need; they are neither read nor kept."""


@dataclass(frozen=True)
class AnnexList:
    """One list: which plan its children have, which columns say when it began and ended, and its sheet's
    other names."""

    number: int
    plan_type: PlanType
    columns: tuple[Column, ...]
    sheet_words: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"List {self.number}"


def _dates(started: tuple[str, ...], ended: tuple[str, ...] = ()) -> tuple[Column, ...]:
    columns = (Column("started_on", day, started), Column("ended_on", day, ended))
    return columns if ended else columns[:1]


def _taken(*columns: Column) -> tuple[Column, ...]:
    """Only an unreadable child id refuses a row: what else cannot be read is left blank, with a warning."""
    return tuple(column if column is CHILD_ID else replace(column, unreadable=Severity.WARNING) for column in columns)


LISTS = (
    AnnexList(
        2,
        PlanType.EARLY_HELP,
        _taken(
            *CHILD,
            # The list of the guidance has no team and no worker; some authorities add them.
            replace(TEAM, if_blank=""),
            replace(WORKER, if_blank=""),
            *_dates(
                ("Early Help Start Date", "Assessment Start Date"),
                # The completion of an early help assessment ends nothing.
                ("Early Help End Date", "Early Help Closure Date", "Date Early Help Ended"),
            ),
        ),
        ("earlyhelp", "eh"),
    ),
    AnnexList(
        6,
        PlanType.CHILD_IN_NEED,
        _taken(
            *CHILD,
            TEAM,
            WORKER,
            *_dates(
                ("CIN Start Date", "Child in Need Start Date", "CIN Plan Start Date", "Start Date"),
                ("CIN Closure Date", "CIN End Date", "CIN Plan End Date", "Case Closure Date", "Closure Date"),
            ),
        ),
        ("cin", "childreninneed", "childinneed"),
    ),
    AnnexList(
        7,
        PlanType.CHILD_PROTECTION,
        _taken(
            *CHILD,
            TEAM,
            WORKER,
            *_dates(
                ("Child Protection Plan Start Date", "CP Plan Start Date", "CPP Start Date", "Plan Start Date"),
                ("Child Protection Plan End Date", "CP Plan End Date", "CPP End Date", "Plan End Date"),
            ),
            Column("latest_category", abuse_category, ("Latest Category of Abuse", "Current Category of Abuse")),
            Column("initial_category", abuse_category, ("Initial Category of Abuse", "Category of Abuse")),
        ),
        ("cp", "cpp", "childprotection", "childprotectionplans"),
    ),
    AnnexList(
        8,
        PlanType.IN_CARE,
        _taken(
            *CHILD,
            TEAM,
            WORKER,
            *_dates(
                (
                    "Date Started to be Looked After",
                    "Date Started Being Looked After",
                    "Date Became Looked After",
                    "CLA Start Date",
                ),
                (
                    "Date Ceased to be Looked After",
                    "Date Ceased Being Looked After",
                    "CLA End Date",
                ),
            ),
            Column(
                "missing_episodes",
                whole_number(most=10_000),
                (
                    "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months",
                    "Number of Missing Episodes in the last 12 months",
                ),
            ),
        ),
        ("cla", "lac", "incare", "childrenincare", "lookedafter", "childrenlookedafter", "lookedafterchildren"),
    ),
    AnnexList(
        9,
        PlanType.CARE_LEAVER,
        _taken(*CHILD, TEAM, replace(WORKER, if_blank=""), PERSONAL_ADVISER),
        ("careleavers", "careleaver", "leavingcare"),
    ),
)

_NUMBERED = re.compile(r"list[\W_]*0*(\d{1,2})(?!\d)", re.IGNORECASE)
_ONLY_NUMBER = re.compile(r"^\W*0*(\d{1,2})(?:\W|_|$)")


def list_of_sheet(title: str) -> AnnexList | None:
    """`List 6`, `list_6`, `List 6 - CIN`, `Annex A List06`, `6. CIN` or `Children in need` is List 6."""
    match = _NUMBERED.search(title) or _ONLY_NUMBER.match(title)
    if match:
        return next((known for known in LISTS if known.number == int(match[1])), None)
    return next((known for known in LISTS if loose(title) in known.sheet_words), None)
