"""An invented authority in a PostgreSQL database, by COPY: half a million cases in half a minute.

Beside the eligible cases there are as many again in ten that the rules keep out, and a year of audits behind each
auditor. The cases come in no order.

    python -m bench._database CASES AUDITORS PLACES     fills the database of DATABASE_URL, which is empty
"""

import argparse
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

import django
import numpy as np

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model

from accounts.enums import Role
from accounts.models import Area, Person, PersonRole, Service, Team
from audits.enums import AuditState, CaseStatus, CycleStatus, Grade
from audits.models import Allocation, Audit, Case, CaseConflict, Cycle, ProgrammeRules
from audits.rules.allocation import Authority, CaseFacts
from audits.rules.deadlines import add_months
from bench.authority import AS_OF, InventedAuthority

AT = datetime(2026, 9, 1, 9, tzinfo=UTC)
OPENED_ON = date(2026, 1, 5)
KEPT_OUT_OF_TEN = 1
# Why a rule keeps a case out, in turn.
REASONS: tuple[dict[str, Any], ...] = (
    {"status": CaseStatus.CLOSED, "closed_on": date(2025, 11, 3)},
    {"opened_on": date(2026, 9, 21)},
    {"last_audited_on": date(2026, 8, 12)},
    {"team_id": None},
)


