"""Reading reports: the list, a report as a page, its files."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.permissions import requires, signed_in
from accounts.services.activity import record
from reporting.documents import CONTENT_TYPES, FORMATS, file_of_report, highlight_of_report
from reporting.models import Report

PUBLISHED = "published reports; drafts too for those who write them"
INSIDE = {"json", "csv"}
"""Formats in which nothing is suppressed: for those who write reports."""


@requires(Permission.READ_REPORTS, Permission.WRITE_REPORTS, scope=PUBLISHED)
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    reports = Report.objects.visible_to(signed_in(request)).defer("figures", "pdf", "narrative")
    context = {
        "published": [report for report in reports if report.is_published],
        "drafts": [report for report in reports if not report.is_published],
        "writes": signed_in(request).may(Permission.WRITE_REPORTS),
    }
    return render(request, "reporting/report_list.html", context)


@requires(Permission.READ_REPORTS, Permission.WRITE_REPORTS, scope=PUBLISHED)
@require_safe
def report_detail(request: HttpRequest, slug: str) -> HttpResponse:
    person = signed_in(request)
    report = get_object_or_404(Report.objects.visible_to(person).defer("pdf"), slug=slug)
    document = highlight_of_report(report, on=timezone.localdate())
    record(
        by=person,
        verb="report.read",
        thing_type="report",
        thing_ref=report.slug,
        summary=f"Highlight report for {report.name} was read",
    )
    context = {"stored": report, "report": document, "writes": person.may(Permission.WRITE_REPORTS)}
    return render(request, "reporting/report_detail.html", context)


@requires(Permission.READ_REPORTS, Permission.WRITE_REPORTS, scope=PUBLISHED)
@require_safe
def report_file(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """A report as a file. The figures without suppression are for those who write reports."""
    person = signed_in(request)
    if ending not in FORMATS:
        raise Http404
    if ending in INSIDE and not person.may(Permission.WRITE_REPORTS):
        raise PermissionDenied
    report = get_object_or_404(Report.objects.visible_to(person), slug=slug)
    content = file_of_report(report, ending, on=timezone.localdate())
    record(
        by=person,
        verb="report.downloaded",
        thing_type="report",
        thing_ref=report.slug,
        summary=f"Highlight report for {report.name} was downloaded as {ending.upper()}",
    )
    response = HttpResponse(content, content_type=CONTENT_TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="{report.slug}.{ending}"'
    return response
