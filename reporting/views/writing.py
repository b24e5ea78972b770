"""Writing a report: start it, write its chapters beside the figures, publish it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.models import Person
from accounts.permissions import requires, signed_in
from reporting import datasets
from reporting.documents import highlight_for_writing
from reporting.forms import ChapterForm, RecommendationFormSet, StartForm
from reporting.models import Report
from reporting.narrative import HIGHLIGHT_CHAPTERS, REFLECTION_QUESTIONS, Chapter
from reporting.services import reports

DRAFTS = "every report"


@requires(Permission.WRITE_REPORTS, scope=DRAFTS)
@require_http_methods(["GET", "POST"])
def report_start(request: HttpRequest) -> HttpResponse:
    form = StartForm(request.POST or None, cycles=datasets.reportable_cycles())
    if request.method == "POST" and form.is_valid():
        try:
            report = reports.start_report(period=form.period, by=signed_in(request), at=timezone.now())
        except UserError as refused:
            form.add_error("first", str(refused))
        else:
            messages.success(request, f"The highlight report for {report.name} is started")
            return redirect("report_write", slug=report.slug)
    return render(request, "reporting/report_start.html", {"form": form}, status=422 if form.errors else 200)


@requires(Permission.WRITE_REPORTS, scope=DRAFTS)
@require_safe
def report_write(request: HttpRequest, slug: str) -> HttpResponse:
    """The chapters of a draft, with what is written and what is not."""
    report = _draft(request, slug)
    if report.is_published:
        return redirect("report_detail", slug=report.slug)
    context = {"stored": report, "report": highlight_for_writing(report), "tasks": _chapter_tasks(report)}
    return render(request, "reporting/report_write.html", context)


@requires(Permission.WRITE_REPORTS, scope=DRAFTS)
@require_http_methods(["GET", "POST"])
def report_chapter(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The boxes of one chapter with the figures and the voices they are about."""
    report, chapter = _draft(request, slug), _chapter(key)
    if report.is_published:
        return _already_published(request, report)
    stored = reports.chapter_texts(report, chapter)
    if request.method == "GET":
        form = ChapterForm(chapter=chapter, initial={**stored, "seen": reports.seen(stored)})
        return _chapter_page(request, report, chapter, form)
    form = ChapterForm(request.POST, chapter=chapter)
    if not form.is_valid():
        return _chapter_page(request, report, chapter, form, status=422)
    try:
        reports.save_chapter(
            report=report,
            chapter=chapter,
            texts=form.texts,
            seen_before=form.cleaned_data["seen"],
            by=signed_in(request),
            at=timezone.now(),
        )
    except StaleVersion as stale:
        return _chapter_conflict(request, report, chapter, form.texts, str(stale))
    except UserError:
        return _already_published(request, report)
    messages.success(request, f"“{chapter.title}” is saved")
    return redirect("report_write", slug=report.slug)


@requires(Permission.WRITE_REPORTS, scope=DRAFTS)
@require_http_methods(["GET", "POST"])
def report_recommendations(request: HttpRequest, slug: str) -> HttpResponse:
    """The numbered recommendations and practice standards, in the order in which the report prints them."""
    report = _draft(request, slug)
    if report.is_published:
        return _already_published(request, report)
    stored = reports.recommendation_lines(report)
    mark = request.POST.get("seen") or reports.seen(stored)
    context: dict[str, Any] = {"stored": report, "stored_lines": (), "conflict": ""}
    status = 200
    if request.method == "POST":
        formset = RecommendationFormSet(request.POST)
        if formset.is_valid():
            lines = [form.line for form in formset if form.line]
            try:
                reports.save_recommendations(
                    report=report, lines=lines, seen_before=mark, by=signed_in(request), at=timezone.now()
                )
            except StaleVersion as stale:
                context |= {"conflict": str(stale), "stored_lines": stored, "page_has_errors": True}
                mark, status = reports.seen(stored), 409
            except UserError:
                return _already_published(request, report)
            else:
                messages.success(request, "The recommendations are saved")
                more = request.POST.get("then") == "more"
                return redirect("report_recommendations" if more else "report_write", slug=report.slug)
        else:
            context["page_has_errors"], status = True, 422
    else:
        formset = RecommendationFormSet(initial=[vars(line) for line in stored])
    return render(
        request, "reporting/report_recommendations.html", {**context, "formset": formset, "seen": mark}, status=status
    )


