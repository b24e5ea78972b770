"""Labels that files left on cases and past audits become the teams, people and cases they name."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Lower

from accounts.imports.directory import Directory
from accounts.imports.resolve import resolve as resolve_people
from accounts.imports.resolve import resolve_label
from accounts.models import Team
from audits.imports.case_changes import AT_ONCE, in_batches
from audits.imports.frozen_child import FROZEN, children_of, freeze_child
from audits.imports.last_audits import raise_last_audits
from audits.models import Allocation, Case, CaseConflict

Found = dict[str, Any]
PAST = Allocation.objects.filter(audit__imported=True)


def resolve() -> int:
    """Resolve everything that has become known, after any import; returns how many references."""
    directory = Directory.load()
    count = resolve_people(directory)
    count += resolve_label(Case.objects.all(), "team_label", lambda label: _team_of_case(directory, label))
    count += resolve_label(Case.objects.all(), "service_label", lambda label: _service(directory, label))
    count += resolve_label(Case.objects.all(), "worker_label", lambda label: _person(directory, label, "worker_id"))
    _services_from_teams()
    count += _conflicts(directory) + _cases_of_conflicts()
    count += resolve_label(PAST, "auditor_label", lambda label: _person(directory, label, "auditor_id"))
    count += _services_of_past_audits(directory)
    count += _teams_of_past_audits(directory)
    return count + _cases_of_past_audits()


def _team_of_case(directory: Directory, label: str) -> Found | None:
    team = directory.team(label)
    return {"team_id": team.id} if team else None


def _service(directory: Directory, label: str) -> Found | None:
    service = directory.service(label)
    return {"service_id": service[0]} if service else None


def _person(directory: Directory, label: str, field: str) -> Found | None:
    person = directory.person(label)
    return {field: person} if person else None


def _services_from_teams() -> None:
    """A case whose file names no service is in that of its team."""
    service = Subquery(Team.objects.filter(pk=OuterRef("team")).values("service")[:1])
    Case.objects.filter(service=None, service_label="", team__isnull=False).update(service=service)


def _conflicts(directory: Directory) -> int:
    rows: dict[int, list[int]] = defaultdict(list)
    for pk, email in CaseConflict.objects.filter(person=None).values_list("id", "email"):
        if person := directory.person(email):
            rows[person].append(pk)
    for person, pks in rows.items():
        for some in in_batches(pks, AT_ONCE):
            CaseConflict.objects.filter(pk__in=some).update(person_id=person)
    return sum(map(len, rows.values()))


def _cases_of_conflicts() -> int:
    """Case numbers that people declared before the case was held here."""
    waiting = list(CaseConflict.objects.filter(case=None).order_by("id"))
    cases: dict[str, int] = {}
    for some in in_batches(sorted({conflict.case_label.lower() for conflict in waiting}), AT_ONCE):
        numbers = Case.objects.annotate(number=Lower("case_id")).filter(number__in=some).order_by("-id")
        cases.update(numbers.values_list("number", "id"))
    found = [conflict for conflict in waiting if conflict.case_label.lower() in cases]
    for conflict in found:
        case = cases[conflict.case_label.lower()]
        said_by_a_file = CaseConflict.objects.filter(case=case, email=conflict.email)
        conflict.from_file = said_by_a_file.exists()
        said_by_a_file.delete()
        conflict.case_id = case
        conflict.save(update_fields=["case", "from_file"])
    return len(found)


def _services_of_past_audits(directory: Directory) -> int:
    """A past audit keeps its service by name: as it is called here, however its file wrote it."""
    labels = PAST.exclude(service="").order_by().values_list("service", flat=True).distinct()
    count = 0
    for label in list(labels):
        service = directory.service(label)
        if service and service[1] != label:
            count += PAST.filter(service=label).update(service=service[1])
    return count


def _teams_of_past_audits(directory: Directory) -> int:
    labels = PAST.filter(team_code="").exclude(team="").order_by().values_list("team", flat=True).distinct()
    count = 0
    for label in list(labels):
        if team := directory.team(label):
            rows = PAST.filter(team_code="", team=label)
            rows.filter(service="").update(service=team.service_name)
            count += rows.update(team=team.name, team_code=team.code, area=team.area_name)
    return count


def _cases_of_past_audits() -> int:
    waiting = list(PAST.filter(case=None).select_related("cycle"))
    ids: dict[str, int] = {}
    for some in in_batches(sorted({allocation.case_label for allocation in waiting}), AT_ONCE):
        ids.update(Case.objects.filter(case_id__in=some).order_by().values_list("case_id", "id"))
    children = children_of(ids.values())
    found = [allocation for allocation in waiting if allocation.case_label in ids]
    for allocation in found:
        allocation.case_id = ids[allocation.case_label]
        allocation.case_label = ""
        freeze_child(allocation, children[allocation.case_id], allocation.cycle.first_month)
    Allocation.objects.bulk_update(found, ["case", "case_label", *FROZEN], batch_size=200)
    raise_last_audits({allocation.case_id for allocation in found if allocation.case_id})
    return len(found)
