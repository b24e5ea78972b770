"""The cases of a draw as columns, read without an object for any of them."""

import json
from collections import defaultdict

import numpy as np
from django.db.models import Max, QuerySet

from accounts.models import Area, Service, Team
from audits.enums import CaseStatus, Standing
from audits.facts.columns import Kind, read_columns
from audits.facts.people import People, Places
from audits.models import Allocation, Case, CaseConflict, Cycle
from audits.rules.allocation import Months
from audits.rules.allocation.columns import NONE, CaseColumns, Column, Days, Flags, Ints, Names
from audits.rules.allocation.facts import Identity

FIELDS = {
    "pk": Kind.KEY,
    "case_id": Kind.NAME,
    "family_id": Kind.NAME,
    "worker_id": Kind.KEY,
    "worker_label": Kind.NAME,
    "team_id": Kind.KEY,
    "service_id": Kind.KEY,
    "plan_type": Kind.TEXT,
    "statuses": Kind.TEXT,
    "date_of_birth": Kind.DAY,
    "gender": Kind.TEXT,
    "ethnicity": Kind.TEXT,
    "status": Kind.TEXT,
    "opened_on": Kind.DAY,
    "closed_on": Kind.DAY,
    "last_audited_on": Kind.DAY,
    "cp_category": Kind.TEXT,
    "cse_level": Kind.TEXT,
    "missing_last_6_months": Kind.FLAG,
}


def case_facts(cycle: Cycle, cases: QuerySet[Case]) -> CaseColumns:
    """What a draw for that cycle is told of these cases; going through it gives them one by one."""
    return read_cases(cycle, People(), cases)


def read_cases(cycle: Cycle, people: People, cases: QuerySet[Case]) -> CaseColumns:
    read = read_columns(cases, **FIELDS)
    keys: Ints = read["pk"]
    places = Places(keys)
    months = Months.spanning(cycle.first_month, cycle.last_month)
    team, service, area = _structure(read["team_id"], read["service_id"])
    return CaseColumns(
        ids=read["case_id"],
        family=Column.of_names(read["family_id"].encoded),
        worker=_workers(read["worker_id"], read["worker_label"], people),
        team=team,
        service=service,
        area=area,
        plan_type=read["plan_type"],
        born=read["date_of_birth"],
        gender=read["gender"],
        ethnicity=read["ethnicity"],
        is_open=_is(read["status"], CaseStatus.OPEN),
        opened_on=read["opened_on"],
        closed_on=read["closed_on"],
        last_audited_on=_last_audits(read["last_audited_on"], months, places),
        is_allocated=_allocated(cycle, places),
        worker_is_known=read["worker_id"] != NONE,
        plan_types=_lists(read["statuses"]),
        cp_category=read["cp_category"],
        cse_level=read["cse_level"],
        missing=read["missing_last_6_months"] == 1,
        conflicts=_conflicts(people, places),
        keys=keys,
    )


def _structure(team_keys: Ints, service_keys: Ints) -> tuple[Column, Column, Column]:
    """Each case's team by its code, its service (that of its team where the case names none) and its area."""
    teams = list(Team.objects.order_by().values_list("pk", "code", "service_id", "area_id"))
    place = Places(np.array([team[0] for team in teams], np.int64)).of(team_keys)

    def of_team(values: list[int | None]) -> Ints:
        return np.array([*(NONE if value is None else value for value in values), NONE], np.int64)[place]

    service_keys = np.where(service_keys == NONE, of_team([team[2] for team in teams]), service_keys)
    area_keys = of_team([team[3] for team in teams])
    code = Column.of(team[1] for team in teams)
    return (
        code.at(place),
        _named(service_keys, dict(Service.objects.order_by().values_list("pk", "name"))),
        _named(area_keys, dict(Area.objects.order_by().values_list("pk", "name"))),
    )


def _named(keys: Ints, names: dict[int, str]) -> Column:
    """The keys as the names they stand for; two that share a name are one."""
    return Column.of(names.values()).at(Places(np.array(list(names), np.int64)).of(keys))


def _workers(keys: Ints, labels: Names, people: People) -> Column:
    """The worker by e-mail address; one who is not known yet as the file has them."""
    rows = np.flatnonzero((keys == NONE) & (labels.encoded != b""))
    codes = people.places.of(keys).astype(np.int32)
    if not len(rows):
        return Column(codes, people.emails, is_sorted=True)
    place = {email: at for at, email in enumerate(people.emails)}
    for row in rows.tolist():
        codes[row] = place.setdefault(labels[row], len(place))
    return Column(codes, list(place))


def _is(column: Column, value: str) -> Flags:
    return np.array([*(label == value for label in column.labels), False], np.bool_)[column.codes]


def _lists(column: Column) -> Column:
    """Lists that are stored as JSON."""
    return Column.of(tuple(json.loads(label)) or None for label in column.labels).at(column.codes)


def _last_audits(imported: Days, months: Months, places: Places) -> Days:
    """The last day on which each case was audited, in the file or here. A past month is judged as it was: an audit
    after it must not hide the one before it."""
    last_day = months.last_day
    completed = Allocation.objects.exclude(standing=Standing.WITHDRAWN).filter(
        case__isnull=False, audit__completed_on__lte=last_day
    )
    here = read_columns(
        completed.values("case_id").annotate(day=Max("audit__completed_on")), case_id=Kind.KEY, day=Kind.DAY
    )
    found = np.where(imported <= last_day.toordinal(), imported, 0)
    row = places.of(here["case_id"])
    found[row[row != NONE]] = np.maximum(found[row], here["day"])[row != NONE]
    return found


def _allocated(cycle: Cycle, places: Places) -> Flags:
    """The cases that somebody is auditing now, or was given in this cycle."""
    found = np.zeros(len(places), np.bool_)
    given = Allocation.objects.keeping_out_of(cycle.pk).order_by()
    row = places.of(read_columns(given, case_id=Kind.KEY)["case_id"])
    found[row[row != NONE]] = True
    return found


def _conflicts(people: People, places: Places) -> dict[int, tuple[Identity, ...]]:
    """Case → the people who must not audit it, as far as they are known."""
    known = CaseConflict.objects.filter(person__isnull=False, case__isnull=False)
    read = read_columns(known, case_id=Kind.KEY, person_id=Kind.KEY)
    found: dict[int, tuple[Identity, ...]] = defaultdict(tuple)
    rows, persons = places.of(read["case_id"]).tolist(), people.places.of(read["person_id"]).tolist()
    for row, person in zip(rows, persons, strict=True):
        if row != NONE:
            found[row] += (people.emails[person],)
    return dict(found)
