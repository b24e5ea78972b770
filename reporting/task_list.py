"""The tasks of this floor that wait for a person."""

from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.enums import Permission
from accounts.models import Activity, Person
from accounts.task_list import Task
from reporting.enums import ReportState
from reporting.models import Report

GROUP = "Reports"


def tasks_for(person: Person, on: date) -> list[Task]:
    """The drafts of those who write reports, and the newest published report until its reader has opened it."""
    read = Activity.objects.filter(verb="report.read", thing_type="report", thing_ref=OuterRef("slug"), actor=person)
    visible = Report.objects.visible_to(person).defer("figures", "pdf", "narrative")
    tasks = []
    if person.may(Permission.WRITE_REPORTS):
        tasks = [
            Task(
                f"Write the highlight report for {report.name}",
                reverse("report_write", args=[report.slug]),
                "Draft",
                GROUP,
            )
            for report in visible.filter(state=ReportState.DRAFT)
        ]
    newest = visible.published().annotate(was_read=Exists(read)).order_by("-number").first()
    if newest and not newest.was_read:
        title = f"Read the highlight report for {newest.name}"
        tasks.append(Task(title, reverse("report_detail", args=[newest.slug]), "New", GROUP))
    return tasks
