"""How a discussion ends: checked and signed off, or Stage 1 returned to its auditor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.permissions import requires, signed_in
from audits.services.filled_form import FilledForm
from moderation.forms.discussion_form import version_of
from moderation.forms.steering import ReturnForm
from moderation.models import Moderation
from moderation.permissions import may_moderate
from moderation.reading import result_of_draft
from moderation.rules.discussion import Discussion
from moderation.services.discussions import (
    NotReady,
    graded_parts,
    people_of_discussion,
    problems_of,
    return_to_auditor,
    sign_off,
)
from moderation.views.loading import OWN, own_moderation


@requires(Permission.MODERATE_AUDITS, scope=OWN)
@require_safe
def moderation_check(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything as it will be signed off. Not shown before it is complete."""
    moderation = own_moderation(request, reference)
    if not may_moderate(signed_in(request), moderation):
        return redirect("moderation_detail", reference=reference)
    if problems_of(moderation, timezone.now()):
        return _back_to_what_is_missing(reference)
    return _check_page(request, moderation)


@requires(Permission.MODERATE_AUDITS, scope=OWN)
@require_POST
def moderation_sign_off(request: HttpRequest, reference: str) -> HttpResponse:
    """Pressing twice signs off once."""
    moderation = own_moderation(request, reference)
    try:
        sign_off(moderation=moderation, version=version_of(request.POST), by=signed_in(request), at=timezone.now())
    except NotReady:
        return _back_to_what_is_missing(reference)
    except StaleVersion:
        problem = "Something was changed in another tab or on another device since. Check again what you sign off."
        return _check_page(request, moderation, problem, status=409)
    except UserError as error:
        return _check_page(request, moderation, str(error), status=422)
    messages.success(request, f"Audit {reference} is signed off. Everybody who takes part in it has been told.")
    return redirect("moderation_detail", reference=reference)


@requires(Permission.MODERATE_AUDITS, scope=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def moderation_return(request: HttpRequest, reference: str) -> HttpResponse:
    moderation = own_moderation(request, reference)
    if not may_moderate(signed_in(request), moderation):
        return redirect("moderation_detail", reference=reference)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return_to_auditor(
                moderation=moderation, reason=form.cleaned_data["reason"], by=signed_in(request), at=timezone.now()
            )
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Audit {reference} is with its auditor again, who has been told what you ask.")
            return redirect("moderation_detail", reference=reference)
    context = {"form": form, "moderation": moderation, "audit": moderation.audit}
    return render(request, "moderation/return.html", context, status=422 if form.errors else 200)


def _check_page(request: HttpRequest, moderation: Moderation, problem: str = "", status: int = 200) -> HttpResponse:
    discussion = Discussion.from_stored(moderation.draft)
    parts = graded_parts(FilledForm.of(moderation.audit))
    context = {
        "moderation": moderation,
        "audit": moderation.audit,
        "result": result_of_draft(discussion, parts, people_of_discussion(moderation)),
        "actions": moderation.audit.actions.select_related("owner"),
        "problem": problem,
        "page_has_errors": bool(problem),
        "today": timezone.localdate(),
    }
    return render(request, "moderation/check.html", context, status=status)


def _back_to_what_is_missing(reference: str) -> HttpResponse:
    return redirect(f"{reverse('moderation_detail', args=[reference])}?check=1")
