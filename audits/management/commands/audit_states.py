"""Draws docs/audit-states.md from the table of audit states."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.rules.transitions import STEPS, mermaid

PAGE = Path("docs") / "audit-states.md"


def page() -> str:
    """The whole page, in Markdown."""
    steps = "\n".join(f"| {step.name} | {step.source.label} | {step.target.label} | {step.meaning} |" for step in STEPS)
    return (
        "# The states of an audit\n\n"
        "Drawn by `python manage.py audit_states` from the table in `audits/rules/transitions.py`; "
        "change the table, never this page.\n\n"
        f"```mermaid\n{mermaid()}\n```\n\n"
        f"| step | from | to | when |\n|---|---|---|---|\n{steps}\n"
    )


class Command(BaseCommand):
    help = "Draws docs/audit-states.md from the table of audit states; with --check, says whether it is up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where the page differs")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / PAGE
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != page():
                raise CommandError(f"{PAGE} is not what the table says. Run: python manage.py audit_states")
            self.stdout.write(f"{PAGE} is what the table says.")
            return
        path.parent.mkdir(exist_ok=True)
        path.write_text(page(), encoding="utf-8")
        self.stdout.write(f"Wrote {PAGE}.")
