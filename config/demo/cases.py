"""1,500 children, from the unborn to care leavers of 24, in families, as a case list of Wexmoor would hold them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from accounts.models import Person, Team
from audits.enums import CaseStatus, PlanType
from audits.models import Case, CaseConflict
from config.demo.clock import stream, years_before
from config.demo.people import People
from config.demo.structure import Structure

CHILDREN = 1_500
CLOSED_SHARE = 0.24
CLOSED_WITHIN_DAYS = 700

ETHNICITIES = {
    "White British": 62,
    "White other": 8,
    "White and Black Caribbean": 5,
    "White and Asian": 3,
    "Other mixed background": 3,
    "Pakistani": 5,
    "Bangladeshi": 3,
    "Indian": 2,
    "Black African": 4,
    "Black Caribbean": 2,
    "Gypsy, Roma or Traveller": 1,
    "Any other ethnic group": 1,
    "Not recorded": 1,
}
ABUSE = {"Neglect": 45, "Emotional abuse": 33, "Physical abuse": 12, "Sexual abuse": 10}


@dataclass(frozen=True)
class Mix:
    """The children of one service: how many of a hundred, on which plans, of what ages in years."""

    share: int
    plans: dict[PlanType, int]
    ages: tuple[float, float]
    open_years: float


EH, CIN, CP = PlanType.EARLY_HELP, PlanType.CHILD_IN_NEED, PlanType.CHILD_PROTECTION
CIC, CL = PlanType.IN_CARE, PlanType.CARE_LEAVER

MIXES = {
    "assessment": Mix(12, {CIN: 85, CP: 15}, (-0.2, 17.5), 0.8),
    "family-support-east": Mix(18, {CIN: 55, CP: 45}, (-0.3, 17.5), 3),
    "family-support-west": Mix(18, {CIN: 60, CP: 40}, (-0.3, 17.5), 3),
    "early-help": Mix(18, {EH: 100}, (0.1, 17.5), 2.5),
    "disability": Mix(8, {CIN: 80, CP: 4, CIC: 16}, (0.5, 17.8), 6),
    "children-in-care": Mix(17, {CIC: 100}, (0.1, 17.8), 6),
    "leaving-care": Mix(9, {CL: 100}, (16.5, 24.4), 6),
}


def load_cases(structure: Structure, people: People, as_of: date) -> list[Case]:
    """Saves the cases and who must not audit them."""
    rng = stream("cases")
    numbers = iter(rng.sample(range(200_000, 999_999), CHILDREN))
    cases: list[Case] = []
    for code, mix in MIXES.items():
        wanted = round(CHILDREN * mix.share / 100)
        teams = structure.teams[code]
        family = 0
        while wanted:
            children = min(wanted, rng.choices((1, 2, 3, 4), (62, 24, 10, 4))[0])
            team = teams[family % len(teams)]
            family += 1
            worker = rng.choice([each for each in people.workers[team.code] if each.is_active])
            ethnicity = _pick(ETHNICITIES, rng)
            for _ in range(children):
                case = _child(mix, code, team, worker, ethnicity, as_of, rng)
                case.case_id = f"W{next(numbers)}"
                case.family_id = f"F{code[:2].upper()}{family:04}" if children > 1 else ""
                cases.append(case)
            wanted -= children
    _make_strange_ones(cases, as_of, rng)
    saved = Case.objects.bulk_create(cases, batch_size=500)
    CaseConflict.objects.bulk_create(_conflicts(saved, people, rng))
    return saved


def _child(mix: Mix, code: str, team: Team, worker: Person, ethnicity: str, as_of: date, rng: Random) -> Case:
    plan = _pick(mix.plans, rng)
    youngest, oldest = mix.ages
    age = rng.triangular(youngest, oldest, (youngest + oldest) / 2)
    born = years_before(as_of, age)
    since = min(rng.uniform(0.02, 1) ** 0.7 * mix.open_years, max(age + 0.3, 0.1))
    opened = years_before(as_of, since)
    case = Case(
        date_of_birth=born,
        gender="Not stated" if born > as_of else rng.choices(("Female", "Male", "Neither"), (49, 50, 1))[0],
        ethnicity=ethnicity,
        disability=code == "disability" or rng.random() < 0.06,
        plan_type=plan,
        statuses=_statuses(plan, age, rng),
        service=team.service,
        team=team,
        worker=worker,
        opened_on=opened,
        **_risks(plan, age, rng),
    )
    if rng.random() < CLOSED_SHARE:
        _close(case, as_of, rng)
    return case


def _statuses(plan: PlanType, age: float, rng: Random) -> list[str]:
    """Every plan a child has at once, in the order of precedence."""
    held = {plan}
    if plan == CP or (plan == CIC and rng.random() < 0.3):
        held.add(CIN)
    if plan == CIC and rng.random() < 0.05:
        held.add(CP)
    if plan == CIC and age > 16:
        held.add(CL)
    return [each.value for each in (CIC, CP, CIN, CL, EH) if each in held]


def _risks(plan: PlanType, age: float, rng: Random) -> dict[str, Any]:
    exposed = 11 <= age < 18
    missing = exposed and rng.random() < (0.2 if plan == CIC else 0.08)
    exploited = exposed and rng.random() < (0.35 if missing else 0.06)
    return {
        "cp_category": _pick(ABUSE, rng) if plan == CP else "",
        "cse_level": rng.choice(("emerging", "significant", "experiencing")) if exploited else "",
        "missing_last_6_months": missing,
    }


def _close(case: Case, as_of: date, rng: Random) -> None:
    """Closed some time in the last two years, and opened a while before that."""
    case.status = CaseStatus.CLOSED
    case.closed_on = as_of - timedelta(days=rng.randint(5, CLOSED_WITHIN_DAYS))
    case.opened_on = case.closed_on - timedelta(days=rng.randint(90, 600))
    if case.date_of_birth and case.date_of_birth > case.closed_on:
        case.date_of_birth = case.closed_on - timedelta(days=rng.randint(10, 200))
    if case.date_of_birth:
        case.opened_on = max(case.opened_on, case.date_of_birth - timedelta(days=100))


def _make_strange_ones(cases: list[Case], as_of: date, rng: Random) -> None:
    """What every real list has: restricted records, no worker yet, no team yet, opened last week, audited elsewhere."""
    current = [case for case in cases if case.status == CaseStatus.OPEN]
    few = iter(rng.sample(current, 130))
    for _, case in zip(range(20), few, strict=False):
        case.restricted = True
    for _, case in zip(range(24), few, strict=False):
        case.worker, case.worker_label = None, "Duty worker"
    for _, case in zip(range(8), few, strict=False):
        case.team, case.team_label, case.service, case.worker = None, "Transfer pending", None, None
    for _, case in zip(range(30), few, strict=False):
        case.opened_on = as_of - timedelta(days=rng.randint(1, 24))
    for case in few:
        case.last_audited_on = years_before(as_of, rng.uniform(2.1, 4))


def _conflicts(cases: list[Case], people: People, rng: Random) -> Iterator[CaseConflict]:
    for case in rng.sample(cases, 30):
        person = rng.choice(people.auditors)
        yield CaseConflict(case=case, person=person, email=person.email, from_file=True)


def _pick(weights: dict[Any, int], rng: Random) -> Any:
    return rng.choices(list(weights), list(weights.values()))[0]
