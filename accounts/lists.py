"""What every list of the program has: pages, and the same rows as a file to take out."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.models import Person
from accounts.services.activity import record
from accounts.tables.writing import write_csv

A_PAGE = 50
COUNTED = 1_000
"""So many rows of a list that grows for ever are counted, and can be leafed through; nobody reads twenty pages."""


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], size: int = A_PAGE) -> Page:
    """The page that `?page=` asks for; the nearest there is where it asks for one that there is not."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def page_of_many(request: HttpRequest, rows: QuerySet[Any]) -> Page:
    """The same of a list that grows for ever: the first `COUNTED` rows, and whether there are more."""
    return LongPaginator(rows, A_PAGE).get_page(request.GET.get("page"))


class LongPaginator(Paginator):
    """Counts as far as `COUNTED`: counting everything would take longer every month."""

    def __init__(self, rows: QuerySet[Any], size: int) -> None:
        super().__init__(rows, size)
        self.rows = rows

    @cached_property
    def _found(self) -> int:
        return self.rows.order_by()[: COUNTED + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._found, COUNTED)

    @property
    def has_more(self) -> bool:
        return self._found > COUNTED


def take_out(
    *,
    by: Person,
    what: str,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    verb: str,
    thing_type: str,
    thing_ref: str,
) -> HttpResponse:
    """`rows` as the file `name`.csv, with a line in the activity log that says who took out how many of `what`."""
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'}
    )
    count = write_csv(response, header, rows)
    summary = f"Took out {count} {what} as a table"
    record(by=by, verb=verb, thing_type=thing_type, thing_ref=thing_ref, summary=summary)
    return response
