"""What last month leaves behind, so that people have something to do whatever day it is.

Last month's audits have mostly come back. A few are set aside here and told in their own way: one was never begun, two
wait for their discussion, and two were signed off this week with an action still to do.
"""

from collections.abc import Callable
from datetime import date

from accounts.models import Person
from audits.enums import AuditKind, PlanType
from audits.rules.deadlines import action_due
from audits.rules.working_days import add_working_days
from config.demo import phrases, voices
from config.demo.past_stage1 import Stage1
from config.demo.past_stage2 import Stage2
from config.demo.people import People
from config.demo.records import Record
from moderation.enums import Attended, ModerationState
from moderation.rules.discussion import Decision, Discussion, Presence

FAIR, POOR = 0.8, -0.4
"""The quality of practice in audits that are to come out good, and as requiring improvement."""


class Leftovers:
    """Chosen from last month's records; `leave` says what became of each."""

    def __init__(self, stage1: Stage1, stage2: Stage2, people: People, records: list[Record], as_of: date) -> None:
        self.stage1, self.stage2, self.people, self.as_of = stage1, stage2, people, as_of
        left = list(records)
        self.with_actions = _take(left, lambda record: record.practice_manager == people.practice_manager)
        self.for_the_iro = _take(left, self._is_in_care_and_of_another_auditor)
        self.never_begun = _take(left, lambda record: record.allocation.auditor == people.auditor)
        self.in_time = [record for record in left if record.allocation.auditor == people.auditor]
        left = [record for record in left if record not in self.in_time]
        self.to_discuss = _take(left, self._can_go_to_the_moderator)
        self.half_discussed = _take(left, self._can_go_to_the_moderator)

    def __contains__(self, record: object) -> bool:
        named = (self.never_begun, self.with_actions, self.for_the_iro, self.to_discuss, self.half_discussed)
        return any(record is each for each in (*named, *self.in_time))

    def _is_in_care_and_of_another_auditor(self, record: Record) -> bool:
        allocation = record.allocation
        return allocation.plan_type == PlanType.IN_CARE and allocation.auditor != self.people.auditor

    def _can_go_to_the_moderator(self, record: Record) -> bool:
        allocation = record.allocation
        drawn = allocation.kind == AuditKind.AUDIT and allocation.worker is not None
        return drawn and self.people.principal in self.stage2.independent(record)

    def leave(self) -> None:
        self._leave_actions()
        self._leave_action_to_the_iro()
        for record in self.in_time:
            self.stage1.complete(record, add_working_days(record.allocation.due_on, -2), FAIR)
            self.stage2.moderate(record)
        self._submit(self.to_discuss, working_days_ago=3, quality=FAIR)
        self._submit(self.half_discussed, working_days_ago=6, quality=POOR)
        self._write_half_of_the_discussion(self.half_discussed)

    def _leave_actions(self) -> None:
        """The practice manager: one completed, which the service manager is to sign off; one overdue; one to come."""
        record = self.with_actions
        in_time = add_working_days(record.allocation.due_on, -6)
        self.stage1.complete(record, in_time, POOR)
        self.stage2.moderate(record, signed_off_on=self._ago(3))
        texts = iter(phrases.ACTIONS)
        done = self.stage2.action(record, *next(texts))
        self.stage2.complete_action(record, done, self._ago(2), signed_off=False)
        self.stage2.action(record, *next(texts), urgent=True)
        self._ask_in_the_discussion(record, *next(texts), owner=self.people.practice_manager)

    def _leave_action_to_the_iro(self) -> None:
        record = self.for_the_iro
        self.stage1.complete(record, add_working_days(record.allocation.due_on, -3), FAIR)
        self.stage2.moderate(record, signed_off_on=self._ago(2))
        self._ask_in_the_discussion(record, *phrases.IRO_ACTION, owner=self.people.iros[0])

    def _ask_in_the_discussion(self, record: Record, text: str, impact: str, *, owner: Person) -> None:
        """An action of the moderator: its clock starts on the day of the discussion."""
        [moderation] = record.moderations
        action = self.stage2.action(record, text, impact, owner=owner)
        action.recorded_at = moderation.signed_off_at
        action.recorded_by = moderation.moderator
        action.due_on = action_due(moderation.held_on)

    def _submit(self, record: Record, *, working_days_ago: int, quality: float) -> None:
        """Came in late, so that the moderator has only just got it."""
        self.stage1.complete(record, self._ago(working_days_ago), quality)
        self.stage2.agree_actions(record)
        self.stage2.moderate(record, by=self.people.principal, signed_off_on=self.as_of)

    def _write_half_of_the_discussion(self, record: Record) -> None:
        [moderation] = record.moderations
        graded = [row for row in record.sections if row.grade][:2]
        held = self._ago(1)
        discussion = Discussion(
            decisions={row.key: Decision(final=row.grade, original=row.grade) for row in graded},
            attendance={capacity: Presence("yes") for capacity in (Attended.MODERATOR, Attended.AUDITOR)},
            held_on=(str(held.day), str(held.month), str(held.year)),
            difference_made=voices.DIFFERENCE_MADE[1],
            strengths=voices.DISCUSSION_STRENGTHS[1],
        )
        moderation.state = ModerationState.IN_PROGRESS
        moderation.draft = discussion.to_store()
        moderation.version = 1

    def _ago(self, working_days: int) -> date:
        return add_working_days(self.as_of, -working_days)


def _take(left: list[Record], fits: Callable[[Record], bool]) -> Record:
    """The first record that fits; it is no longer among those `left`."""
    record = next(each for each in left if fits(each))
    left[:] = [each for each in left if each is not record]
    return record
