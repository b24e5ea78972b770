"""The further actions that a moderator adds in Stage 2."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import requires, signed_in
from audits.action_permissions import may_take_back
from audits.forms.stage1 import ActionForm
from audits.pages.smart import smart_panel
from audits.rules.smart import PlannedAction
from audits.services.actions import add_further_action, take_back
from moderation.models import Moderation
from moderation.permissions import may_moderate
from moderation.views.loading import OWN, own_moderation


@requires(Permission.MODERATE_AUDITS, scope=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def moderation_action_add(request: HttpRequest, reference: str) -> HttpResponse:
    """With `advice` in the address, or by the button that checks, nothing is saved: it says what would be clearer."""
    moderation = _open_moderation(request, reference)
    form = ActionForm(request.POST or None, audit=moderation.audit)
    panel = smart_panel(form.planned() if form.is_bound else PlannedAction())
    if "advice" in request.GET:
        return render(request, "audits/_smart.html", panel)
    if request.method == "POST" and "check" not in request.POST and form.is_valid():
        try:
            add_further_action(audit=moderation.audit, draft=form.draft(), by=signed_in(request), at=timezone.now())
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The action is added, and its owner has been told.")
            return redirect("moderation_detail", reference=reference)
    context = {"form": form, "moderation": moderation, "audit": moderation.audit, **panel}
    return render(request, "moderation/action.html", context, status=422 if form.errors else 200)


@requires(Permission.MODERATE_AUDITS, scope=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def moderation_action_take_back(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    moderation = _open_moderation(request, reference)
    action = get_object_or_404(moderation.audit.actions, pk=pk)
    if not may_take_back(signed_in(request), action):
        raise Http404
    if request.method == "POST":
        try:
            take_back(action=action, by=signed_in(request), at=timezone.now())
        except UserError as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, "The action is taken back, and its owner has been told.")
        return redirect("moderation_detail", reference=reference)
    context = {"action": action, "moderation": moderation, "audit": moderation.audit}
    return render(request, "moderation/take_back.html", context)


def _open_moderation(request: HttpRequest, reference: str) -> Moderation:
    moderation = own_moderation(request, reference)
    if not may_moderate(signed_in(request), moderation):
        raise Http404
    return moderation
