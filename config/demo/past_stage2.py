"""Stage 2 of a past audit: the discussion, the grades that came out of it, and the actions."""

from datetime import date, datetime, timedelta
from random import Random

from accounts.models import Person
from audits.enums import ActionState, ActionStepKind, AuditState, Capacity, Grade
from audits.models import Action, ActionStep
from audits.rules.deadlines import action_due, stage_two_due
from audits.rules.form_definition import FormDefinition
from audits.rules.grading import BEST_FIRST, overall_ceiling, section_ceiling
from audits.rules.working_days import add_working_days
from config.demo import phrases, voices
from config.demo.clock import moment, office_moment
from config.demo.people import People
from config.demo.records import Record
from moderation.enums import Attended, ModerationState
from moderation.models import Attendance, GradeDecision, Moderation
from moderation.models.moderations import OVERALL

LOWERED, RAISED = 0.11, 0.05
FORGOTTEN = 0.08
ACTIONS_FOR = {
    Grade.OUTSTANDING: (0, 1),
    Grade.GOOD: (1, 1),
    Grade.REQUIRES_IMPROVEMENT: (1, 3),
    Grade.INADEQUATE: (2, 4),
}


class Stage2:
    def __init__(self, definition: FormDefinition, people: People, as_of: date, rng: Random) -> None:
        self.definition = definition
        self.people = people
        self.as_of = as_of
        self.rng = rng

    def moderate(self, record: Record, *, by: Person | None = None, signed_off_on: date | None = None) -> None:
        """Assigned on submission; signed off some working days later, unless that day is still to come."""
        audit, rng = record.audit, self.rng
        moderator = by or rng.choice(self.independent(record))
        inadequate = audit.overall_grade == Grade.INADEQUATE
        due = stage_two_due(audit.completed_on, record.allocation.cycle.last_month, inadequate=inadequate)
        moderation = Moderation(audit=audit, moderator=moderator, assigned_at=audit.submitted_at, due_on=due)
        record.moderations.append(moderation)
        record.takes_part(moderator, Capacity.MODERATOR)
        on = signed_off_on or add_working_days(audit.completed_on, rng.randint(2, 4 if inadequate else 11))
        if on < self.as_of:
            self._sign_off(record, moderation, on)

    def independent(self, record: Record) -> list[Person]:
        """Moderators outside the line of management of the worker, and of the auditor."""
        worker = record.allocation.worker or record.practice_manager
        barred = {*_line(worker), *_line(record.allocation.auditor)} - {self.people.director}
        free = [person for person in self.people.moderators if person not in barred]
        return free or [self.people.principal]

    def _sign_off(self, record: Record, moderation: Moderation, on: date) -> None:
        audit, rng = record.audit, self.rng
        moderation.state = ModerationState.SIGNED_OFF
        moderation.held_on = on
        moderation.duration_minutes = rng.choice((40, 45, 50, 60))
        moderation.difference_made = rng.choice(voices.DIFFERENCE_MADE)
        moderation.strengths = rng.choice(voices.DISCUSSION_STRENGTHS)
        moderation.version = 2
        moderation.signed_off_at = audit.signed_off_at = office_moment(on, rng)
        audit.state = AuditState.SIGNED_OFF
        self._decide_grades(record, moderation)
        self._note_attendance(record, moderation)
        record.note("audit.signed_off", "{} was signed off", by=moderation.moderator, at=moderation.signed_off_at)

    def _decide_grades(self, record: Record, moderation: Moderation) -> None:
        """The auditor's grade mostly stands; a change is one step and keeps to the limiting judgements."""
        assert record.filled is not None  # noqa: S101 — only completed audits are moderated
        sections = record.filled.sections
        for row in record.sections:
            if row.grade:
                ceiling = section_ceiling(self.definition.section(row.key), sections[row.key])
                row.moderated_grade = self._decide(record, moderation, row.key, row.grade, ceiling.available)
        ceiling = overall_ceiling(self.definition, sections)
        record.audit.moderated_grade = self._decide(
            record, moderation, OVERALL, record.audit.overall_grade, ceiling.available
        )

    def _decide(
        self, record: Record, moderation: Moderation, key: str, original: str, available: tuple[Grade, ...]
    ) -> Grade:
        place, chance = BEST_FIRST.index(Grade(original)), self.rng.random()
        final, reason = Grade(original), ""
        if chance < LOWERED and final != Grade.INADEQUATE:
            final, reason = BEST_FIRST[place + 1], self.rng.choice(voices.LOWERED)
        elif chance > 1 - RAISED and final != Grade.OUTSTANDING and BEST_FIRST[place - 1] in available:
            final, reason = BEST_FIRST[place - 1], self.rng.choice(voices.RAISED)
        record.decisions.append(
            GradeDecision(moderation=moderation, section_key=key, original=original, final=final, reason=reason)
        )
        return final

    def _note_attendance(self, record: Record, moderation: Moderation) -> None:
        for capacity, person, likely in (
            (Attended.MODERATOR, moderation.moderator, 1),
            (Attended.AUDITOR, record.allocation.auditor, 0.97),
            (Attended.PRACTICE_MANAGER, record.practice_manager, 0.85),
            (Attended.SOCIAL_WORKER, record.allocation.worker, 0.88),
        ):
            there = person is not None and self.rng.random() < likely
            note = "" if there else "No allocated worker" if person is None else "Sent apologies"
            record.attendance.append(
                Attendance(moderation=moderation, capacity=capacity, person=person, attended=there, note=note)
            )

    # Actions

    def agree_actions(self, record: Record) -> None:
        """What the auditor asked for, and how far it has come by now."""
        audit, rng = record.audit, self.rng
        low, high = ACTIONS_FOR[Grade(audit.overall_grade)]
        chosen = rng.sample(phrases.ACTIONS, rng.randint(low, high))
        for position, (text, impact) in enumerate(chosen):
            urgent = audit.overall_grade == Grade.INADEQUATE and position == 0
            action = self.action(record, text, impact, urgent=urgent)
            self._carry_out(record, action)

    def action(
        self, record: Record, text: str, impact: str, *, urgent: bool = False, owner: Person | None = None
    ) -> Action:
        audit = record.audit
        action = Action(
            audit=audit,
            position=len(record.actions),
            text=text,
            impact=impact,
            owner=owner or record.practice_manager,
            urgent=urgent,
            due_on=action_due(audit.completed_on, urgent=urgent),
            recorded_at=audit.submitted_at,
            recorded_by=record.allocation.auditor,
        )
        record.actions.append(action)
        return action

    def _carry_out(self, record: Record, action: Action) -> None:
        """Completed before or soon after its due date, then signed off; a few of the last weeks are left undone."""
        rng = self.rng
        if rng.random() < FORGOTTEN and action.due_on > self.as_of - timedelta(days=45):
            return
        allowed = (action.due_on - record.audit.completed_on).days
        done = add_working_days(record.audit.completed_on + timedelta(days=round(allowed * rng.uniform(0.3, 1.25))), 0)
        self.complete_action(record, action, done)

    def complete_action(self, record: Record, action: Action, done: date, *, signed_off: bool = True) -> None:
        if done >= self.as_of:
            return
        action.state = ActionState.COMPLETED
        action.completed_at = office_moment(done, self.rng)
        action.completed_by = action.owner
        action.completion_note = self.rng.choice(phrases.COMPLETION_NOTES)
        action.signer = sign_off_manager(record, action)
        _log(record, action, ActionStepKind.COMPLETED, action.completed_at, action.owner, action.completion_note)
        seen = add_working_days(done, self.rng.randint(1, 9))
        if signed_off and seen < self.as_of:
            action.state = ActionState.SIGNED_OFF
            action.signed_off_at = moment(seen, 16, self.rng.randint(0, 59))
            action.signed_off_by = action.signer
            _log(record, action, ActionStepKind.SIGNED_OFF, action.signed_off_at, action.signer)


def _log(record: Record, action: Action, kind: ActionStepKind, at: datetime, by: Person, note: str = "") -> None:
    record.action_steps.append(ActionStep(action=action, kind=kind, at=at, by=by, note=note))


def sign_off_manager(record: Record, action: Action) -> Person:
    """The worker's line manager, or the next manager up where that person owns the action."""
    worker = record.allocation.worker
    manager = worker.line_manager if worker else record.practice_manager
    while manager == action.owner:
        manager = manager.line_manager
    return manager


def _line(person: Person) -> list[Person]:
    """The person and everybody above."""
    found = [person]
    while found[-1].line_manager is not None:
        found.append(found[-1].line_manager)
    return found
