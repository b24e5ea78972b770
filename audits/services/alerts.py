"""Mails that go out at once, because of what an audit found. Called in the transaction of their cause.

Nothing here takes anything back: a later, better grade closes no alert.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from accounts.enums import Permission
from accounts.line_management import managers_above
from accounts.models import Person
from audits.enums import AuditState, Capacity, Grade
from audits.models import Audit, Participant, Reflection
from audits.services.action_mails import announce_actions
from audits.services.trail import tell

STEPS_TOLD_OF_INADEQUATE = 3


def ask_for_reflection(*, audit: Audit, at: datetime) -> None:
    """Ask the worker what they think of their work on the case, where that is not written already. Once each."""
    if not Reflection.objects.filter(audit=audit).exists():
        _mail(_people(audit, Capacity.WORKER), "audit.reflection", audit, at)


def audit_submitted(*, audit: Audit, at: datetime) -> None:
    """Everything that goes out when Stage 1 is submitted."""
    case_audit_alert(audit=audit, at=at)
    announce_actions(audit=audit, at=at)
    if audit.overall_grade == Grade.INADEQUATE:
        alert_inadequate(audit=audit, at=at)


def alert_inadequate(*, audit: Audit, at: datetime) -> None:
    """An overall Inadequate, at either stage: tell the practice manager, the managers above them up to the assistant
    director, the auditor's line manager and QA, each once. They can see the audit from now on."""
    told = _people(audit, Capacity.PRACTICE_MANAGER) + _line_above(audit) + _managers_of_the_auditor(audit)
    Participant.objects.bulk_create(
        [Participant(audit=audit, person=person, capacity=Capacity.ESCALATION) for person in dict.fromkeys(told)],
        ignore_conflicts=True,
    )
    _mail([*told, *_quality_assurance()], "audit.inadequate", audit, at)


def case_audit_alert(*, audit: Audit, at: datetime) -> None:
    """The individual audit goes back to practice after each stage.

    After Stage 1 the worker, their line manager and the practice manager are told; after Stage 2 the auditor, the
    auditor's line manager and QA as well.
    """
    told = _people(audit, Capacity.WORKER, Capacity.LINE_MANAGER, Capacity.PRACTICE_MANAGER)
    if audit.state == AuditState.SIGNED_OFF:
        told += _people(audit, Capacity.AUDITOR) + _managers_of_the_auditor(audit) + _quality_assurance()
        _mail(told, "audit.signed_off", audit, at)
    else:
        _mail(told, "audit.submitted", audit, at)


def _people(audit: Audit, *capacities: Capacity) -> list[Person]:
    taking_part = Q(participations__audit=audit, participations__capacity__in=capacities)
    return list(Person.objects.active().filter(taking_part).distinct())


def _line_above(audit: Audit) -> list[Person]:
    """The managers above the practice manager, even one who has left; above the worker where there is none."""
    parts = audit.participants.select_related("person")
    practice_managers = [part.person for part in parts.filter(capacity=Capacity.PRACTICE_MANAGER)]
    workers = [audit.allocation.worker] if audit.allocation.worker else []
    below = practice_managers or workers
    return [manager for person in below for manager in managers_above(person)[:STEPS_TOLD_OF_INADEQUATE]]


def _managers_of_the_auditor(audit: Audit) -> list[Person]:
    auditor = audit.allocation.auditor
    return managers_above(auditor)[:1] if auditor else []


def _quality_assurance() -> list[Person]:
    return list(Person.objects.active().holding(Permission.RUN_CYCLES))


def _mail(told: Iterable[Person], rule: str, audit: Audit, at: datetime) -> None:
    for person in dict.fromkeys(told):
        tell(audit, person, rule, at, cycle=audit.allocation.cycle.name)
