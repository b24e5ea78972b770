"""The documents of an individual audit for the child's file: every version, as PDF and as Word."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import everybody_signed_in, signed_in
from accounts.services.activity import record
from audits.models import Audit
from audits.permissions import may_read_copies
from audits.rules.file_copy import LEFT_OUT
from reporting.file_documents import CONTENT_TYPES
from reporting.models import AuditDocument
from reporting.services.file_documents import Altered, file_of

SCOPE = "audits the person sees, once they are submitted, whose record they know"


@everybody_signed_in(scope=SCOPE)
@require_safe
def audit_documents(request: HttpRequest, reference: str) -> HttpResponse:
    """Every copy, the newest first, with what its files can be checked by."""
    audit = _audit(request, reference)
    hashes = AuditDocument.objects.filter(copy__audit=audit).values("copy", "made_at", "pdf_sha256", "docx_sha256")
    made = {row["copy"]: row for row in hashes}
    copies = [(copy, made.get(copy.pk)) for copy in audit.file_copies.defer("content").order_by("-number")]
    context = {"audit": audit, "copies": copies, "left_out": LEFT_OUT}
    return render(request, "reporting/documents/list.html", context)


@everybody_signed_in(scope=SCOPE)
@require_safe
def audit_document(request: HttpRequest, reference: str, number: int, ending: str) -> HttpResponse:
    """One file. Its name is our own reference: nothing of the child."""
    audit = _audit(request, reference)
    if ending not in CONTENT_TYPES:
        raise Http404
    copy = get_object_or_404(audit.file_copies.select_related("audit"), number=number)
    try:
        content = file_of(copy, ending, at=timezone.now())
    except Altered as altered:
        return render(request, "audits/evidence/lost.html", {"audit": audit, "message": altered}, status=410)
    name = f"{audit.reference}-{copy.number}.{ending}"
    record(
        by=signed_in(request),
        verb="audit.document_read",
        thing_type="audit",
        thing_ref=audit.reference,
        summary=f"{name} was downloaded",
    )
    response = HttpResponse(content, content_type=CONTENT_TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _audit(request: HttpRequest, reference: str) -> Audit:
    person = signed_in(request)
    visible = Audit.objects.visible_to(person).select_related("allocation__case", "allocation__cycle")
    audit = get_object_or_404(visible, reference=reference)
    if not may_read_copies(person, audit):
        raise Http404
    return audit
