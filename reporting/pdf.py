"""From finished HTML to a tagged PDF. The only importer of WeasyPrint.

Nothing is fetched: style sheets travel inside the document, charts are drawn in it, fonts are the system's. A document
that asks for anything else, whatever text it came from, is not made at all.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

STYLESHEETS = ("reporting/report.css", "reporting/document.css")


def render_html(template: str, context: dict[str, Any], stylesheets: Sequence[str] = STYLESHEETS) -> str:
    """A report as one HTML file that needs nothing beside it: read by a browser, and by :func:`render_pdf`."""
    return render_to_string(template, {**context, "stylesheets": _read(tuple(stylesheets))})


def render_pdf(html: str) -> bytes:
    """A PDF/UA-1 file: tags, bookmarks, alternative texts, title and language as the HTML has them.

    WeasyPrint is imported here and not above, because it takes half a second and every command and page of the program
    would pay for it.
    """
    from weasyprint import HTML

    return HTML(string=html, url_fetcher=_refuse).write_pdf(pdf_variant="pdf/ua-1")


def _refuse(url: str, *_: object, **__: object) -> NoReturn:
    from weasyprint.urls import FatalURLFetchingError

    raise FatalURLFetchingError(f"A report fetches nothing, but this one asked for {url[:100]}")


@cache
def _read(stylesheets: tuple[str, ...]) -> tuple[SafeString, ...]:
    """Our own style sheets, read once."""
    found = [finders.find(name) for name in stylesheets]
    return tuple(mark_safe(Path(str(path)).read_text()) for path in found)  # noqa: S308  (files of this program)
