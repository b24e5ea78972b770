"""Making a report: its figures, its document, and the file in the format that was asked for."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from accounts.errors import UserError
from accounts.tables.writing import write_csv
from audits.models import ProgrammeRules
from reporting import datasets
from reporting.highlight import HighlightDocument, Imprint, RecommendationLine
from reporting.models import Report
from reporting.pdf import render_html, render_pdf
from reporting.rules.figures import CannotReport, highlight
from reporting.rules.periods import Period


def count_highlight(period: Period, *, since: date | None = None) -> dict[str, Any]:
    """The figures of a period as they stand now, as the .json report holds them, and what they are measured against.

    Raises `UserError` for a period with neither allocations nor audits, or one that ends before `since`.
    """
    programme = ProgrammeRules.objects.current().programme
    try:
        counted = highlight(
            cycles=datasets.cycles(until=period.last),
            returns=datasets.returns(until=period.last),
            audits=datasets.completed_audits(period),
            period=period,
            since=since,
        )
    except CannotReport as refused:
        raise UserError(str(refused)) from refused
    return {
        **counted.as_json(),
        "authority": programme.authority_name,
        "contact": programme.contact,
        "target": programme.compliance_target,
        "small_number": programme.small_number,
    }


def highlight_of_period(period: Period, *, on: date, since: date | None = None) -> HighlightDocument:
    """The highlight of a period that nobody has begun to write: figures only."""
    return HighlightDocument(figures=count_highlight(period, since=since), imprint=Imprint(made_on=on))


def highlight_of_report(report: Report, *, on: date, since: date | None = None) -> HighlightDocument:
    """A report as it is: frozen once published, with live figures before.

    To ask for figures since another month than the published ones is to ask for them anew, as a draft.
    """
    if report.figures and since is None:
        imprint = Imprint(number=report.number, published_on=report.published_on)
        document = HighlightDocument(figures=json.loads(report.figures), imprint=imprint)
    else:
        document = highlight_of_period(report.period, on=on, since=since)
    lines = [
        RecommendationLine(line.text, line.owner, line.due_on, line.is_standard)
        for line in report.recommendations.order_by("position", "pk")
    ]
    return replace(document, written=report.narrative, recommendations=lines)


def highlight_for_writing(report: Report) -> HighlightDocument:
    """A draft as those see it who write it: live figures, nothing hidden."""
    return HighlightDocument(
        figures=count_highlight(report.period),
        imprint=Imprint(),
        written=report.narrative,
        internal=True,
    )


# -- Formats -------------------------------------------------------------------------------------


def as_html(document: HighlightDocument) -> bytes:
    return render_html("pdf/highlight.html", {"report": document}).encode()


def as_pdf(document: HighlightDocument) -> bytes:
    return render_pdf(as_html(document).decode())


def as_json(document: HighlightDocument) -> bytes:
    return (json.dumps(document.figures, indent=2, ensure_ascii=False) + "\n").encode()


def as_csv(document: HighlightDocument) -> bytes:
    """The figures of the JSON, one a row, under the same names: `programme.cycle.audits.completed,54`."""
    sheet = io.StringIO(newline="")
    write_csv(sheet, ["figure", "value"], _flat("", document.figures))
    return sheet.getvalue().encode()


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _flat(f"{name}.{key}" if name else key, part)
    elif isinstance(value, list):
        for place, part in enumerate(value, start=1):
            own_name = part.get("cycle") or part.get("cohort") if isinstance(part, Mapping) else None
            yield from _flat(f"{name}.{own_name or place}", part)
    else:
        yield name, value


FORMATS: Mapping[str, Callable[[HighlightDocument], bytes]] = {
    "pdf": as_pdf,
    "html": as_html,
    "json": as_json,
    "csv": as_csv,
}
CONTENT_TYPES = {"pdf": "application/pdf", "html": "text/html", "json": "application/json", "csv": "text/csv"}


def file_of_report(report: Report, ending: str, *, on: date, since: date | None = None) -> bytes:
    """A report in one of :data:`FORMATS`. The PDF of a published report is the very file that was published."""
    if ending == "pdf" and report.pdf and since is None:
        return bytes(report.pdf)
    return FORMATS[ending](highlight_of_report(report, on=on, since=since))
