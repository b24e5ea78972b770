"""Conflicts of interest: everybody's own, and all of them for QA. A case number is only ever posted."""

from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.lists import page_of
from accounts.models import Person
from accounts.permissions import requires, signed_in
from audits.filters.conflicts import ConflictFilter
from audits.forms.conflicts import ConflictForm, ConflictOfForm
from audits.models import Audit, Case, CaseConflict
from audits.permissions import sees_case
from audits.services.conflicts import declare, declared_of, remove, take_back, work_in_conflict

audits_or_moderates = requires(
    Permission.COMPLETE_AUDITS, Permission.MODERATE_AUDITS, scope="the person's own conflicts of interest"
)
sees_all = requires(Permission.SEE_EVERY_AUDIT, scope="every conflict of interest")


@require_http_methods(["GET", "HEAD", "POST"])
@audits_or_moderates
def conflict_mine(request: HttpRequest) -> HttpResponse:
    """What the person has declared, and declaring more. It says nothing of whether the case is held here."""
    person = signed_in(request)
    form = ConflictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            conflict = declare(person=person, by=person, at=timezone.now(), **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Noted. You will not be given case {conflict.case_label}.")
            return redirect("conflict_mine")
    declared = declared_of(person)
    context = {"form": form, "conflicts": declared, "at_work": _at_work(person, declared)}
    return render(request, "audits/conflicts/mine.html", context, status=422 if form.errors else 200)


@require_POST
@audits_or_moderates
def conflict_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in(request)
    own = CaseConflict.objects.filter(person=by, declared_by=by)
    conflict = get_object_or_404(own, pk=pk)
    take_back(conflict=conflict, by=by, at=timezone.now())
    messages.success(request, f"Your conflict of interest in case {conflict.case_label} is taken back.")
    return redirect("conflict_mine")


@require_safe
@sees_all
def conflict_list(request: HttpRequest) -> HttpResponse:
    """Every conflict, declared or from a file. A restricted case shows its number only to people named for it; what the
    reader declared shows to them as they typed it, whether such a case is held or not."""
    conflicts = CaseConflict.objects.select_related("person", "declared_by", "case")
    found = ConflictFilter(request.GET, conflicts.order_by("person__name", "email", "pk"), request=request)
    page = page_of(request, found.qs)
    context = {"filter": found, "page": page, "rows": _rows(page, signed_in(request)), "filtered": bool(request.GET)}
    return render(request, "audits/conflicts/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sees_all
def conflict_add(request: HttpRequest) -> HttpResponse:
    """QA declares a conflict for somebody."""
    form = ConflictOfForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            declare(by=signed_in(request), at=timezone.now(), **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            person = form.cleaned_data["person"]
            messages.success(request, f"Noted. {person} will not be given this case.")
            return redirect("conflict_list")
    return render(request, "audits/conflicts/add.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@sees_all
def conflict_remove(request: HttpRequest, pk: int) -> HttpResponse:
    conflict = get_object_or_404(CaseConflict.objects.select_related("person"), pk=pk)
    remove(conflict=conflict, by=signed_in(request), at=timezone.now())
    comes_back = " The case file names it: put it right there too, or the next one brings it back."
    messages.success(request, f"The conflict is removed.{comes_back if conflict.from_file else ''}")
    return redirect("conflict_list")


class Row(NamedTuple):
    """`number` and `reason` are blank where the case is restricted and the reader is not named for it, unless they
    declared it: then it reads like one that is not held."""

    conflict: CaseConflict
    number: str
    reason: str
    is_held: bool


def _rows(page: Page, person: Person) -> list[Row]:
    conflicts: list[CaseConflict] = list(page.object_list)
    cases = [conflict.case_id for conflict in conflicts if conflict.case_id]
    named = set(Case.objects.visible_to(person).filter(pk__in=cases).values_list("pk", flat=True))
    return [_row(conflict, person, named) for conflict in conflicts]


def _row(conflict: CaseConflict, person: Person, named: set[int]) -> Row:
    if conflict.case and conflict.case.pk in named:
        return Row(conflict, conflict.case.case_id, conflict.reason, is_held=True)
    if conflict.case is None or conflict.declared_by_id == person.pk:
        return Row(conflict, conflict.case_label, conflict.reason, is_held=False)
    return Row(conflict, "", "", is_held=True)


def _at_work(person: Person, conflicts: list[CaseConflict]) -> list[Audit]:
    """The person's own audits and discussions of those cases; of a restricted case only where they know it is that."""
    return [audit for audit in work_in_conflict(person, conflicts) if sees_case(person, audit)]
