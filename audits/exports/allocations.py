"""The allocations of a cycle as a table, one row an allocation: for the page's download and the command alike."""

from collections.abc import Iterator

from accounts.models import Person
from audits.exports.restricted import blanked
from audits.kept_draws.why import reason_in_a_line
from audits.models import Allocation, Case
from audits.models.cycles import AllocationQuerySet

HEADER = (
    "cycle",
    "case_id",
    "case_team",
    "case_service",
    "case_area",
    "plan_type",
    "auditor_email",
    "auditor_team",
    "auditor_area",
    "kind",
    "status",
    "due_on",
    "seed",
    "reason",
)

TELLING = frozenset({"case_id", "case_team", "case_service", "case_area", "plan_type", "reason"})


def rows(allocations: AllocationQuerySet, *, reader: Person | None) -> Iterator[tuple[object, ...]]:
    """The rows under HEADER, read as they are written. `status`: the audit's state, or why it does not count.

    `reader`: who takes the table out; of a restricted record they are not named for, what tells of the child stays
    blank, and no row's place tells its number. None: the operator, who gets everything, in the order of the draw.
    """
    ordered = allocations.select_related(
        "cycle", "case", "auditor", "draw", "audit", "reaudit_of", "replaces__audit", "commissioned_by"
    ).defer("draw__summary", "draw__pairs")
    hidden = frozenset() if reader is None else frozenset(Case.objects.unnamed_to(reader).values_list("pk", flat=True))
    for allocation in ordered.order_by("pk" if reader is None else "audit__reference").iterator(chunk_size=2000):
        row = _row(allocation)
        yield blanked(HEADER, row, TELLING) if allocation.case_id in hidden else row


def _row(allocation: Allocation) -> tuple[object, ...]:
    return (
        allocation.cycle.key,
        allocation.case.case_id if allocation.case else allocation.case_label,
        allocation.team or allocation.team_code,
        allocation.service,
        allocation.area,
        allocation.plan_type,
        allocation.auditor.email if allocation.auditor else allocation.auditor_label,
        allocation.auditor_team,
        allocation.auditor_area,
        allocation.kind,
        status_of(allocation),
        allocation.due_on,
        allocation.draw.seed if allocation.draw else None,
        reason_in_a_line(allocation),
    )


def status_of(allocation: Allocation) -> str:
    if allocation.standing != "live":
        return allocation.standing
    return allocation.audit.state if hasattr(allocation, "audit") else ""
