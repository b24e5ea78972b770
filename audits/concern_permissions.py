"""Who may do what with an immediate safeguarding concern.

Which a person sees at all is `Concern.objects.visible_to(person)`.
"""

from accounts.enums import Permission
from accounts.models import Activity, Person
from audits.enums import CONCERN_STOPPERS, Capacity, ConcernPart
from audits.models import Audit, Concern, ConcernRecipient

# Who manages practice here, in whatever part they were told.
MANAGES = (Permission.ANSWER_FOR_ACTIONS, Permission.MODERATE_AUDITS, Permission.DECIDE_EXEMPTIONS)


def may_raise(person: Person, audit: Audit) -> bool:
    """The auditor and the moderator of the audit, whatever its state."""
    return audits_it(person, audit) or moderates_it(person, audit)


def may_still_raise(person: Person, audit: Audit) -> bool:
    """Also somebody whose audit or moderation it was until it was given to another: their page may still be open."""
    return may_raise(person, audit) or audited_it(person, audit) or moderated_it(person, audit)


def audited_it(person: Person, audit: Audit) -> bool:
    return person.may(Permission.COMPLETE_AUDITS) and _gave_up(person, audit, "audit.handed_over")


def moderated_it(person: Person, audit: Audit) -> bool:
    return person.may(Permission.MODERATE_AUDITS) and _gave_up(person, audit, "moderation.reassigned")


def _gave_up(person: Person, audit: Audit, verb: str) -> bool:
    of_audit = Activity.objects.filter(thing_type=verb.partition(".")[0], thing_ref=audit.reference)
    return of_audit.filter(verb=verb, data__from=person.email).exists()


def audits_it(person: Person, audit: Audit) -> bool:
    return audit.allocation.auditor_id == person.pk and person.may(Permission.COMPLETE_AUDITS)


def moderates_it(person: Person, audit: Audit) -> bool:
    if not person.may(Permission.MODERATE_AUDITS):
        return False
    return audit.participants.filter(person=person, capacity=Capacity.MODERATOR).exists()


def part_of(person: Person, concern: Concern) -> ConcernPart | None:
    """In what part the person was told; that of quality assurance also where they joined it later. None at all for
    somebody from whom it is withheld, whatever their role."""
    recipient = ConcernRecipient.objects.filter(concern=concern, person=person).first()
    if recipient is not None:
        return ConcernPart(recipient.part) if recipient.told_at else None
    return ConcernPart.QA if person.may(Permission.SEE_EVERY_AUDIT) else None


def may_acknowledge(person: Person, concern: Concern) -> bool:
    """Whoever was told; not whoever raised it."""
    return concern.raised_by_id != person.pk and part_of(person, concern) is not None


def stops_the_climb(person: Person, concern: Concern) -> bool:
    """A manager or quality assurance. Neither the worker, who may need help themselves, nor whoever raised it."""
    part = part_of(person, concern)
    if concern.raised_by_id == person.pk or part is None:
        return False
    return part in CONCERN_STOPPERS or (part == ConcernPart.ADDED and any(person.may(one) for one in MANAGES))


def may_lead(person: Person, concern: Concern) -> bool:
    """Say what it is about, tell others, take it back or open it again: whoever raised it, managers and quality
    assurance. They also know from whom it is withheld."""
    return person.is_active and (concern.raised_by_id == person.pk or stops_the_climb(person, concern))


def may_close(person: Person, concern: Concern) -> bool:
    return stops_the_climb(person, concern)
