"""Cycles: planning, drawing, publishing, pausing and closing them."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.lists import page_of, take_out
from accounts.permissions import requires, signed_in
from audits.enums import CycleStatus
from audits.exports.allocations import HEADER, rows
from audits.forms.cycles import PauseForm, PlanForm, RedrawForm
from audits.models import Allocation, Cycle, Draw, Request
from audits.pages.cycles import TAGS
from audits.pages.focus import in_words
from audits.pages.returns import RATE, CycleReturns, with_counts
from audits.permissions import closed_to
from audits.rules.deadlines import draw_publication, stage_one_due
from audits.services import cycles
from audits.services.directed import directed_audits
from audits.services.draws import draw
from audits.services.forms import tool_of
from audits.services.publishing import publish
from audits.views.loading import cycle_of, number_in

SCOPE = "every cycle"


@require_safe
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_list(request: HttpRequest) -> HttpResponse:
    """All cycles, the newest first."""
    page = page_of(request, with_counts(Cycle.objects.all()).order_by("-first_month"), size=24)
    listed = [(cycle, TAGS[CycleStatus(cycle.status)], CycleReturns.of(cycle)) for cycle in page.object_list]
    return render(request, "audits/cycles/list.html", {"page": page, "listed": listed, "rate_means": RATE})


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_plan(request: HttpRequest) -> HttpResponse:
    """Plan a cycle: a month, or months merged."""
    form = PlanForm(request.POST or None, today=timezone.localdate(), first=request.GET.get("first", ""))
    if request.method == "POST" and form.is_valid():
        try:
            cycle = cycles.get_or_plan(*form.months())
        except UserError as error:
            form.add_error("first", str(error))
        else:
            return redirect("cycle_detail", slug=cycle.slug)
    return render(request, "audits/cycles/plan.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One cycle: how it stands, its audits, and its draws."""
    return _page_of_cycle(request, cycle_of(slug), RedrawForm())


