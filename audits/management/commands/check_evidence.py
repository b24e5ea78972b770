"""`check_evidence`: whether every attached file is on the disk, as it was attached."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.services.evidence import lost


class Command(BaseCommand):
    help = "Reads every attached file and compares it with what the database says of it; exit 1 where one is lost."

    def handle(self, *args: Any, **options: Any) -> None:
        gone = lost()
        if gone:
            lines = [f"Audit {evidence.audit.reference}, file {evidence.number}" for evidence in gone]
            raise CommandError("Missing, or not as they were attached:\n" + "\n".join(lines))
        self.stdout.write("Every attached file is as it was attached.")
