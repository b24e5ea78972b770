"""The register of actions: what audits have called for, who does it, and whether it is done."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.lists import page_of, take_out
from accounts.permissions import everybody_signed_in, requires, signed_in
from accounts.services.activity import record
from audits.action_permissions import may_complete, may_hand_over, may_sign_off, readable_by
from audits.exports.actions import HEADER, rows
from audits.filters.actions import OPEN, ActionFilter
from audits.forms.actions import SIGN_OFF, CompleteForm, HandOverForm, SignOffForm
from audits.models import Action, Audit
from audits.services.actions import complete, hand_over, send_back, sign_off

SCOPE = "the actions of audits they see, their own, and those that wait for their signature"


@everybody_signed_in(scope=SCOPE)
@require_safe
def action_list(request: HttpRequest) -> HttpResponse:
    """What is open, unless another status is asked for; what is due first comes first."""
    person, today = signed_in(request), timezone.localdate()
    visible = Action.objects.published().visible_to(person)
    narrowed = ActionFilter(request.GET if request.GET else {"state": OPEN}, queryset=visible, on=today, reader=person)
    found = narrowed.qs.select_related("owner", "audit__allocation__case").order_by("due_on", "pk")
    page = page_of(request, found)
    context = {
        "filter": narrowed,
        "page": page,
        "readable": readable_by(person, list(page.object_list)),
        "today": today,
        "query": request.GET.urlencode() or f"state={OPEN}",
        "may_export": person.may(Permission.SEE_EVERY_AUDIT),
    }
    return render(request, "audits/actions/list.html", context)


@requires(Permission.SEE_EVERY_AUDIT, scope="every action")
@require_safe
def action_export(request: HttpRequest) -> HttpResponse:
    """What the list shows, whole, as CSV."""
    person, today = signed_in(request), timezone.localdate()
    visible = Action.objects.published().visible_to(person)
    narrowed = ActionFilter(request.GET, queryset=visible, on=today, reader=person)
    return take_out(
        by=person,
        what="actions",
        name=f"actions-{today}",
        header=HEADER,
        rows=rows(narrowed.qs, on=today, reader=person),
        verb="action.exported",
        thing_type="actions",
        thing_ref=str(today),
    )


@everybody_signed_in(scope=SCOPE)
@require_safe
def action_detail(request: HttpRequest, pk: int) -> HttpResponse:
    action = _visible(request, pk)
    record(
        by=signed_in(request),
        verb="action.read",
        thing_type="action",
        thing_ref=str(action.pk),
        summary=f"An action of audit {action.audit.reference} was read",
    )
    return _page(request, action)


@everybody_signed_in(scope="their own open actions")
@require_POST
def action_complete(request: HttpRequest, pk: int) -> HttpResponse:
    action = _visible(request, pk)
    form = CompleteForm(request.POST)
    if not form.is_valid():
        return _page(request, action, complete_form=form)
    try:
        complete(action=action, note=form.cleaned_data["note"], by=signed_in(request), at=timezone.now())
    except UserError as error:
        form.add_error(None, str(error))
        return _page(request, action, complete_form=form)
    waits_for = action.signer.name if action.signer else "quality assurance"
    messages.success(request, f"The action is completed. It now waits for {waits_for} to sign it off.")
    return redirect("action_detail", pk=pk)


@everybody_signed_in(scope="completed actions that wait for their signature")
@require_POST
def action_sign_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign it off, or send it back."""
    action = _visible(request, pk)
    form = SignOffForm(request.POST)
    if not form.is_valid():
        return _page(request, action, sign_off_form=form)
    note, by, at = form.cleaned_data["note"], signed_in(request), timezone.now()
    try:
        if form.cleaned_data["decision"] == SIGN_OFF:
            sign_off(action=action, note=note, by=by, at=at)
            messages.success(request, "The action is signed off.")
        else:
            send_back(action=action, reason=note, by=by, at=at)
            messages.success(request, "The action is with its owner again, who has been told.")
    except UserError as error:
        form.add_error(None, str(error))
        return _page(request, action, sign_off_form=form)
    seen = Action.objects.published().visible_to(by).filter(pk=pk).exists()
    return redirect("action_detail", pk=pk) if seen else redirect("action_list")


@requires(Permission.RUN_CYCLES, scope="every open action")
@require_http_methods(["GET", "HEAD", "POST"])
def action_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    action = _visible(request, pk)
    if not may_hand_over(signed_in(request), action):
        return redirect("action_detail", pk=pk)
    form = HandOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hand_over(action=action, by=signed_in(request), at=timezone.now(), **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The action is {action.owner}’s now, who has been told.")
            return redirect("action_detail", pk=pk)
    context = {"action": action, "form": form}
    return render(request, "audits/actions/hand_over.html", context, status=422 if form.errors else 200)


def _visible(request: HttpRequest, pk: int) -> Action:
    visible = Action.objects.published().visible_to(signed_in(request))
    related = ("owner", "signer", "completed_by", "signed_off_by", "recorded_by", "audit__allocation__case")
    return get_object_or_404(visible.select_related(*related), pk=pk)


def _page(request: HttpRequest, action: Action, **forms: Form) -> HttpResponse:
    person = signed_in(request)
    context: dict[str, Any] = {
        "action": action,
        "readable": bool(readable_by(person, [action])),
        "steps": action.steps.select_related("by"),
        "sees_audit": Audit.objects.visible_to(person).filter(pk=action.audit_id).exists(),
        "may_hand_over": may_hand_over(person, action),
        "today": timezone.localdate(),
        "page_has_errors": any(form.errors for form in forms.values()),
    }
    if may_complete(person, action):
        context["complete_form"] = CompleteForm()
    if may_sign_off(person, action):
        context["sign_off_form"] = SignOffForm()
    return render(
        request, "audits/actions/detail.html", context | forms, status=422 if context["page_has_errors"] else 200
    )
