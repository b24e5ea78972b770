"""The pages that span the floors."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format

import accounts.mail_tasks
import audits.task_list
import config.handover
import moderation.task_list
import reporting.task_list
from accounts.models import Person
from accounts.permissions import everybody_signed_in, signed_in
from accounts.task_list import Task

PROVIDERS = (
    audits.task_list.tasks_for,
    moderation.task_list.tasks_for,
    reporting.task_list.tasks_for,
    config.handover.tasks_for,
    accounts.mail_tasks.tasks_for,
)
SOON = timedelta(days=7)


@everybody_signed_in(scope="the person's own tasks")
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person: what is due first comes first."""
    person, today = signed_in(request), timezone.localdate()
    tasks = everything_that_waits_for(person, today)
    due = [task.due_on for task in tasks if task.due_on]
    context = {
        "today": today,
        "tasks": len(tasks),
        "overdue": sum(day < today for day in due),
        "due_soon": sum(today <= day <= today + SOON for day in due),
        "groups": [
            (group, [as_row(task, today) for task in items]) for group, items in groupby(tasks, lambda task: task.group)
        ],
    }
    return render(request, "home.html", context)


def everything_that_waits_for(person: Person, on: date) -> list[Task]:
    """Every floor's tasks, by group in the order the floors offer them, each group by its day."""
    tasks = [task for tasks_for in PROVIDERS for task in tasks_for(person, on)]
    order = {group: position for position, group in enumerate(dict.fromkeys(task.group for task in tasks))}
    return sorted(tasks, key=lambda task: (order[task.group], task.due_on or date.max))


def as_row(task: Task, today: date) -> dict[str, Any]:
    """A task as a row of the task list: its day in words, red once the day has passed."""
    overdue = task.urgent or (task.due_on is not None and task.due_on < today)
    soon = task.due_on is not None and task.due_on <= today + SOON
    return {
        "text": task.title,
        "href": task.url,
        "hint": " · ".join(part for part in (due_in_words(task.due_on, today), task.hint) if part),
        "status": "Overdue" if overdue else task.status,
        "colour": "red" if overdue or task.alarm else "yellow" if soon else "blue",
    }


def due_in_words(due_on: date | None, today: date) -> str:
    if due_on is None:
        return ""
    day = date_format(due_on, "l j F")
    if due_on < today:
        return f"Was due on {day}"
    return f"Due today, {day}" if due_on == today else f"Due on {day}"
