"""The actions table of an audit that is being filled in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import requires, signed_in
from audits.forms.stage1 import ActionForm
from audits.models import Action, Audit
from audits.permissions import may_fill_in
from audits.services.action_drafts import add_action, change_action, remove_action
from audits.services.filled_form import FilledForm
from audits.views.loading import own_audit

OWN_AUDIT = "the auditor's own audit, until it is submitted"


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
def audit_action_add(request: HttpRequest, reference: str) -> HttpResponse:
    audit = _open_audit(request, reference)
    form = ActionForm(request.POST or None, audit=audit)
    if request.method == "POST" and form.is_valid():
        try:
            add_action(audit=audit, draft=form.draft(), by=signed_in(request), at=timezone.now())
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The action is added")
            return _back(audit)
    return _page(request, audit, form)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
def audit_action_change(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    audit = _open_audit(request, reference)
    action = get_object_or_404(audit.actions, pk=pk)
    form = ActionForm(request.POST or None, audit=audit, action=action)
    if request.method == "POST" and form.is_valid():
        try:
            change_action(action=action, draft=form.draft(), by=signed_in(request), at=timezone.now())
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The action is changed")
            return _back(audit)
    return _page(request, audit, form, action)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
def audit_action_remove(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    audit = _open_audit(request, reference)
    try:
        remove_action(action=get_object_or_404(audit.actions, pk=pk), by=signed_in(request), at=timezone.now())
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The action is removed")
    return _back(audit)


def _open_audit(request: HttpRequest, reference: str) -> Audit:
    audit = own_audit(request, reference)
    if not may_fill_in(signed_in(request), audit):
        raise Http404
    return audit


def _page(request: HttpRequest, audit: Audit, form: ActionForm, action: Action | None = None) -> HttpResponse:
    context = {"audit": audit, "form": form, "action": action, "section": FilledForm.of(audit).form.overall_section}
    return render(request, "audits/action.html", context)


def _back(audit: Audit) -> HttpResponse:
    section = FilledForm.of(audit).form.overall_section
    if section is None:
        return redirect("audit_detail", reference=audit.reference)
    return redirect("audit_section", reference=audit.reference, key=section.key)
