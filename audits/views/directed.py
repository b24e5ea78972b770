"""QA commissions the audit of a named case, and takes it back. The case number is only ever posted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import requires, signed_in
from audits.forms.directed import CommissionForm, WithdrawForm
from audits.forms.handover import AuditorForm
from audits.models import Case
from audits.pages.candidates import choice_of
from audits.services.directed import auditors_for, commission, may_withdraw, usual_due_day, withdraw
from audits.views.loading import visible_audit

WHOM = "auditor"
"""The second of the two steps: whom. The first is which case, why and by when."""


@requires(Permission.RUN_CYCLES, scope="every case that the person sees")
@require_http_methods(["GET", "HEAD", "POST"])
def audit_commission(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Which case and why, then who audits it. `pk`: the case whose page led here."""
    by, today = signed_in(request), timezone.localdate()
    initial: dict[str, Any] = {"due_on": usual_due_day(today)}
    if pk is not None:
        initial["number"] = get_object_or_404(Case.objects.visible_to(by), pk=pk).case_id
    form = CommissionForm(request.POST or None, by=by, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _whom(request, form)
    return render(request, "audits/directed/commission.html", {"form": form}, status=422 if form.errors else 200)


def _whom(request: HttpRequest, wanted: CommissionForm) -> HttpResponse:
    case, due_on, reason = (wanted.cleaned_data[name] for name in ("number", "due_on", "reason"))
    choice = choice_of(auditors_for(case, wanted.today, due_on))
    form = AuditorForm(request.POST if request.POST.get("step") == WHOM else None, choice=choice)
    if form.is_bound and form.is_valid():
        try:
            audit = commission(
                case=case, reason=reason, due_on=due_on, to=form.chosen(), by=wanted.by, at=timezone.now()
            )
        except UserError as error:
            form.add_error(None, str(error))
        else:
            auditor = audit.allocation.auditor
            messages.success(request, f"Audit {audit.reference} is commissioned. {auditor} has been told.")
            return redirect("audit_detail", reference=audit.reference)
    context = {"form": form, "choice": choice, "wanted": wanted, "case": case, "due_on": due_on, "step": WHOM}
    return render(request, "audits/directed/auditor.html", context, status=422 if form.errors else 200)


@requires(Permission.RUN_CYCLES, scope="every directed audit that is not submitted")
@require_http_methods(["GET", "HEAD", "POST"])
def audit_withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a directed audit back."""
    audit, by = visible_audit(request, reference), signed_in(request)
    if not may_withdraw(by, audit):
        messages.warning(request, "Only a directed audit can be taken back, until it is submitted.")
        return redirect("audit_detail", reference=reference)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw(audit=audit, by=by, at=timezone.now(), **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Audit {reference} is taken back. {audit.allocation.auditor} has been told.")
            return redirect("audit_detail", reference=reference)
    context = {"audit": audit, "form": form}
    return render(request, "audits/directed/withdraw.html", context, status=422 if form.errors else 200)
