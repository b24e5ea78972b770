"""The list of audits, one audit's own page, and what was submitted to read."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.lists import page_of_many
from accounts.models import Person
from accounts.permissions import everybody_signed_in, requires, signed_in
from accounts.services.activity import record
from audits.enums import OF_THE_CASE, Capacity
from audits.filters.audits import AuditFilter
from audits.models import Audit, Reflection
from audits.pages.copies import copies_of
from audits.pages.evidence import of_section
from audits.pages.findings import with_tags
from audits.pages.progress import tasks_of, time_left
from audits.pages.quality import about_quality
from audits.pages.reading import read_sections
from audits.pages.requests import asked_about
from audits.permissions import closed_to, is_auditor, may_fill_in, may_read_form, may_reflect
from audits.request_permissions import may_give_access
from audits.rules.answers import Problem
from audits.services.directed import may_withdraw
from audits.services.filled_form import DETAILS, WHAT_CHANGED, FilledForm
from audits.services.handover import may_hand_over
from audits.services.stage1 import NotReady, submit
from audits.services.voices import QUESTIONS
from audits.views.loading import case_panel, look_back, own_audit, visible_audit

# What the list shows of an audit, so that fifty rows bring nothing else along.
SHOWN = (
    "reference",
    "state",
    "return_due_on",
    "allocation__kind",
    "allocation__standing",
    "allocation__due_on",
    "allocation__team",
    "allocation__auditor_label",
    "allocation__auditor__name",
    "allocation__case__restricted",
    "allocation__cycle__first_month",
    "allocation__cycle__last_month",
)
# So many problems of one section are listed one by one.
IN_FULL = 3
# What is in no section: its name and its page.
APART = {DETAILS: ("About this audit", "audit_details"), WHAT_CHANGED: ("What has changed", "audit_before")}


@everybody_signed_in(scope="audits the person sees")
@require_GET
def audit_list(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    visible = (
        Audit.objects.visible_to(person)
        .with_final_grade()
        .select_related("allocation__cycle", "allocation__auditor", "allocation__case")
        .only(*SHOWN)
        .order_by("-allocation__cycle__first_month", "allocation__due_on", "reference")
    )
    found = AuditFilter(request.GET, queryset=visible, request=request)
    page = page_of_many(request, found.qs)
    context = {
        "filter": found if person.may(Permission.SEE_EVERY_AUDIT) else None,
        "page": page,
        "closed": closed_to(person, list(page.object_list)),
        "today": timezone.localdate(),
        "filtered": any(request.GET.get(name) for name in found.filters),
    }
    return render(request, "audits/list.html", context)


@everybody_signed_in(scope="audits the person sees")
@require_GET
def audit_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """What there is to do for the auditor; for others how far the audit is, and once it is submitted the audit."""
    audit = visible_audit(request, reference)
    person = signed_in(request)
    if audit.is_completed and may_read_form(person, audit):
        return redirect("audit_view", reference=audit.reference)
    _read(request, audit)
    if not may_fill_in(person, audit):
        context = {
            "audit": audit,
            "may_reflect": may_reflect(person, audit),
            "reflection": Reflection.objects.filter(audit=audit).first(),
            "sees_why": _sees_why(person, audit),
            "may_hand_over": may_hand_over(person, audit),
            "may_withdraw": may_withdraw(person, audit),
            "may_grant": _access_is_awaited(audit) and may_give_access(person, audit),
            "asked": asked_about(audit, person),
            **case_panel(request, audit),
        }
        return render(request, "audits/waiting.html", context)
    filled = FilledForm.of(audit)
    today = timezone.localdate()
    begins, ends = look_back(audit, filled.form, today)
    groups = tasks_of(filled, today)
    counted = [task for group in groups for task in group.tasks if task.counts]
    context = {
        "audit": audit,
        "form": filled.form,
        "groups": groups,
        "done": sum(task.done for task in counted),
        "total": len(counted),
        "time_left": time_left(filled, today),
        "look_back_from": begins,
        "look_back_to": ends,
        "today": today,
        "asked": asked_about(audit, person),
        **case_panel(request, audit),
    }
    return render(request, "audits/detail.html", context)


@everybody_signed_in(scope="audits the person sees, once they are submitted")
@require_GET
def audit_view(request: HttpRequest, reference: str) -> HttpResponse:
    audit = visible_audit(request, reference)
    if not (audit.is_completed and may_read_form(signed_in(request), audit)):
        return redirect("audit_detail", reference=audit.reference)
    _read(request, audit)
    person = signed_in(request)
    context = read_context(request, audit) | {
        "quality": about_quality(audit, person),
        "copies": copies_of(audit, person),
    }
    return render(request, "audits/view.html", context)


@requires(Permission.COMPLETE_AUDITS, scope="the auditor's own audit, until it is submitted")
@require_http_methods(["GET", "POST"])
def audit_check(request: HttpRequest, reference: str) -> HttpResponse:
    """Check the answers, and submit."""
    audit = own_audit(request, reference)
    person = signed_in(request)
    if request.method == "POST":
        return _submit(request, audit)
    if not may_fill_in(person, audit):
        return redirect("audit_detail", reference=audit.reference)
    return _check_page(request, audit)


def _submit(request: HttpRequest, audit: Audit) -> HttpResponse:
    try:
        submitted = submit(audit=audit, by=signed_in(request), at=timezone.now())
    except NotReady:
        return _check_page(request, audit, page_has_errors=True)
    except UserError as refused:
        messages.error(request, str(refused))
        return redirect("audit_detail", reference=audit.reference)
    if submitted:
        messages.success(request, f"Audit {audit.reference} is submitted. The worker and their manager have been told.")
    return redirect("audit_view", reference=audit.reference)


def _check_page(request: HttpRequest, audit: Audit, **more: Any) -> HttpResponse:
    filled = FilledForm.of(audit)
    problems = filled.problems(timezone.localdate())
    context = read_context(request, audit) | {
        "missing": [line for key, found in problems.items() for line in _missing(filled, key, found)],
        **more,
    }
    return render(request, "audits/check.html", context)


def _missing(filled: FilledForm, key: str, problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    """What a part still needs, each problem in a line; where there are many, how many."""
    place, href = _place(filled, key), _page_of(filled.audit, key)
    if len(problems) > IN_FULL:
        return [{"text": f"{place}: {len(problems)} things are missing or need attention", "href": href}]
    return [{"text": f"{place}: {problem.message}", "href": href} for problem in problems]


def _place(filled: FilledForm, key: str) -> str:
    return APART[key][0] if key in APART else filled.form.section(key).name


def _page_of(audit: Audit, key: str) -> str:
    if key in APART:
        return reverse(APART[key][1], args=[audit.reference])
    return reverse("audit_section", args=[audit.reference, key])


def read_context(request: HttpRequest, audit: Audit) -> dict[str, Any]:
    """Everything of an audit that its readers see."""
    filled = FilledForm.of(audit)
    feedback = audit.feedback.all()
    if not (is_auditor(signed_in(request), audit) or _hears_confidences(request, audit)):
        feedback = feedback.filter(in_confidence=False)
    reflection = Reflection.objects.filter(audit=audit).select_related("written_by").first()
    begins, ends = look_back(audit, filled.form, timezone.localdate())
    return {
        "audit": audit,
        "form": filled.form,
        "sections": read_sections(filled),
        "actions": audit.actions.select_related("owner"),
        "feedback": with_tags(feedback),
        "observations": with_tags(audit.observations.all()),
        "evidence": of_section(audit, ""),
        "reflection": [(text, getattr(reflection, name)) for name, text in QUESTIONS.items()] if reflection else [],
        "reflection_by": reflection,
        "look_back_from": begins,
        "look_back_to": ends,
        "sees_why": _sees_why(signed_in(request), audit),
        **case_panel(request, audit),
    }


def _hears_confidences(request: HttpRequest, audit: Audit) -> bool:
    """What was said in confidence reaches the auditor, the moderator and QA, never the worker or their managers,
    whatever else they are."""
    person = signed_in(request)
    capacities = set(audit.participants.filter(person=person).values_list("capacity", flat=True))
    if capacities.intersection(OF_THE_CASE):
        return False
    return person.may(Permission.SEE_EVERY_AUDIT) or Capacity.MODERATOR in capacities


def _sees_why(person: Person, audit: Audit) -> bool:
    return is_auditor(person, audit) or person.may(Permission.SEE_EVERY_AUDIT)


def _access_is_awaited(audit: Audit) -> bool:
    case, auditor = audit.allocation.case, audit.allocation.auditor_id
    if case is None or not case.restricted or auditor is None:
        return False
    return not case.accesses.filter(person=auditor).exists()


def _read(request: HttpRequest, audit: Audit) -> None:
    record(
        by=signed_in(request),
        verb="audit.read",
        thing_type="audit",
        thing_ref=audit.reference,
        summary=f"Audit {audit.reference} was opened",
    )
