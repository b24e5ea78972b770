"""The allocations of a cycle as a table, one row an allocation: for the page's download and the command alike."""

from collections.abc import Iterator

from audits.models import Allocation
from audits.models.cycles import AllocationQuerySet
from audits.why import reason_in_a_line

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


def rows(allocations: AllocationQuerySet) -> Iterator[tuple[object, ...]]:
    """The rows under HEADER, read as they are written. `status`: the audit's state, or why it does not count."""
    ordered = allocations.select_related("cycle", "case", "auditor", "draw", "audit").defer(
        "draw__summary", "draw__pairs"
    )
    return (_row(allocation) for allocation in ordered.order_by("pk").iterator(chunk_size=2000))


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
        reason_in_a_line(allocation.reason),
    )


def status_of(allocation: Allocation) -> str:
    if allocation.standing != "live":
        return allocation.standing
    return allocation.audit.state if hasattr(allocation, "audit") else ""
