"""Why was this case, or this auditor, not drawn? Asked by case number, which is only ever posted, or by auditor."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.enums import Permission
from accounts.models import Person
from accounts.permissions import requires, signed_in
from accounts.services.activity import record
from audits.forms.cycles import LookUpAuditorForm, LookUpCaseForm
from audits.kept_draws.lookup import about_auditor, about_case
from audits.models import Case, Cycle, Draw
from audits.views.loading import cycle_of, number_in

SCOPE = "every cycle"
NO_SUCH_CASE = "No case has this number"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RUN_CYCLES, scope=f"{SCOPE}; of the cases, those that the person may know")
def cycle_look_up(request: HttpRequest, slug: str) -> HttpResponse:
    """The answer of the published draw, or of the newest while none is; of another where `?draw=` names one."""
    cycle = cycle_of(slug)
    draw = _draw(request, cycle)
    asked = request.POST.get("ask", "") if draw else ""
    data = request.POST or None
    case_form = LookUpCaseForm(data if asked == "case" else None)
    auditor_form = LookUpAuditorForm(data if asked == "auditor" else None, auditors=_auditors())
    context: dict[str, Any] = {"cycle": cycle, "draw": draw, "case_form": case_form, "auditor_form": auditor_form}
    if draw and asked == "case" and case_form.is_valid():
        case = _case(request, case_form.cleaned_data["number"])
        _log(request, draw, case)
        if case is None:
            case_form.add_error("number", NO_SUCH_CASE)
        else:
            context |= {"case": case, "answer": about_case(draw, case)}
    elif draw and asked == "auditor" and auditor_form.is_valid():
        auditor = auditor_form.cleaned_data["auditor"]
        context |= {"auditor": auditor, "answer": about_auditor(draw, auditor)}
    context["page_has_errors"] = bool(case_form.errors or auditor_form.errors)
    return render(request, "audits/cycles/look_up.html", context, status=422 if context["page_has_errors"] else 200)


def _draw(request: HttpRequest, cycle: Cycle) -> Draw | None:
    draws = cycle.draws.of_month().select_related("rules", "cycle__rules")
    if number := number_in(request.GET.get("draw", "")):
        return get_object_or_404(draws, number=number)
    return draws.filter(published_at__isnull=False).first() or draws.first()


def _auditors() -> QuerySet[Person]:
    return Person.objects.holding(Permission.COMPLETE_AUDITS).order_by("name", "pk")


def _case(request: HttpRequest, number: str) -> Case | None:
    """A restricted record that the person is not named for is answered like a number that nobody has."""
    return Case.objects.visible_to(signed_in(request)).select_related("team", "service").numbered(number)


def _log(request: HttpRequest, draw: Draw, case: Case | None) -> None:
    record(
        by=signed_in(request),
        verb="case.looked_up",
        thing_type="case" if case else "cycle",
        thing_ref=str(case.pk) if case else draw.cycle.key,
        summary=f"Asked why a case was or was not drawn for {draw.cycle.name}"
        + ("" if case else ", by a number that was not found"),
        data={"draw": draw.number},
    )
