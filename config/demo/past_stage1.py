"""Stage 1 of a past audit: when it came back, if it did, and what the auditor found."""

from datetime import date, timedelta
from random import Random

from audits.enums import (
    AuditKind,
    AuditState,
    Capacity,
    CycleStatus,
    FeedbackSource,
    Polarity,
    Standing,
    WorkerInvolvement,
)
from audits.models import Allocation, Audit, AuditSection, Feedback, FormVersion, Reflection
from audits.models.audits import REFERENCE_ALPHABET
from audits.rules.deadlines import stage_two_latest
from audits.rules.form_definition import FormDefinition, with_pack
from audits.rules.working_days import add_working_days
from config.demo import phrases, voices
from config.demo.answers import Child, FilledAudit, fill
from config.demo.clock import moment, office_moment, working_day
from config.demo.records import Record
from config.demo.structure import SERVICES
from config.demo.themes import themes_said

EXEMPT, LATE = 0.03, 0.14
NOT_RETURNED_AT_FIRST, NOT_RETURNED_NOW = 0.14, 0.04
QUALITY_AT_FIRST, QUALITY_NOW = 0.0, 0.75

_INVOLVED = {
    WorkerInvolvement.FACE_TO_FACE: 58,
    WorkerInvolvement.VIDEO: 27,
    WorkerInvolvement.PHONE: 10,
    WorkerInvolvement.NOT_INVOLVED: 5,
}


