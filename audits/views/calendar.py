"""The calendar of a year's cycles, and pausing or resuming several months of it at once."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.permissions import requires, signed_in
from audits.forms.cycle_theme import PauseSpanForm, SpanForm
from audits.models import Cycle
from audits.pages.calendar import year_of
from audits.pages.returns import RATE
from audits.services import cycles
from audits.views.loading import number_in

SCOPE = "every cycle"
FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_calendar(request: HttpRequest) -> HttpResponse:
    """Twelve months with the state of each cycle."""
    today = timezone.localdate()
    year = _year(request.GET.get("year", ""), today.year)
    context = {"year": year, "slots": year_of(year, today), "rate_means": RATE}
    return render(request, "audits/cycles/calendar.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_pause_months(request: HttpRequest) -> HttpResponse:
    """Do not audit from one month to another."""
    form = PauseSpanForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        reason, substitute = form.cleaned_data["reason"], form.cleaned_data["substitute"]
        try:
            paused = cycles.pause_months(
                **form.months(), reason=reason, substitute=substitute, by=signed_in(request), at=timezone.now()
            )
        except UserError as error:
            form.add_error("first", str(error))
        else:
            messages.success(request, _said(paused, "Paused", "They were paused already: nothing was changed"))
            return redirect(_calendar_of(form.months()["first_month"]))
    return _months_page(request, "Pause", form)


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_CYCLES, scope=SCOPE)
def cycle_resume_months(request: HttpRequest) -> HttpResponse:
    """Audit again from one month to another."""
    form = SpanForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            resumed = cycles.resume_months(**form.months(), by=signed_in(request), at=timezone.now())
        except UserError as error:
            form.add_error("first", str(error))
        else:
            messages.success(request, _said(resumed, "Planned again", "No cycle is paused in these months"))
            return redirect(_calendar_of(form.months()["first_month"]))
    return _months_page(request, "Resume", form)


def _months_page(request: HttpRequest, verb: str, form: SpanForm) -> HttpResponse:
    context = {"form": form, "verb": verb}
    return render(request, "audits/cycles/several_months.html", context, status=422 if form.errors else 200)


def _said(changed: list[Cycle], what: str, nothing: str) -> str:
    return f"{what}: {', '.join(cycle.name for cycle in changed)}" if changed else nothing


def _calendar_of(month: date) -> str:
    return f"{reverse('cycle_calendar')}?year={month.year}"


def _year(text: str, this_year: int) -> int:
    if not text:
        return this_year
    year = number_in(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    return year
