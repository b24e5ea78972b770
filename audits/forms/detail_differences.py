"""What was posted about an audit, or of the worker's reflection, otherwise than it is stored."""

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format

from accounts.autosave import Difference
from accounts.crispy_govuk.dates import PARTS
from audits.enums import WorkerInvolvement
from audits.rules.details import Details
from audits.services.voices import QUESTIONS

ON, HOW, WHY_NOT = "audit_on", "worker_involvement", "not_involved_reason"


def details_differences(mine: Details, theirs: Details) -> list[Difference]:
    """In the order of the page."""
    day = theirs.audit_on
    stored = [str(day.day), str(day.month), str(day.year)] if day else ["", "", ""]
    fields = {f"{ON}_{part}": [text] for part, text in zip(PARTS, stored, strict=True)}
    found = [
        Difference(ON, "Date of audit", _day(mine.audit_on), _day(day), fields),
        Difference(
            HOW,
            "How you did the audit with the allocated worker",
            _how(mine.worker_involvement),
            _how(theirs.worker_involvement),
            {HOW: [theirs.worker_involvement]},
        ),
        Difference(
            WHY_NOT,
            "Why the worker was not involved",
            mine.not_involved_reason,
            theirs.not_involved_reason,
            {WHY_NOT: [theirs.not_involved_reason]},
        ),
    ]
    return [difference for difference in found if difference.mine != difference.theirs]


def reflection_differences(mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[Difference]:
    """Texts by the names of the four questions."""
    found = [
        Difference(name, question, mine.get(name, "").replace("\r\n", "\n"), theirs[name], {name: [theirs[name]]})
        for name, question in QUESTIONS.items()
    ]
    return [difference for difference in found if difference.mine != difference.theirs]


def _how(value: str) -> str:
    return str(WorkerInvolvement(value).label) if value in WorkerInvolvement.values else ""


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else ""
