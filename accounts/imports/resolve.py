"""Labels that files left become the people and teams they name, as soon as those are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from accounts.imports.directory import Directory
from accounts.models import Person, Team

AT_ONCE = 500
Found = dict[str, Any]


def resolve(directory: Directory) -> int:
    """Resolve what teams and people refer to; returns how many references."""
    return (
        resolve_label(
            Team.objects.all(),
            "manager_email",
            lambda label: _linked(manager_id=directory.person(label)),
        )
        + resolve_label(
            Person.objects.all(),
            "team_code",
            lambda label: _linked(team_id=team.id if (team := directory.team(label)) else None),
        )
        + resolve_label(
            Person.objects.all(),
            "line_manager_email",
            lambda label: _linked(line_manager_id=directory.person(label)),
        )
    )


def resolve_label(queryset: QuerySet[Any], label_field: str, find: Callable[[str], Found | None]) -> int:
    """For each label that `find` knows, set what it gives and clear the label. Two queries and one more for each label
    that is resolved (and for each further 500 rows of it)."""
    rows: dict[str, list[int]] = defaultdict(list)
    for pk, label in queryset.exclude(**{label_field: ""}).values_list("pk", label_field):
        rows[label].append(pk)
    resolved = 0
    for label, pks in rows.items():
        found = find(label)
        if found is None:
            continue
        for start in range(0, len(pks), AT_ONCE):
            resolved += queryset.filter(pk__in=pks[start : start + AT_ONCE]).update(**found, **{label_field: ""})
    return resolved


def _linked(**found: int | None) -> Found | None:
    return found if all(found.values()) else None