@require_POST
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_draw(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the cycle; again only with a reason. Sent twice, or from a page that is out of date, it draws nothing."""
    cycle = cycle_of(slug)
    newest = cycle.draws.of_month().first()
    if newest is not None and number_in(request.POST.get("seen", "")) < newest.number:
        messages.success(request, f"Draw {newest.number} has been made. This is it.")
        return redirect("draw_detail", slug=cycle.slug, number=newest.number)
    form = RedrawForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if newest is not None and not reason:
        return _page_of_cycle(request, cycle, form)
    try:
        kept = draw(cycle=cycle, by=signed_in(request), at=timezone.now(), reason=reason)
    except UserError as error:
        messages.warning(request, str(error))
        return redirect("cycle_detail", slug=cycle.slug)
    filled, places = kept.summary["filled"], kept.summary["places"]
    said = f"Draw {kept.number}: {filled} of {places} places filled."
    if kept.pairs:
        messages.success(request, f"{said} Look at it, then publish it.")
    else:
        messages.warning(request, f"{said} There is nothing to publish: look at what is in the way, then draw again.")
    return redirect("draw_detail", slug=cycle.slug, number=kept.number)


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish the newest draw, after a last question."""
    cycle = cycle_of(slug)
    newest = cycle.draws.of_month().first()
    if newest is None or not newest.pairs or cycle.published_at is not None:
        return redirect("cycle_detail", slug=cycle.slug)
    if request.method == "POST":
        try:
            seen = get_object_or_404(Draw, cycle=cycle, number=number_in(request.POST.get("draw", "")))
            published = publish(draw=seen, by=signed_in(request), at=timezone.now())
        except UserError as error:
            messages.warning(request, str(error))
        else:
            done = f"{cycle.name} is published. The auditors have been told."
            messages.success(request, done if published else f"{cycle.name} had been published already.")
        return redirect("cycle_detail", slug=cycle.slug)
    return render(request, "audits/cycles/publish.html", {"cycle": cycle, "draw": newest, "due_on": _due_on(cycle)})


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_pause(request: HttpRequest, slug: str) -> HttpResponse:
    """Do not audit in this cycle."""
    cycle = cycle_of(slug)
    form = PauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cycles.pause(cycle=cycle, by=signed_in(request), at=timezone.now(), **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{cycle.name} is paused")
            return redirect("cycle_detail", slug=cycle.slug)
    return render(
        request, "audits/cycles/pause.html", {"cycle": cycle, "form": form}, status=422 if form.errors else 200
    )


@require_POST
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_resume(request: HttpRequest, slug: str) -> HttpResponse:
    """Audit in this cycle after all."""
    cycle = cycle_of(slug)
    try:
        cycles.resume(cycle=cycle, by=signed_in(request), at=timezone.now())
        messages.success(request, f"{cycle.name} is planned again")
    except UserError as error:
        messages.warning(request, str(error))
    return redirect("cycle_detail", slug=cycle.slug)


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_close(request: HttpRequest, slug: str) -> HttpResponse:
    """Take no more audits back, after a last question."""
    cycle = cycle_of(slug)
    if request.method == "POST":
        try:
            late = cycles.close(cycle=cycle, by=signed_in(request), at=timezone.now())
            messages.success(request, f"{cycle.name} is closed. Audits not returned: {late}.")
        except UserError as error:
            messages.warning(request, str(error))
        return redirect("cycle_detail", slug=cycle.slug)
    undecided = Request.objects.pending().filter(allocation__audit__in=cycles.never_submitted(cycle))
    context = {
        "cycle": cycle,
        "still_open": cycles.never_submitted(cycle).count(),
        "undecided": undecided.count(),
    }
    return render(request, "audits/cycles/close.html", context)


@require_safe
@requires(Permission.RUN_CYCLES, scope="the allocations of every cycle")
def cycle_export(request: HttpRequest, slug: str) -> HttpResponse:
    """The allocations as CSV, as the export command writes them."""
    cycle = cycle_of(slug)
    person = signed_in(request)
    return take_out(
        by=person,
        what=f"allocations of {cycle.name}",
        name=f"allocations-{cycle.slug}",
        header=HEADER,
        rows=rows(Allocation.objects.visible_to(person).filter(cycle=cycle), reader=person),
        verb="cycle.exported",
        thing_type="cycle",
        thing_ref=cycle.key,
    )


def _page_of_cycle(request: HttpRequest, cycle: Cycle, form: Form) -> HttpResponse:
    """The page of a cycle; `form` is to draw it again."""
    published = cycle.draws.of_month().filter(published_at__isnull=False)
    newest = published.defer("pairs").first() or cycle.draws.of_month().defer("pairs").first()
    today = timezone.localdate()
    context: dict[str, Any] = {
        "cycle": cycle,
        "tag": TAGS[CycleStatus(cycle.status)],
        "focus": in_words(cycle),
        "tool": tool_of(cycle) if cycle.status == CycleStatus.PLANNED else cycle.form_version,
        "draw": newest,
        "draws": cycle.draws.select_related("drawn_by").defer("summary", "pairs"),
        "directed": directed_audits(cycle),
        "today": today,
        "is_this_month": cycle.first_month <= today.replace(day=1) <= cycle.last_month,
        "form": form,
        "due_on": _due_on(cycle),
        "goes_out_on": draw_publication(cycle.first_month, cycle.programme.deadlines, cycle.programme.closures),
    }
    if cycle.published_at is not None:
        context |= _allocations(request, cycle)
    return render(request, "audits/cycles/detail.html", context)


def _allocations(request: HttpRequest, cycle: Cycle) -> dict[str, Any]:
    person = signed_in(request)
    allocations = (
        Allocation.objects.visible_to(person)
        .filter(cycle=cycle)
        .select_related("auditor", "audit", "case", "replaces__audit")
        .order_by("auditor__name", "pk")
    )
    page = page_of(request, allocations)
    counted = with_counts(Cycle.objects.filter(pk=cycle.pk)).get()
    audits = [allocation.audit for allocation in page.object_list if hasattr(allocation, "audit")]
    return {
        "page": page,
        "counted": counted,
        "returns": CycleReturns.of(counted),
        "rate_means": RATE,
        "closed": closed_to(person, audits),
    }


def _due_on(cycle: Cycle) -> date:
    programme = cycle.programme
    return stage_one_due(cycle.last_month, programme.deadlines, programme.closures)
