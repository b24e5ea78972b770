"""How Wexmoor is made up: seven services, four areas along an invented river, 25 teams."""

from dataclasses import dataclass

from accounts.models import Area, Service, Team
from audits.models import ProgrammeRules

AUTHORITY = "Wexmoor Council"
DOMAIN = "wexmoor.example"

TOWN, NORTH, SOUTH, SALTINGS = AREAS = ("Wexmoor Town", "North Wex", "South Wex", "The Saltings")


@dataclass(frozen=True)
class ServicePlan:
    """A service: its teams and their areas, how good its practice is (0 is average), which director it is under."""

    code: str
    name: str
    teams: tuple[tuple[str, str], ...]
    quality: float
    directorate: int


HELP_AND_PROTECTION, CARE = DIRECTORATES = (0, 1)

SERVICES = (
    ServicePlan(
        "assessment",
        "Assessment",
        (
            ("Front Door", TOWN),
            ("Assessment Town", TOWN),
            ("Assessment North", NORTH),
            ("Assessment South", SOUTH),
            ("Assessment Saltings", SALTINGS),
        ),
        -0.15,
        HELP_AND_PROTECTION,
    ),
    ServicePlan(
        "family-support-east",
        "Family Support East",
        (
            ("Elder Lane", TOWN),
            ("Quayside", TOWN),
            ("Marsh End", SALTINGS),
            ("Lantern Hill", SALTINGS),
        ),
        -0.3,
        HELP_AND_PROTECTION,
    ),
    ServicePlan(
        "family-support-west",
        "Family Support West",
        (
            ("Millrace", NORTH),
            ("Orchard Bank", NORTH),
            ("Weavers’ Row", SOUTH),
            ("Heron Bridge", SOUTH),
        ),
        0.1,
        HELP_AND_PROTECTION,
    ),
    ServicePlan(
        "early-help",
        "Early Help",
        (
            ("Early Help Town", TOWN),
            ("Early Help North", NORTH),
            ("Early Help South", SOUTH),
            ("Early Help Saltings", SALTINGS),
        ),
        0.2,
        HELP_AND_PROTECTION,
    ),
    ServicePlan(
        "disability",
        "Children with Disabilities",
        (("Rowan Centre", NORTH), ("Harbour Centre", SALTINGS)),
        0.05,
        CARE,
    ),
    ServicePlan(
        "children-in-care",
        "Children in Care",
        (
            ("In Care Town", TOWN),
            ("In Care North", NORTH),
            ("In Care South", SOUTH),
            ("In Care Saltings", SALTINGS),
        ),
        0.25,
        CARE,
    ),
    ServicePlan("leaving-care", "Leaving Care", (("Leaving Care East", TOWN), ("Leaving Care West", SOUTH)), 0.0, CARE),
)


@dataclass(frozen=True)
class Structure:
    """The saved services by code, each with its teams."""

    teams: dict[str, list[Team]]

    @property
    def every_team(self) -> list[Team]:
        return [team for teams in self.teams.values() for team in teams]


def load_structure() -> Structure:
    ProgrammeRules.objects.create(
        number=1,
        values={"authority_name": AUTHORITY, "contact": f"qa@{DOMAIN}"},
        reason="The defaults, under the authority’s name",
    )
    areas = {area.name: area for area in Area.objects.bulk_create(Area(name=name) for name in AREAS)}
    services = Service.objects.bulk_create(Service(code=plan.code, name=plan.name) for plan in SERVICES)
    teams: dict[str, list[Team]] = {}
    for plan, service in zip(SERVICES, services, strict=True):
        teams[plan.code] = Team.objects.bulk_create(
            Team(code=team_code(name), name=name, service=service, area=areas[area]) for name, area in plan.teams
        )
    return Structure(teams)


def team_code(name: str) -> str:
    return name.upper().replace("’", "").replace(" ", "-")
