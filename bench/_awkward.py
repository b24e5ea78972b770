"""An invented authority in which a fair draw is hard: the same every time.

Two services. One team holds a third of the cases and more than half of the auditors, who may take none of them. The
manager of another stands in for all its workers, who are not known, and has a fifth of the auditors below. Families
cut across teams, workers have from a few cases to dozens, some cases name people who were involved.
"""

from datetime import date, timedelta

import numpy as np

from audits.rules.allocation import AuditorFacts, Authority, CaseFacts

AS_OF = date(2026, 10, 1)
BIG, DUTY, TEAMS = 0, 1, 24
SHARE_OF_BIG, SHARE_OF_DUTY = 0.36, 0.16
BIG_AUDITORS, BELOW_DUTY = 0.70, 0.20
PLANS, PLAN_WEIGHTS = ("EH", "CIN", "CP", "CIC", "CL"), (0.25, 0.4, 0.12, 0.15, 0.08)
ETHNICITIES = tuple(f"Ethnicity {n}" for n in range(1, 13))
ETHNICITY_WEIGHTS = np.array([60, 8, 6, 5, 5, 4, 3, 3, 2, 2, 1, 1]) / 100
WORKERS_A_TEAM = 12
AREAS = 6


def awkward_authority(cases: int = 5_000, auditors: int = 400, seed: int = 1) -> Authority:
    """So many eligible cases, and auditors with one place each."""
    rng = np.random.default_rng(seed)
    line: dict[str, str | None] = {"head0": "director", "head1": "director"}
    line |= {f"manager{team}": f"head{team % 2}" for team in range(TEAMS)}
    facts = [_auditor(n, n / auditors, rng) for n in range(auditors)]
    line |= {str(a.id): "manager1" if a.teams == () else f"manager{a.teams[0]}" for a in facts}
    teams = _teams(cases, rng)
    weights = rng.gamma(2.0, size=(TEAMS, WORKERS_A_TEAM * 10))
    families = np.cumsum(rng.random(cases) < 0.6)
    rows = []
    for n, team in enumerate(teams.tolist()):
        count = WORKERS_A_TEAM * (1 + 9 * (team == BIG))
        worker = f"worker{team}-{rng.choice(count, p=weights[team][:count] / weights[team][:count].sum())}"
        line[worker] = f"manager{team}"
        rows.append(_case(n, team, None if team == DUTY or n % 40 == 0 else worker, int(families[n]), rng))
    order = rng.permutation(cases).tolist()
    return Authority([rows[n] for n in order], facts, line, {team: f"manager{team}" for team in range(TEAMS)})


def _teams(cases: int, rng: np.random.Generator) -> np.ndarray:
    rest = (1 - SHARE_OF_BIG - SHARE_OF_DUTY) / (TEAMS - 2)
    shares = np.array([SHARE_OF_BIG, SHARE_OF_DUTY, *[rest] * (TEAMS - 2)])
    teams = np.sort(rng.choice(TEAMS, cases, p=shares / shares.sum()))
    # Siblings are next to each other in the list: now and then one is with another team.
    elsewhere = rng.random(cases) < 0.1
    teams[elsewhere] = rng.permutation(teams[elsewhere])
    return teams


def _auditor(n: int, part: float, rng: np.random.Generator) -> AuditorFacts:
    if part < BIG_AUDITORS:
        teams: tuple[int, ...] = (BIG,)
    elif part < BIG_AUDITORS + BELOW_DUTY:
        teams = ()
    else:
        teams = (int(rng.integers(2, TEAMS)),)
    return AuditorFacts(
        id=f"auditor{n:03}", teams=teams, area=f"Area {rng.integers(AREAS)}", load=int(rng.integers(13))
    )


def _case(n: int, team: int, worker: str | None, family: int, rng: np.random.Generator) -> CaseFacts:
    return CaseFacts(
        id=n,
        family=family,
        worker=worker,
        team=team,
        service="Assessment" if team % 2 else "Support",
        area=f"Area {team % AREAS}",
        plan_type=PLANS[rng.choice(len(PLANS), p=PLAN_WEIGHTS)],
        date_of_birth=AS_OF - timedelta(days=int(rng.integers(-200, 20 * 365))),
        gender="Female" if rng.random() < 0.48 else "Male",
        ethnicity=ETHNICITIES[rng.choice(len(ETHNICITIES), p=ETHNICITY_WEIGHTS)],
        conflicts=(f"auditor{rng.integers(400):03}",) if rng.random() < 0.02 else (),
    )
