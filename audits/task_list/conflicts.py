"""The tasks that conflicts of interest bring to QA: an audit that its auditor must not do."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.enums import Permission
from accounts.models import Person
from accounts.task_list import Task
from audits.enums import RequestKind
from audits.models import Audit, CaseConflict, Request


def conflict_tasks_for(person: Person) -> list[Task]:
    """In one query. Where the auditor has asked for another case, that request is the task."""
    if not person.may(Permission.RUN_CYCLES):
        return []
    conflict = CaseConflict.objects.filter(case=OuterRef("allocation__case"), person=OuterRef("allocation__auditor"))
    asked = Request.objects.pending().filter(allocation=OuterRef("allocation"), kind=RequestKind.REPLACEMENT)
    audits = Audit.objects.open_stage1().filter(Exists(conflict)).exclude(Exists(asked))
    return [
        Task(
            title=f"Give audit {audit.reference} to another auditor",
            url=reverse("audit_hand_over", args=[audit.reference]),
            status="Conflict of interest",
            group="Requests",
            due_on=audit.due_on,
            hint=f"{audit.allocation.auditor} must not audit this case",
        )
        for audit in audits.select_related("allocation__auditor").order_by("reference")
    ]
