"""What a cycle is about, until it is published: its focus, its tool and questions on a theme, and its months."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import requires, signed_in
from audits.forms.cycle_theme import FocusForm, MonthsForm, PackForm, ToolForm
from audits.models import Cycle
from audits.services import cycles
from audits.services.cycle_theme import remove_focus, set_focus, set_pack, set_tool
from audits.services.forms import ensure_default_form, packs_to_choose, tools_to_choose
from audits.views.loading import cycle_of

SCOPE = "every cycle"


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_focus(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose the teams and the children that the cycle is about, or take the focus away."""
    cycle = cycle_of(slug)
    by, at = signed_in(request), timezone.now()
    form = FocusForm(request.POST or None, cycle=cycle)
    try:
        if request.method == "POST" and "remove" in request.POST:
            remove_focus(cycle=cycle, by=by, at=at)
            return _done(request, cycle, f"{cycle.name} is about every eligible case again")
        if request.method == "POST" and form.is_valid():
            teams, reason = form.cleaned_data["teams"], form.cleaned_data["reason"]
            set_focus(cycle=cycle, teams=teams, cohort=form.cohort(), reason=reason, by=by, at=at)
            return _done(request, cycle, f"{cycle.name} has its focus")
    except UserError as error:
        return _refused(request, cycle, error)
    return render(
        request,
        "audits/cycles/focus.html",
        {"cycle": cycle, "form": form, "drawn": cycle.draws.exists()},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_pack(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose the questions on a theme that the cycle's audits ask after those of the tool."""
    cycle = cycle_of(slug)
    form = PackForm(request.POST or None, cycle=cycle, packs=packs_to_choose())
    if request.method == "POST" and form.is_valid():
        try:
            set_pack(cycle=cycle, pack=form.chosen(), by=signed_in(request), at=timezone.now())
        except UserError as error:
            return _refused(request, cycle, error)
        said = f"asks the questions on {cycle.pack.title}" if cycle.pack else "asks no questions on a theme"
        return _done(request, cycle, f"{cycle.name} {said}")
    context = {"cycle": cycle, "form": form, "packs": list(form.packs.values())}
    return render(request, "audits/cycles/pack.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_tool(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose the tool that the cycle is audited with, or leave it to the one in use."""
    cycle = cycle_of(slug)
    form = ToolForm(request.POST or None, cycle=cycle, tools=tools_to_choose(), in_use=ensure_default_form())
    if request.method == "POST" and form.is_valid():
        try:
            set_tool(cycle=cycle, tool=form.chosen(), by=signed_in(request), at=timezone.now())
        except UserError as error:
            return _refused(request, cycle, error)
        return _done(request, cycle, f"{cycle.name} is audited with {cycle.form_version or 'the tool in use'}")
    context = {"cycle": cycle, "form": form}
    return render(request, "audits/cycles/tool.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_months(request: HttpRequest, slug: str) -> HttpResponse:
    """Merge months into a planned cycle, or split it again."""
    cycle = cycle_of(slug)
    form = MonthsForm(request.POST or None, cycle=cycle)
    if request.method == "POST" and form.is_valid():
        last, by, at = form.last_month(), signed_in(request), timezone.now()
        try:
            if last > cycle.last_month:
                cycles.merge(cycle=cycle, last_month=last, by=by, at=at)
            elif last < cycle.last_month:
                cycles.split(cycle=cycle, last_month=last, by=by, at=at)
        except UserError as error:
            form.add_error("last", str(error))
            cycle = cycle_of(slug)
        else:
            return _done(request, cycle, f"The cycle is {cycle.name}")
    return render(
        request, "audits/cycles/months.html", {"cycle": cycle, "form": form}, status=422 if form.errors else 200
    )


def _done(request: HttpRequest, cycle: Cycle, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("cycle_detail", slug=cycle.slug)


def _refused(request: HttpRequest, cycle: Cycle, why: UserError) -> HttpResponse:
    messages.warning(request, str(why))
    return redirect("cycle_detail", slug=cycle.slug)