@requires(Permission.WRITE_REPORTS, scope=DRAFTS)
@require_http_methods(["GET", "POST"])
def report_publish(request: HttpRequest, slug: str) -> HttpResponse:
    report = _draft(request, slug)
    if request.method == "POST":
        try:
            report = reports.publish(report=report, by=signed_in(request), at=timezone.now())
        except UserError as refused:
            messages.error(request, str(refused))
            return redirect("report_write", slug=report.slug)
        messages.success(request, f"The report is published as number {report.number}")
    if report.is_published:
        return redirect("report_detail", slug=report.slug)
    unwritten = [chapter.title for chapter in HIGHLIGHT_CHAPTERS if not _is_written(report, chapter)]
    context = {"stored": report, "report": highlight_for_writing(report), "unwritten": unwritten}
    return render(request, "reporting/report_publish.html", context)


# -- Loading and arranging -----------------------------------------------------------------------


def _draft(request: HttpRequest, slug: str) -> Report:
    return get_object_or_404(Report.objects.visible_to(signed_in(request)).defer("pdf"), slug=slug)


def _chapter(key: str) -> Chapter:
    for chapter in HIGHLIGHT_CHAPTERS:
        if chapter.key == key:
            return chapter
    raise Http404


def _already_published(request: HttpRequest, report: Report) -> HttpResponse:
    messages.error(request, "This report is published. Its text does not change any more.")
    return redirect("report_detail", slug=report.slug)


def _is_written(report: Report, chapter: Chapter) -> bool:
    return any(reports.chapter_texts(report, chapter).values())


def _chapter_tasks(report: Report) -> list[dict[str, str]]:
    tasks = [
        _task(chapter.title, reverse("report_chapter", args=[report.slug, chapter.key]), _is_written(report, chapter))
        for chapter in HIGHLIGHT_CHAPTERS
    ]
    recommendations = reverse("report_recommendations", args=[report.slug])
    last = _task("Recommendations and practice standards", recommendations, report.recommendations.exists())
    return [*tasks[:-1], last, tasks[-1]]


def _task(text: str, href: str, written: bool) -> dict[str, str]:
    status = {"status": "Written"} if written else {"status": "Not written", "colour": "grey"}
    return {"text": text, "href": href, **status}


FIGURES_BESIDE = {
    "programme": ["reporting/highlight/figures/programme.html"],
    "judgements": ["reporting/highlight/figures/judgements.html", "reporting/highlight/figures/sections.html"],
    "themes": ["reporting/highlight/figures/themes.html"],
}
"""The figures that stand beside a chapter's boxes."""


def _chapter_page(
    request: HttpRequest, report: Report, chapter: Chapter, form: ChapterForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "stored": report,
        "chapter": chapter,
        "form": form,
        "figures": FIGURES_BESIDE.get(chapter.key, []),
        **_voices(report, chapter, signed_in(request)),
        **more,
    }
    if context["figures"]:
        context["report"] = highlight_for_writing(report)
    return render(request, "reporting/report_chapter.html", context, status=status)


def _voices(report: Report, chapter: Chapter, reader: Person) -> dict[str, Any]:
    """What people said in the period's audits, where the chapter is about it."""
    if chapter.key not in ("feedback", "reflection"):
        return {}
    unread = {"unread": datasets.unread(report.period, reader)}
    if chapter.key == "feedback":
        return {"feedback": datasets.feedback(report.period, reader), **unread}
    answers = datasets.reflections(report.period, reader)
    return {"reflections": [(REFLECTION_QUESTIONS[key], answers[key]) for key in REFLECTION_QUESTIONS], **unread}


def _chapter_conflict(
    request: HttpRequest, report: Report, chapter: Chapter, typed: dict[str, str], message: str
) -> HttpResponse:
    """Nothing is overwritten: what was typed stays in the boxes, what is stored stands beside it."""
    stored = reports.chapter_texts(Report.objects.get(pk=report.pk), chapter)
    labels = {box.key: box.label for box in chapter.boxes}
    form = ChapterForm(chapter=chapter, initial={**typed, "seen": reports.seen(stored)})
    different = [(labels[key], text) for key, text in stored.items() if text != typed.get(key, "")]
    return _chapter_page(
        request, report, chapter, form, status=409, conflict=message, theirs=different, page_has_errors=True
    )
