"""The people around one submitted audit, and its actions."""

from datetime import UTC, date, datetime

from accounts.enums import Role
from accounts.models import Person
from audits.enums import AuditState, Capacity
from audits.models import Action
from audits.services.actions import complete
from tests import factories

AT = datetime(2026, 11, 16, 10, tzinfo=UTC)


class Office:
    """Sam answers to Pat, Pat to Gwen, Gwen to Dora. Pat manages Sam's team and owns the action."""

    def __init__(self, **of_audit: object) -> None:
        self.dora = factories.person(Role.LEADERSHIP, name="Dora Director")
        self.gwen = factories.person(name="Gwen Group", line_manager=self.dora)
        self.pat = factories.person(Role.PRACTICE_MANAGER, name="Pat Practice", line_manager=self.gwen)
        self.sam = factories.person(Role.SOCIAL_WORKER, name="Sam Social", line_manager=self.pat)
        self.ola = factories.person(name="Ola Other")
        self.auditor = factories.person(Role.AUDITOR, name="Aud Auditor")
        self.max = factories.person(Role.MODERATOR, name="Max Moderator")
        self.qa = factories.person(Role.QA, name="Quinn Quality")
        self.audit = factories.audit(
            auditor=self.auditor,
            worker=self.sam,
            participants=[
                (self.pat, Capacity.LINE_MANAGER),
                (self.pat, Capacity.PRACTICE_MANAGER),
                (self.max, Capacity.MODERATOR),
            ],
            **{"state": AuditState.SUBMITTED, **of_audit},
        )

    def action(self, owner: Person | None = None, **values: object) -> Action:
        return Action.objects.create(
            audit=self.audit,
            text="Update the genogram",
            impact="Everybody knows who matters to the child",
            owner=owner,
            due_on=date(2026, 12, 10),
            recorded_at=AT,
            recorded_by=self.auditor,
            **values,
        )

    def completed(self, owner: Person) -> Action:
        action = self.action(owner)
        complete(action=action, note="Done with the family", by=owner, at=AT)
        return action
