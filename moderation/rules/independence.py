"""Who may moderate an audit: somebody who has no part in it and no line of management with the worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.rules.line_management import in_one_line


class Bar(StrEnum):
    """Why a person may not moderate an audit; the value completes the sentence "… cannot moderate it because …"."""

    AUDITED_IT = "they audited the case"
    WORKS_THE_CASE = "they are the case’s allocated worker"
    ANSWERS_FOR_IT = "they are the practice manager who answers for the case"
    IN_THE_LINE = "they are in the worker’s line of management"
    INVOLVED = "they have been involved with the case, or have declared a conflict of interest"


@dataclass(frozen=True)
class AuditPeople:
    """The people of one audit, as primary keys. The practice manager stands in for a worker that there is not."""

    auditor: int | None = None
    worker: int | None = None
    practice_manager: int | None = None
    involved: frozenset[int] = frozenset()


def bar_to_moderating(person: int, people: AuditPeople, managers: Mapping[int, int | None]) -> Bar | None:
    """Why that person may not moderate the audit; None where they may. `managers`: person → line manager."""
    if person == people.auditor:
        return Bar.AUDITED_IT
    if person == people.worker:
        return Bar.WORKS_THE_CASE
    if person == people.practice_manager:
        return Bar.ANSWERS_FOR_IT
    if person in people.involved:
        return Bar.INVOLVED
    worker = people.worker if people.worker is not None else people.practice_manager
    if worker is not None and in_one_line(person, worker, managers):
        return Bar.IN_THE_LINE
    return None
