"""Raising an immediate safeguarding concern: one press, and everybody who has to know is told."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.errors import UserError
from accounts.models import KeptFrom, Person
from accounts.permissions import ensure
from audits.concern_permissions import may_still_raise, moderated_it, moderates_it
from audits.enums import ConcernEntryKind, ConcernPart, ConcernState, Stage
from audits.models import Audit, Concern, ConcernRecipient
from audits.rules.concerns import Around, nobody_is, told_at_once, would_be_told
from audits.services.concerns.climbing import schedule_climb, tell_duty_out_of_hours
from audits.services.concerns.people import people_around
from audits.services.concerns.trail import log, tell, thing_of, write

SAME_PRESS = timedelta(minutes=10)
"""A press that is met again within this time is a double press. Later, it is the same page used for another concern;
so it is where the first one was closed or taken back by then, or a child would be at risk and nobody told."""


def new_press() -> str:
    """The text that a page's press is known by."""
    return secrets.token_urlsafe(12)


@transaction.atomic
def raise_concern(
    *, audit: Audit, by: Person, at: datetime, press: str, withheld: Mapping[Person, str] | None = None
) -> Concern:
    """Record the concern and tell everybody, but for those in `withheld`, each with the reason why.

    `press`: a text of the page's own; the same one raises one concern. The audit may be in any state. Raises UserError
    where nobody at all would be told because of who is left out, or where a reason is missing.
    """
    ensure(may_still_raise(by, audit), "The auditor and the moderator of an audit raise a concern in it.")
    withheld = {person: reason.strip() for person, reason in (withheld or {}).items()}
    if not all(withheld.values()):
        raise UserError("Enter why they must not be told")
    around = people_around(audit, raiser=by, on=timezone.localdate(at), withheld=[person.pk for person in withheld])
    told = told_at_once(around)
    if withheld and not told:
        raise UserError("Somebody has to be told. Leave at least one person in")
    concern, is_new = Concern.objects.get_or_create(
        press=_press_of(by, press, at),
        defaults={
            "audit": audit,
            "stage": Stage.TWO if moderates_it(by, audit) or moderated_it(by, audit) else Stage.ONE,
            "raised_by": by,
            "raised_at": at,
            "waits_since": at,
        },
    )
    if not is_new:
        return concern
    write(concern, ConcernEntryKind.RAISED, by, at)
    _keep_from(concern, audit, withheld)
    people = Person.objects.in_bulk([each.person for each in told])
    ConcernRecipient.objects.bulk_create(
        ConcernRecipient(concern=concern, person=people[each.person], part=each.part, told_at=at) for each in told
    )
    _say_who_is_missing(concern, around, at)
    log(concern, "raised", "it was raised", by, at)
    tell(concern, [people[each.person] for each in told], "raised", at)
    tell_duty_out_of_hours(concern, at)
    schedule_climb(concern)
    return concern


def people_to_leave_out(audit: Audit, by: Person, at: datetime) -> list[tuple[Person, ConcernPart]]:
    """Everybody who would be told, at once or while nobody takes it on, in that order."""
    told = would_be_told(people_around(audit, raiser=by, on=timezone.localdate(at)))
    people = Person.objects.in_bulk([each.person for each in told])
    return [(people[each.person], each.part) for each in told]


def _press_of(by: Person, press: str, at: datetime) -> str:
    """What a press is known by: its page's text, or what follows the concern that this page raised before."""
    key = f"{by.pk}:{press}"
    while found := Concern.objects.filter(press=key).first():
        is_over = found.state in (ConcernState.CLOSED, ConcernState.MISTAKEN)
        if at - found.raised_at < SAME_PRESS and not is_over:
            break
        key = f"{by.pk}:after {found.reference}"
    return key


def _keep_from(concern: Concern, audit: Audit, withheld: Mapping[Person, str]) -> None:
    everybody = people_around(audit, raiser=concern.raised_by, on=timezone.localdate(concern.raised_at))
    parts = {each.person: each.part for each in would_be_told(everybody)}
    ConcernRecipient.objects.bulk_create(
        ConcernRecipient(
            concern=concern, person=person, part=parts.get(person.pk, ConcernPart.ADDED), withheld_reason=reason
        )
        for person, reason in withheld.items()
    )
    KeptFrom.objects.bulk_create(KeptFrom(thing=thing_of(concern.reference), person=person) for person in withheld)


def _say_who_is_missing(concern: Concern, around: Around, at: datetime) -> None:
    for part in nobody_is(around):
        text = f"No {_name_of(part)} is known who works here. Those above and quality assurance look after it."
        write(concern, ConcernEntryKind.NOTED, None, at, text=text)


def _name_of(part: ConcernPart) -> str:
    return part.label.lower()
