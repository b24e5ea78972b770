"""Everything a draw for a cycle looks at, and the rules of the programme as it takes them."""

from django.db.models import QuerySet

from accounts.models import Team
from audits.enums import AuditKind
from audits.facts.cases import read_cases
from audits.facts.people import People, read_auditors
from audits.facts.reaudits import due_reaudits
from audits.models import Allocation, Case, Cycle
from audits.rules.allocation import AllocationRules, Authority, Months
from audits.rules.allocation.facts import Focus, Held, Strength, Weights
from audits.rules.cohorts import Cohort
from audits.rules.programme import Programme


def months_of(cycle: Cycle) -> Months:
    return Months.spanning(cycle.first_month, cycle.last_month)


def rules_of(programme: Programme, cycle: Cycle | None = None) -> AllocationRules:
    """The numbers and switches of the programme, and what the cycle is about."""
    return AllocationRules(
        excluded_services=frozenset(programme.excluded_services),
        open_working_days=programme.open_working_days,
        recently_closed_months=programme.recently_closed_months,
        cooling_off_months=programme.cooling_off_months,
        cases_per_family=programme.cases_per_family,
        cases_per_worker=programme.cases_per_worker,
        own_team=Strength(programme.own_team),
        line_management=Strength(programme.line_management),
        involved=Strength(programme.involved),
        line_management_depth=programme.line_management_depth or None,
        strata=programme.strata,
        weights=Weights(
            same_area=programme.weight_same_area,
            even_load=programme.weight_even_load,
            repeat_worker=programme.weight_repeat_worker,
            repeat_team=programme.weight_repeat_team,
        ),
        cohort_quotas=programme.quotas,
        focus=focus_of(cycle) if cycle else Focus(),
    )


def focus_of(cycle: Cycle) -> Focus:
    cohort = Cohort.from_values({"name": "", **cycle.focus_cohort}) if cycle.focus_cohort else None
    return Focus(frozenset(cycle.focus_teams), cohort)


def read_authority(cycle: Cycle, programme: Programme, cases: QuerySet[Case] | None = None) -> Authority:
    """Everything a draw for that cycle looks at. `cases`: those alone, where not all of them are needed."""
    people = People()
    managers = dict(Team.objects.exclude(manager=None).order_by().values_list("code", "manager__email"))
    return Authority(
        cases=read_cases(cycle, people, Case.objects.all() if cases is None else cases),
        auditors=read_auditors(cycle, programme, people, managers),
        line_managers=people.line_managers(),
        team_managers=managers,
        closures=programme.closures,
        reaudits=due_reaudits(cycle, programme),
        held=_held(cycle),
    )


def by_other_settings(authority: Authority, cycle: Cycle, programme: Programme) -> Authority:
    """What a draw by these settings looks at, read for other ones: the cases are the same, and are not read again."""
    return authority._replace(
        auditors=read_auditors(cycle, programme, People(), dict(authority.team_managers)),
        closures=programme.closures,
        reaudits=due_reaudits(cycle, programme),
    )


def _held(cycle: Cycle) -> tuple[Held, ...]:
    """The cases that are in the cycle already. A cycle that is not stored has none."""
    live = Allocation.objects.live().filter(cycle=cycle.pk, case__isnull=False).order_by("case__case_id", "kind")
    return tuple(
        Held(case, is_random=kind == AuditKind.AUDIT) for case, kind in live.values_list("case__case_id", "kind")
    )
