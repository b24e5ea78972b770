"""Six teams with an auditor, two workers and eight children each, in a program's database. Run in its environment:

python -m tests.journeys.six_teams     answers the number of a case that was closed too long ago
"""

import json
from datetime import date, timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from accounts.enums import Role  # noqa: E402
from accounts.models import Person  # noqa: E402
from audits.enums import CaseStatus  # noqa: E402
from audits.models import Case  # noqa: E402
from tests.factories import area, case, person, service, team  # noqa: E402

TEAMS = ("Elder Lane", "Quayside", "Millrace", "Orchard", "Ropewalk", "Tollgate")
PLANS = ("CIN", "CP", "CIC", "CL")
CHILDREN_A_TEAM = 8


def six_teams() -> dict[str, str]:
    today = timezone.localdate()
    director = person(Role.LEADERSHIP, name="Director")
    person(Role.QA, name="Qa")
    person(Role.ADMIN, name="Admin")
    made = [_team(name, number, director, today) for number, name in enumerate(TEAMS)]
    closed = made[0][0]
    Case.objects.filter(pk=closed.pk).update(status=CaseStatus.CLOSED, closed_on=today - timedelta(days=300))
    return {"closed": closed.case_id}


def _team(name: str, number: int, director: Person, today: date) -> list[Case]:
    """Its cases; whoever manages it audits too, and is called after the team."""
    place = team(name, service=service("Family Support"), area=area("North" if number % 2 else "South"))
    manager = person(Role.AUDITOR, name=f"{name} Auditor", team=place, line_manager=director)
    place.manager = manager
    place.save()
    workers = [
        person(Role.SOCIAL_WORKER, name=f"{name} {which} Worker", team=place, line_manager=manager)
        for which in ("First", "Second")
    ]
    return [
        case(
            team=place,
            worker=workers[child % 2],
            plan_type=PLANS[child % len(PLANS)],
            date_of_birth=date(today.year - child - 2, 3, 14),
            opened_on=today - timedelta(days=300),
        )
        for child in range(CHILDREN_A_TEAM)
    ]


if __name__ == "__main__":
    print(json.dumps(six_teams()))
