"""Months of past audits for the reports' tests, one line each."""

from datetime import date, datetime
from typing import Any

from audits.enums import AuditState, CycleStatus
from audits.models import Audit, AuditSection, Cycle
from reporting.models import Report
from reporting.rules.periods import Period
from reporting.services.reports import start_report
from tests import factories

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 1))
TODAY = date(2026, 11, 21)
NOW = datetime.fromisoformat("2026-11-21T10:00:00+00:00")


def month(number: int, year: int = 2026, **values: Any) -> Cycle:
    return factories.cycle(date(year, number, 1), **{"status": CycleStatus.CLOSED, **values})


def completed(cycle: Cycle, grade: str = "good", sections: dict[str, str] | None = None, **values: Any) -> Audit:
    """A completed audit with its section grades, on time unless `completed_on` says otherwise."""
    values = {
        "state": AuditState.SIGNED_OFF,
        "due_on": date(2026, 12, 31),
        "completed_on": cycle.last_month.replace(day=15),
        "overall_grade": grade,
        **values,
    }
    made = factories.audit(cycle=cycle, **values)
    AuditSection.objects.bulk_create(
        AuditSection(audit=made, key=name.lower(), name=name, position=place, grade=section_grade)
        for place, (name, section_grade) in enumerate((sections or {}).items())
    )
    return made


def october_report(by: Any) -> Report:
    """A draft about October, which has an audit to tell of."""
    completed(month(10), "good", {"Planning": "good"})
    return start_report(period=OCTOBER, by=by, at=NOW)
