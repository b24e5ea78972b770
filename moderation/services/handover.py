"""Giving a moderation to another moderator."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Min

from accounts.absence import left_or_away, without_the_role
from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from audits.enums import Capacity, Standing
from audits.models import Audit, Participant
from moderation.models import Moderation
from moderation.permissions import may_reassign
from moderation.rules.independence import bar_to_moderating
from moderation.services.independence import bar_between, line_managers, people_of
from moderation.services.mails import tell, tell_moderator
from moderation.services.planning import free_moderators, open_moderations


@transaction.atomic
def reassign(*, moderation: Moderation, to: Person, by: Person, reason: str, at: datetime) -> None:
    """Give the moderation to another independent moderator, for a reason that is kept. What was typed goes along."""
    ensure(may_reassign(by, moderation), "Only QA chooses another moderator.")
    if not reason.strip():
        raise UserError("Enter why the audit gets another moderator")
    if to.pk == moderation.moderator_id:
        raise UserError(f"{to} moderates this audit already")
    if not to.may(Permission.MODERATE_AUDITS):
        raise UserError(f"{to} is not a moderator")
    if bar := bar_between(to, moderation.audit):
        raise UserError(f"{to} cannot moderate this audit because {bar}")
    before = moderation.moderator
    given = (
        Moderation.objects.unsigned().filter(pk=moderation.pk, moderator=before).update(moderator=to, assigned_at=at)
    )
    if not given:
        raise UserError("Somebody else has changed this moderation in the meantime. Look at it again.")
    _change_sight(moderation.audit, before, to)
    record(
        by=by,
        verb="moderation.reassigned",
        thing_type="moderation",
        thing_ref=moderation.audit.reference,
        summary=f"Stage 2 of audit {moderation.audit.reference} was given to {to}",
        at=at,
        data={"from": before.email if before else "", "to": to.email, "reason": reason.strip()},
    )
    moderation.refresh_from_db()
    tell_moderator(moderation, to, at)
    if before and before.is_active:
        tell(moderation, before, "moderation.reassigned", at, occurrence=at.isoformat())


def eligible_moderators(moderation: Moderation) -> list[tuple[Person, int]]:
    """Every moderator who may take it, with the number they have open, the fewest first; not who has it now."""
    moderators = Person.objects.active().holding(Permission.MODERATE_AUDITS)
    return _eligible([moderation], moderators)[moderation.pk]


def free_moderators_for(moderations: Collection[Moderation], on: date) -> dict[int, list[tuple[Person, int]]]:
    """By moderation, the same of those who are not away on that day."""
    return _eligible(moderations, free_moderators(on).values())


def open_work_of(person: Person) -> list[Moderation]:
    """The discussions that the person still has to sign off, the first due first; returned ones come back to them."""
    own = Moderation.objects.unsigned().filter(moderator=person, audit__allocation__standing=Standing.LIVE)
    return list(own.select_related("audit__allocation__case", "moderator").order_by("due_on", "pk"))


def counts_of_the_absent(on: date) -> dict[int, tuple[int, date]]:
    """Person who has left, is away or does not moderate any more → how many discussions wait for them until they are
    back, and the first day."""
    waiting = Moderation.objects.unsigned().filter(
        left_or_away("moderator", "due_on", on) | without_the_role("moderator", Permission.MODERATE_AUDITS),
        moderator__isnull=False,
        audit__allocation__standing=Standing.LIVE,
    )
    rows = waiting.order_by().values_list("moderator").annotate(Count("pk"), Min("due_on"))
    return {person: (count, first) for person, count, first in rows}


def _eligible(moderations: Collection[Moderation], moderators: Iterable[Person]) -> dict[int, list[tuple[Person, int]]]:
    people = people_of([moderation.audit for moderation in moderations])
    managers = line_managers()
    everybody = list(moderators)
    counts = open_moderations([person.pk for person in everybody])
    return {
        moderation.pk: sorted(
            (
                (person, counts[person.pk])
                for person in everybody
                if person.pk != moderation.moderator_id
                and bar_to_moderating(person.pk, people[moderation.audit.reference], managers) is None
            ),
            key=lambda pair: (pair[1], pair[0].name),
        )
        for moderation in moderations
    }


def _change_sight(audit: Audit, before: Person | None, to: Person) -> None:
    """Only the moderator of the day sees the audit as its moderator."""
    if before:
        Participant.objects.filter(audit=audit, person=before, capacity=Capacity.MODERATOR).delete()
    Participant.objects.get_or_create(audit=audit, person=to, capacity=Capacity.MODERATOR)
