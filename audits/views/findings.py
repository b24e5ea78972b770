"""What the auditor writes down beside the sections: feedback, and observations of practice."""

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


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_feedback(request: HttpRequest, audit: Audit, pk: int | None = None) -> HttpResponse:
    """The list with a form under it, to add (no `pk`) or to change one."""
    feedback = get_object_or_404(audit.feedback, pk=pk) if pk else None
    form, status = FeedbackForm(request.POST or None, finding=feedback), 200
    if request.method == "POST" and form.is_valid():
        by, at, draft, seen = signed_in(request), timezone.now(), form.draft(), form.cleaned_data["seen"]
        try:
            if feedback:
                change_feedback(feedback=feedback, draft=draft, seen=seen, by=by, at=at)
            else:
                add_feedback(audit=audit, draft=draft, by=by, at=at)
        except ChangedMeanwhile as changed:
            form, status = form.beside(changed), 409
        else:
            messages.success(request, "The feedback is saved")
            return redirect("audit_feedback", reference=audit.reference)
    context = {
        "audit": audit,
        "form": form,
        "changing": feedback,
        "findings": with_tags(audit.feedback.all()),
        "removed": Feedback.with_removed.filter(audit=audit, removed_at__isnull=False),
    }
    return render(request, "audits/feedback.html", context, status=status)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_feedback_remove(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    remove_finding(finding=get_object_or_404(audit.feedback, pk=pk), by=signed_in(request), at=timezone.now())
    messages.success(request, "The feedback is removed. You can put it back below.")
    return redirect("audit_feedback", reference=audit.reference)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_feedback_put_back(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    finding = get_object_or_404(Feedback.with_removed, audit=audit, pk=pk)
    put_back_finding(finding=finding, by=signed_in(request), at=timezone.now())
    messages.success(request, "The feedback is back")
    return redirect("audit_feedback", reference=audit.reference)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_observations(request: HttpRequest, audit: Audit, pk: int | None = None) -> HttpResponse:
    """The list with a form under it, to add (no `pk`) or to change one."""
    observation = get_object_or_404(audit.observations, pk=pk) if pk else None
    form, status = ObservationForm(request.POST or None, finding=observation), 200
    if request.method == "POST" and form.is_valid():
        by, at, draft, seen = signed_in(request), timezone.now(), form.draft(), form.cleaned_data["seen"]
        try:
            if observation:
                change_observation(observation=observation, draft=draft, seen=seen, by=by, at=at)
            else:
                add_observation(audit=audit, draft=draft, by=by, at=at)
        except ChangedMeanwhile as changed:
            form, status = form.beside(changed), 409
        else:
            messages.success(request, "The observation is saved")
            return redirect("audit_observations", reference=audit.reference)
    context = {
        "audit": audit,
        "form": form,
        "changing": observation,
        "findings": with_tags(audit.observations.all()),
        "removed": Observation.with_removed.filter(audit=audit, removed_at__isnull=False),
    }
    return render(request, "audits/observations.html", context, status=status)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_observation_remove(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    remove_finding(finding=get_object_or_404(audit.observations, pk=pk), by=signed_in(request), at=timezone.now())
    messages.success(request, "The observation is removed. You can put it back below.")
    return redirect("audit_observations", reference=audit.reference)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_observation_put_back(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    finding = get_object_or_404(Observation.with_removed, audit=audit, pk=pk)
    put_back_finding(finding=finding, by=signed_in(request), at=timezone.now())
    messages.success(request, "The observation is back")
    return redirect("audit_observations", reference=audit.reference)
