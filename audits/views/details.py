"""What every audit records about itself: its date, and how it was done with the worker."""

from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import autosave
from accounts.autosave import Difference
from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.permissions import requires, signed_in
from audits.forms.detail_differences import ON, details_differences
from audits.forms.stage1 import DetailsForm
from audits.models import Audit
from audits.rules.answers import Problem
from audits.rules.details import Details, details_problems
from audits.services.filled_form import FilledForm
from audits.services.stage1 import SavedDetails, save_details
from audits.views.loading import filling_in, look_back, number_in, own_audit

OWN_AUDIT = "the auditor's own audit, until it is submitted"


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_details(request: HttpRequest, audit: Audit) -> HttpResponse:
    if request.method == "GET":
        return _page(request, audit, DetailsForm(audit=audit))
    data = _as_chosen(audit, request.POST)
    form = DetailsForm(data, audit=audit)
    if not form.is_valid():
        return _page(request, audit, form)
    try:
        saved = _keep(request, audit, data)
    except StaleVersion as stale:
        context = {"message": str(stale), "version": stale.current, "differences": _differences(audit, data)}
        form = DetailsForm(_with_version(data, stale.current), audit=audit)
        return _page(request, audit, form, status=409, page_has_errors=True, **context)
    if not saved.problems:
        first = FilledForm.of(audit).form.sections[0]
        return redirect("audit_section", reference=audit.reference, key=first.key)
    form = DetailsForm(_with_version(data, saved.version), audit=audit)
    for problem in saved.problems:
        form.add_error(problem.field, problem.message)
    return _page(request, audit, form)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
def audit_details_autosave(request: HttpRequest, reference: str) -> HttpResponse:
    """Saves what is typed so far. A date that is none yet, or lies ahead, waits until it is right."""
    audit = own_audit(request, reference)
    try:
        saved = autosave.in_turn(partial(_keep_what_is_right, request, audit), attrgetter("version"), request.POST)
    except StaleVersion as stale:
        return autosave.overtaken(request, stale, _differences(audit, request.POST))
    except UserError as error:
        return autosave.refused(request, error)
    return autosave.saved(request, saved.version, unsaved=_wrong(audit, request.POST))


def _keep(request: HttpRequest, audit: Audit, data: QueryDict) -> SavedDetails:
    return _save(request, audit, _posted(audit, data), data)


def _keep_what_is_right(request: HttpRequest, audit: Audit, data: QueryDict) -> SavedDetails:
    details = _posted(audit, data)
    if any(problem.field == ON and not problem.missing for problem in _problems(details)):
        details = replace(details, audit_on=audit.audit_on)
    return _save(request, audit, details, data)


def _save(request: HttpRequest, audit: Audit, details: Details, data: QueryDict) -> SavedDetails:
    version = number_in(data.get("version", ""), otherwise=-1)
    return save_details(audit=audit, details=details, version=version, by=signed_in(request), at=timezone.now())


def _wrong(audit: Audit, data: QueryDict) -> list[str]:
    """Why some of what was posted is not saved."""
    form = DetailsForm(data, audit=audit)
    unreadable = [str(message) for name in form.errors if name != "version" for message in form.errors[name]]
    return unreadable + [problem.message for problem in _problems(_posted(audit, data)) if not problem.missing]


def _problems(details: Details) -> list[Problem]:
    return list(details_problems(details, on=timezone.localdate()))


def _posted(audit: Audit, data: QueryDict) -> Details:
    """What was posted, and what is stored where that cannot be read."""
    form = DetailsForm(data, audit=audit)
    form.is_valid()
    found = form.cleaned_data
    return Details(
        found.get("audit_on", audit.audit_on),
        found.get("worker_involvement", audit.worker_involvement),
        found.get("not_involved_reason", audit.not_involved_reason).replace("\r\n", "\n"),
    )


def _differences(audit: Audit, data: QueryDict) -> list[Difference]:
    """What was posted otherwise than it is stored."""
    audit.refresh_from_db(fields=["audit_on", "worker_involvement", "not_involved_reason"])
    return details_differences(_posted(audit, data), _stored(audit))


def _as_chosen(audit: Audit, data: QueryDict) -> QueryDict:
    """What was posted, with what is stored where the person chose that, if it is still what they saw."""
    if not autosave.has_chosen(data) or number_in(data.get("version", ""), otherwise=-1) != audit.version:
        return data
    return autosave.with_choices(data, _differences(audit, data))


def _stored(audit: Audit) -> Details:
    return Details(audit.audit_on, audit.worker_involvement, audit.not_involved_reason)


def _with_version(data: QueryDict, version: int) -> QueryDict:
    data = data.copy()
    data["version"] = str(version)
    return data


def _page(request: HttpRequest, audit: Audit, form: DetailsForm, *, status: int = 200, **more: Any) -> HttpResponse:
    filled = FilledForm.of(audit)
    begins, ends = look_back(audit, filled.form, timezone.localdate())
    context = {"audit": audit, "form": form, "look_back_from": begins, "look_back_to": ends, **more}
    return render(request, "audits/details.html", context, status=status)
