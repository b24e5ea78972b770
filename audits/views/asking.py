"""What somebody who takes part in an audit asks for, each on a page of its own."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import everybody_signed_in, requires, signed_in
from audits.enums import RequestKind
from audits.forms.requests import IN_LINE, AccessForm, ExemptionForm, ExtensionForm, ReplacementForm
from audits.models import Audit, Request
from audits.pages.requests import asked_about
from audits.permissions import is_auditor
from audits.request_permissions import has_asked_for_access, may_ask_for_access
from audits.rules.requests import latest_extension, why_not_ask
from audits.services.requests import asking
from audits.services.requests.situation import situation_of
from audits.views.loading import case_panel, filling_in, visible_audit

OWN_AUDIT = "the auditor's own audit, until it is submitted"


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_safe
@filling_in
def request_choose(request: HttpRequest, audit: Audit) -> HttpResponse:
    """“I cannot do this audit”: what can be asked for, and what happens then."""
    now = situation_of(audit, signed_in(request), timezone.localdate())
    programme = audit.allocation.cycle.programme
    context = {
        "audit": audit,
        "why_not": {str(kind): why_not_ask(kind, now) for kind in RequestKind},
        "latest": latest_extension(now.first_due_on, programme.extension_latest_days, programme.closures)
        if now.first_due_on
        else None,
        "by_directors": Request(kind=RequestKind.EXEMPTION, allocation=audit.allocation).left_to_directors,
        "may_ask_for_access": may_ask_for_access(signed_in(request), audit),
        "asked": asked_about(audit, signed_in(request)),
        **case_panel(request, audit),
    }
    return render(request, "audits/requests/choose.html", context)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@filling_in
def request_extension(request: HttpRequest, audit: Audit) -> HttpResponse:
    now = situation_of(audit, signed_in(request), timezone.localdate())
    programme = audit.allocation.cycle.programme
    form = ExtensionForm(
        request.POST or None, now=now, latest_days=programme.extension_latest_days, closures=programme.closures
    )
    return _ask(request, audit, RequestKind.EXTENSION, form, asking.ask_for_extension)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@filling_in
def request_exemption(request: HttpRequest, audit: Audit) -> HttpResponse:
    return _ask(request, audit, RequestKind.EXEMPTION, ExemptionForm(request.POST or None), asking.ask_for_exemption)


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@filling_in
def request_replacement(request: HttpRequest, audit: Audit) -> HttpResponse:
    form = ReplacementForm(request.POST or None, in_line=IN_LINE in request.GET)
    return _ask(request, audit, RequestKind.REPLACEMENT, form, asking.ask_for_replacement)


@everybody_signed_in(scope="audits of restricted records that they see, and whose record they do not know")
@require_http_methods(["GET", "HEAD", "POST"])
def request_access(request: HttpRequest, reference: str) -> HttpResponse:
    """Anybody who sees such an audit may ask: the auditor, the moderator, QA, a director."""
    audit, person = visible_audit(request, reference), signed_in(request)
    if not may_ask_for_access(person, audit):
        messages.info(request, "The record of this audit is open to you.")
        return redirect("audit_detail", reference=reference)
    if request.method != "POST" and has_asked_for_access(person, audit):
        messages.info(request, "You have asked for access already. It waits for a decision.")
        return redirect("audit_detail", reference=reference)
    form = AccessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asking.ask_for_access(audit=audit, by=person, at=timezone.now(), **form.cleaned_data)
        except UserError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "You have asked for access. You get a mail when it is decided.")
            return redirect("audit_detail", reference=reference)
    return _form_page(request, audit, RequestKind.ACCESS, form)


@everybody_signed_in(scope="their own requests, until they are decided")
@require_POST
def request_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    own = Request.objects.filter(asked_by=person).select_related("allocation__audit")
    asked = get_object_or_404(own, pk=pk)
    try:
        asking.take_back(request=asked, by=person, at=timezone.now())
    except UserError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "You have taken it back. Nobody will decide it.")
    audit = asked.allocation.audit
    if Audit.objects.visible_to(person).filter(pk=audit.pk).exists():
        return redirect("audit_detail", reference=audit.reference)
    return redirect("request_detail", pk=pk)


def _ask(
    request: HttpRequest, audit: Audit, kind: RequestKind, form: Form, ask: Callable[..., Request]
) -> HttpResponse:
    person = signed_in(request)
    why_not = why_not_ask(kind, situation_of(audit, person, timezone.localdate()))
    if why_not and request.method != "POST":
        messages.info(request, why_not)
        return redirect("request_choose", reference=audit.reference)
    if request.method == "POST" and is_auditor(person, audit) and form.is_valid():
        try:
            ask(allocation=audit.allocation, by=person, at=timezone.now(), **form.cleaned_data)
        except UserError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "You have asked for it. You get a mail when it is decided.")
            return redirect("audit_detail", reference=audit.reference)
    return _form_page(request, audit, kind, form)


def _form_page(request: HttpRequest, audit: Audit, kind: RequestKind, form: Form) -> HttpResponse:
    context: dict[str, Any] = {
        "audit": audit,
        "form": form,
        "kind": str(kind),
        "by_directors": Request(kind=kind, allocation=audit.allocation).left_to_directors,
    }
    return render(request, "audits/requests/ask.html", context, status=422 if form.errors else 200)
