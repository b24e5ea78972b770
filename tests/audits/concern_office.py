"""An audit in the middle of Stage 1 and everybody who would be told of a concern in it.

Pat manages the worker Sam; above Pat are Gwen, Hal and Dora. Monday 16 November 2026, ten in the morning in London.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.enums import Role
from accounts.models import OutgoingMail, Person
from audits.enums import AuditState, Capacity
from audits.models import Audit, Concern, ProgrammeRules
from audits.services.concerns.raising import raise_concern
from config.sweep import do_what_is_due
from tests import factories

AT = datetime(2026, 11, 16, 10, tzinfo=UTC)
DUTY = {
    "emergency_duty_name": "Wexmoor emergency duty team",
    "emergency_duty_phone": "01632 960999",
    "emergency_duty_email": "duty@wexmoor.example",
}


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@dataclass
class Office:
    dora: Person
    hal: Person
    gwen: Person
    pat: Person
    sam: Person
    olu: Person
    max: Person
    quinn: Person
    quincy: Person
    otto: Person
    audit: Audit

    def press(self, by: Person | None = None, at: datetime = AT, text: str = "one", **withheld: str) -> Concern:
        """The concern that one press raises; `withheld` by first name."""
        left_out = {getattr(self, name): reason for name, reason in withheld.items()}
        return raise_concern(audit=self.audit, by=by or self.olu, at=at, press=text, withheld=left_out)


def office(**audit: object) -> Office:
    ProgrammeRules.objects.create(number=1, values=DUTY)
    dora = factories.person(Role.LEADERSHIP, name="Dora Director", phone="01632 960001")
    hal = factories.person(Role.LEADERSHIP, name="Hal Head", line_manager=dora)
    gwen = factories.person(Role.MODERATOR, name="Gwen Group", line_manager=hal, phone="01632 960003")
    pat = factories.person(Role.PRACTICE_MANAGER, name="Pat Practice", line_manager=gwen, phone="01632 960004")
    sam = factories.person(Role.SOCIAL_WORKER, name="Sam Social", line_manager=pat)
    olu = factories.person(Role.AUDITOR, name="Olu Auditor", phone="01632 960006")
    moderator = factories.person(Role.MODERATOR, name="Max Moderator")
    parts = [(pat, Capacity.PRACTICE_MANAGER), (moderator, Capacity.MODERATOR)]
    values = {"state": AuditState.IN_PROGRESS, **audit}
    return Office(
        dora=dora,
        hal=hal,
        gwen=gwen,
        pat=pat,
        sam=sam,
        olu=olu,
        max=moderator,
        quinn=factories.person(Role.QA, name="Quinn Quality"),
        quincy=factories.person(Role.QA, name="Quincy Quality"),
        otto=factories.person(Role.AUDITOR, Role.MODERATOR, Role.PRACTICE_MANAGER, name="Otto Outsider"),
        audit=factories.audit(auditor=olu, worker=sam, participants=parts, **values),
    )


def mailed(rule: str = "concern.raised") -> list[str]:
    """The first names of those who have such a mail; the whole address where it is no person's."""
    mails = OutgoingMail.objects.filter(rule=rule).select_related("person").order_by("pk")
    return [mail.person.name.split()[0] if mail.person else mail.to for mail in mails]


def told(concern: Concern) -> dict[str, str]:
    """First name → part, of everybody who was told so far."""
    return {each.person.name.split()[0]: each.part for each in concern.recipients.told().select_related("person")}


def entries(concern: Concern) -> list[str]:
    """What kinds of things are on its record, in their order."""
    return [entry.kind for entry in concern.entries.all()]


def sweep(at: datetime) -> None:
    result = do_what_is_due(at)
    assert not [error for error in result.errors if "concern" in error]
