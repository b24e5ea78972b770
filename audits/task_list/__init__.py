"""The tasks of this floor that wait for a person."""

from datetime import date

from accounts.models import Person
from accounts.task_list import Task
from audits.task_list.actions import action_tasks_for
from audits.task_list.audits import audit_tasks_for
from audits.task_list.concerns import concern_tasks_for
from audits.task_list.conflicts import conflict_tasks_for
from audits.task_list.cycles import cycle_tasks_for
from audits.task_list.first_steps import first_steps_for
from audits.task_list.quality import quality_tasks_for
from audits.task_list.requests import request_tasks_for


def tasks_for(person: Person, on: date) -> list[Task]:
    """What a new deployment, months, audits and actions ask of the person."""
    return [
        *concern_tasks_for(person),
        *first_steps_for(person),
        *cycle_tasks_for(person, on),
        *audit_tasks_for(person),
        *action_tasks_for(person, on),
        *request_tasks_for(person),
        *conflict_tasks_for(person),
        *quality_tasks_for(person),
    ]
