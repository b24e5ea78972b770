"""Lets the first administrator of a new deployment in, or one who has no way in any more."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.errors import UserError
from accounts.services.administrators import create_administrator, link_to_choose_password


class Command(BaseCommand):
    help = "Make somebody an administrator and print a link, good for one use, with which they choose their password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="the address that they sign in with")
        parser.add_argument("name", metavar="NAME", help="what they are called; in quotation marks where it has spaces")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            person, done = create_administrator(email=email, name=name, at=timezone.now())
        except UserError as error:
            raise CommandError(str(error)) from error
        days = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
        self.stdout.write(f"{done}\nChoose the password of {person.email} here. The link works once, for {days} days:")
        self.stdout.write(link_to_choose_password(person))
