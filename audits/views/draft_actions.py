"""The actions table of an audit that is being filled in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
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
from audits.services.action_drafts import RemovedMeanwhile, add_action, change_action, planned, remove_action
from audits.services.filled_form import FilledForm
from audits.services.meanwhile import ChangedMeanwhile
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
    action = audit.actions.filter(pk=pk).first()
    if action is None:
        return _removed(request, audit)
    form = ActionForm(request.POST or None, audit=audit, action=action)
    if not _is_saved(request) or not form.is_valid():
        return _page(request, audit, form, action)
    draft, seen = form.draft(), form.cleaned_data["seen"]
    try:
        change_action(action=action, draft=draft, seen=seen, by=signed_in(request), at=timezone.now())
    except ChangedMeanwhile as changed:
        return _page(request, audit, form, action, beside=form.beside(changed), status=409)
    except RemovedMeanwhile:
        return _removed(request, audit)
    return _back(request, audit, "The action is changed", action)


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


def _removed(request: HttpRequest, audit: Audit) -> HttpResponse:
    """What was typed of an action that is gone, as a new one to add."""
    if request.method != "POST":
        raise Http404
    form = ActionForm(request.POST, audit=audit)
    form.helper.form_action = reverse("audit_action_add", args=[audit.reference])
    form.is_valid()
    form.add_error(None, f"{RemovedMeanwhile()} What you typed is below. Save it to add it as a new action.")
    return _page(request, audit, form, status=409)


def _page(
    request: HttpRequest,
    audit: Audit,
    form: ActionForm,
    action: Action | None = None,
    *,
    beside: ActionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """`beside`: the form to show in place of what was posted, with what another tab has saved beside each field."""
    panel = smart_panel(form.planned() if form.is_bound else planned(action) if action else PlannedAction())
    form = beside or form
    context = {"audit": audit, "form": form, "action": action, "section": FilledForm.of(audit).form.overall_section}
    return render(request, "audits/action.html", context | panel, status=status)


def _back(request: HttpRequest, audit: Audit, done: str, action: Action | None = None) -> HttpResponse:
    """To the table of actions, with what would still make this one clearer."""
    advice = advice_for(planned(action)) if action else ()
    messages.success(request, " ".join([f"{done}.", *(each.message for each in advice)]) if advice else done)
    section = FilledForm.of(audit).form.overall_section
    if section is None:
        return redirect("audit_detail", reference=audit.reference)
    return redirect(f"{reverse('audit_section', args=[audit.reference, section.key])}#actions")
