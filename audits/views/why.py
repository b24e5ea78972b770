"""Why this case, and why this auditor: for QA, and for the auditor themself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.permissions import requires, signed_in
from audits.models import Audit
from audits.permissions import sees_case
from audits.why import HARD_RULES, explain


@require_safe
@requires(Permission.COMPLETE_AUDITS, Permission.SEE_EVERY_AUDIT, scope="every audit for QA, their own for an auditor")
def audit_why(request: HttpRequest, reference: str) -> HttpResponse:
    """The draw of one audit in plain words."""
    person = signed_in(request)
    visible = Audit.objects.visible_to(person)
    if not person.may(Permission.SEE_EVERY_AUDIT):
        visible = visible.of_auditor(person)
    audit = get_object_or_404(
        visible.select_related("allocation__auditor", "allocation__cycle", "allocation__draw", "allocation__case"),
        reference=reference,
    )
    context = {
        "audit": audit,
        "allocation": audit.allocation,
        "is_mine": audit.allocation.auditor_id == person.pk,
        "why": explain(audit.allocation.reason),
        "hard_rules": HARD_RULES,
        "sees_case": sees_case(person, audit),
        "may_see_cycle": person.may(Permission.RUN_CYCLES),
    }
    return render(request, "audits/why.html", context)
