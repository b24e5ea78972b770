"""What the auditor writes down beside the sections: feedback, and observations of practice."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Permission
from accounts.permissions import requires, signed_in
from audits.forms.findings import FeedbackForm, ObservationForm
from audits.models import Audit, Feedback, Observation
from audits.pages.findings import with_tags
from audits.services.meanwhile import ChangedMeanwhile
from audits.services.voices import (
    add_feedback,
    add_observation,
    change_feedback,
    change_observation,
    put_back_finding,
    remove_finding,
)
from audits.views.loading import filling_in

OWN_AUDIT = "the auditor's own audit, until it is submitted"


class Kind(NamedTuple):
    """One kind of finding: what it is called, where it is, and how it is written down.

    `page` is the address of its list, `template` prints it. `change` takes the finding as well as what `add` takes.
    """

    name: str
    page: str
    template: str
    model: type[Feedback] | type[Observation]
    form: type[FeedbackForm] | type[ObservationForm]
    add: Callable[..., object]
    change: Callable[..., None]


FEEDBACK = Kind(
    "feedback",
    "audit_feedback",
    "audits/feedback.html",
    Feedback,
    FeedbackForm,
    add_feedback,
    lambda finding, **change: change_feedback(feedback=finding, **change),
)
OBSERVATION = Kind(
    "observation",
    "audit_observations",
    "audits/observations.html",
    Observation,
    ObservationForm,
    add_observation,
    lambda finding, **change: change_observation(observation=finding, **change),
)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_feedback(request: HttpRequest, audit: Audit, pk: int | None = None) -> HttpResponse:
    return _list_and_form(request, audit, pk, FEEDBACK)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_feedback_remove(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    return _remove(request, audit, pk, FEEDBACK)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_feedback_put_back(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    return _put_back(request, audit, pk, FEEDBACK)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_observations(request: HttpRequest, audit: Audit, pk: int | None = None) -> HttpResponse:
    return _list_and_form(request, audit, pk, OBSERVATION)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_observation_remove(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    return _remove(request, audit, pk, OBSERVATION)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_observation_put_back(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    return _put_back(request, audit, pk, OBSERVATION)


def _list_and_form(request: HttpRequest, audit: Audit, pk: int | None, kind: Kind) -> HttpResponse:
    """The list with a form under it, to add (no `pk`) or to change one."""
    finding: Any = get_object_or_404(kind.model, audit=audit, pk=pk) if pk else None
    form, status = kind.form(request.POST or None, finding=finding), 200
    if request.method == "POST" and form.is_valid():
        by, at, draft, seen = signed_in(request), timezone.now(), form.draft(), form.cleaned_data["seen"]
        try:
            if finding:
                kind.change(finding, draft=draft, seen=seen, by=by, at=at)
            else:
                kind.add(audit=audit, draft=draft, by=by, at=at)
        except ChangedMeanwhile as changed:
            form, status = form.beside(changed), 409
        else:
            messages.success(request, f"The {kind.name} is saved")
            return redirect(kind.page, reference=audit.reference)
    context = {
        "audit": audit,
        "form": form,
        "changing": finding,
        "findings": with_tags(kind.model.objects.filter(audit=audit)),
        "removed": kind.model.with_removed.filter(audit=audit, removed_at__isnull=False),
    }
    return render(request, kind.template, context, status=status)


def _remove(request: HttpRequest, audit: Audit, pk: int, kind: Kind) -> HttpResponse:
    finding: Any = get_object_or_404(kind.model, audit=audit, pk=pk)
    remove_finding(finding=finding, by=signed_in(request), at=timezone.now())
    messages.success(request, f"The {kind.name} is removed. You can put it back below.")
    return redirect(kind.page, reference=audit.reference)


def _put_back(request: HttpRequest, audit: Audit, pk: int, kind: Kind) -> HttpResponse:
    finding: Any = get_object_or_404(kind.model.with_removed, audit=audit, pk=pk)
    put_back_finding(finding=finding, by=signed_in(request), at=timezone.now())
    messages.success(request, f"The {kind.name} is back")
    return redirect(kind.page, reference=audit.reference)
