"""What the import commands have in common: a file, the report on it, and exit status 1 where rows are refused."""

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.errors import UserError
from accounts.tables.outcome import counted
from audits.enums import ImportKind
from audits.services.imports import IMPORTERS, take_in


class ImportCommand(BaseCommand):
    """Brings in one file of `kind`. The report goes to standard output."""

    kind: ImportKind

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a .csv or .xlsx file")
        parser.add_argument("--partial", action="store_true", help="take in the other rows where some are refused")
        if IMPORTERS[self.kind].dated:
            parser.add_argument("--as-of", type=_day, help="the day the file is of, YYYY-MM-DD (default: today)")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                outcome = take_in(
                    kind=self.kind,
                    stream=stream,
                    name=path.name,
                    by=None,
                    at=timezone.now(),
                    as_of=options.get("as_of"),
                    partial=options["partial"],
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except UserError as error:
            raise CommandError(f"{path.name}: {error}") from error
        self.stdout.write(outcome.as_text())
        if outcome.has_refusals:
            end = "the others were taken in" if outcome.applied else "nothing was imported"
            raise CommandError(f"{path.name}: {counted(outcome.refused, 'row')} refused, {end}.")


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise ArgumentTypeError(f"{written} is not a date: write YYYY-MM-DD") from error
