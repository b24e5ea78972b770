"""How much came back of a cycle, never a rate without its counts and what it means."""

from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet

from audits.enums import COMPLETED_STATES, AuditKind, AuditState, Standing
from audits.models import Cycle
from audits.rules.returns import Returns

RATE = (
    "The rate is completed ÷ allocated. Completed: Stage 1 submitted, late or not. Exempt audits are not counted. "
    "Re-audits have a rate of their own; directed audits are in no rate."
)
KINDS = {AuditKind.AUDIT: "drawn", AuditKind.REAUDIT: "again", AuditKind.DIRECTED: "directed"}


class CycleReturns(NamedTuple):
    """What came back of a cycle, by kind."""

    audits: Returns
    reaudits: Returns
    directed: Returns

    @classmethod
    def of(cls, cycle: Any) -> "CycleReturns":
        """From a cycle that `with_counts` has counted."""
        counted = [{name: getattr(cycle, f"{prefix}_{name}") for name in _COUNTS} for prefix in KINDS.values()]
        return cls(*(Returns(**counts) for counts in counted))

    @property
    def rows(self) -> list[tuple[str, Returns]]:
        """Each kind with its counts; drawn audits always, the others where there are any."""
        kinds = ("Drawn audits", self.audits), ("Re-audits", self.reaudits), ("Directed audits", self.directed)
        return [(kind, counts) for kind, counts in kinds if counts is self.audits or counts.allocated or counts.exempt]


def with_counts(cycles: QuerySet[Cycle]) -> QuerySet[Any]:
    """Adds the counts of every kind, `drawn_completed` and so on, in the same query.

    `allocated` and `completed` are those of the drawn audits.
    """
    counts = {
        f"{prefix}_{name}": Count("allocations", filter=Q(allocations__kind=kind) & condition)
        for kind, prefix in KINDS.items()
        for name, condition in _COUNTS.items()
    }
    return cycles.annotate(**counts).annotate(allocated=F("drawn_allocated"), completed=F("drawn_completed"))


_LIVE = Q(allocations__standing=Standing.LIVE)
_BACK = _LIVE & Q(allocations__audit__state__in=COMPLETED_STATES)
_COUNTS = {
    "allocated": _LIVE,
    "completed": _BACK,
    "late": _BACK & Q(allocations__audit__completed_on__gt=F("allocations__due_on")),
    "exempt": Q(allocations__standing=Standing.EXEMPT),
    "moderated": _BACK
    & (
        Q(allocations__audit__state=AuditState.SIGNED_OFF, allocations__audit__imported=False)
        | Q(allocations__audit__moderated_grade__gt="")
    ),
}


def in_words(returns: Returns, what: str) -> str:
    """`96 of 120 audits returned (80.0%), 7 of them late; 3 exempt, not counted; 80 moderated by now`."""
    if not returns.allocated:
        return f"No {what} allocated" + (f"; {returns.exempt} exempt" if returns.exempt else "")
    late = f", {returns.late} of them late" if returns.late else ""
    exempt = f"; {returns.exempt} exempt, not counted" if returns.exempt else ""
    moderated = f"; {returns.moderated} moderated by now" if returns.completed else ""
    return f"{returns.completed} of {returns.allocated} {what} returned ({returns.rate}%){late}{exempt}{moderated}"
