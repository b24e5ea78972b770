"""Finding the audit of a page, and what its pages have in common."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.errors import UserError
from accounts.permissions import signed_in
from audits.models import Audit, Cycle
from audits.permissions import is_auditor, may_fill_in, sees_case
from audits.request_permissions import has_asked_for_access
from audits.rules.details import look_back_from
from audits.rules.form_definition import FormDefinition

# A form is read once a process, so its definition is not asked for with every audit.
DEFINITIONS = (
    "form_version__definition",
    "pack__definition",
    "allocation__cycle__form_version__definition",
    "allocation__cycle__pack__definition",
)
RELATED = (
    "form_version",
    "pack",
    "allocation__auditor",
    "allocation__worker__line_manager",
    "allocation__case__team__manager",
    "allocation__cycle__form_version",
    "allocation__cycle__pack",
    "allocation__cycle__rules",
)
# What its auditor needs to fill it in, many times an hour.
TO_FILL_IN = ("form_version", "pack", "allocation__worker__line_manager", "allocation__case", "allocation__cycle")


def visible_audit(request: HttpRequest, reference: str) -> Audit:
    """The audit, if the person may see it at all; otherwise it does not exist."""
    visible = Audit.objects.visible_to(signed_in(request)).select_related(*RELATED).defer(*DEFINITIONS)
    return get_object_or_404(visible, reference=reference)


def cycle_of(slug: str) -> Cycle:
    """The cycle that begins with that month, `2026-11`; 404 where there is none."""
    try:
        first_month = date.fromisoformat(f"{slug}-01")
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(Cycle.objects.select_related("pack", "rules"), first_month=first_month)


def own_audit(request: HttpRequest, reference: str) -> Audit:
    """The audit, for its auditor alone."""
    person = signed_in(request)
    audits = Audit.objects.visible_to(person).select_related(*TO_FILL_IN)
    audit = get_object_or_404(audits.defer("form_version__definition", "pack__definition"), reference=reference)
    if not is_auditor(person, audit):
        raise Http404
    return audit


def filling_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the auditor's own audit instead of its reference.

    An audit that can no longer be filled in leads to its own page; what a service refuses is said there.
    """

    @wraps(view)
    def loaded(request: HttpRequest, reference: str, *args: Any, **kwargs: Any) -> HttpResponse:
        audit = own_audit(request, reference)
        if request.method == "GET" and not may_fill_in(signed_in(request), audit):
            return redirect("audit_detail", reference=reference)
        try:
            return view(request, audit, *args, **kwargs)
        except UserError as refused:
            messages.error(request, str(refused))
            return redirect("audit_detail", reference=reference)

    return loaded


def case_panel(request: HttpRequest, audit: Audit) -> dict[str, Any]:
    """The case beside an audit: its details, or the fact that it is restricted and nothing more."""
    person, allocation, case = signed_in(request), audit.allocation, audit.allocation.case
    if case is None:
        return {"case": None, "restricted": False}
    if not sees_case(person, audit):
        return {"case": None, "restricted": True, "access_is_asked": has_asked_for_access(person, audit)}
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


def number_in(text: str, otherwise: int = 0) -> int:
    """The whole number in what was posted; `otherwise` where there is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else otherwise
