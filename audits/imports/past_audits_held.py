"""What the program holds of past audits, in the words of their file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.text import slugify

from accounts.tables.values import loose
from audits.enums import COMPLETED_STATES, Standing
from audits.imports.case_changes import AT_ONCE, in_batches
from audits.models import Allocation, AuditSection, Case
from audits.services.forms import ensure_default_form

COMPLETED, NOT_RETURNED, EXEMPT = "completed", "not_returned", "exempt"
STATUSES = ((COMPLETED, "Completed"), (NOT_RETURNED, "Not returned"), (EXEMPT, "Exempt"))

Months = tuple[date, date]
Key = tuple[Months, str, str]
"""Cycle, case number and kind: what a past audit is known by."""
Fields = dict[str, Any]
"""`status, team (code or label), service, plan_type, auditor (e-mail address), completed_on, overall_grade,
moderated_grade, sections {name: grade}`."""

UNSAID: Fields = {
    "status": NOT_RETURNED,
    "team": "",
    "service": "",
    "plan_type": "",
    "auditor": "",
    "completed_on": None,
    "overall_grade": "",
    "moderated_grade": "",
    "sections": {},
}


def status_of(standing: str, state: str) -> str:
    """How the files say where an allocation got to; what is still being worked on has not been returned yet."""
    if standing == Standing.EXEMPT:
        return EXEMPT
    return COMPLETED if state in COMPLETED_STATES else NOT_RETURNED


class SectionNames:
    """Names of sections: those of the current form however they are written, others under their own name."""

    def __init__(self, sections: Iterable[tuple[str, str]]) -> None:
        self._known = {loose(name): (key, name) for key, name in sections}
        self._order = {name: position for position, (_, name) in enumerate(self._known.values())}

    @classmethod
    def of_current_form(cls) -> SectionNames:
        form = ensure_default_form().form
        return cls((section.key, section.name) for section in form.graded_sections)

    def name(self, written: str) -> str:
        known = self._known.get(loose(written))
        return known[1] if known else written[:200]

    def key(self, name: str) -> str:
        known = self._known.get(loose(name))
        return known[0] if known else slugify(name)[:100] or "section"

    def position(self, name: str) -> int:
        return self._order.get(name, len(self._order))


class HeldAudit(NamedTuple):
    allocation_id: int
    audit_id: int | None
    imported: bool
    fields: Fields


@dataclass
class HeldAudits:
    """The allocations of some cycles, whoever made them; withdrawn ones do not count."""

    audits: dict[Key, HeldAudit] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of_cycles(cls, cycles: Iterable[Months]) -> HeldAudits:
        """Two queries for each cycle."""
        held = cls()
        for cycle in cycles:
            held._read(cycle)
        return held

    def cases_of(self, case_ids: Iterable[str]) -> dict[str, int]:
        """The primary keys of the cases that are known here."""
        wanted = set(case_ids)
        for some in in_batches(sorted(wanted - self.asked), AT_ONCE):
            self.cases.update(Case.objects.filter(case_id__in=some).order_by().values_list("case_id", "id"))
        self.asked |= wanted
        return {case_id: self.cases[case_id] for case_id in wanted & self.cases.keys()}

    def _read(self, cycle: Months) -> None:
        of_cycle = Q(cycle__first_month=cycle[0], cycle__last_month=cycle[1])
        sections: dict[int, dict[str, str]] = {}
        for audit, name, grade in AuditSection.objects.filter(
            audit__allocation__cycle__first_month=cycle[0], audit__allocation__cycle__last_month=cycle[1]
        ).values_list("audit_id", "name", "grade"):
            sections.setdefault(audit, {})[name] = grade
        rows = (
            Allocation.objects.filter(of_cycle)
            .exclude(standing=Standing.WITHDRAWN)
            .order_by("id")
            .values_list(
                "id",
                "case__case_id",
                "case_label",
                "kind",
                "standing",
                "team",
                "team_code",
                "service",
                "plan_type",
                "auditor__email",
                "auditor_label",
                "audit__id",
                "audit__imported",
                "audit__state",
                "audit__completed_on",
                "audit__overall_grade",
                "audit__moderated_grade",
            )
        )
        for (
            pk, case_id, label, kind, standing, team, team_code, service, plan_type, auditor, auditor_label,
            audit, imported, state, completed_on, overall, moderated,
        ) in rows:  # fmt: skip
            self.audits[cycle, case_id or label, kind] = HeldAudit(
                pk,
                audit,
                bool(imported),
                {
                    "status": status_of(standing, state or ""),
                    "team": team_code or team,
                    "service": service,
                    "plan_type": plan_type,
                    "auditor": auditor or auditor_label,
                    "completed_on": completed_on,
                    "overall_grade": overall or "",
                    "moderated_grade": moderated or "",
                    "sections": sections.get(audit, {}),
                },
            )
