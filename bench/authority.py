"""Invented authorities of any size, with awkward teams, for the benchmarks. The same seed gives the same authority."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from audits.rules.allocation import AuditorFacts, Authority, CaseFacts

AS_OF = date(2026, 10, 1)
PLANS = ("EH", "CIN", "CP", "CIC", "CL")
PLAN_WEIGHTS = (0.25, 0.4, 0.12, 0.15, 0.08)
GENDERS = ("Female", "Male", "Not known")
GENDER_WEIGHTS = (0.47, 0.51, 0.02)
ETHNICITIES = tuple(f"Ethnicity {n}" for n in range(1, 19))
ETHNICITY_WEIGHTS = np.array([60, 6, 5, 4, 4, 3, 3, 3, 2, 2, 2, 1, 1, 1, 1, 1, 0.5, 0.5])
CASES_A_WORKER = 14
WORKERS_A_TEAM = 9
TEAMS_A_SERVICE_MANAGER = 12


class InventedAuthority:
    """`cases` eligible cases and `auditors` auditors with `places` each.

    A team has a manager, who is an auditor while there are any left to name; the rest of the auditors are
    spread over the teams at random, so that some teams have several and most have none but their manager. Siblings
    share a family, now and then across teams; one case in fifty names an auditor who has been involved.
    """

    def __init__(self, cases: int, auditors: int, places: int, seed: int = 1) -> None:
        self.rng = np.random.default_rng(seed)
        self.count = cases
        self.teams = max(cases // (CASES_A_WORKER * WORKERS_A_TEAM), 2)
        self.areas = max(self.teams // 25, 4)
        self.services = 9
        self.auditor_count, self.places = auditors, places
        self.managers = [f"manager{team}" for team in range(self.teams)]

    def facts(self) -> Authority:
        auditors = list(self._auditors())
        line = {f"worker{team}-{n}": f"manager{team}" for team in range(self.teams) for n in range(WORKERS_A_TEAM)}
        for team in range(self.teams):
            line[f"manager{team}"] = f"head{team // TEAMS_A_SERVICE_MANAGER}"
        heads = self.teams // TEAMS_A_SERVICE_MANAGER + 1
        line |= {f"head{n}": "director" for n in range(heads)}
        line |= {str(a.id): f"manager{a.teams[0]}" for a in auditors if a.id not in line and a.teams}
        stand_ins = {team: f"manager{team}" for team in range(self.teams)}
        return Authority(list(self._cases()), auditors, line, stand_ins)

    def _auditors(self) -> Iterator[AuditorFacts]:
        heads = [f"head{n}" for n in range(self.teams // TEAMS_A_SERVICE_MANAGER + 1)]
        for n in range(self.auditor_count):
            teams: tuple[int, ...]
            if n < len(heads):
                name, teams = heads[n], ()
            elif n - len(heads) < self.teams:
                name, teams = f"manager{n - len(heads)}", (n - len(heads),)
            else:
                name, teams = f"auditor{n}", (int(self.rng.integers(self.teams) ** 2 // self.teams),)
            team = teams[0] if teams else int(self.rng.integers(self.teams))
            yield AuditorFacts(
                id=name,
                teams=teams,
                area=f"Area {team % self.areas}",
                quota=self.places,
                load=int(self.rng.integers(0, 13)),
                recent_workers=tuple(self._worker(int(t)) for t in self.rng.integers(self.teams, size=12)),
                recent_teams=tuple(self.rng.integers(self.teams, size=2).tolist()),
            )

    def _worker(self, team: int) -> str:
        return f"worker{team}-{self.rng.integers(WORKERS_A_TEAM)}"

    def _cases(self) -> Iterator[CaseFacts]:
        rng, count = self.rng, self.count
        teams = np.sort(rng.integers(self.teams, size=count)).tolist()
        workers = rng.integers(WORKERS_A_TEAM, size=count).tolist()
        plans = rng.choice(len(PLANS), count, p=PLAN_WEIGHTS).tolist()
        genders = rng.choice(len(GENDERS), count, p=GENDER_WEIGHTS).tolist()
        ethnicities = rng.choice(len(ETHNICITIES), count, p=ETHNICITY_WEIGHTS / ETHNICITY_WEIGHTS.sum()).tolist()
        ages = rng.integers(-200, 20 * 365, size=count).tolist()
        families = np.cumsum(rng.random(count) < 0.6).tolist()
        has_conflict = (rng.random(count) < 0.02).tolist()
        for n in range(count):
            conflicts = (f"manager{rng.integers(self.teams)}",) if has_conflict[n] else ()
            yield CaseFacts(
                id=n,
                family=families[n],
                worker=f"worker{teams[n]}-{workers[n]}" if n % 40 else None,
                team=teams[n],
                service=f"Service {teams[n] % self.services}",
                area=f"Area {teams[n] % self.areas}",
                plan_type=PLANS[plans[n]],
                date_of_birth=AS_OF - timedelta(days=ages[n]),
                gender=GENDERS[genders[n]],
                ethnicity=ETHNICITIES[ethnicities[n]],
                conflicts=conflicts,
            )
