"""Other voices in an audit: the worker's reflection, and feedback."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Permission
from accounts.errors import StaleVersion
from accounts.permissions import requires, signed_in
from audits.forms.stage1 import FeedbackForm, ReflectionForm
from audits.models import Audit, Reflection
from audits.permissions import is_auditor, may_reflect
from audits.services.voices import QUESTIONS, add_feedback, change_feedback, remove_feedback, save_reflection
from audits.views.loading import filling_in, visible_audit

OWN_AUDIT = "the auditor's own audit, until it is submitted"


@requires(
    Permission.COMPLETE_AUDITS, Permission.TAKE_PART_IN_AUDITS, scope="audits the person does, or is the worker of"
)
@require_http_methods(["GET", "POST"])
def audit_reflection(request: HttpRequest, reference: str) -> HttpResponse:
    """The four questions, answered by the worker or by the auditor together with the worker."""
    audit = visible_audit(request, reference)
    person = signed_in(request)
    if not may_reflect(person, audit):
        if audit.is_completed:
            return redirect("audit_detail", reference=audit.reference)
        raise Http404
    stored = Reflection.objects.filter(audit=audit).first()
    initial = {name: getattr(stored, name, "") for name in QUESTIONS} | {"version": stored.version if stored else 0}
    form = ReflectionForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        texts = {name: form.cleaned_data[name] for name in QUESTIONS}
        version = form.cleaned_data["version"]
        try:
            save_reflection(audit=audit, texts=texts, version=version, by=person, at=timezone.now())
        except StaleVersion as stale:
            form, status = _beside_what_is_stored(request, form, stored, stale), 409
        else:
            messages.success(request, "The reflection is saved")
            return redirect("audit_detail", reference=audit.reference)
    context = {"audit": audit, "form": form, "stored": stored, "is_auditor": is_auditor(person, audit)}
    return render(request, "audits/reflection.html", context, status=status)


def _beside_what_is_stored(
    request: HttpRequest, form: ReflectionForm, stored: Reflection | None, stale: StaleVersion
) -> ReflectionForm:
    """The same texts again, ready to be saved over the newer version, with what that says beside each."""
    data = request.POST.copy()
    data["version"] = str(stale.current)
    again = ReflectionForm(data)
    again.is_valid()
    again.add_error(None, f"{stale} Yours is below and not saved yet: compare, then save again.")
    for name in QUESTIONS:
        theirs = getattr(stored, name, "")
        if theirs != form.cleaned_data[name]:
            again.add_error(name, f"Saved in the meantime: {theirs or 'nothing'}")
    return again


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_feedback(request: HttpRequest, audit: Audit, pk: int | None = None) -> HttpResponse:
    """The list with a form under it, to add (no `pk`) or to change one."""
    feedback = get_object_or_404(audit.feedback, pk=pk) if pk else None
    form = FeedbackForm(request.POST or None, feedback=feedback)
    if request.method == "POST" and form.is_valid():
        by, at = signed_in(request), timezone.now()
        if feedback:
            change_feedback(feedback=feedback, draft=form.draft(), by=by, at=at)
        else:
            add_feedback(audit=audit, draft=form.draft(), by=by, at=at)
        messages.success(request, "The feedback is saved")
        return redirect("audit_feedback", reference=audit.reference)
    context = {"audit": audit, "form": form, "changing": feedback, "all_feedback": audit.feedback.all()}
    return render(request, "audits/feedback.html", context)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_feedback_remove(request: HttpRequest, audit: Audit, pk: int) -> HttpResponse:
    remove_feedback(feedback=get_object_or_404(audit.feedback, pk=pk), by=signed_in(request), at=timezone.now())
    messages.success(request, "The feedback is removed")
    return redirect("audit_feedback", reference=audit.reference)
