"""Fills an empty database with the demonstration authority."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Person
from config.demo.loading import load
from config.demo.structure import AUTHORITY


class Command(BaseCommand):
    help = "Fill an empty database with a demonstration authority: invented people, children and two years of audits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            metavar="DATE",
            help="the day on which it is shown (YYYY-MM-DD); today unless said otherwise",
        )
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing, without complaint, where the database already holds people",
        )

    def handle(self, *args: Any, as_of: date | None, if_empty: bool, **options: Any) -> None:
        if Person.objects.exists():
            if if_empty:
                self.stdout.write("The database already holds people: what is in it is kept.")
                return
            raise CommandError(
                "The database already holds people, so nothing was loaded. "
                "The demonstration needs an empty database: point DATABASE_URL at a new one and run migrate first."
            )
        as_of = as_of or timezone.localdate()
        load(as_of)
        self.stdout.write(f"Loaded {AUTHORITY}, a demonstration authority that does not exist, as of {as_of}.")
