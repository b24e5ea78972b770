"""`build_report TYPE PERIOD --to FILE`: a report as a file; `build_report TYPE --list`: what can be built."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.errors import UserError
from reporting import datasets
from reporting.documents import FORMATS, file_of_report, highlight_of_period
from reporting.enums import ReportKind
from reporting.models import Report
from reporting.rules.periods import Period, parse_month


class Command(BaseCommand):
    help = "Write a report to a file. The file's ending picks the format: .pdf .html .json .csv"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("type", metavar="TYPE", help=" ".join(ReportKind.values))
        parser.add_argument("period", metavar="PERIOD", nargs="?", help="2026-10, or 2026-07..2026-09")
        parser.add_argument("--to", metavar="FILE", type=Path)
        parser.add_argument("--since", metavar="YYYY-MM", help="the month from which the cumulative figures count")
        parser.add_argument("--list", action="store_true", help="name what can be built, published reports first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["type"] not in ReportKind.values:
            raise CommandError(f"“{options['type']}” is no report of this program. It builds: {', '.join(ReportKind)}.")
        try:
            if options["list"]:
                self.list_reports(options["type"])
            else:
                self.build(**options)
        except (UserError, ValueError) as refused:
            raise CommandError(str(refused)) from refused

    def list_reports(self, kind: str) -> None:
        reports = list(Report.objects.filter(kind=kind).defer("pdf", "figures"))
        for report in sorted(reports, key=lambda report: not report.is_published):
            state = f"published, number {report.number}" if report.is_published else "draft"
            self.stdout.write(f"{report.period}  {report.name}: {state}")
        begun = {report.period for report in reports}
        for period, _ in datasets.reportable_cycles():
            if period not in begun:
                self.stdout.write(f"{period}  figures only")

    def build(self, *, type: str, period: str | None, to: Path | None, since: str | None, **_: Any) -> None:
        if not period or not to:
            raise CommandError(f"Say which period and which file: build_report {type} 2026-10 --to report.pdf")
        ending = to.suffix.lower().removeprefix(".")
        if ending not in FORMATS:
            endings = " ".join(f".{known}" for known in FORMATS)
            raise CommandError(f"Cannot write “{to.name}”: the file's ending must be one of {endings}")
        months = Period.parse(period)
        start = parse_month(since) if since else None
        today = timezone.localdate()
        report = Report.objects.filter(kind=type, first_month=months.first, last_month=months.last).first()
        if report:
            content = file_of_report(report, ending, on=today, since=start)
        else:
            content = FORMATS[ending](highlight_of_period(months, on=today, since=start))
        try:
            to.write_bytes(content)
        except OSError as failed:
            raise CommandError(f"Cannot write {to}: {failed.strerror}") from failed
        self.stdout.write(f"{ReportKind(type).label} for {months} was written to {to}")
