"""What QA does about a moderation: choose another moderator, give access to a restricted record."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import requires, signed_in
from audits.services.requests.deciding import grant_access
from moderation.forms.steering import ReassignForm
from moderation.permissions import may_reassign
from moderation.services.handover import eligible_moderators, reassign
from moderation.views.loading import visible_moderation

EVERY_ONE = "every moderation that is not signed off"


@requires(Permission.RUN_CYCLES, scope=EVERY_ONE)
@require_http_methods(["GET", "HEAD", "POST"])
def moderation_reassign(request: HttpRequest, reference: str) -> HttpResponse:
    moderation = visible_moderation(request, reference)
    if not may_reassign(signed_in(request), moderation):
        return redirect("moderation_detail", reference=reference)
    form = ReassignForm(request.POST or None, moderators=eligible_moderators(moderation))
    if request.method == "POST" and form.is_valid():
        try:
            reassign(moderation=moderation, by=signed_in(request), at=timezone.now(), **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{moderation.moderator} moderates audit {reference} now, and has been told.")
            return redirect("moderation_detail", reference=reference)
    context = {"form": form, "moderation": moderation, "audit": moderation.audit}
    return render(request, "moderation/reassign.html", context, status=422 if form.errors else 200)


@requires(Permission.SEE_EVERY_AUDIT, scope=EVERY_ONE)
@require_POST
def moderation_grant_access(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the moderator sight of a restricted case. Twice is once."""
    moderation = visible_moderation(request, reference)
    if moderation.moderator:
        try:
            grant_access(audit=moderation.audit, to=moderation.moderator, by=signed_in(request), at=timezone.now())
        except UserError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{moderation.moderator} has access to the record of audit {reference} now.")
    return redirect("moderation_detail", reference=reference)
