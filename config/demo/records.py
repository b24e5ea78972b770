"""What belongs to one past audit, kept together until everything is saved at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from django.db.models import Model

from accounts.models import Activity, Person
from audits.enums import Capacity
from audits.models import Action, ActionStep, Allocation, Audit, AuditSection, Feedback, Participant, Reflection
from config.demo.answers import FilledAudit
from moderation.models import Attendance, GradeDecision, Moderation


@dataclass(eq=False)
class Record:
    """One past audit and everything that hangs on it; nothing of it is saved yet."""

    allocation: Allocation
    audit: Audit
    filled: FilledAudit | None = None
    sections: list[AuditSection] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    reflections: list[Reflection] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    action_steps: list[ActionStep] = field(default_factory=list)
    moderations: list[Moderation] = field(default_factory=list)
    decisions: list[GradeDecision] = field(default_factory=list)
    attendance: list[Attendance] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)

    @property
    def practice_manager(self) -> Person:
        return self.allocation.case.team.manager

    def takes_part(self, person: Person | None, capacity: Capacity) -> None:
        if person is not None:
            self.participants.append(Participant(audit=self.audit, person=person, capacity=capacity))

    def note(self, verb: str, summary: str, *, by: Person, at: datetime) -> None:
        """A row of the activity log; `{}` in the summary is the audit."""
        reference = self.audit.reference
        self.activities.append(
            Activity(
                at=at,
                actor=by,
                verb=verb,
                thing_type="audit",
                thing_ref=reference,
                summary=summary.format(f"audit {reference}"),
            )
        )


def save(records: list[Record]) -> None:
    """Everything, a table at a time: parents before children."""
    _bulk(Allocation, (record.allocation for record in records))
    _bulk(Audit, (record.audit for record in records))
    for model, name in (
        (AuditSection, "sections"),
        (Participant, "participants"),
        (Reflection, "reflections"),
        (Feedback, "feedback"),
        (Action, "actions"),
        (ActionStep, "action_steps"),
        (Moderation, "moderations"),
        (GradeDecision, "decisions"),
        (Attendance, "attendance"),
        (Activity, "activities"),
    ):
        _bulk(model, chain.from_iterable(getattr(record, name) for record in records))


def _bulk(model: type[Model], rows: Iterable[Model]) -> None:
    model._default_manager.bulk_create(rows, batch_size=500)
