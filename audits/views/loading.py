"""Finding the audit of a page, and what its pages have in common."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.permissions import signed_in
from audits.models import Audit
from audits.permissions import is_auditor, sees_case
from audits.rules.details import look_back_from
from audits.rules.form_definition import FormDefinition

RELATED = (
    "form_version",
    "allocation__auditor",
    "allocation__worker__line_manager",
    "allocation__case__team__manager",
    "allocation__cycle__form_version",
    "allocation__cycle__rules",
)


def visible_audit(request: HttpRequest, reference: str) -> Audit:
    """The audit, if the person may see it at all; otherwise it does not exist."""
    visible = Audit.objects.visible_to(signed_in(request)).select_related(*RELATED)
    return get_object_or_404(visible, reference=reference)


def own_audit(request: HttpRequest, reference: str) -> Audit:
    """The audit, for its auditor alone."""
    audit = visible_audit(request, reference)
    if not is_auditor(signed_in(request), audit):
        raise Http404
    return audit


def case_panel(request: HttpRequest, audit: Audit) -> dict[str, Any]:
    """The case beside an audit: its details, or the fact that it is restricted and nothing more."""
    allocation, case = audit.allocation, audit.allocation.case
    if case is None or not sees_case(signed_in(request), audit):
        return {"case": None, "restricted": case is not None}
    rows = [
        ("Case number", case.case_id),
        ("Age", allocation.age_band if allocation.age is None else str(allocation.age)),
        ("Gender", allocation.gender),
        ("Plan", allocation.get_plan_type_display()),
        ("Team", allocation.team),
        ("Service", allocation.service),
        ("Area", allocation.area),
    ]
    return {
        "case": case,
        "case_rows": [(name, value) for name, value in rows if value],
        "worker": allocation.worker,
        "worker_manager": allocation.worker.line_manager if allocation.worker else None,
        "restricted": False,
    }


def look_back(audit: Audit, form: FormDefinition, today: date) -> tuple[date, date]:
    """The first and the last day of the work that the audit looks at."""
    end = audit.audit_on or today
    return look_back_from(end, form.lookback_months), end
