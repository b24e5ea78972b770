"""The parts of the settings in the order of their pages, and what one version changed of another, in words."""

from typing import NamedTuple

from audits.forms.programme.auditors import AuditorsPart
from audits.forms.programme.cases import CasesPart
from audits.forms.programme.concerns import ConcernsPart
from audits.forms.programme.dates import DatesPart
from audits.forms.programme.filling_in import FillingInPart
from audits.forms.programme.part import Part
from audits.forms.programme.places import PlacesPart
from audits.forms.programme.reminders import RemindersPart
from audits.forms.programme.reports import ReportsPart
from audits.forms.programme.requests import RequestsPart
from audits.rules.programme import Programme

PARTS: tuple[type[Part], ...] = (
    CasesPart,
    PlacesPart,
    AuditorsPart,
    RequestsPart,
    DatesPart,
    FillingInPart,
    RemindersPart,
    ConcernsPart,
    ReportsPart,
)


class Change(NamedTuple):
    """One setting that differs, in words."""

    label: str
    before: str
    after: str

    @property
    def before_in_a_line(self) -> str:
        return self.before.replace("\n", ", ")

    @property
    def after_in_a_line(self) -> str:
        return self.after.replace("\n", ", ")


def changes(before: Programme, after: Programme) -> list[Change]:
    """What differs between two versions, in the order of the pages."""
    return [
        Change(was.label, was.value, becomes.value)
        for part in PARTS
        for (_, rows), (_, others) in zip(part.in_words(before), part.in_words(after), strict=True)
        for was, becomes in zip(rows, others, strict=True)
        if was.value != becomes.value
    ]
