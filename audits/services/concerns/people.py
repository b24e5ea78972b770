"""The people around an audit on whom a concern about its child depends, as they are at this moment."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q

from accounts.enums import Permission
from accounts.line_management import managers_above
from accounts.models import Absence, Person
from audits.enums import Capacity
from audits.models import Audit, Concern
from audits.rules.concerns import Around


def people_around(audit: Audit, *, raiser: Person, on: date, withheld: Collection[int] = ()) -> Around:
    """Who works with the child, who manages them and who assures quality. `withheld`: keys of people."""
    worker, manager = worker_of(audit), practice_manager_of(audit)
    below = manager or worker
    above = tuple(person.pk for person in managers_above(below)) if below else ()
    quality = Person.objects.active().holding(Permission.RUN_CYCLES).order_by("name", "pk")
    return Around(
        worker=_working(worker),
        practice_manager=_working(manager),
        above=above,
        quality=tuple(quality.values_list("pk", flat=True)),
        raiser=raiser.pk,
        withheld=frozenset(withheld),
        away=away_on(on, [*filter(None, (worker, manager)), *Person.objects.filter(pk__in=above)]),
    )


def around_concern(concern: Concern, on: date) -> Around:
    """The same of a concern that was raised, without those from whom it is withheld."""
    withheld = concern.recipients.withheld().values_list("person", flat=True)
    return people_around(concern.audit, raiser=concern.raised_by, on=on, withheld=withheld)


def worker_of(audit: Audit) -> Person | None:
    """Who works with the child: as the audit has it, which its auditor corrects; the case's where it names nobody."""
    case = audit.allocation.case
    return audit.allocation.worker or (case.worker if case else None)


def practice_manager_of(audit: Audit) -> Person | None:
    """The manager who answers for the audit; where they have left or there is none, that of the case’s team."""
    part = Q(participations__audit=audit, participations__capacity=Capacity.PRACTICE_MANAGER)
    manager = Person.objects.active().filter(part).order_by("pk").first()
    case = audit.allocation.case
    return manager or (case.team.manager if case and case.team else None)


def away_on(day: date, people: Iterable[Person]) -> frozenset[int]:
    """Those of these people who are absent that day."""
    lasts = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    absent = Absence.objects.filter(lasts, starts_on__lte=day, person__in=list(people))
    return frozenset(absent.values_list("person", flat=True))


def _working(person: Person | None) -> int | None:
    return person.pk if person and person.is_active else None
