"""The verbs of a report: start it, write it, publish it. A published report never changes again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts.enums import Permission
from accounts.errors import StaleVersion, UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from reporting.documents import as_pdf, count_highlight, highlight_of_report
from reporting.enums import ReportKind, ReportState
from reporting.highlight import RecommendationLine
from reporting.models import Recommendation, Report
from reporting.narrative import Chapter
from reporting.rules.periods import Period

TRIES = 5
"""How often a save is tried again when others keep writing to other parts of the same report."""


def start_report(*, period: Period, by: Person, at: datetime) -> Report:
    """Begin the highlight of a period as a draft.

    Raises `UserError` where there is one already, or where the period has neither allocations nor audits.
    """
    ensure(by.may(Permission.WRITE_REPORTS), "Only QA writes reports.")
    count_highlight(period)
    slug = f"{ReportKind.HIGHLIGHT}-{period}".replace("..", "-to-")
    report = Report(
        kind=ReportKind.HIGHLIGHT,
        first_month=period.first,
        last_month=period.last,
        slug=slug,
        created_at=at,
        created_by=by,
    )
    try:
        with transaction.atomic():
            report.save()
            _record(report, by, at, "report.started", f"Highlight report for {report.name} was started")
    except IntegrityError as taken:
        raise UserError(f"There is already a highlight report for {report.name}.") from taken
    return report


# -- Writing -------------------------------------------------------------------------------------


def seen(content: Any) -> str:
    """A short mark of a part of a report as somebody saw it, to notice that another has changed it since."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:16]


def chapter_texts(report: Report, chapter: Chapter) -> dict[str, str]:
    """What is written in a chapter, box by box."""
    return {box.key: report.narrative.get(box.key, "") for box in chapter.boxes}


def recommendation_lines(report: Report) -> list[RecommendationLine]:
    return [
        RecommendationLine(line.text, line.owner, line.due_on, line.is_standard)
        for line in report.recommendations.order_by("position", "pk")
    ]


def save_chapter(
    *, report: Report, chapter: Chapter, texts: Mapping[str, str], seen_before: str, by: Person, at: datetime
) -> None:
    """Keep the texts of a chapter. Two people can write different chapters at once.

    Raises `StaleVersion` where this chapter was changed since `seen_before`, and `UserError` once published.
    """
    ensure(by.may(Permission.WRITE_REPORTS), "Only QA writes reports.")
    new = {box.key: texts.get(box.key, "").replace("\r\n", "\n").strip() for box in chapter.boxes}
    for _ in range(TRIES):
        with transaction.atomic():
            current = Report.objects.get(pk=report.pk)
            _refuse_published(current)
            old = chapter_texts(current, chapter)
            if old == new:
                return
            if seen(old) != seen_before:
                raise StaleVersion(_changed_meanwhile(chapter.title), current=current.version)
            if _claim(current, narrative={**current.narrative, **new}):
                _record(report, by, at, "report.written", f"“{chapter.title}” of {report.name} was written")
                return
    raise StaleVersion(_changed_meanwhile(chapter.title), current=current.version)


def save_recommendations(
    *, report: Report, lines: Sequence[RecommendationLine], seen_before: str, by: Person, at: datetime
) -> None:
    """Keep the numbered recommendations in the order given. Raises as :func:`save_chapter` does."""
    ensure(by.may(Permission.WRITE_REPORTS), "Only QA writes reports.")
    title = "Recommendations"
    with transaction.atomic():
        current = Report.objects.get(pk=report.pk)
        _refuse_published(current)
        old = recommendation_lines(current)
        if old == list(lines):
            return
        if seen(old) != seen_before or not _claim(current):
            raise StaleVersion(_changed_meanwhile(title), current=current.version)
        current.recommendations.all().delete()
        Recommendation.objects.bulk_create(
            Recommendation(
                report=current,
                position=position,
                text=line.text,
                owner=line.owner,
                due_on=line.due_on,
                is_standard=line.is_standard,
            )
            for position, line in enumerate(lines, start=1)
        )
        _record(report, by, at, "report.written", f"“{title}” of {report.name} was written")


def _refuse_published(report: Report) -> None:
    if report.is_published:
        raise UserError("This report is published. Its text does not change any more.")


def _changed_meanwhile(title: str) -> str:
    return f"Somebody else has changed “{title}” since you opened it. Your text is not saved yet: compare the two."


def _claim(report: Report, **values: Any) -> bool:
    """Write to a draft that nobody has written to since it was read."""
    drafts = Report.objects.filter(pk=report.pk, state=ReportState.DRAFT, version=report.version)
    return drafts.update(version=F("version") + 1, **values) == 1


# -- Publishing ----------------------------------------------------------------------------------


def publish(*, report: Report, by: Person, at: datetime) -> Report:
    """Freeze figures, text and PDF, and give the report the next number. Published twice, it is published once.

    Raises `StaleVersion` where somebody wrote to the report while its PDF was being made.
    """
    ensure(by.may(Permission.WRITE_REPORTS), "Only QA publishes reports.")
    current = Report.objects.get(pk=report.pk)
    if current.is_published:
        return current
    current.figures = json.dumps(count_highlight(current.period), ensure_ascii=False)
    current.published_at = at
    for _ in range(TRIES):
        current.number = (Report.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        pdf = as_pdf(highlight_of_report(current, on=timezone.localdate(at)))
        try:
            with transaction.atomic():
                if not _claim(
                    current,
                    state=ReportState.PUBLISHED,
                    number=current.number,
                    figures=current.figures,
                    pdf=pdf,
                    sha256=hashlib.sha256(pdf).hexdigest(),
                    published_at=at,
                    published_by=by,
                ):
                    break
                summary = f"Highlight report for {current.name} was published as number {current.number}"
                _record(current, by, at, "report.published", summary)
        except IntegrityError:
            continue  # another report took the number in the meantime
        return Report.objects.get(pk=report.pk)
    newest = Report.objects.get(pk=report.pk)
    if newest.is_published:
        return newest
    raise StaleVersion(
        "Somebody changed this report while you were publishing it. Look at it again.", current=newest.version
    )


def _record(report: Report, by: Person, at: datetime, verb: str, summary: str) -> None:
    record(by=by, verb=verb, thing_type="report", thing_ref=report.slug, summary=summary, at=at)
