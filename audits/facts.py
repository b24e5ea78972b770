"""What a draw is told, read from the database: plain values, never model objects.

Cases, people and teams go by the names that the authority's own files give them, not by our primary keys: the same
files give the same draw, in whatever order they were brought in.

Cases are streamed as tuples: a hundred thousand objects would take ten times as long as their values.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce

from accounts.enums import Permission
from accounts.models import Absence, Person, Team
from audits.enums import OPEN_STATES, AuditKind, CaseStatus, Standing
from audits.models import Allocation, Case, CaseConflict, Cycle
from audits.rules.allocation import AllocationRules, AuditorFacts, Authority, CaseFacts, Months
from audits.rules.deadlines import add_months
from audits.rules.programme import Programme

AT_ONCE = 5_000


def months_of(cycle: Cycle) -> Months:
    return Months.spanning(cycle.first_month, cycle.last_month)


def rules_of(programme: Programme) -> AllocationRules:
    """The numbers of the programme, and the services that are switched off."""
    return AllocationRules(
        excluded_services=frozenset(programme.excluded_services),
        open_working_days=programme.open_working_days,
        recently_closed_months=programme.recently_closed_months,
        cooling_off_months=programme.cooling_off_months,
        cases_per_family=programme.cases_per_family,
        cases_per_worker=programme.cases_per_worker,
        strata=programme.strata,
    )


def read_authority(cycle: Cycle, programme: Programme) -> Authority:
    """Everything a draw for that cycle looks at. The cases are a stream, read as the draw goes through them."""
    managers = dict(Team.objects.exclude(manager=None).order_by().values_list("code", "manager__email"))
    return Authority(
        cases=_cases(cycle),
        auditors=_auditors(cycle, programme, managers),
        line_managers=dict(Person.objects.order_by().values_list("email", "line_manager__email")),
        team_managers=managers,
        closures=programme.closures,
    )


def _cases(cycle: Cycle) -> Iterator[CaseFacts]:
    last_audits, allocated, conflicts = _last_audits(cycle), _allocated(cycle), _conflicts()
    last_day = months_of(cycle).last_day
    rows = Case.objects.order_by().values_list(
        "pk",
        "case_id",
        "family_id",
        "worker__email",
        "worker_label",
        "team__code",
        Coalesce("service__name", "team__service__name"),
        "team__area__name",
        "plan_type",
        "date_of_birth",
        "gender",
        "ethnicity",
        "status",
        "opened_on",
        "closed_on",
        "last_audited_on",
    )
    for row in rows.iterator(chunk_size=AT_ONCE):
        pk, number, family, worker, label, team, service, area = row[:8]
        plan_type, born, gender, ethnicity, status, opened_on, closed_on, audited_on = row[8:]
        yield CaseFacts(
            number,
            family or None,
            worker or label or None,
            team,
            service,
            area,
            plan_type,
            born,
            gender,
            ethnicity,
            status == CaseStatus.OPEN,
            opened_on,
            closed_on,
            _latest_until(last_day, audited_on, last_audits.get(pk)),
            pk in allocated,
            conflicts.get(pk, ()),
            worker is not None,
        )


def _latest_until(last_day: date, *days: date | None) -> date | None:
    """A past month is judged as it was: an audit after it must not hide the one before it."""
    return max((day for day in days if day and day <= last_day), default=None)


def _last_audits(cycle: Cycle) -> dict[int, date]:
    """Case → the last day on which an audit of it was completed here, up to the end of the cycle."""
    audits = Allocation.objects.exclude(standing=Standing.WITHDRAWN).filter(
        case__isnull=False, audit__completed_on__lte=months_of(cycle).last_day
    )
    latest = audits.order_by().values("case_id").annotate(day=Max("audit__completed_on"))
    return dict(latest.values_list("case_id", "day"))


def _allocated(cycle: Cycle) -> frozenset[int]:
    """The cases that somebody is auditing now, or was given in this cycle."""
    at_work = Q(audit__state__in=OPEN_STATES) | Q(cycle=cycle.pk)
    live = Allocation.objects.live().filter(at_work, case__isnull=False)
    return frozenset(live.order_by().values_list("case_id", flat=True))


def _conflicts() -> dict[int, tuple[str, ...]]:
    """Case → the people who must not audit it, as far as they are known."""
    found: dict[int, tuple[str, ...]] = {}
    known = CaseConflict.objects.filter(person__isnull=False).order_by()
    for case, person in known.values_list("case_id", "person__email"):
        found[case] = (*found.get(case, ()), person)
    return found


def _auditors(cycle: Cycle, programme: Programme, managers: dict[str, str]) -> list[AuditorFacts]:
    """Everybody who completes audits, those without a place included: the draw says why they have none."""
    managed, areas = _managed_teams(managers)
    absences = _gathered(Absence.objects.order_by("starts_on").values_list("person_id", "starts_on", "ends_on"))
    since = add_months(cycle.first_month, -programme.load_months)
    held, load = _held(cycle), _load(cycle, since)
    workers = _gathered(_lately(cycle, since).exclude(worker=None).values_list("auditor_id", "worker__email"))
    lately = add_months(cycle.first_month, -programme.team_repeat_months)
    teams = _gathered(_lately(cycle, lately).exclude(team_code="").values_list("auditor_id", "team_code"))
    people = (
        Person.objects.holding(Permission.COMPLETE_AUDITS)
        .order_by()
        .values_list("pk", "email", "team__code", "team__area__name", "quota", "is_active")
    )
    return [
        AuditorFacts(
            id=email,
            teams=tuple(sorted({*managed.get(email, ()), *([team] if team else [])})),
            area=area or areas.get(email),
            quota=programme.quota if quota is None else quota,
            held=held.get(pk, 0),
            is_active=is_active,
            absences=tuple(absences.get(pk, ())),
            load=load.get(pk, 0),
            recent_workers=tuple(sorted(set(workers.get(pk, ())))),
            recent_teams=tuple(sorted(set(teams.get(pk, ())))),
        )
        for pk, email, team, area, quota, is_active in people
    ]


def _managed_teams(managers: dict[str, str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Person → the teams they manage, and → the area of those teams where it is the same for all."""
    managed: dict[str, list[str]] = defaultdict(list)
    for team, manager in managers.items():
        managed[manager].append(team)
    one_area = (
        Team.objects.exclude(manager=None)
        .order_by()
        .values("manager__email")
        .annotate(first=Min("area__name"), last=Max("area__name"))
        .values_list("manager__email", "first", "last")
    )
    return managed, {manager: first for manager, first, last in one_area if first and first == last}


def _lately(cycle: Cycle, since: date) -> Any:
    """The allocations of the cycles between `since` and this one."""
    return (
        Allocation.objects.exclude(standing=Standing.WITHDRAWN)
        .filter(auditor__isnull=False, cycle__first_month__gte=since, cycle__first_month__lt=cycle.first_month)
        .order_by()
    )


def _load(cycle: Cycle, since: date) -> dict[int, int]:
    return dict(_lately(cycle, since).values("auditor_id").annotate(n=Count("pk")).values_list("auditor_id", "n"))


def _held(cycle: Cycle) -> dict[int, int]:
    """Auditor → the places of this cycle that are taken already. Directed audits come beside the quota."""
    live = Allocation.objects.live().filter(cycle=cycle.pk, auditor__isnull=False).exclude(kind=AuditKind.DIRECTED)
    return dict(live.order_by().values("auditor_id").annotate(n=Count("pk")).values_list("auditor_id", "n"))


def _gathered(rows: Any) -> dict[Any, list[Any]]:
    """First column → the values of the others, as tuples where there are several."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for key, *values in rows:
        found[key].append(values[0] if len(values) == 1 else tuple(values))
    return found
