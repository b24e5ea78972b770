"""The worker's reflection on an audit."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.enums import Permission
from accounts.errors import StaleVersion
from accounts.permissions import requires, signed_in
from audits.forms.stage1 import ReflectionForm
from audits.models import Reflection
from audits.permissions import is_auditor, may_reflect
from audits.services.voices import QUESTIONS, save_reflection
from audits.views.loading import visible_audit


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
