"""The actions table of an audit that is being filled in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Permission
from accounts.permissions import requires, signed_in
from audits.forms.stage1 import ActionForm
from audits.models import Action, Audit
from audits.services.action_drafts import add_action, change_action, remove_action
from audits.services.filled_form import FilledForm
from audits.views.loading import filling_in

OWN_AUDIT = "the auditor's own audit, until it is submitted"


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_action_add(request: HttpRequest, audit: Audit) -> HttpResponse:
    form = ActionForm(request.POST or None, audit=audit)
    if request.method == "POST" and form.is_valid():
        add_action(audit=audit, draft=form.draft(), by=signed_in(request), at=timezone.now())
        messages.success(request, "The action is added")
        return _back(audit)
    return _page(request, audit, form)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_action_change(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    action = get_object_or_404(audit.actions, pk=pk)
    form = ActionForm(request.POST or None, audit=audit, action=action)
    if request.method == "POST" and form.is_valid():
        change_action(action=action, draft=form.draft(), by=signed_in(request), at=timezone.now())
        messages.success(request, "The action is changed")
        return _back(audit)
    return _page(request, audit, form, action)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_action_remove(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    remove_action(action=get_object_or_404(audit.actions, pk=pk), by=signed_in(request), at=timezone.now())
    messages.success(request, "The action is removed")
    return _back(audit)


def _page(request: HttpRequest, audit: Audit, form: ActionForm, action: Action | None = None) -> HttpResponse:
    context = {"audit": audit, "form": form, "action": action, "section": FilledForm.of(audit).form.overall_section}
    return render(request, "audits/action.html", context)


def _back(audit: Audit) -> HttpResponse:
    section = FilledForm.of(audit).form.overall_section
    if section is None:
        return redirect("audit_detail", reference=audit.reference)
    return redirect("audit_section", reference=audit.reference, key=section.key)
