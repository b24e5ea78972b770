"""A case's last audit, from the audits that are held here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Max, Q, QuerySet

from audits.enums import COMPLETED_STATES, Standing
from audits.imports.case_changes import AT_ONCE, in_batches
from audits.models import Allocation, Case


def _completed() -> QuerySet[Allocation]:
    return Allocation.objects.filter(audit__state__in=COMPLETED_STATES).exclude(standing=Standing.WITHDRAWN).order_by()


def last_audits_by_number(case_ids: Iterable[str]) -> dict[str, tuple[date | None, date]]:
    """What is held as each case's `last_audited_on`, and the day of its last audit that was completed here or imported,
    by case number; nothing for a case without one. A query for each batch of cases."""
    days = {}
    for some in in_batches(sorted(case_ids), AT_ONCE):
        latest = (
            _completed()
            .filter(case__case_id__in=some, audit__completed_on__isnull=False)
            .values("case_id")
            .annotate(day=Max("audit__completed_on"))
            .values_list("case__case_id", "case__last_audited_on", "day")
        )
        days.update({case_id: (held, day) for case_id, held, day in latest})
    return days


def raise_last_audits(case_pks: Iterable[int]) -> None:
    """Move each case's `last_audited_on` forward to its last completed audit; never back. Two queries for each batch of
    cases and one for each day that is set."""
    days: dict[date, list[int]] = defaultdict(list)
    for some in in_batches(sorted(case_pks), AT_ONCE):
        latest = (
            _completed()
            .filter(case_id__in=some)
            .values("case_id")
            .annotate(day=Max("audit__completed_on"))
            .values_list("case_id", "day")
        )
        held = dict(Case.objects.filter(pk__in=some).order_by().values_list("id", "last_audited_on"))
        for pk, day in latest:
            before = held[pk]
            if day is not None and (before is None or day > before):
                days[day].append(pk)
    for day, pks in days.items():
        for some in in_batches(pks, AT_ONCE):
            Case.objects.filter(Q(last_audited_on__lt=day) | Q(last_audited_on=None), pk__in=some).update(
                last_audited_on=day
            )
