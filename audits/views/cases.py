"""Cases as they are held. A case has its own address, never its number: that is only ever posted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission
from accounts.lists import page_of, take_out
from accounts.permissions import requires, signed_in
from accounts.services.activity import record
from accounts.tables.values import tidy
from audits.enums import PlanType
from audits.exports import audits as audits_table
from audits.exports import cases as cases_table
from audits.filters.cases import CaseFilter
from audits.forms.imports import PeriodForm
from audits.imports.oddities import full_years
from audits.models import Allocation, Audit, Case

sees_every_case = requires(Permission.SEE_EVERY_AUDIT, scope="every case, a restricted one only where named for it")


@require_safe
@sees_every_case
def case_list(request: HttpRequest) -> HttpResponse:
    """Every case that the person may know, with filters. The others are counted, whatever is filtered for."""
    person = signed_in(request)
    found = CaseFilter(request.GET, Case.objects.visible_to(person).select_related("team", "service", "worker"))
    context = {
        "filter": found,
        "page": page_of(request, found.qs),
        "unlisted": Case.objects.unnamed_to(person).count(),
        "filtered": any(request.GET.get(name) for name in found.filters),
    }
    return render(request, "audits/cases/list.html", context)


@require_POST
@sees_every_case
def case_find(request: HttpRequest) -> HttpResponse:
    """To the case with the number that was posted. A restricted one is there only for people who are named for it."""
    number = request.POST.get("number", "")
    case = Case.objects.visible_to(signed_in(request)).numbered(number)
    if case is None:
        messages.error(request, "No case has this number" if tidy(number) else "Enter a case number")
        return redirect("case_list")
    return redirect("case_detail", pk=case.pk)


@require_safe
@sees_every_case
def case_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what is held of it, who must not audit it, and its audits."""
    person = signed_in(request)
    cases = Case.objects.visible_to(person).select_related("team", "service", "worker")
    case = get_object_or_404(cases, pk=pk)
    record(by=person, verb="case.read", thing_type="case", thing_ref=str(case.pk), summary="Read a case")
    allocations = (
        Allocation.objects.visible_to(person)
        .filter(case=case)
        .select_related("cycle", "auditor", "audit")
        .order_by("-cycle__first_month", "-pk")
    )
    context = {
        "case": case,
        "facts": _facts(case),
        "allocations": allocations,
        "conflicts": case.conflicts.select_related("person").order_by("email"),
    }
    return render(request, "audits/cases/detail.html", context)


@require_safe
@sees_every_case
def case_export(request: HttpRequest) -> HttpResponse:
    """The cases that the list shows, as the file that can be imported again."""
    person = signed_in(request)
    found = CaseFilter(request.GET, Case.objects.visible_to(person))
    return take_out(
        by=person,
        what="cases",
        name=f"cases-{timezone.localdate()}",
        header=cases_table.HEADER,
        rows=cases_table.rows(found.qs),
        verb="cases.exported",
        thing_type="export",
        thing_ref="cases",
    )


@require_safe
@requires(Permission.SEE_EVERY_AUDIT, scope="every audit")
def audit_export(request: HttpRequest) -> HttpResponse:
    """The audits of a period, `?first=2026-01&last=2026-03`, with their grades and answers."""
    person = signed_in(request)
    form = PeriodForm(request.GET)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("import_list")
    first = form.cleaned_data["first"]
    last = form.cleaned_data["last"] or first
    audits = Audit.objects.visible_to(person).filter(
        allocation__cycle__first_month__lte=last, allocation__cycle__last_month__gte=first
    )
    header, rows = audits_table.table(audits, reader=person)
    return take_out(
        by=person,
        what="audits",
        name=f"audits-{first:%Y-%m}-to-{last:%Y-%m}",
        header=header,
        rows=rows,
        verb="audits.exported",
        thing_type="export",
        thing_ref="audits",
    )


def _facts(case: Case) -> list[tuple[str, str]]:
    """What is held of a case, in words."""
    return [
        ("Case number", case.case_id),
        ("Date of birth", _born(case)),
        ("Gender", case.gender or "Not known"),
        ("Ethnicity", case.ethnicity or "Not known"),
        ("Disability", _yes_no(case.disability)),
        ("Plan", ", ".join(PlanType(plan).label for plan in case.statuses) or "Not known"),
        ("Category of abuse", case.cp_category or "None on record"),
        ("Risk of exploitation", case.get_cse_level_display() or "None on record"),
        ("Missing in the last 6 months", _yes_no(case.missing_last_6_months)),
        ("Service", case.service.name if case.service else _label(case.service_label)),
        ("Team", case.team.name if case.team else _label(case.team_label)),
        ("Worker", case.worker.name if case.worker else _label(case.worker_label)),
        ("Status", case.get_status_display()),
        ("Opened", _day(case.opened_on)),
        ("Closed", _day(case.closed_on) if case.closed_on else "No"),
        ("Restricted", _yes_no(case.restricted)),
        ("Last audited", _day(case.last_audited_on) if case.last_audited_on else "Never"),
        ("Family", case.family_id or "Not known"),
    ]


def _born(case: Case) -> str:
    if case.date_of_birth is None:
        return "Not known"
    today = timezone.localdate()
    if case.is_unborn(today):
        return f"Expected {_day(case.date_of_birth)}"
    return f"{_day(case.date_of_birth)} ({full_years(case.date_of_birth, today)} years)"


def _day(day: object) -> str:
    return str(date_format(day, "j F Y")) if day else "Not known"  # type: ignore[arg-type]


def _yes_no(value: bool | None) -> str:
    return "Not known" if value is None else "Yes" if value else "No"


def _label(label: str) -> str:
    return f"{label} (not known here yet)" if label else "None"
