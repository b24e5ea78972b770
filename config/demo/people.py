"""120 people and whom they answer to: worker → team manager → service manager → assistant director → director."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from django.contrib.auth.hashers import make_password

from accounts.enums import Role
from accounts.models import Absence, Person, PersonRole, Team
from audits.rules.deadlines import add_months
from config.demo.accounts import email_of
from config.demo.clock import stream
from config.demo.names import email_name, names
from config.demo.structure import DIRECTORATES, DOMAIN, SERVICES, Structure

WORKERS = 68
FICTION = "01632 960{:03}"
"""Phone numbers that Ofcom keeps for drama: they ring nowhere."""

TEAMS_WITH_TWO_AUDITS = ("QUAYSIDE", "MILLRACE", "EARLY-HELP-SOUTH", "IN-CARE-NORTH", "ROWAN-CENTRE")
"""Their managers audit two cases a month; the first of them is the auditor of the demonstration."""

PRACTICE_MANAGER_OF, SERVICE_MANAGER_OF = "ORCHARD-BANK", "family-support-west"
"""The team of the practice manager of the demonstration, and the service above it."""

ACCOUNT_OF_TEAM_MANAGER = {TEAMS_WITH_TWO_AUDITS[0]: "auditor", PRACTICE_MANAGER_OF: "practice.manager"}


@dataclass(frozen=True)
class People:
    """Who is who. Service managers by service code; team managers and workers by team code."""

    director: Person
    assistant_directors: list[Person]
    service_managers: dict[str, Person]
    principal: Person
    qa: list[Person]
    team_managers: dict[str, Person]
    workers: dict[str, list[Person]]
    iros: list[Person]

    @property
    def auditors(self) -> list[Person]:
        return list(self.team_managers.values())

    @property
    def auditor(self) -> Person:
        """The auditor of the demonstration."""
        return self.team_managers[TEAMS_WITH_TWO_AUDITS[0]]

    @property
    def practice_manager(self) -> Person:
        """The practice manager of the demonstration."""
        return self.team_managers[PRACTICE_MANAGER_OF]

    @property
    def moderators(self) -> list[Person]:
        return [*self.service_managers.values(), *self.assistant_directors, self.principal]


class _Register:
    """Hands out names and addresses, and remembers the roles until everybody is saved."""

    def __init__(self) -> None:
        self.names: Iterator[str] = names(stream("names"))
        self.roles: list[PersonRole] = []
        self.numbers = count(1)
        # Nobody can sign in with it: the accounts of the demonstration get their password at the end.
        self.no_password = make_password(None)

    def save(self, newcomers: Iterable[Person], *roles: Role) -> list[Person]:
        saved = Person.objects.bulk_create(newcomers)
        self.roles += [PersonRole(person=person, role=role) for person in saved for role in roles]
        return saved

    def person(self, local: str = "", **values: object) -> Person:
        name = next(self.names)
        email = email_of(local) if local else f"{email_name(name)}@{DOMAIN}"
        phone = FICTION.format(next(self.numbers))
        return Person(name=name, email=email, phone=phone, password=self.no_password, **values)


def load_people(structure: Structure, live: date) -> People:
    register = _Register()
    [director] = register.save([register.person("director")], Role.LEADERSHIP)
    assistants = register.save(
        (register.person(line_manager=director) for _ in DIRECTORATES), Role.LEADERSHIP, Role.MODERATOR
    )
    service_managers = register.save(
        (
            register.person(
                "service.manager" if plan.code == SERVICE_MANAGER_OF else "",
                line_manager=assistants[plan.directorate],
            )
            for plan in SERVICES
        ),
        Role.MODERATOR,
    )
    by_service = {plan.code: manager for plan, manager in zip(SERVICES, service_managers, strict=True)}
    [principal] = register.save([register.person("moderator", line_manager=director)], Role.MODERATOR)
    qa = register.save([register.person("qa", line_manager=director)], Role.QA)
    qa += register.save((register.person(line_manager=qa[0]) for _ in range(3)), Role.QA)
    register.save([register.person("admin", line_manager=director), register.person(line_manager=director)], Role.ADMIN)
    iros = register.save([register.person("iro", line_manager=qa[0])], Role.IRO)
    iros += register.save((register.person(line_manager=qa[0]) for _ in range(4)), Role.IRO)
    _load_partners(register)

    team_managers = _load_team_managers(register, structure, by_service)
    workers = _load_workers(register, structure, team_managers)
    PersonRole.objects.bulk_create(register.roles)
    _load_absences(team_managers, workers, live)
    return People(director, assistants, by_service, principal, qa, team_managers, workers, iros)


def _load_partners(register: _Register) -> None:
    """People of other agencies, for audits that several agencies make together."""
    for local, agency, role in (
        ("agency.auditor", "Wexmoor Community Health", Role.AGENCY_AUDITOR),
        ("lead.auditor", "Wexmoor Schools Partnership", Role.LEAD_AUDITOR),
        ("coordinator", "Wexmoor Safeguarding Partnership", Role.COORDINATOR),
        ("participation", "Wexmoor Young Voices", Role.PARTICIPATION_WORKER),
        ("subgroup.chair", "Wexmoor Safeguarding Partnership", Role.SUBGROUP_CHAIR),
    ):
        register.save([register.person(local, agency=agency)], role)


def _load_team_managers(
    register: _Register, structure: Structure, service_managers: dict[str, Person]
) -> dict[str, Person]:
    places = [(code, team) for code, teams in structure.teams.items() for team in teams]
    managers = register.save(
        (
            register.person(
                ACCOUNT_OF_TEAM_MANAGER.get(team.code, ""),
                team=team,
                team_code=team.code,
                line_manager=service_managers[code],
                quota=2 if team.code in TEAMS_WITH_TWO_AUDITS else None,
            )
            for code, team in places
        ),
        Role.AUDITOR,
        Role.PRACTICE_MANAGER,
    )
    for (_, team), manager in zip(places, managers, strict=True):
        team.manager, team.manager_email = manager, manager.email
    Team.objects.bulk_update([team for _, team in places], ["manager", "manager_email"])
    return {team.code: manager for (_, team), manager in zip(places, managers, strict=True)}


def _load_workers(
    register: _Register, structure: Structure, team_managers: dict[str, Person]
) -> dict[str, list[Person]]:
    """Two or three to a team, in turn; the last of all has left."""
    teams = structure.every_team
    newcomers = [
        register.person(team=team, team_code=team.code, line_manager=team_managers[team.code])
        for team in (teams[number % len(teams)] for number in range(WORKERS))
    ]
    newcomers[-1].is_active = False
    workers: dict[str, list[Person]] = {team.code: [] for team in teams}
    for worker in register.save(newcomers, Role.SOCIAL_WORKER):
        workers[worker.team_code].append(worker)
    return workers


def _load_absences(team_managers: dict[str, Person], workers: dict[str, list[Person]], live: date) -> None:
    on_leave, back_soon = team_managers["HERON-BRIDGE"], team_managers["EARLY-HELP-TOWN"]
    Absence.objects.bulk_create(
        [
            Absence(person=on_leave, starts_on=add_months(live, -2), ends_on=add_months(live, 4)),
            Absence(person=back_soon, starts_on=live + timedelta(days=3), ends_on=live + timedelta(days=17)),
            Absence(person=workers["MARSH-END"][0], starts_on=live + timedelta(days=10)),
        ]
    )
