"""What a cycle is about, in words."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from accounts.models import Team
from audits.forms.cohort import conditions_in_words
from audits.models import Cycle
from audits.rules.cohorts import Cohort


class FocusInWords(NamedTuple):
    """`children`: the name of the cohort and what it asks; both blank where the focus is on teams alone."""

    teams: list[str]
    children: str
    asks: str
    reason: str


def in_words(cycle: Cycle) -> FocusInWords | None:
    """The focus with the names of its teams; None where the cycle is about every case."""
    if not cycle.focus:
        return None
    named = dict(Team.objects.filter(code__in=cycle.focus_teams).order_by().values_list("code", "name"))
    teams = sorted(named.get(code, code) for code in cycle.focus_teams)
    cohort = Cohort.from_values(cycle.focus_cohort) if cycle.focus_cohort else None
    asks = conditions_in_words(cohort) if cohort else ""
    return FocusInWords(teams, cohort.name if cohort else "", asks, cycle.focus_reason)


def in_a_line(focus: Mapping[str, Any]) -> str:
    """`Children who go missing, 3 teams`: the focus of a cycle or of a draw, without a query."""
    teams = len(focus.get("teams", ()))
    parts = [focus.get("cohort", {}).get("name", ""), f"{teams} team{'' if teams == 1 else 's'}" if teams else ""]
    return ", ".join(part for part in parts if part)
