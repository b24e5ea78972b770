"""A small authority that a month can be drawn from."""

from datetime import UTC, date, datetime

from accounts.enums import Role
from accounts.models import Person, Team
from audits.models import Case, Cycle
from audits.services import cycles
from tests import factories

DECEMBER = date(2026, 12, 1)
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Town:
    """Two teams of one worker and one auditor each, in two areas, with ten cases a team; and QA."""

    def __init__(self) -> None:
        self.qa = factories.person(Role.QA, name="Quentin Ash")
        self.teams: list[Team] = []
        self.workers: list[Person] = []
        self.auditors: list[Person] = []
        for name, area in (("Elm", "North"), ("Oak", "South")):
            team = factories.team(name, area=factories.area(area), service=factories.service(f"{name} service"))
            manager = factories.person(Role.PRACTICE_MANAGER, name=f"Manager of {name}", team=team)
            team.manager = manager
            team.save()
            self.teams.append(team)
            self.workers += [self.worker(team, f"{name} {n}", manager) for n in range(3)]
            self.auditors.append(factories.person(Role.AUDITOR, name=f"Auditor of {name}", team=team))
        self.cases = [self.case(worker) for worker in self.workers for _ in range(4)]

    def worker(self, team: Team, name: str, manager: Person) -> Person:
        return factories.person(Role.SOCIAL_WORKER, name=f"Worker {name}", team=team, line_manager=manager)

    def case(self, worker: Person, **values: object) -> Case:
        return factories.case(worker=worker, team=worker.team, **values)

    def december(self) -> Cycle:
        return cycles.get_or_plan(DECEMBER)
