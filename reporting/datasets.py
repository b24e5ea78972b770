"""The rows that the reports count, as the lower floors hold them. The only reader of lower floors here.

Everything comes as plain rows by `values_list`, in a number of queries that does not grow with the data; what is only
counted comes already grouped.
"""

from collections import defaultdict
from datetime import date

from django.db.models import BooleanField, Case, Count, F, Q, Value, When

from audits.enums import AuditKind, AuditState, Standing
from audits.models import Allocation, Audit, AuditSection, Cycle, FormVersion
from reporting.rules.cohorts import CaseFacts, cohorts_of
from reporting.rules.figures import AuditRow, CycleRow, ReturnRow, SectionGrades
from reporting.rules.periods import Period

COMPLETED = (AuditState.SUBMITTED, AuditState.SIGNED_OFF)
"""Stage 1 has come back."""


def _yes_where(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def cycles(*, until: date) -> list[CycleRow]:
    """Every cycle that has begun by the month of `until`."""
    return [
        CycleRow(cycle.key, cycle.first_month, cycle.last_month, cycle.status)
        for cycle in Cycle.objects.filter(first_month__lte=until).order_by("first_month")
    ]


def returns(*, until: date) -> list[ReturnRow]:
    """Every allocation of those cycles, grouped by what the rates and judgements ask of it.

    Late is after the deadline, as it stood in the end. Moderated is signed off at Stage 2; a past audit that was
    imported was moderated where the file has a moderated grade.
    """
    keys = {cycle.pk: cycle.key for cycle in Cycle.objects.filter(first_month__lte=until)}
    rows = (
        Allocation.objects.filter(cycle__first_month__lte=until)
        .order_by()
        .annotate(
            completed=_yes_where(Q(audit__state__in=COMPLETED)),
            late=_yes_where(Q(audit__completed_on__gt=F("due_on"))),
            moderated=_yes_where(
                Q(audit__state=AuditState.SIGNED_OFF, audit__imported=False) | Q(audit__moderated_grade__gt="")
            ),
        )
        .values_list(
            "cycle",
            "kind",
            "standing",
            "completed",
            "late",
            "moderated",
            "audit__overall_grade",
            "audit__moderated_grade",
        )
        .annotate(count=Count("pk"))
    )
    return [
        ReturnRow(keys[cycle], kind, standing, completed, late, moderated, original or "", final or "", count)
        for cycle, kind, standing, completed, late, moderated, original, final, count in rows
    ]


def completed_audits(period: Period) -> list[AuditRow]:
    """The completed audits of the period's cycles that were drawn at random, with section grades and cohorts."""
    audits = Audit.objects.filter(
        state__in=COMPLETED,
        allocation__kind=AuditKind.AUDIT,
        allocation__standing=Standing.LIVE,
        allocation__cycle__first_month__lte=period.last,
        allocation__cycle__last_month__gte=period.first,
    )
    keys = {cycle.pk: cycle.key for cycle in Cycle.objects.filter(first_month__lte=period.last)}
    graded = {
        form.pk: {section.key for section in form.form.graded_sections}
        for form in FormVersion.objects.filter(audits__in=audits).distinct()
    }
    sections: dict[int, dict[str, SectionGrades]] = defaultdict(dict)
    for audit, form, key, name, original, moderated, not_applicable in (
        AuditSection.objects.filter(audit__in=audits)
        .order_by("position", "pk")
        .values_list(
            "audit",
            "audit__form_version",
            "key",
            "name",
            "grade",
            "moderated_grade",
            "not_applicable_reason",
        )
    ):
        if form is None or key in graded[form]:
            sections[audit][name] = SectionGrades(original, moderated, applicable=not not_applicable)
    return [
        AuditRow(
            keys[cycle],
            kind,
            original,
            moderated,
            sections[pk],
            cohorts_of(
                CaseFacts(
                    plan_types=frozenset(filter(None, [*statuses, plan_type])),
                    age=age,
                    cp_category=cp_category,
                    cse_level=cse_level,
                    missing_last_6_months=bool(missing),
                )
            ),
        )
        for (
            pk,
            cycle,
            kind,
            original,
            moderated,
            statuses,
            plan_type,
            age,
            cp_category,
            cse_level,
            missing,
        ) in audits.values_list(
            "pk",
            "allocation__cycle",
            "allocation__kind",
            "overall_grade",
            "moderated_grade",
            "allocation__statuses",
            "allocation__plan_type",
            "allocation__age",
            "allocation__cp_category",
            "allocation__cse_level",
            "allocation__missing_last_6_months",
        )
    ]


def reportable_periods() -> list[Period]:
    """The cycles with allocations, newest first, each as a period of its own."""
    cycles = Cycle.objects.filter(allocations__isnull=False).distinct().order_by("-first_month")
    return [Period(cycle.first_month, cycle.last_month) for cycle in cycles]
