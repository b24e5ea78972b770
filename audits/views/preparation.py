"""Before the audit: the three checks, the meeting, and what every audit records about itself."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.links import absolute
from accounts.permissions import requires, signed_in
from audits.forms.stage1 import MeetingForm
from audits.invitation import invitation
from audits.models import Audit
from audits.pages.requests import asked_about
from audits.permissions import is_auditor, is_worker
from audits.request_permissions import has_asked_for_access
from audits.services.checks import Check, arrange_meeting, check_restriction, confirm_worker, take_back
from audits.services.requests.deciding import grant_access
from audits.views.loading import case_panel, filling_in, visible_audit

OWN_AUDIT = "the auditor's own audit, until it is submitted"


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_checks(request: HttpRequest, audit: Audit) -> HttpResponse:
    """The three checks on one page, each recorded by a press of its own."""
    form = MeetingForm(audit=audit)
    if request.method == "POST":
        by, at = signed_in(request), timezone.now()
        if done := _one_press(request, audit):
            messages.success(request, done)
            return redirect("audit_checks", reference=audit.reference)
        form = MeetingForm(request.POST, audit=audit)
        if form.is_valid():
            arrange_meeting(audit=audit, meeting=form.meeting(), by=by, at=at)
            messages.success(request, "Recorded: time and place of the meeting")
            return redirect("audit_checks", reference=audit.reference)
    context = {
        "audit": audit,
        "form": form,
        "has_asked": has_asked_for_access(signed_in(request), audit),
        "asked": asked_about(audit, signed_in(request)),
        **case_panel(request, audit),
    }
    return render(request, "audits/checks.html", context)


def _one_press(request: HttpRequest, audit: Audit) -> str:
    """What was recorded by a press of a button; empty where the form of the meeting was sent."""
    by, at = signed_in(request), timezone.now()
    taken_back = request.POST.get("take_back", "")
    if taken_back in list(Check):
        take_back(audit=audit, check=Check(taken_back), by=by, at=at)
        return "Taken back: this check is still to be done"
    match request.POST.get("check", ""):
        case Check.WORKER:
            confirm_worker(audit=audit, by=by, at=at)
            return "Recorded: the allocated worker is confirmed"
        case Check.RESTRICTION:
            check_restriction(audit=audit, by=by, at=at)
            asked = " You have asked for access." if has_asked_for_access(by, audit) else ""
            return f"Recorded: the record is checked for a restriction.{asked}"
    return ""


@requires(
    Permission.COMPLETE_AUDITS, Permission.TAKE_PART_IN_AUDITS, scope="audits the person does, or is the worker of"
)
@require_GET
def audit_invitation(request: HttpRequest, reference: str) -> HttpResponse:
    """The meeting as a calendar invitation."""
    audit = visible_audit(request, reference)
    person = signed_in(request)
    if audit.meeting_at is None or not (is_auditor(person, audit) or is_worker(person, audit)):
        raise Http404
    url = absolute(request.path.replace("meeting.ics", ""))
    response = HttpResponse(invitation(audit, url=url, at=timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{audit.reference}.ics"'
    return response


@requires(Permission.DECIDE_REQUESTS, scope="every audit")
@require_POST
def audit_grant_access(request: HttpRequest, reference: str) -> HttpResponse:
    """QA gives the auditor sight of a restricted case, asked or not."""
    audit = visible_audit(request, reference)
    if audit.allocation.auditor:
        try:
            grant_access(audit=audit, to=audit.allocation.auditor, by=signed_in(request), at=timezone.now())
        except UserError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{audit.allocation.auditor} now sees the details of this case")
    return redirect("audit_detail", reference=audit.reference)
