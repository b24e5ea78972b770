"""Requests: the list, one of them with what it is decided on, and undoing what was granted."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.lists import page_of
from accounts.permissions import everybody_signed_in, requires, signed_in
from audits.enums import RequestKind, RequestState
from audits.filters.requests import RequestFilter
from audits.forms.requests import DecideForm, UndoForm
from audits.models import Audit, Request
from audits.pages.requests import earlier_of, facts_of, in_short, load_of, tag_of, title_of
from audits.permissions import knows_record
from audits.request_permissions import may_decide, may_undo
from audits.services.replacements import why_not
from audits.services.requests.deciding import decide
from audits.services.requests.endings import RELATED, overtaken_by
from audits.services.requests.undoing import undo

SCOPE = "their own requests, and those that their role decides"


@everybody_signed_in(scope=SCOPE)
@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, unless another state is asked for; the oldest first."""
    person = signed_in(request)
    visible = Request.objects.visible_to(person)
    narrowed = RequestFilter(request.GET if request.GET else {"state": RequestState.PENDING}, queryset=visible)
    found = narrowed.qs.select_related("asked_by__team", "allocation__audit", "allocation__cycle")
    page = page_of(request, found.order_by("asked_at", "pk"))
    context = {
        "filter": narrowed,
        "page": page,
        "rows": [in_short(asked, person) for asked in page.object_list],
        "decides": person.may(Permission.DECIDE_REQUESTS),
        "directs": person.may(Permission.DECIDE_EXEMPTIONS),
    }
    return render(request, "audits/requests/list.html", context)


@everybody_signed_in(scope=SCOPE)
@require_http_methods(["GET", "HEAD", "POST"])
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request; for who decides it, on what, and the decision."""
    asked, person = _visible(request, pk), signed_in(request)
    form = DecideForm(request.POST or None, asked=asked, may_grant=_may_be_granted(asked))
    if request.method == "POST" and form.is_valid():
        try:
            decide(request=asked, by=person, at=timezone.now(), **form.decided())
        except UserError as refused:
            asked = _visible(request, pk)
            if asked.state != RequestState.PENDING:
                messages.error(request, str(refused))
                return redirect("request_detail", pk=pk)
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{asked.get_state_display()}. {asked.asked_by} has been told.")
            return redirect("request_detail", pk=pk)
    return _page(request, asked, form)


@requires(Permission.DECIDE_REQUESTS, Permission.DECIDE_EXEMPTIONS, scope="granted requests that their role decides")
@require_http_methods(["GET", "HEAD", "POST"])
def request_undo(request: HttpRequest, pk: int) -> HttpResponse:
    asked, person = _visible(request, pk), signed_in(request)
    if request.method != "POST" and not may_undo(person, asked):
        return redirect("request_detail", pk=pk)
    form = UndoForm(request.POST or None, asked=asked)
    if request.method == "POST" and form.is_valid():
        try:
            undo(request=asked, by=person, at=timezone.now(), **form.cleaned_data)
        except UserError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"It is undone. {asked.asked_by} has been told.")
            return redirect("request_detail", pk=pk)
    context = {"asked": asked, "audit": asked.allocation.audit, "form": form}
    return render(request, "audits/requests/undo.html", context, status=422 if form.errors else 200)


def _visible(request: HttpRequest, pk: int) -> Request:
    visible = Request.objects.visible_to(signed_in(request))
    related = (*RELATED, "asked_by__team", "decided_by", "undone_by", "allocation__auditor")
    return get_object_or_404(visible.select_related(*related), pk=pk)


def _may_be_granted(asked: Request) -> bool:
    """A case that somebody chose, or that is audited again, is not drawn anew: another auditor takes it."""
    return asked.kind != RequestKind.REPLACEMENT or not why_not(asked.allocation)


def _page(request: HttpRequest, asked: Request, form: Form) -> HttpResponse:
    person, today = signed_in(request), timezone.localdate()
    audit, deciding = asked.allocation.audit, may_decide(person, asked)
    is_own = asked.asked_by_id == person.pk
    pending = asked.state == RequestState.PENDING
    overtaken = overtaken_by(asked) if pending else ""
    context: dict[str, Any] = {
        "asked": asked,
        "audit": audit,
        "title": title_of(asked),
        "tag": tag_of(asked),
        "is_own": is_own,
        "facts": facts_of(asked, today),
        "reads_reason": is_own or deciding or may_undo(person, asked) or knows_record(person, audit),
        "sees_audit": Audit.objects.visible_to(person).filter(pk=audit.pk).exists(),
        "may_take_back": is_own and pending,
        "may_undo": may_undo(person, asked),
        "overtaken": overtaken,
        "deciders": [] if deciding or not pending else list(asked.deciders()),
        "new_audit": Audit.objects.filter(allocation__replaces=asked.allocation).first(),
    }
    if deciding and not overtaken:
        context |= {
            "form": form,
            "may_be_granted": _may_be_granted(asked),
            "load": load_of(asked.asked_by, today),
            "earlier": earlier_of(asked),
        }
    return render(request, "audits/requests/detail.html", context, status=422 if form.errors else 200)
