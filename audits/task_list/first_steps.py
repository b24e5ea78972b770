"""What a new deployment asks for before the first month can be drawn: people, cases, and whose programme it is."""

from django.urls import reverse

from accounts.enums import Permission
from accounts.models import Person, Team
from accounts.task_list import Task
from audits.models import Case, ProgrammeRules
from audits.rules.programme import Programme

GROUP = "First steps"


def first_steps_for(person: Person) -> list[Task]:
    """Each until it has been done, for those who can."""
    steps = []
    if person.may(Permission.CONFIGURE) and _nameless():
        steps.append(_step("Set up the programme", "programme_settings", "Your authority’s name, its days and numbers"))
    if person.may(Permission.IMPORT_PEOPLE) and not Team.objects.exists():
        steps.append(_step("Bring in your teams and people", "import_list", "From two files; any order works"))
    if person.may(Permission.IMPORT_CASES) and not Case.objects.exists():
        steps.append(_step("Bring in your cases", "import_list", "From your own file or the Ofsted Annex A workbook"))
    return steps


def _nameless() -> bool:
    return ProgrammeRules.objects.current().programme.authority_name == Programme.authority_name


def _step(title: str, url_name: str, hint: str) -> Task:
    return Task(title=title, url=reverse(url_name), status="To do", group=GROUP, hint=hint)
