"""The worker's reflection on an audit, which the worker and the auditor may both write."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import autosave
from accounts.autosave import Difference
from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.permissions import requires, signed_in
from audits.forms.detail_differences import reflection_differences
from audits.forms.stage1 import ReflectionForm
from audits.models import Audit, Reflection
from audits.permissions import is_auditor, may_reflect
from audits.services.voices import QUESTIONS, save_reflection
from audits.views.loading import number_in, visible_audit

SUBMITTED = "This audit has been submitted, so it can no longer be changed."
OWN = "audits the person does, or is the worker of"


@requires(Permission.COMPLETE_AUDITS, Permission.TAKE_PART_IN_AUDITS, scope=OWN)
@require_http_methods(["GET", "POST"])
def audit_reflection(request: HttpRequest, reference: str) -> HttpResponse:
    """The four questions, answered by the worker or by the auditor together with the worker."""
    audit = visible_audit(request, reference)
    if not may_reflect(signed_in(request), audit):
        if audit.is_completed:
            return redirect("audit_detail", reference=audit.reference)
        raise Http404
    if request.method == "GET":
        return _page(request, audit, _stored(audit) | {"version": str(_version(audit))})
    data = _as_chosen(audit, request.POST)
    if not ReflectionForm(data, audit=audit).is_valid():
        return _page(request, audit, data)
    try:
        _keep(request, audit, data)
    except StaleVersion as stale:
        context = {"message": str(stale), "version": stale.current, "differences": _differences(audit, data)}
        again = {**data.dict(), "version": str(stale.current)}
        return _page(request, audit, again, status=409, page_has_errors=True, **context)
    messages.success(request, "The reflection is saved")
    return redirect("audit_detail", reference=audit.reference)


@requires(Permission.COMPLETE_AUDITS, Permission.TAKE_PART_IN_AUDITS, scope=OWN)
@require_POST
def audit_reflection_autosave(request: HttpRequest, reference: str) -> HttpResponse:
    """Saves what is typed so far."""
    audit = visible_audit(request, reference)
    if not may_reflect(signed_in(request), audit):
        if audit.is_completed:
            return autosave.refused(
                request, UserError("This audit has been submitted, so it can no longer be changed.")
            )
        raise Http404
    form = ReflectionForm(request.POST, audit=audit)
    too_long = [str(message) for name in QUESTIONS for message in form.errors.get(name, ())]
    try:
        if too_long:
            raise UserError(". ".join(too_long))
        version = autosave.in_turn(partial(_keep, request, audit), int, request.POST)
    except StaleVersion as stale:
        return autosave.overtaken(request, stale, _differences(audit, request.POST))
    except UserError as error:
        return autosave.refused(request, error)
    return autosave.saved(request, version)


def _keep(request: HttpRequest, audit: Audit, data: QueryDict) -> int:
    version = number_in(data.get("version", ""), otherwise=-1)
    by, at = signed_in(request), timezone.now()
    return save_reflection(audit=audit, texts=_texts(data), version=version, by=by, at=at)


def _texts(data: QueryDict) -> dict[str, str]:
    return {name: data.get(name, "") for name in QUESTIONS}


def _stored(audit: Audit) -> dict[str, str]:
    stored = Reflection.objects.filter(audit=audit).first()
    return {name: getattr(stored, name, "") for name in QUESTIONS}


def _version(audit: Audit) -> int:
    return Reflection.objects.filter(audit=audit).values_list("version", flat=True).first() or 0


def _differences(audit: Audit, data: QueryDict) -> list[Difference]:
    return reflection_differences(_texts(data), _stored(audit))


def _as_chosen(audit: Audit, data: QueryDict) -> QueryDict:
    """What was posted, with what is stored where the person chose that, if it is still what they saw."""
    if not autosave.has_chosen(data) or number_in(data.get("version", ""), otherwise=-1) != _version(audit):
        return data
    return autosave.with_choices(data, _differences(audit, data))


def _page(request: HttpRequest, audit: Audit, texts: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    stored = Reflection.objects.select_related("written_by").filter(audit=audit).first()
    form = ReflectionForm(texts if request.method == "POST" else None, initial=texts, audit=audit)
    context = {"audit": audit, "form": form, "stored": stored, "is_auditor": is_auditor(signed_in(request), audit)}
    return render(request, "audits/reflection.html", context | more, status=status)
