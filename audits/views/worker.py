"""Somebody else works with the child now: finding that person, and saying so."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.enums import Permission
from accounts.models import Person
from accounts.permissions import requires, signed_in
from audits.forms.requests import IN_LINE, WorkerForm
from audits.models import Audit
from audits.permissions import sees_case
from audits.services.workers import NotIndependent, change_worker
from audits.views.loading import filling_in

OWN_AUDIT = "the auditor's own audit, until it is submitted"
AT_MOST = 20


@requires(Permission.COMPLETE_AUDITS, scope=OWN_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@filling_in
def audit_worker(request: HttpRequest, audit: Audit) -> HttpResponse:
    """The workers of the case's team, or those found by name."""
    if not sees_case(signed_in(request), audit):
        messages.info(request, "The worker shows once you have been given access to the record.")
        return redirect("audit_checks", reference=audit.reference)
    wanted = request.GET.get("q", "").strip()
    found = _found(audit, wanted)
    people = list(found[:AT_MOST])
    form = WorkerForm(request.POST or None, people=people)
    not_independent = ""
    if request.method == "POST" and form.is_valid():
        worker = form.cleaned_data["worker"]
        try:
            change_worker(audit=audit, worker=worker, by=signed_in(request), at=timezone.now())
        except NotIndependent as why:
            not_independent = str(why)
        else:
            messages.success(request, f"Recorded: {worker} works with the child now. They take part in this audit.")
            return redirect("audit_checks", reference=audit.reference)
    context = {
        "audit": audit,
        "form": form,
        "q": wanted,
        "people": people,
        "more": max(0, found.count() - AT_MOST),
        "not_independent": not_independent,
        "replacement_url": f"{reverse('request_replacement', args=[audit.reference])}?{IN_LINE}=yes",
    }
    return render(request, "audits/requests/worker.html", context, status=422 if form.errors else 200)


def _found(audit: Audit, wanted: str) -> QuerySet[Person]:
    workers = Person.objects.active().holding(Permission.TAKE_PART_IN_AUDITS).select_related("team")
    if (present := audit.allocation.worker) is not None:
        workers = workers.exclude(pk=present.pk)
    workers = workers.order_by("name", "email")
    if wanted:
        return workers.filter(name__icontains=wanted)
    case = audit.allocation.case
    return workers.filter(team=case.team_id) if case and case.team_id else workers.none()
