"""Bringing files in: choose a kind, send the file, read what was understood, confirm or cancel."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.lists import page_of
from accounts.models import Person
from accounts.permissions import requires, signed_in
from accounts.tables.values import loose
from audits.enums import ImportKind, ImportState
from audits.forms.imports import PeriodForm, UploadForm
from audits.imports.kinds import DESCRIPTIONS
from audits.models import ImportBatch
from audits.services.imports import abandon, apply, check, kinds_for

SCOPE = "files of the kinds that they may bring in"
PROBLEMS_SHOWN = 200

brings_files_in = requires(Permission.IMPORT_PEOPLE, Permission.IMPORT_CASES, scope=SCOPE)


@require_safe
@brings_files_in
def import_list(request: HttpRequest) -> HttpResponse:
    """What can be brought in, and what has been."""
    person = signed_in(request)
    batches = ImportBatch.objects.visible_to(person).defer("content").select_related("uploaded_by")
    return render(
        request,
        "audits/imports/list.html",
        {
            "kinds": [(kind, DESCRIPTIONS[kind]) for kind in kinds_for(person)],
            "page": page_of(request, batches),
            "period": PeriodForm(),
            "may_export": person.may(Permission.SEE_EVERY_AUDIT),
        },
    )


@require_http_methods(["GET", "POST"])
@brings_files_in
def import_upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Send a file of one kind; nothing is taken in yet."""
    person = signed_in(request)
    chosen = _kind(kind, person)
    form = UploadForm(request.POST or None, request.FILES or None, kind=chosen)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = check(
                kind=chosen,
                content=file.read(),
                name=file.name or "",
                by=person,
                at=timezone.now(),
                as_of=form.cleaned_data.get("as_of"),
            )
        except UserError as error:
            form.add_error("file", str(error))
        else:
            return redirect("import_detail", pk=batch.pk)
    context = {"form": form, "kind": chosen, "description": DESCRIPTIONS[chosen]}
    return render(request, "audits/imports/upload.html", context)


@require_safe
@brings_files_in
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was understood of a file: its columns, what it adds and changes, and what is wrong with which row."""
    return _page(request, _batch(signed_in(request), pk))


@require_POST
@brings_files_in
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a checked file in."""
    person = signed_in(request)
    batch = _batch(person, pk)
    try:
        outcome = apply(batch=batch, by=person, at=timezone.now(), partial=bool(request.POST.get("partial")))
    except UserError as error:
        return _page(request, _batch(person, pk), error=str(error))
    messages.success(
        request,
        f"The file is taken in: {outcome.added} added, {outcome.changed} changed, {outcome.unchanged} unchanged",
    )
    return redirect("import_detail", pk=pk)


@require_POST
@brings_files_in
def import_abandon(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel: forget a checked file."""
    person = signed_in(request)
    batch = _batch(person, pk)
    try:
        abandon(batch=batch, by=person, at=timezone.now())
    except UserError as error:
        return _page(request, _batch(person, pk), error=str(error))
    messages.success(request, "The file is forgotten. Nothing was taken in")
    return redirect("import_list")


def _kind(written: str, person: Person) -> ImportKind:
    kind = next((kind for kind in kinds_for(person) if kind.value == written), None)
    if kind is None:
        raise Http404
    return kind


def _batch(person: Person, pk: int) -> ImportBatch:
    batches = ImportBatch.objects.visible_to(person).defer("content").select_related("uploaded_by")
    return get_object_or_404(batches, pk=pk)


def _page(request: HttpRequest, batch: ImportBatch, *, error: str = "") -> HttpResponse:
    outcome: dict[str, Any] = batch.outcome
    refusals, warnings = outcome["refusals"][:PROBLEMS_SHOWN], outcome["warnings"][:PROBLEMS_SHOWN]
    context = {
        "batch": batch,
        "outcome": outcome,
        "description": DESCRIPTIONS[ImportKind(batch.kind)],
        "sheets": [_sheet(sheet) for sheet in outcome["sheets"]],
        "waiting": batch.state == ImportState.CHECKED,
        "taken_in": batch.state == ImportState.APPLIED,
        "refusals": refusals,
        "more_refusals": len(outcome["refusals"]) + outcome["refusals_left_out"] - len(refusals),
        "warnings": warnings,
        "more_warnings": outcome["warned"] - len(warnings),
        "nothing_to_do": not outcome["added"] and not outcome["changed"],
        "error": error,
        "page_has_errors": bool(error),
        "errors": [{"text": error, "href": "#confirm"}] if error else [],
    }
    return render(request, "audits/imports/detail.html", context, status=409 if error else 200)


def _sheet(sheet: dict[str, Any]) -> dict[str, Any]:
    """One sheet's columns: those that are called as we call them need no table."""
    same = [theirs for ours, theirs in sheet["matched"] if loose(ours) == loose(theirs)]
    renamed = [(theirs, ours.replace("_", " ")) for ours, theirs in sheet["matched"] if theirs not in same]
    return {**sheet, "renamed": renamed, "same": same, "recognised": len(sheet["matched"])}
