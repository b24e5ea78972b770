"""Giving submitted audits to moderators: a sweep over what the audits' states say is waiting."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import Absence, Person
from accounts.services.activity import record
from audits.enums import Capacity, Grade
from audits.models import Audit, Participant
from audits.rules.deadlines import stage_two_due
from moderation.enums import ModerationState
from moderation.models import Moderation
from moderation.rules.assignment import assign_moderators
from moderation.services.independence import line_managers, people_of
from moderation.services.mails import tell, tell_moderator, tell_qa


def plan_moderations(at: datetime) -> list[str]:
    """Give every submitted audit that has none a moderator and a day; says in sentences what was done.

    Safe at any time, any number of times, by any number of processes: one moderation an audit is a constraint of the
    database. Where no independent moderator is free, QA is told once and the next sweep tries again.
    """
    return [*_set_new_days(at), *_assign(at)]


def due_day(audit: Audit) -> date:
    """The day by which Stage 2 of a submitted audit is to be signed off."""
    cycle = audit.allocation.cycle
    programme = cycle.programme
    return stage_two_due(
        timezone.localdate(audit.submitted_at),
        cycle.last_month,
        inadequate=audit.overall_grade == Grade.INADEQUATE,
        numbers=programme.deadlines,
        closures=programme.closures,
    )


def _assign(at: datetime) -> list[str]:
    waiting = list(
        Audit.objects.awaiting_moderation()
        .filter(Q(moderation__isnull=True) | Q(moderation__moderator__isnull=True), submitted_at__lte=at)
        .select_related("allocation__cycle__rules", "allocation__case", "moderation")
        .order_by("submitted_at", "reference")
    )
    if not waiting:
        return []
    moderators = free_moderators(timezone.localdate(at))
    people = people_of(waiting)
    assignment = assign_moderators(
        [(audit.reference, people[audit.reference]) for audit in waiting],
        open_moderations(list(moderators)),
        line_managers(),
    )
    chosen = {reference: moderators[person] for reference, person in assignment.moderators.items()}
    done = [_take(audit, chosen.get(audit.reference), at) for audit in waiting]
    return [sentence for sentence in done if sentence]


@transaction.atomic
def _take(audit: Audit, moderator: Person | None, at: datetime) -> str:
    """Make the moderation, or give the one without a moderator theirs. Empty where another sweep was quicker."""
    moderation, created = Moderation.objects.get_or_create(
        audit=audit, defaults={"moderator": moderator, "assigned_at": at, "due_on": due_day(audit)}
    )
    if moderator is None:
        if created:
            tell_qa(moderation, "moderation.no_moderator", at)
            _record(audit, "moderation.no_moderator", f"No moderator could be found for audit {audit.reference}", at)
        return f"No moderator could be found for {audit.reference}." if created else ""
    if not created and not _give(moderation, moderator, at):
        return ""
    Participant.objects.get_or_create(audit=audit, person=moderator, capacity=Capacity.MODERATOR)
    _record(audit, "moderation.assigned", f"Stage 2 of audit {audit.reference} was given to {moderator}", at)
    tell_moderator(moderation, moderator, at)
    return f"Gave Stage 2 of {audit.reference} to {moderator}."


def _give(moderation: Moderation, moderator: Person, at: datetime) -> bool:
    return bool(
        Moderation.objects.filter(pk=moderation.pk, moderator__isnull=True).update(moderator=moderator, assigned_at=at)
    )


def free_moderators(on: date) -> dict[int, Person]:
    """Everybody who moderates and is not away on the day."""
    away = Absence.objects.filter(person=OuterRef("pk"), starts_on__lte=on).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    )
    free = Person.objects.active().holding(Permission.MODERATE_AUDITS).exclude(Exists(away))
    return {person.pk: person for person in free}


def open_moderations(people: Sequence[int]) -> dict[int, int]:
    """How many each of these people has open."""
    counted = Moderation.objects.open().filter(moderator__in=people).order_by().values_list("moderator")
    return dict.fromkeys(people, 0) | dict(counted.annotate(n=Count("pk")))


def _set_new_days(at: datetime) -> list[str]:
    """An audit that came back from its auditor has a new day, and its moderator is told."""
    resubmitted = (
        Moderation.objects.open()
        .filter(assigned_at__lt=F("audit__submitted_at"), audit__submitted_at__lte=at)
        .select_related("moderator", "audit__allocation__cycle__rules", "audit__allocation__case")
    )
    return [sentence for moderation in resubmitted if (sentence := _set_new_day(moderation, at))]


@transaction.atomic
def _set_new_day(moderation: Moderation, at: datetime) -> str:
    audit = moderation.audit
    moderation.due_on = due_day(audit)
    changed = Moderation.objects.filter(pk=moderation.pk, assigned_at=moderation.assigned_at).update(
        due_on=moderation.due_on, assigned_at=at, state=ModerationState.AWAITING
    )
    if not changed:
        return ""
    _record(audit, "moderation.resumed", f"Audit {audit.reference} came back for Stage 2", at)
    if moderation.moderator:
        tell(moderation, moderation.moderator, "moderation.resumed", at, occurrence=at.isoformat())
    return f"Audit {audit.reference} came back for Stage 2."


def _record(audit: Audit, verb: str, summary: str, at: datetime) -> None:
    record(by=None, verb=verb, thing_type="moderation", thing_ref=audit.reference, summary=summary, at=at)
