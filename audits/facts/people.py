"""Who there is, and what each auditor brings to a cycle."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from django.db.models import Max, Min

from accounts.enums import Permission
from accounts.models import Absence, Person, PersonRole, Team
from accounts.roles import roles_with
from audits.enums import AuditKind, Standing
from audits.facts.columns import Kind, read_columns
from audits.models import Allocation, Cycle
from audits.rules.allocation import AuditorFacts
from audits.rules.allocation.columns import NONE, Column, Flags, Ints, Names, sorting
from audits.rules.allocation.facts import Identity
from audits.rules.deadlines import add_months
from audits.rules.programme import Programme
from audits.rules.quota import quota_of

CLOSE = 4


class Places:
    """Primary keys → where each stands in a list of them. Keys that lie close together are looked up, others searched
    for."""

    def __init__(self, keys: Ints) -> None:
        self._count = len(keys)
        self._last = int(keys.max(initial=NONE))
        self._table: Ints | None = None
        if self._last < CLOSE * len(keys):
            self._table = np.full(self._last + 2, NONE, np.int32)
            self._table[keys] = np.arange(len(keys), dtype=np.int32)
        else:
            self._order = np.argsort(keys)
            self._sorted = keys[self._order]

    def __len__(self) -> int:
        return self._count

    def of(self, keys: Ints) -> Ints:
        """NONE for a key that is not in the list."""
        if self._table is not None:
            return self._table[np.minimum(keys, self._last + 1)]
        if not len(self):
            return np.full(len(keys), NONE)
        at = np.minimum(np.searchsorted(self._sorted, keys), len(self) - 1)
        return np.where(self._sorted[at] == keys, self._order[at], NONE)


class People:
    """Everybody, in the order of their e-mail addresses."""

    def __init__(self) -> None:
        read = read_columns(
            Person.objects.all(),
            pk=Kind.KEY,
            email=Kind.NAME,
            line_manager_id=Kind.KEY,
            team_id=Kind.KEY,
            quota=Kind.KEY,
            is_active=Kind.FLAG,
        )
        order = sorting(read["email"])
        self.emails: Sequence[str] = list(Names(read["email"].encoded[order]))
        self.keys: Ints = read["pk"][order]
        self.places = Places(self.keys)
        self.manager: Ints = self.places.of(read["line_manager_id"][order])
        self.team_keys: Ints = read["team_id"][order]
        self.quota: Ints = read["quota"][order]
        self.is_active: Ints = read["is_active"][order]

    def line_managers(self) -> dict[Identity, Identity | None]:
        """Person → their line manager."""
        names = [*self.emails, None]
        return {email: names[place] for email, place in zip(self.emails, self.manager.tolist(), strict=True)}


def read_auditors(
    cycle: Cycle, programme: Programme, people: People, managers: Mapping[str, str]
) -> list[AuditorFacts]:
    """Everybody who completes audits, those without a place included: the draw says why they have none."""
    roles = _roles(people)
    managed, areas = _managed_teams(managers)
    teams = {pk: (code, area) for pk, code, area in Team.objects.order_by().values_list("pk", "code", "area__name")}
    absences = _absences(people)
    held = _held(cycle, people)
    before = _Before(cycle, programme, people)
    quotas, active, team_keys = people.quota.tolist(), people.is_active.tolist(), people.team_keys.tolist()
    found = []
    for place in sorted(roles):
        email = people.emails[place]
        team, area = teams.get(team_keys[place], (None, None))
        own_quota = None if quotas[place] == NONE else quotas[place]
        found.append(
            AuditorFacts(
                id=email,
                teams=tuple(sorted({*managed.get(email, ()), *([team] if team else [])})),
                area=area or areas.get(email),
                quota=quota_of(own_quota, roles[place], usual=programme.quota, by_role=programme.quota_by_role).cases,
                held=held[place],
                is_active=bool(active[place]),
                absences=tuple(absences.get(place, ())),
                load=before.load[place],
                recent_workers=before.workers.get(place, ()),
                recent_teams=before.teams.get(place, ()),
            )
        )
    return found


def _roles(people: People) -> dict[int, list[str]]:
    """The auditors, and every role that each of them holds."""
    auditors = roles_with(Permission.COMPLETE_AUDITS)
    rows = list(PersonRole.objects.order_by().values_list("person_id", "role"))
    places = people.places.of(np.array([person for person, _ in rows], np.int64)).tolist()
    found: dict[int, list[str]] = {place: [] for place, (_, role) in zip(places, rows, strict=True) if role in auditors}
    for place, (_, role) in zip(places, rows, strict=True):
        if place in found:
            found[place].append(role)
    return found


def _managed_teams(managers: Mapping[str, str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Person → the teams they manage, and → the area of those teams where it is the same for all."""
    managed: dict[str, list[str]] = defaultdict(list)
    for team, manager in managers.items():
        managed[manager].append(team)
    one_area = (
        Team.objects.exclude(manager=None)
        .order_by()
        .values("manager__email")
        .annotate(first=Min("area__name"), last=Max("area__name"))
        .values_list("manager__email", "first", "last")
    )
    return managed, {manager: first for manager, first, last in one_area if first and first == last}


