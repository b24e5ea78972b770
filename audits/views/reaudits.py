"""Re-audits: the list that QA keeps, setting one aside, and the first part of a re-audit's form."""

from enum import StrEnum
from functools import partial
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import autosave
from accounts.autosave import Difference
from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.lists import page_of
from accounts.permissions import requires, signed_in
from audits.enums import AuditKind
from audits.forms.reaudits import SetAsideForm, SetAsideManyForm
from audits.models import Audit
from audits.pages.before import audit_before as find_before
from audits.pages.before import looked_back_at
from audits.pages.reaudits import When, given_out, given_rows, returns_of_reaudits, rows_of, waiting_reaudits
from audits.pages.returns import RATE
from audits.permissions import knows_record
from audits.rules.answers import Problem
from audits.services.reaudits import SavedText, save_what_changed, set_aside, set_aside_until, take_back
from audits.views.loading import case_panel, filling_in, number_in, own_audit, visible_audit

OWN_AUDIT = "the auditor's own re-audit, until it is submitted"
SCOPE = "every audit"


class Show(StrEnum):
    """What the list shows, as its address says it."""

    WAITING = "waiting"
    GIVEN = "given"
    ASIDE = "aside"


@require_safe
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def reaudit_list(request: HttpRequest) -> HttpResponse:
    """The audits that call for another one: what waits, what was given out, what was set aside."""
    person, today = signed_in(request), timezone.localdate()
    asked = request.GET.get("show", "")
    show = Show(asked) if asked in set(Show) else Show.WAITING
    waiting, given = waiting_reaudits(today), given_out(person)
    context: dict[str, Any] = {
        "show": show,
        "waiting": waiting,
        "tiles": {when.name.lower(): waiting.count(when) for when in When},
        "given_count": given.count(),
        "returns": returns_of_reaudits(),
        "rate_means": RATE,
        "today": today,
    }
    if show == Show.GIVEN:
        context["page"] = page_of(request, given)
        context["rows"] = given_rows(context["page"].object_list)
    else:
        context["page"] = page_of(request, waiting.open if show == Show.WAITING else waiting.aside)
        context["rows"] = rows_of(context["page"].object_list, waiting, person)
    return render(request, "audits/reaudits/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def reaudit_set_aside(request: HttpRequest, reference: str) -> HttpResponse:
    """Say why no re-audit is needed."""
    audit = visible_audit(request, reference)
    form = SetAsideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_aside(audit=audit, reason=form.cleaned_data["reason"], by=signed_in(request), at=timezone.now())
        except UserError as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, f"No re-audit follows {audit.reference}. You can take that back.")
            return redirect("reaudit_list")
    return render(
        request, "audits/reaudits/set_aside.html", {"audit": audit, "form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def reaudit_set_aside_many(request: HttpRequest) -> HttpResponse:
    """Set aside everything that was due by a month, with one reason."""
    due_months = [found.call.due_month for found in waiting_reaudits(timezone.localdate()).open]
    form = SetAsideManyForm(request.POST or None, due_months=due_months)
    if request.method == "POST" and form.is_valid():
        reason, by, at = form.cleaned_data["reason"], signed_in(request), timezone.now()
        try:
            count = set_aside_until(month=form.month(), reason=reason, by=by, at=at)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Re-audits set aside: {count}. You can take each of them back.")
            return redirect("reaudit_list")
    return render(
        request,
        "audits/reaudits/set_aside_many.html",
        {"form": form, "any": bool(due_months)},
        status=422 if form.errors else 200,
    )


@require_POST
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def reaudit_take_back(request: HttpRequest, reference: str) -> HttpResponse:
    """The re-audit is due after all."""
    audit = visible_audit(request, reference)
    take_back(audit=audit, by=signed_in(request), at=timezone.now())
    messages.success(request, f"The re-audit of {audit.reference} is due after all")
    return redirect("reaudit_list")


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "POST"])
@filling_in
def audit_before(request: HttpRequest, audit: Audit) -> HttpResponse:
    """The audit before, and what has changed for the child since."""
    _ensure_reaudit(audit)
    if request.method == "GET":
        return _page(request, audit, audit.what_changed, audit.version)
    data: QueryDict = request.POST
    if autosave.has_chosen(data) and _version_in(data) == audit.version:
        data = autosave.with_choices(data, _differences(audit, data))
    text = _text_in(data)
    try:
        saved = _keep(request, audit, data)
    except StaleVersion as stale:
        context: dict[str, Any] = {
            "message": str(stale),
            "differences": _differences(audit, data),
            "page_has_errors": True,
        }
        return _page(request, audit, text, stale.current, status=409, **context)
    later = request.POST.get("then") == "list"
    problems = tuple(problem for problem in saved.problems if not (later and problem.missing))
    if problems:
        return _page(request, audit, text, saved.version, problems)
    return redirect("audit_detail" if later else "audit_checks", reference=audit.reference)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_POST
def audit_before_autosave(request: HttpRequest, reference: str) -> HttpResponse:
    """Saves what is typed so far."""
    audit = own_audit(request, reference)
    _ensure_reaudit(audit)
    try:
        saved = autosave.in_turn(partial(_keep, request, audit), attrgetter("version"), request.POST)
    except StaleVersion as stale:
        return autosave.overtaken(request, stale, _differences(audit, request.POST))
    except UserError as error:
        return autosave.refused(request, error)
    unsaved = [problem.message for problem in saved.problems if not problem.missing]
    return autosave.saved(request, saved.version, unsaved=unsaved)


def _keep(request: HttpRequest, audit: Audit, data: QueryDict) -> SavedText:
    return save_what_changed(
        audit=audit, text=_text_in(data), version=_version_in(data), by=signed_in(request), at=timezone.now()
    )


def _differences(audit: Audit, data: QueryDict) -> list[Difference]:
    audit.refresh_from_db(fields=["what_changed"])
    theirs = audit.what_changed
    return [Difference("what_changed", "What has changed", _text_in(data), theirs, {"what_changed": [theirs]})]


def _text_in(data: QueryDict) -> str:
    return data.get("what_changed", "")


def _version_in(data: QueryDict) -> int:
    return number_in(data.get("version", ""), otherwise=-1)


def _page(
    request: HttpRequest,
    audit: Audit,
    text: str,
    version: int,
    problems: tuple[Problem, ...] = (),
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    before = find_before(audit.allocation)
    known = before is not None and knows_record(signed_in(request), audit)
    context = {
        "audit": audit,
        "text": text,
        "version": version,
        "error": problems[0].message if problems else "",
        "summary": [{"text": problem.message, "href": "#id_what_changed"} for problem in problems],
        "before": looked_back_at(before) if before and known else None,
        "is_closed": before is not None and not known,
        "page_has_errors": bool(problems),
        "today": timezone.localdate(),
        **case_panel(request, audit),
        **more,
    }
    return render(request, "audits/before.html", context, status=status)


def _ensure_reaudit(audit: Audit) -> None:
    if audit.allocation.kind != AuditKind.REAUDIT:
        raise Http404
