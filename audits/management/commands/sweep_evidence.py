"""`sweep_evidence`: erase what auditors took out of their audits, once nobody can put it back."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from audits.services.evidence import sweep_evidence
from audits.services.voices import erase_removed


class Command(BaseCommand):
    help = (
        "Erases files, feedback and observations that were removed from audits which are signed off or closed,"
        " and files that belong to no audit. Safe at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        removed, nobodys = sweep_evidence(at=timezone.now())
        findings = erase_removed()
        self.stdout.write(
            f"Erased. Removed files: {removed}; files of no audit: {nobodys}; removed findings: {findings}."
        )
