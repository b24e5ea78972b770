"""Evidence: attaching files to an audit, and handing them to those who read it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import everybody_signed_in, requires, signed_in
from audits.evidence_files import CONTENT_TYPES, Kind
from audits.forms.evidence import EvidenceForm
from audits.models import Audit, Evidence
from audits.pages.evidence import in_words
from audits.permissions import may_read_form
from audits.services.evidence import (
    EvidenceLost,
    add_evidence,
    put_back_evidence,
    read_evidence,
    remove_evidence,
    room_for,
)
from audits.services.forms import form_of
from audits.views.loading import filling_in, visible_audit

OWN_AUDIT = "the auditor's own audit, until it is submitted"


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_evidence(request: HttpRequest, audit: Audit) -> HttpResponse:
    """What is attached, with a form under it to attach one more; `?section=` says what it is for."""
    form_definition = form_of(audit)
    asked_for = request.GET.get("section", "")
    form = EvidenceForm(
        request.POST or None,
        request.FILES or None,
        form=form_definition,
        room=room_for(audit),
        initial={"section": asked_for},
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            evidence, is_new = add_evidence(
                audit=audit,
                content=file.read(),
                name=file.name or "",
                section=form.cleaned_data["section"],
                note_on_it=form.cleaned_data["note"],
                by=signed_in(request),
                at=timezone.now(),
            )
        except UserError as refused:
            form.add_error("file", str(refused))
        else:
            said = "is attached" if is_new else "was attached already, so nothing has changed"
            messages.success(request, f"File {evidence.number} {said}")
            return _list(audit, evidence.section)
    names = {section.key: section.name for section in form_definition.sections}
    files = [in_words(evidence) for evidence in audit.evidence.exclude(file="")]
    context = {
        "audit": audit,
        "form": form,
        "room": form.room,
        "files": [(one, names.get(one.section, "")) for one in files if one.removed_at is None],
        "removed": [one for one in files if one.removed_at],
        "back_to": asked_for if asked_for in names else "",
    }
    return render(request, "audits/evidence/list.html", context)


@everybody_signed_in(scope="audits the person reads: a draft is its auditor's alone")
@require_safe
def audit_evidence_file(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One file. It is never shown inside the program: a browser keeps it, under a name that tells nothing."""
    audit = visible_audit(request, reference)
    person = signed_in(request)
    if not may_read_form(person, audit):
        raise Http404
    evidence = get_object_or_404(audit.evidence.select_related("audit"), number=number, removed_at=None)
    try:
        content = read_evidence(evidence=evidence, by=person, at=timezone.now())
    except EvidenceLost as lost:
        return render(request, "audits/evidence/lost.html", {"audit": audit, "message": lost}, status=410)
    name = f"{audit.reference}-evidence-{evidence.number}.{evidence.kind}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store, private",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return HttpResponse(content, content_type=CONTENT_TYPES[Kind(evidence.kind)], headers=headers)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_evidence_remove(request: HttpRequest, audit: Audit, number: int) -> HttpResponse:
    evidence = get_object_or_404(audit.evidence.select_related("audit__allocation"), number=number)
    remove_evidence(evidence=evidence, by=signed_in(request), at=timezone.now())
    messages.success(request, f"File {number} is removed. You can put it back below.")
    return _list(audit)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
@filling_in
def audit_evidence_put_back(request: HttpRequest, audit: Audit, number: int) -> HttpResponse:
    evidence = get_object_or_404(Evidence.objects.select_related("audit__allocation"), audit=audit, number=number)
    put_back_evidence(evidence=evidence, by=signed_in(request), at=timezone.now())
    messages.success(request, f"File {number} is back")
    return _list(audit)


def _list(audit: Audit, section: str = "") -> HttpResponse:
    url = reverse("audit_evidence", args=[audit.reference])
    return redirect(f"{url}?section={section}" if section else url)
