"""Why this case, and why this auditor: for QA, and for the auditor themself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.permissions import requires, signed_in
from audits.enums import AuditKind
from audits.kept_draws.why import explain, hard_rules, how_it_came
from audits.models import Audit
from audits.permissions import sees_case

RELATED = ("auditor", "cycle__rules", "draw__rules", "case", "reaudit_of", "replaces__audit", "commissioned_by")


@require_safe
@requires(Permission.COMPLETE_AUDITS, Permission.SEE_EVERY_AUDIT, scope="every audit for QA, their own for an auditor")
def audit_why(request: HttpRequest, reference: str) -> HttpResponse:
    """How one audit came to be, in plain words. Of a restricted record only that, to people not named for it."""
    person = signed_in(request)
    visible = Audit.objects.visible_to(person)
    if not person.may(Permission.SEE_EVERY_AUDIT):
        visible = visible.of_auditor(person)
    related = (f"allocation__{name}" for name in RELATED)
    audits = visible.select_related(*related, "allocation__replaced_by__audit")
    audit = get_object_or_404(audits.defer("allocation__draw__summary", "allocation__draw__pairs"), reference=reference)
    allocation = audit.allocation
    rules = allocation.draw.rules if allocation.draw else allocation.cycle.rules
    replaced_by = getattr(allocation, "replaced_by", None)
    context = {
        "audit": audit,
        "allocation": allocation,
        "is_mine": allocation.auditor_id == person.pk,
        "is_directed": allocation.kind == AuditKind.DIRECTED,
        "came": how_it_came(allocation),
        "replaced_by": replaced_by.audit if replaced_by and person.may(Permission.SEE_EVERY_AUDIT) else None,
        "why": explain(allocation.reason),
        "hard_rules": hard_rules(rules.programme) if rules else [],
        "sees_case": sees_case(person, audit),
        "may_see_cycle": person.may(Permission.RUN_CYCLES),
    }
    return render(request, "audits/why.html", context)