class Stage1:
    """Writes Stage 1 of past audits. `progress` runs from 0 (two years ago) to 1 (now)."""

    def __init__(self, form: FormVersion, as_of: date, rng: Random) -> None:
        self.form = form
        self.definition = form.form
        self.as_of = as_of
        self.rng = rng
        self.service_quality = {plan.name: plan.quality for plan in SERVICES}
        self.team_quality = {name: rng.gauss(0, 0.15) for plan in SERVICES for name, _ in plan.teams}

    def begin(self, allocation: Allocation) -> Record:
        """An audit as it is on the day of publication, with the people who take part in it."""
        audit = Audit(allocation=allocation, reference=self._reference(), form_version=self.form)
        audit.pack = allocation.cycle.pack
        record = Record(allocation, audit)
        worker = allocation.worker
        record.takes_part(allocation.auditor, Capacity.AUDITOR)
        record.takes_part(worker, Capacity.WORKER)
        record.takes_part(worker and worker.line_manager, Capacity.LINE_MANAGER)
        record.takes_part(record.practice_manager, Capacity.PRACTICE_MANAGER)
        return record

    def live_through(self, record: Record, progress: float, month_quality: float) -> None:
        """What became of it: exempt, not returned, or completed in time or late. The future has not happened."""
        allocation, rng = record.allocation, self.rng
        fate = rng.random()
        lost = NOT_RETURNED_AT_FIRST + (NOT_RETURNED_NOW - NOT_RETURNED_AT_FIRST) * progress
        if fate < EXEMPT:
            allocation.standing = Standing.EXEMPT
        elif fate < EXEMPT + lost:
            if allocation.cycle.status == CycleStatus.CLOSED:
                record.audit.state = AuditState.NOT_RETURNED
        elif (on := self._day_of_submission(allocation)) < self.as_of:
            quality = month_quality + QUALITY_AT_FIRST + (QUALITY_NOW - QUALITY_AT_FIRST) * progress
            quality += self.service_quality[allocation.service] + self.team_quality[allocation.team]
            if allocation.kind == AuditKind.REAUDIT:
                quality += 0.5
            self.complete(record, on, quality + rng.gauss(0, 0.9))

    def complete(self, record: Record, on: date, quality: float) -> None:
        audit, rng = record.audit, self.rng
        audit_on = add_working_days(on, -rng.randint(0, 4)) if rng.random() < 0.6 else on
        asked = with_pack(self.definition, audit.pack.form if audit.pack else None)
        record.filled = fill(asked, _child(record.allocation), quality, audit_on, rng)
        audit.state = AuditState.SUBMITTED
        audit.overall_grade = record.filled.overall
        audit.audit_on = audit_on
        audit.started_at = moment(audit_on, 9, rng.randint(0, 59))
        audit.worker_confirmed_at = audit.restriction_checked_at = audit.started_at
        audit.meeting_at = moment(audit_on, rng.randint(10, 15))
        audit.meeting_place = rng.choice(("Team room", "Civic Centre, room 4", "Video call", "Family centre"))
        audit.submitted_at = max(office_moment(on, rng), audit.meeting_at + timedelta(hours=1))
        audit.completed_on = on
        audit.version = 3
        if record.allocation.kind == AuditKind.REAUDIT:
            audit.what_changed = rng.choice(phrases.WHAT_CHANGED)
        self._involve(record)
        record.sections = sections_of(audit, asked, record.filled)
        self._add_voices(record)
        record.note("audit.submitted", "{} was submitted", by=record.allocation.auditor, at=audit.submitted_at)

    def _day_of_submission(self, allocation: Allocation) -> date:
        """In time for most: more of them towards the due date; late for some, but before the cycle closes."""
        due, rng = allocation.due_on, self.rng
        if rng.random() < LATE:
            closing = stage_two_latest(allocation.cycle.last_month)
            return working_day(due + timedelta(days=1), min(due + timedelta(days=14), closing), rng)
        first = allocation.cycle.first_month + timedelta(days=1)
        return max(working_day(first, due, rng), working_day(first, due, rng))

    def _involve(self, record: Record) -> None:
        audit = record.audit
        how = self.rng.choices(list(_INVOLVED), list(_INVOLVED.values()))[0]
        if record.allocation.worker is None:
            how, audit.not_involved_reason = WorkerInvolvement.NOT_INVOLVED, "The case had no allocated worker."
        elif how == WorkerInvolvement.NOT_INVOLVED:
            audit.not_involved_reason = "The worker was on sick leave; the audit was discussed with the team manager."
        audit.worker_involvement = how

    def _add_voices(self, record: Record) -> None:
        audit, rng = record.audit, self.rng
        worker, written_at = record.allocation.worker, audit.submitted_at
        if worker and audit.worker_involvement != WorkerInvolvement.NOT_INVOLVED and rng.random() < 0.85:
            words = {name: rng.choice(said) for name, said in voices.REFLECTIONS.items()}
            record.reflections.append(
                Reflection(audit=audit, written_by=worker, saved_at=written_at, version=1, **words)
            )
        if rng.random() < 0.55:
            record.feedback.append(self._feedback(record))
            if rng.random() < 0.3:
                record.feedback.append(self._feedback(record))

    def _feedback(self, record: Record) -> Feedback:
        rng = self.rng
        age = record.allocation.age
        talks = age is not None and age >= 4
        source, polarity = rng.choice([key for key in voices.FEEDBACK if talks or key[0] != FeedbackSource.CHILD])
        scaled = source in (FeedbackSource.CHILD, FeedbackSource.PARENT) and rng.random() < 0.5
        score = rng.randint(6, 10) if polarity == Polarity.STRENGTH else rng.randint(2, 6)
        return Feedback(
            audit=record.audit,
            source=source,
            polarity=polarity,
            text=rng.choice(voices.FEEDBACK[source, polarity]),
            score=score if scaled else None,
            scale_question=voices.SCALE_QUESTION if scaled else "",
            may_quote=rng.random() < 0.75,
            in_confidence=rng.random() < 0.05,
            themes=list(themes_said(source, polarity)),
            recorded_at=record.audit.submitted_at,
            recorded_by=record.allocation.auditor,
        )

    def _reference(self) -> str:
        return "CA-" + "".join(self.rng.choice(REFERENCE_ALPHABET) for _ in range(8))


def sections_of(audit: Audit, definition: FormDefinition, filled: FilledAudit) -> list[AuditSection]:
    return [
        AuditSection(
            audit=audit,
            key=section.key,
            name=section.name,
            position=position,
            version=1,
            answers=filled.sections[section.key].answers_to_store(),
            comment=filled.sections[section.key].comment,
            grade=filled.sections[section.key].grade,
            not_applicable_reason=filled.sections[section.key].not_applicable_reason,
            themes=list(filled.sections[section.key].themes),
            saved_at=audit.submitted_at,
        )
        for position, section in enumerate(definition.sections)
    ]


def _child(allocation: Allocation) -> Child:
    case = allocation.case
    return Child(allocation.plan_type, allocation.age, bool(case.disability) and case.service.code == "disability")
