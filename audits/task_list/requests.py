"""What people have asked for and nobody has decided, for those who decide."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.enums import Permission
from accounts.models import Person
from accounts.task_list import Task
from audits.enums import RequestState
from audits.models import Request
from audits.pages.requests import ago

GROUP = "Requests"
AT_MOST = 5


def request_tasks_for(person: Person) -> list[Task]:
    """The oldest one by one, and how many there are besides. Two queries."""
    if not (person.may(Permission.DECIDE_REQUESTS) or person.may(Permission.DECIDE_EXEMPTIONS)):
        return []
    waiting = Request.objects.pending().to_decide_by(person).order_by("asked_at", "pk")
    oldest = list(waiting.select_related("asked_by", "allocation__audit", "allocation__cycle__rules")[:AT_MOST])
    tasks = [_task(request) for request in oldest]
    return [*tasks, *_others(waiting)] if len(oldest) == AT_MOST else tasks


def _task(request: Request) -> Task:
    audit = request.allocation.audit
    today = timezone.localdate()
    due = f", the audit is due on {date_format(audit.due_on, 'j F')}" if audit.due_on else ""
    return Task(
        title=f"Decide: {request.what} for audit {audit.reference}",
        url=reverse("request_detail", args=[request.pk]),
        status="Waiting",
        group=GROUP,
        hint=f"{request.asked_by} asked {ago(request.asked_at, today)}{due}",
    )


def _others(waiting: QuerySet[Request]) -> list[Task]:
    count = waiting.count()
    if count <= AT_MOST:
        return []
    url = f"{reverse('request_list')}?state={RequestState.PENDING}"
    return [Task(title=f"See all {count} requests", url=url, status=f"{count} waiting", group=GROUP)]
