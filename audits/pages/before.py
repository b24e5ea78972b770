"""The audit that a re-audit follows, as its auditor looks back at it: grades, and actions with their state."""

from typing import NamedTuple

from audits.models import Action, Allocation, Audit, AuditSection

RELATED = ("allocation__cycle", "allocation__auditor", "allocation__case", "form_version")


class AuditBefore(NamedTuple):
    audit: Audit
    sections: list[AuditSection]
    actions: list[Action]


def audit_before(allocation: Allocation) -> Audit | None:
    """The completed audit that this re-audit follows. One that was given out and never came back is passed over."""
    audit = allocation.reaudit_of_id
    while audit is not None:
        found = Audit.objects.select_related(*RELATED).get(pk=audit)
        if found.is_completed:
            return found
        audit = found.allocation.reaudit_of_id
    return None


def looked_back_at(audit: Audit) -> AuditBefore:
    """Its graded sections and all its actions, the open ones first."""
    sections = [row for row in audit.sections.all() if row.final_grade or row.not_applicable_reason]
    actions = audit.actions.select_related("owner").order_by("state", "due_on", "pk")
    return AuditBefore(audit, sections, sorted(actions, key=lambda action: action.state != "open"))