def _absences(people: People) -> dict[int, list[tuple[date, date | None]]]:
    found: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    rows = list(Absence.objects.order_by("starts_on").values_list("person_id", "starts_on", "ends_on"))
    places = people.places.of(np.array([person for person, _, _ in rows], np.int64)).tolist()
    for place, (_, starts_on, ends_on) in zip(places, rows, strict=True):
        found[place].append((starts_on, ends_on))
    return found


def _held(cycle: Cycle, people: People) -> Counter[int]:
    """Auditor → the places of this cycle that are taken already. Directed audits come beside the quota."""
    live = Allocation.objects.live().filter(cycle=cycle.pk, auditor__isnull=False).exclude(kind=AuditKind.DIRECTED)
    return Counter(people.places.of(read_columns(live, auditor_id=Kind.KEY)["auditor_id"]).tolist())


class _Before:
    """What the auditors did in the cycles before this one. `load`: allocations in the months that the programme counts;
    `workers`, `teams`: whose cases they were, as far as the programme looks back for each."""

    def __init__(self, cycle: Cycle, programme: Programme, people: People) -> None:
        since = add_months(cycle.first_month, -programme.load_months)
        teams_since = add_months(cycle.first_month, -programme.team_repeat_months)
        rows = Allocation.objects.exclude(standing=Standing.WITHDRAWN).filter(
            auditor__isnull=False,
            cycle__first_month__gte=min(since, teams_since),
            cycle__first_month__lt=cycle.first_month,
        )
        read = read_columns(
            rows, auditor_id=Kind.KEY, worker_id=Kind.KEY, team_code=Kind.TEXT, cycle__first_month=Kind.DAY
        )
        auditors, months = people.places.of(read["auditor_id"]), read["cycle__first_month"]
        counts = months >= since.toordinal()
        self.load = Counter(auditors[counts].tolist())
        workers = Column(people.places.of(read["worker_id"]), people.emails)
        self.workers = _gathered(auditors, workers, counts)
        self.teams = _gathered(auditors, read["team_code"], months >= teams_since.toordinal())


def _gathered(owners: Ints, values: Column, rows: Flags) -> dict[int, tuple[str, ...]]:
    """Owner → the values of their rows, each once and sorted."""
    rows = rows & (values.codes != NONE)
    width = max(len(values.labels), 1)
    found: dict[int, list[str]] = defaultdict(list)
    pairs = np.sort(owners[rows] * width + values.codes[rows])
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
    for owner, code in zip((pairs // width).tolist(), (pairs % width).tolist(), strict=True):
        found[owner].append(values.labels[code])
    return {owner: tuple(sorted(labels)) for owner, labels in found.items()}
