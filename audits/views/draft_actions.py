"""The actions table of an audit that is being filled in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Permission
from accounts.permissions import requires, signed_in
from audits.forms.stage1 import ActionForm
from audits.models import Action, Audit
from audits.pages.smart import smart_panel
from audits.rules.smart import PlannedAction, advice_for
from audits.services.action_drafts import add_action, change_action, planned, remove_action
from audits.services.filled_form import FilledForm
from audits.views.loading import filling_in, number_in

OWN_AUDIT = "the auditor's own audit, until it is submitted"


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_action_add(request: HttpRequest, audit: Audit) -> HttpResponse:
    form = ActionForm(request.POST or None, audit=audit)
    if _is_saved(request) and form.is_valid():
        action = add_action(audit=audit, draft=form.draft(), by=signed_in(request), at=timezone.now())
        return _back(request, audit, "The action is added", action)
    return _page(request, audit, form)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_action_change(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    action = get_object_or_404(audit.actions, pk=pk)
    form = ActionForm(request.POST or None, audit=audit, action=action)
    if _is_saved(request) and form.is_valid():
        change_action(action=action, draft=form.draft(), by=signed_in(request), at=timezone.now())
        return _back(request, audit, "The action is changed", action)
    return _page(request, audit, form, action)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_action_advice(request: HttpRequest, audit: Audit) -> HttpResponse:
    """What would make the action clearer that is being typed, a new one or the one named. Nothing is saved."""
    action = audit.actions.filter(pk=number_in(request.GET.get("action", ""))).first()
    form = ActionForm(request.POST, audit=audit, action=action)
    return render(request, "audits/_smart.html", smart_panel(form.planned()))


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_action_remove(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    remove_action(action=get_object_or_404(audit.actions, pk=pk), by=signed_in(request), at=timezone.now())
    return _back(request, audit, "The action is removed")


def _is_saved(request: HttpRequest) -> bool:
    return request.method == "POST" and "check" not in request.POST


def _page(request: HttpRequest, audit: Audit, form: ActionForm, action: Action | None = None) -> HttpResponse:
    panel = smart_panel(form.planned() if form.is_bound else planned(action) if action else PlannedAction())
    context = {"audit": audit, "form": form, "action": action, "section": FilledForm.of(audit).form.overall_section}
    return render(request, "audits/action.html", context | panel)


def _back(request: HttpRequest, audit: Audit, done: str, action: Action | None = None) -> HttpResponse:
    """To the table of actions, with what would still make this one clearer."""
    advice = advice_for(planned(action)) if action else ()
    messages.success(request, " ".join([f"{done}.", *(each.message for each in advice)]) if advice else done)
    section = FilledForm.of(audit).form.overall_section
    if section is None:
        return redirect("audit_detail", reference=audit.reference)
    return redirect(f"{reverse('audit_section', args=[audit.reference, section.key])}#actions")
