"""Writing past audits: their cycles, allocations without a draw, audits marked as imported."""

from __future__ import annotations

from datetime import date

from accounts.imports.directory import Directory
from audits.enums import AuditState, CycleStatus, Standing
from audits.imports.case_changes import AT_ONCE, in_batches
from audits.imports.frozen_child import children_of, freeze_child
from audits.imports.last_audits import raise_last_audits
from audits.imports.past_audits_held import COMPLETED, EXEMPT, UNSAID, Fields, HeldAudits, Key, Months, SectionNames
from audits.models import Allocation, Audit, AuditSection, Cycle, ProgrammeRules
from audits.rules.deadlines import last_day_of_month, stage_one_due

WRITTEN_AT_ONCE = 5_000
ALLOCATION_FIELDS = [
    "standing",
    "team",
    "team_code",
    "service",
    "area",
    "plan_type",
    "statuses",
    "auditor",
    "auditor_label",
]
AUDIT_FIELDS = ["state", "completed_on", "overall_grade", "moderated_grade"]


class PastAuditWriter:
    """Takes what is new and what has changed, and writes it in batches. `on`: the day on which it comes in."""

    def __init__(self, directory: Directory, held: HeldAudits, on: date) -> None:
        self.directory = directory
        self.held = held
        self.on = on
        self.new: dict[Key, Fields] = {}
        self.changed: dict[Key, Fields] = {}

    def save(self) -> None:
        self.names = SectionNames.of_current_form()
        cycles = self._cycles({key[0] for key in self.new})
        cases = self.held.cases_of(key[1] for key in self.new)
        self._write_new(cycles, cases)
        self._write_changed()
        raise_last_audits(self.held.cases_of(key[1] for key in {**self.new, **self.changed}).values())

    def _cycles(self, wanted: set[Months]) -> dict[Months, Cycle]:
        known = {(cycle.first_month, cycle.last_month): cycle for cycle in Cycle.objects.all()}
        missing = sorted(wanted - known.keys())
        Cycle.objects.bulk_create(
            Cycle(first_month=first, last_month=last, status=self._status(last)) for first, last in missing
        )
        return {(cycle.first_month, cycle.last_month): cycle for cycle in Cycle.objects.all()}

    def _status(self, last_month: date) -> CycleStatus:
        """A month that has not ended can still be drawn: what came in of it is only a part."""
        return CycleStatus.PLANNED if last_day_of_month(last_month) >= self.on else CycleStatus.CLOSED

    def _write_new(self, cycles: dict[Months, Cycle], cases: dict[str, int]) -> None:
        due = {months: self._due_on(months[1]) for months in cycles}
        children = children_of(cases.values())
        items = [(key, UNSAID | fields) for key, fields in self.new.items()]
        for some in in_batches(items, WRITTEN_AT_ONCE):
            allocations = []
            for (months, case_id, kind), fields in some:
                allocation = self._allocation(fields)
                allocation.cycle = cycles[months]
                allocation.kind = kind
                allocation.due_on = due[months]
                allocation.case_id = cases.get(case_id)
                allocation.case_label = "" if case_id in cases else case_id
                if allocation.case_id in children:
                    freeze_child(allocation, children[allocation.case_id], months[0])
                allocations.append(allocation)
            Allocation.objects.bulk_create(allocations)
            audits = [_audit(fields, allocation) for (_, fields), allocation in zip(some, allocations, strict=True)]
            Audit.objects.bulk_create(audits)
            AuditSection.objects.bulk_create(
                section
                for (_, fields), audit in zip(some, audits, strict=True)
                for section in self._sections(fields, audit)
            )

    def _write_changed(self) -> None:
        for some in in_batches(list(self.changed.items()), AT_ONCE):
            allocations, audits, sections = [], [], []
            for key, fields in some:
                held = self.held.audits[key]
                allocation = self._allocation(fields)
                allocation.pk = held.allocation_id
                allocations.append(allocation)
                audit = _audit(fields, allocation)
                audit.pk = held.audit_id
                audits.append(audit)
                sections += self._sections(fields, audit)
            Allocation.objects.bulk_update(allocations, ALLOCATION_FIELDS, batch_size=200)
            Audit.objects.bulk_update(audits, AUDIT_FIELDS, batch_size=200)
            AuditSection.objects.filter(audit_id__in=[audit.pk for audit in audits]).delete()
            AuditSection.objects.bulk_create(sections)

    def _allocation(self, fields: Fields) -> Allocation:
        team = self.directory.team(fields["team"])
        auditor = self.directory.person(fields["auditor"])
        return Allocation(
            standing=Standing.EXEMPT if fields["status"] == EXEMPT else Standing.LIVE,
            team=team.name if team else fields["team"],
            team_code=team.code if team else "",
            area=team.area_name if team else "",
            service=fields["service"],
            plan_type=fields["plan_type"],
            statuses=[fields["plan_type"]] if fields["plan_type"] else [],
            auditor_id=auditor,
            auditor_label="" if auditor else fields["auditor"],
        )

    def _sections(self, fields: Fields, audit: Audit) -> list[AuditSection]:
        return [
            AuditSection(
                audit=audit,
                key=self.names.key(name),
                name=name,
                position=self.names.position(name),
                grade=grade,
            )
            for name, grade in fields["sections"].items()
        ]

    def _due_on(self, last_month: date) -> date:
        programme = ProgrammeRules.objects.current().programme
        return stage_one_due(last_month, programme.deadlines, programme.closures)


def _audit(fields: Fields, allocation: Allocation) -> Audit:
    return Audit(
        allocation=allocation,
        imported=True,
        state=_state(fields["status"]),
        completed_on=fields["completed_on"],
        overall_grade=fields["overall_grade"],
        moderated_grade=fields["moderated_grade"],
    )


def _state(status: str) -> str:
    if status == COMPLETED:
        return AuditState.SIGNED_OFF
    return AuditState.NOT_STARTED if status == EXEMPT else AuditState.NOT_RETURNED