def fill(cases: int, auditors: int, places: int) -> None:
    """Migrate the database and fill it. The cases of `InventedAuthority` are the eligible ones."""
    call_command("migrate", verbosity=0)
    facts = InventedAuthority(cases, auditors, places).facts()
    rng = np.random.default_rng(2)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    people, teams = _make_people(facts)
    _make_cases(facts, teams, people, rng)
    _make_history(facts, people, rng)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def copy_in(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Store the rows; a field that a row does not name has its default."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    fields = [field for field in model._meta.concrete_fields if not field.primary_key or "id" in first]
    defaults = {field.attname: None if field.null else field.get_default() for field in fields}
    buffer = io.StringIO()
    for row in chain([first], rows):
        buffer.write("\t".join(_written(row.get(name, default)) for name, default in defaults.items()) + "\n")
    buffer.seek(0)
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN', buffer)


def _written(value: Any) -> str:
    if value is None:
        return "\\N"
    return json.dumps(value) if isinstance(value, list | dict) else str(value)


def _make_teams(facts: Authority, people: Mapping[Any, int]) -> dict[Any, int]:
    """Team → its primary key."""
    place = {case.team: (case.service, case.area) for case in facts.cases}
    Area.objects.bulk_create(Area(name=area) for area in sorted({str(area) for _, area in place.values()}))
    Service.objects.bulk_create(Service(name=n, code=n) for n in sorted({str(name) for name, _ in place.values()}))
    areas, services = (dict(model.objects.values_list("name", "pk")) for model in (Area, Service))
    teams = {team: key for key, team in enumerate(place, start=1)}
    copy_in(
        Team,
        (
            {
                "id": key,
                "code": _code(team),
                "name": _code(team),
                "service_id": services[str(place[team][0])],
                "area_id": areas[str(place[team][1])],
                "manager_id": people[facts.team_managers[team]],
            }
            for team, key in teams.items()
        ),
    )
    return teams


def _make_people(facts: Authority) -> tuple[dict[Any, int], dict[Any, int]]:
    """Person → their primary key, and the same for teams."""
    auditors = {auditor.id: auditor for auditor in facts.auditors}
    names = sorted({*facts.line_managers, *facts.line_managers.values(), *auditors})
    people = {name: key for key, name in enumerate(names, start=1)}
    with transaction.atomic():
        teams = _make_teams(facts, people)
        own_team = {auditor.id: teams.get(auditor.teams[0]) for auditor in auditors.values() if auditor.teams}
        copy_in(
            Person,
            (
                {
                    "id": key,
                    "email": _email(name),
                    "name": name,
                    "team_id": own_team.get(name),
                    "line_manager_id": people.get(facts.line_managers.get(name)),
                    "quota": auditors[name].quota if name in auditors else None,
                }
                for name, key in people.items()
            ),
        )
    copy_in(PersonRole, ({"person_id": people[name], "role": Role.AUDITOR} for name in auditors))
    return people, teams


def _make_cases(
    facts: Authority, teams: Mapping[Any, int], people: Mapping[Any, int], rng: np.random.Generator
) -> None:
    cases = list(facts.cases)
    numbers = rng.permutation(len(cases) * 2)[: len(cases) + len(cases) * KEPT_OUT_OF_TEN // 10] + 1_000_000
    services = dict(Service.objects.values_list("name", "pk"))

    def stored() -> Iterator[dict[str, Any]]:
        for at in rng.permutation(len(numbers)).tolist():
            case = cases[at % len(cases)]
            reason = {} if at < len(cases) else REASONS[at % len(REASONS)] | {"family_id": ""}
            yield {"case_id": numbers[at], **_case(case, teams, people, services), **reason}

    copy_in(Case, stored())
    key = dict(Case.objects.values_list("case_id", "pk"))
    conflicts = ((key[str(numbers[at])], name) for at, case in enumerate(cases) for name in case.conflicts)
    copy_in(
        CaseConflict, ({"case_id": c, "email": _email(p), "person_id": people[p]} for c, p in conflicts if p in people)
    )


def _case(
    case: CaseFacts, teams: Mapping[Any, int], people: Mapping[Any, int], services: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "date_of_birth": case.date_of_birth,
        "gender": case.gender,
        "ethnicity": case.ethnicity,
        "plan_type": case.plan_type,
        "statuses": [case.plan_type],
        "service_id": services[str(case.service)],
        "team_id": teams[case.team],
        "worker_id": None if case.worker is None else people[case.worker],
        "opened_on": OPENED_ON,
        "family_id": f"F{case.family}",
        "updated_at": AT,
    }


def _make_history(facts: Authority, people: Mapping[Any, int], rng: np.random.Generator) -> None:
    """An audit a month for each auditor over the last year, of the workers and teams whom the facts name."""
    rules = ProgrammeRules.objects.kept()
    months = [add_months(AS_OF, -back) for back in range(12, 0, -1)]
    copy_in(
        Cycle,
        (
            {"first_month": m, "last_month": m, "status": CycleStatus.CLOSED, "rules_id": rules.pk, "published_at": AT}
            for m in months
        ),
    )
    cycles = dict(Cycle.objects.values_list("first_month", "pk"))
    cases = rng.permutation(list(Case.objects.filter(last_audited_on=None).values_list("pk", flat=True))).tolist()

    def allocations() -> Iterator[dict[str, Any]]:
        for auditor in facts.auditors:
            for nth, (month, worker) in enumerate(zip(months, auditor.recent_workers, strict=False)):
                # The cases of the last months are those of another file: these here stay eligible.
                is_lately = nth >= len(months) - 4
                yield {
                    "cycle_id": cycles[month],
                    "case_id": None if is_lately else cases.pop(),
                    "case_label": "of another file" if is_lately else "",
                    "auditor_id": people[auditor.id],
                    "worker_id": people.get(worker),
                    "team_code": _code(auditor.recent_teams[nth % 2]),
                    "due_on": month.replace(day=21),
                    "allocated_at": AT,
                }

    copy_in(Allocation, allocations())
    copy_in(
        Audit,
        (
            {"allocation_id": pk, "reference": f"CA-{pk:08}", "state": AuditState.SIGNED_OFF, "completed_on": due}
            | {"overall_grade": Grade.GOOD, "submitted_at": AT, "signed_off_at": AT}
            for pk, due in Allocation.objects.values_list("pk", "due_on")
        ),
    )


def _code(team: Any) -> str:
    return f"T{team}"


def _email(name: Any) -> str:
    return f"{name}@wexmoor.example"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for number in ("cases", "auditors", "places"):
        parser.add_argument(number, type=int)
    fill(**vars(parser.parse_args()))
