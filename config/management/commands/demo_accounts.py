"""Says how to sign in to the demonstration."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Person
from config.demo.accounts import ACCOUNTS, DEMO_PASSWORD


class Command(BaseCommand):
    help = "Print the accounts of the demonstration authority and their password."

    def handle(self, *args: Any, **options: Any) -> None:
        names = dict(Person.objects.active().values_list("email", "name"))
        rows = [(plan.role, names[plan.email], plan.email) for plan in ACCOUNTS if plan.email in names]
        if not rows:
            raise CommandError("There is no demonstration authority in this database: run load_demo.")
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            self.stdout.write("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        self.stdout.write(f"Password of every account: {DEMO_PASSWORD}")
