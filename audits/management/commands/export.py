"""Write a table for another program: allocations, audits, cases or actions."""

from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.errors import UserError
from accounts.tables.writing import write_csv
from audits.exports import actions, allocations, audits, cases
from audits.management.commands._months import month, period
from audits.models import Action, Allocation, Audit, Case

Table = tuple[Sequence[str], Iterable[Sequence[object]]]


class Command(BaseCommand):
    help = "Write allocations, audits, cases or actions to a CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tables = parser.add_subparsers(dest="table", required=True, metavar="TABLE")
        for name, help_text in (
            ("allocations", "the allocations of a cycle"),
            ("audits", "audits with their grades and answers, of a month or a period"),
            ("cases", "every case, as it is held"),
            ("actions", "the actions of all audits"),
        ):
            table = tables.add_parser(name, help=help_text)
            if name == "allocations":
                table.add_argument("month", metavar="YYYY-MM")
            if name == "audits":
                table.add_argument("period", metavar="YYYY-MM[..YYYY-MM]")
            table.add_argument("--to", required=True, metavar="FILE.csv", help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        if PurePath(options["to"]).suffix.lower() != ".csv":
            raise CommandError(f"{options['to']}: a table is written as CSV, so its name has to end in .csv.")
        try:
            header, rows = self._table(options)
        except UserError as error:
            raise CommandError(str(error)) from error
        try:
            with open(options["to"], "w", encoding="utf-8", newline="") as stream:
                count = write_csv(stream, header, rows)
        except OSError as error:
            raise CommandError(f"{options['to']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Wrote {count} {options['table']} to {options['to']}.")

    def _table(self, options: dict[str, Any]) -> Table:
        match options["table"]:
            case "allocations":
                first = month(options["month"])
                of_cycle = Allocation.objects.filter(cycle__first_month__lte=first, cycle__last_month__gte=first)
                return allocations.HEADER, allocations.rows(of_cycle, reader=None)
            case "audits":
                asked = period(options["period"])
                of_period = Audit.objects.filter(
                    allocation__cycle__first_month__lte=asked.last, allocation__cycle__last_month__gte=asked.first
                )
                return audits.table(of_period, reader=None)
            case "cases":
                return cases.HEADER, cases.rows(Case.objects.all())
            case _:
                return actions.HEADER, actions.rows(Action.objects.published(), on=timezone.localdate(), reader=None)
