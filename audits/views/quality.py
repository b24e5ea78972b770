"""Concerns about the quality of audits: raising one, the list, and one of them with its answer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.lists import page_of
from accounts.permissions import everybody_signed_in, signed_in
from audits.enums import QualityConcernState
from audits.filters.quality import QualityConcernFilter
from audits.forms.quality import AnswerForm, RaiseForm
from audits.models import Audit, QualityConcern
from audits.pages.quality import lines_of
from audits.permissions import closed_to
from audits.quality_permissions import answers, may_answer, may_raise, may_take_back
from audits.request_permissions import has_asked_for_access, may_ask_for_access
from audits.services import quality
from audits.views.loading import visible_audit

SCOPE = "concerns that they raised, and those that are theirs to answer"


@everybody_signed_in(scope=SCOPE)
@require_safe
def quality_list(request: HttpRequest) -> HttpResponse:
    """For those who answer what waits, the oldest first, unless another state is asked for; for others their own."""
    person = signed_in(request)
    is_answerer = person.may(Permission.SEE_EVERY_AUDIT)
    at_first = {"state": QualityConcernState.OPEN} if is_answerer else {}
    visible = QualityConcern.objects.visible_to(person)
    narrowed = QualityConcernFilter(request.GET or at_first, queryset=visible)
    found = narrowed.qs.select_related("raised_by", "audit__allocation__cycle", "audit__allocation__case")
    page = page_of(request, found.order_by("raised_at", "pk"))
    concerns = list(page.object_list)
    closed = closed_to(person, [concern.audit for concern in concerns])
    context = {
        "filter": narrowed,
        "page": page,
        "lines": lines_of(concerns, person, closed),
        "is_answerer": is_answerer,
    }
    return render(request, "audits/quality/list.html", context)


@everybody_signed_in(scope="submitted audits that they read and did not do")
@require_http_methods(["GET", "HEAD", "POST"])
def quality_raise(request: HttpRequest, reference: str) -> HttpResponse:
    audit, person = visible_audit(request, reference), signed_in(request)
    if not may_raise(person, audit):
        raise Http404
    waiting = QualityConcern.objects.open().filter(audit=audit, raised_by=person).first()
    if waiting is not None and request.method != "POST":
        messages.info(request, "You have raised a concern about this audit already. It waits for an answer.")
        return redirect("quality_detail", pk=waiting.pk)
    form = RaiseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            concern = quality.raise_concern(audit=audit, by=person, at=timezone.now(), **form.cleaned_data)
        except UserError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Quality assurance has been told. You get a mail when they answer.")
            return redirect("quality_detail", pk=concern.pk)
    context = {"audit": audit, "form": form}
    return render(request, "audits/quality/raise.html", context, status=422 if form.errors else 200)


@everybody_signed_in(scope=SCOPE)
@require_http_methods(["GET", "HEAD", "POST"])
def quality_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A concern and its answers; for who answers it, the form."""
    concern, person = _visible(request, pk), signed_in(request)
    if request.method != "POST":
        return _page(request, concern, _form(concern))
    form = AnswerForm(request.POST, answered=concern.state == QualityConcernState.ANSWERED)
    if form.is_valid():
        try:
            given = quality.answer(concern=concern, by=person, at=timezone.now(), **form.cleaned_data)
        except UserError as refused:
            return _answered_elsewhere(request, _visible(request, pk), form.cleaned_data["text"], str(refused))
        told = "The answer is corrected" if given.number > 1 else "The concern is answered"
        messages.success(request, f"{told}. Whoever raised it has been told.")
        return redirect("quality_detail", pk=pk)
    return _page(request, concern, form, status=422)


@everybody_signed_in(scope="their own concerns, until they are answered")
@require_POST
def quality_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    own = QualityConcern.objects.filter(raised_by=person).select_related("audit__allocation")
    concern = get_object_or_404(own, pk=pk)
    try:
        quality.take_back(concern=concern, by=person, at=timezone.now())
    except UserError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "You have taken it back. Nobody will answer it.")
    return redirect("quality_detail", pk=pk)


def _visible(request: HttpRequest, pk: int) -> QualityConcern:
    visible = QualityConcern.objects.visible_to(signed_in(request))
    related = ("raised_by", "audit__allocation__auditor", "audit__allocation__case", "audit__allocation__cycle")
    return get_object_or_404(visible.select_related(*related), pk=pk)


def _form(concern: QualityConcern, text: str | None = None) -> AnswerForm:
    """Of an answered one with the answer that counts, to be corrected; or with what somebody has typed already."""
    given = list(concern.answers.all())
    text = text if text is not None else given[-1].text if given else ""
    return AnswerForm(initial={"text": text, "seen": len(given)}, answered=bool(given))


def _answered_elsewhere(request: HttpRequest, concern: QualityConcern, text: str, why: str) -> HttpResponse:
    """Both texts: the answer that is there now, and what was typed, to be sent as its correction."""
    messages.error(request, f"{why} What you wrote has not been sent.")
    return _page(request, concern, _form(concern, text), status=409, typed=text)


def _page(
    request: HttpRequest, concern: QualityConcern, form: AnswerForm, status: int = 200, typed: str = ""
) -> HttpResponse:
    person, audit = signed_in(request), concern.audit
    answering = may_answer(person, concern)
    closed = closed_to(person, [audit])
    given = list(concern.answers.select_related("given_by"))
    context = {
        "concern": concern,
        "audit": audit,
        "line": lines_of([concern], person, closed)[0],
        "reads_text": not closed or concern.raised_by_id == person.pk,
        "given": given[-1] if given else None,
        "before": given[:-1],
        "reads_answers": not closed,
        "form": form if answering else None,
        "unsent": "" if answering else typed,
        "opened": status != 200,
        "may_take_back": may_take_back(person, concern),
        "closed_to_answerer": bool(closed) and answers(person, concern),
        "may_ask_for_access": bool(closed) and may_ask_for_access(person, audit),
        "has_asked_for_access": bool(closed) and has_asked_for_access(person, audit),
        "answerers": [] if given else list(concern.answerers()),
        "sees_audit": Audit.objects.visible_to(person).filter(pk=audit.pk).exists(),
    }
    return render(request, "audits/quality/detail.html", context, status=status)
