"""QA gives an audit to another auditor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import requires, signed_in
from audits.forms.handover import HandOverAuditForm
from audits.pages.candidates import choice_of
from audits.permissions import knows_record
from audits.services.handover import auditors_for, hand_over_audit, later_due_day, may_hand_over
from audits.views.loading import visible_audit


@requires(Permission.RUN_CYCLES, scope="every audit whose Stage 1 is open")
@require_http_methods(["GET", "HEAD", "POST"])
def audit_hand_over(request: HttpRequest, reference: str) -> HttpResponse:
    audit, by, today = visible_audit(request, reference), signed_in(request), timezone.localdate()
    if not may_hand_over(by, audit):
        messages.warning(request, "Stage 1 of this audit is not open any more, so nobody else can be given it.")
        return redirect("audit_detail", reference=reference)
    choice = choice_of(auditors_for(audit, today), knows_record=knows_record(by, audit))
    form = HandOverAuditForm(
        request.POST or None, choice=choice, due_on=audit.due_on, later=later_due_day(audit, today)
    )
    if request.method == "POST" and form.is_valid():
        try:
            person = hand_over_audit(
                audit=audit,
                to=form.chosen(),
                by=by,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
                more_time=form.more_time,
            )
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{person} audits {reference} now. Everybody concerned has been told.")
            return redirect("audit_detail", reference=reference)
    context = {"audit": audit, "form": form, "choice": choice}
    return render(request, "audits/handover/audit.html", context, status=422 if form.errors else 200)
