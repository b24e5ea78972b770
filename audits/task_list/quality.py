"""The concerns about audits that nobody has answered, for those who answer them."""

from django.urls import reverse
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import Person
from accounts.task_list import Task
from audits.enums import QualityConcernState
from audits.models import QualityConcern
from audits.pages.requests import ago

GROUP = "Requests"
AT_MOST = 5


def quality_tasks_for(person: Person) -> list[Task]:
    """The oldest one by one, and how many there are besides. At most two queries."""
    if not (person.may(Permission.SEE_EVERY_AUDIT) or person.may(Permission.DECIDE_EXEMPTIONS)):
        return []
    waiting = QualityConcern.objects.open().to_answer_by(person)
    oldest = list(waiting.select_related("audit").order_by("raised_at", "pk")[:AT_MOST])
    tasks = [_task(concern) for concern in oldest]
    count = waiting.count() if len(oldest) == AT_MOST else len(oldest)
    if count > AT_MOST:
        url = f"{reverse('quality_list')}?state={QualityConcernState.OPEN}"
        tasks.append(
            Task(title=f"See all {count} concerns about audits", url=url, status=f"{count} waiting", group=GROUP)
        )
    return tasks


def _task(concern: QualityConcern) -> Task:
    return Task(
        title=f"Answer a concern about audit {concern.audit.reference}",
        url=reverse("quality_detail", args=[concern.pk]),
        status="Waiting",
        group=GROUP,
        hint=f"Raised {ago(concern.raised_at, timezone.localdate())}",
    )
