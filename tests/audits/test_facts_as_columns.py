"""The facts of a draw, the same from either database, in whatever order and under whatever keys they were stored."""

import json
from datetime import date
from hashlib import sha256

import pytest
from django.db import transaction

from accounts.enums import Role
from accounts.models import Area, Person, Service, Team
from audits.enums import AuditKind, AuditState, CaseStatus, Standing
from audits.facts import case_facts, months_of, read_authority, rules_of
from audits.facts.columns import Kind, read_columns
from audits.models import Case, Cycle, ProgrammeRules
from audits.rules.allocation import CaseFacts, draw
from audits.rules.allocation.columns import NO_DAY, NONE, CaseColumns
from audits.rules.allocation.facts import Held
from audits.rules.cohorts import Cohort
from audits.rules.programme import Programme
from tests import factories

pytestmark = pytest.mark.django_db

OCTOBER = Cycle(first_month=date(2026, 10, 1), last_month=date(2026, 10, 1))
AWKWARD = (
    "",
    "a\tb",
    "back\\slash",
    "\\N",
    "two\nlines",
    "carriage\rreturn",
    "naïve – “quoted”",
    "x" * 100,
    "12345678",
)


# A query's rows as columns


def test_every_kind_of_column_is_read_as_it_was_stored() -> None:
    known = factories.case(date_of_birth=date(1899, 12, 31), opened_on=date(2030, 2, 28), missing_last_6_months=True)
    unknown = factories.case(date_of_birth=None, opened_on=None, missing_last_6_months=None, team=None)
    no = factories.case(date_of_birth=date(2024, 2, 29), missing_last_6_months=False, statuses=["CIN", "CP"])
    read = read_columns(
        Case.objects.all(),
        pk=Kind.KEY,
        team_id=Kind.KEY,
        date_of_birth=Kind.DAY,
        opened_on=Kind.DAY,
        closed_on=Kind.DAY,
        missing_last_6_months=Kind.FLAG,
        statuses=Kind.TEXT,
    )
    rows = read["pk"].tolist()
    at = {case.pk: rows.index(case.pk) for case in (known, unknown, no)}
    assert read["team_id"][at[known.pk]] == known.team_id
    assert read["team_id"][at[unknown.pk]] == NONE
    for case in (known, unknown, no):
        for name in ("date_of_birth", "opened_on", "closed_on"):
            day = getattr(case, name)
            assert read[name][at[case.pk]] == (NO_DAY if day is None else day.toordinal())
    assert [read["missing_last_6_months"][at[case.pk]] for case in (known, unknown, no)] == [1, NONE, 0]
    assert json.loads(read["statuses"].label(at[no.pk])) == ["CIN", "CP"]


@pytest.mark.parametrize("text", AWKWARD)
def test_every_text_comes_back_as_it_was_stored(text: str) -> None:
    """Tabs, line ends and backslashes are what COPY writes in another way."""
    case = factories.case(ethnicity=text, cp_category=text[:60], family_id=text)
    factories.case(ethnicity="White British", family_id="F1")
    read = read_columns(
        Case.objects.all(), pk=Kind.KEY, ethnicity=Kind.TEXT, cp_category=Kind.TEXT, family_id=Kind.NAME
    )
    row = read["pk"].tolist().index(case.pk)
    assert read["ethnicity"].label(row) == (text or None)
    assert read["cp_category"].label(row) == (text[:60] or None)
    assert read["family_id"][row] == text


def test_nothing_stored_is_columns_without_rows() -> None:
    read = read_columns(Case.objects.all(), pk=Kind.KEY, date_of_birth=Kind.DAY, gender=Kind.TEXT, case_id=Kind.NAME)
    assert [len(column) for column in (read["pk"], read["date_of_birth"], read["case_id"], read["gender"].codes)] == [
        0
    ] * 4
    assert len(case_facts(OCTOBER, Case.objects.all())) == 0


def test_large_keys_and_many_rows_are_read_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audits.facts.copied_text.AT_ONCE", 200)
    monkeypatch.setattr("audits.facts.columns.TUPLES_AT_ONCE", 3)
    team = factories.team()
    cases = [factories.case(pk=10**n, team=team, gender=f"Gender {n % 3}") for n in range(13)]
    read = read_columns(Case.objects.all(), pk=Kind.KEY, case_id=Kind.NAME, gender=Kind.TEXT)
    found = {
        (int(key), number, read["gender"].label(row))
        for row, (key, number) in enumerate(zip(read["pk"], read["case_id"], strict=True))
    }
    assert found == {(case.pk, case.case_id, case.gender) for case in cases}


# The facts of the cases


def test_a_case_is_told_of_with_everything_that_a_rule_asks() -> None:
    worker, friend = factories.person(Role.SOCIAL_WORKER), factories.person(Role.AUDITOR)
    team = factories.team("Elm", area=factories.area("South"), service=factories.service("Support"))
    case = factories.case(
        case_id="500123",
        team=team,
        service=None,
        worker=worker,
        family_id="F7",
        plan_type="CP",
        statuses=["CP", "CIN"],
        status=CaseStatus.CLOSED,
        closed_on=date(2026, 9, 2),
        last_audited_on=date(2025, 1, 1),
        cp_category="Neglect",
        cse_level="emerging",
        missing_last_6_months=True,
    )
    case.conflicts.create(email=friend.email, person=friend)
    case.conflicts.create(email="unknown@elsewhere.example")
    (told,) = case_facts(OCTOBER, Case.objects.all())
    assert told == CaseFacts(
        id="500123",
        family="F7",
        worker=worker.email,
        team=team.code,
        service="Support",
        area="South",
        plan_type="CP",
        date_of_birth=date(2016, 5, 4),
        gender="Female",
        ethnicity="White British",
        is_open=False,
        opened_on=date(2026, 1, 5),
        closed_on=date(2026, 9, 2),
        last_audited_on=date(2025, 1, 1),
        conflicts=(friend.email,),
        plan_types=("CP", "CIN"),
        cp_category="Neglect",
        cse_level="emerging",
        missing=True,
    )


def test_columns_hold_what_the_facts_one_by_one_hold() -> None:
    facts = [
        CaseFacts(1),
        CaseFacts("b", "f", "w", "t", "s", "a", "CP", date(2020, 1, 1), "F", "E", False, date(2026, 1, 1)),
        CaseFacts("a", worker="w", worker_is_known=False, plan_types=("CP",), missing=True, conflicts=("x", "y")),
    ]
    columns = CaseColumns.of(facts)
    assert list(columns) == facts
    assert [columns.row_of(case) for case in ("a", "b", 1, "nobody")] == [2, 1, 0, None]


def test_what_is_in_the_cycle_already_and_what_is_due_again_are_told() -> None:
    cycle = factories.cycle(date(2026, 10, 1))
    drawn, named = factories.audit(cycle=cycle), factories.audit(cycle=cycle, kind=AuditKind.DIRECTED)
    factories.audit(cycle=cycle, standing=Standing.WITHDRAWN)
    bad = factories.audit(
        cycle=factories.cycle(date(2026, 6, 1)),
        state=AuditState.SIGNED_OFF,
        completed_on=date(2026, 6, 12),
        overall_grade="inadequate",
    )
    authority = read_authority(cycle, Programme())
    held = [Held(drawn.allocation.case.case_id), Held(named.allocation.case.case_id, is_random=False)]
    assert sorted(authority.held) == sorted(held)
    assert [(due.case, due.audit) for due in authority.reaudits] == [(bad.allocation.case.case_id, bad.reference)]


# The rules


def test_every_setting_of_the_draw_reaches_it() -> None:
    cycle = Cycle(
        first_month=date(2026, 10, 1),
        last_month=date(2026, 10, 1),
        focus_teams=["ELM"],
        focus_cohort={"plan_types": ["CP"], "younger_than": 5},
    )
    programme = Programme(
        excluded_services=("Early help",),
        own_team="soft",
        line_management_depth=2,
        weight_same_area=7,
        cohort_quotas=({"cohort": {"name": "Under 5", "younger_than": 5}, "cases": 6},),
    )
    rules = rules_of(programme, cycle)
    assert rules.excluded_services == {"Early help"}
    assert (rules.own_team, rules.involved, rules.line_management_depth) == ("soft", "hard", 2)
    assert rules.weights.same_area == 7
    assert [(quota.cohort.name, quota.cases) for quota in rules.cohort_quotas] == [("Under 5", 6)]
    assert rules.focus.teams == {"ELM"}
    assert rules.focus.cohort == Cohort("", plan_types=("CP",), younger_than=5)
    assert rules_of(Programme()).line_management_depth is None


@pytest.mark.parametrize(("own", "roles", "quota"), [(None, (), 2), (5, (), 5), (None, (Role.QA,), 1), (0, (), 0)])
def test_an_auditors_quota_is_their_own_or_that_of_a_role_or_the_programmes(
    own: int | None, roles: tuple[Role, ...], quota: int
) -> None:
    factories.person(Role.AUDITOR, *roles, quota=own)
    programme = Programme(quota=2, quota_by_role={Role.QA: 1})
    (auditor,) = read_authority(OCTOBER, programme).auditors
    assert auditor.quota == quota


# The same draw from the same files


def authority_in(order: int) -> None:
    """The same people, teams and cases, stored in one order (1) or the other (-1), and so under other keys."""
    areas = [Area.objects.create(name=name) for name in ("North", "South", "West")[::order]]
    services = [Service.objects.create(name=name, code=name) for name in ("Assessment", "Support")[::order]]
    area, service = {a.name: a for a in areas}, {s.name: s for s in services}
    teams = {}
    for n in range(6)[::order]:
        place = {"area": area[("North", "South", "West")[n % 3]], "service": service[("Assessment", "Support")[n % 2]]}
        teams[n] = Team.objects.create(code=f"T{n}", name=f"Team {n}", **place)
    people = {}
    for n in range(24)[::order]:
        role = Role.AUDITOR if n < 12 else Role.SOCIAL_WORKER
        people[n] = factories.person(role, name=f"Person {n}", team=teams[n % 6], quota=n % 3 or None)
    for n in range(24):
        Person.objects.filter(pk=people[n].pk).update(line_manager=people[n // 2] if n // 2 != n else None)
    for n in range(90)[::order]:
        case = factories.case(
            case_id=f"{500_000 + 37 * n}",
            team=teams[n * 5 % 6] if n % 11 else None,
            worker=people[12 + n * 7 % 12] if n % 5 else None,
            family_id=f"F{n // 2}" if n % 3 else "",
            plan_type=("EH", "CIN", "CP", "CIC", "CL")[n % 5],
            date_of_birth=date(2008 + n % 17, 1 + n % 12, 1 + n % 28) if n % 13 else None,
            gender=("Female", "Male", "")[n % 3],
            ethnicity=("White British", "Mixed – “other”", "Asian")[n % 7 % 3],
        )
        if n % 10 == 4:
            case.conflicts.create(email=people[n % 12].email, person=people[n % 12])


def drawn_in(order: int) -> tuple[str, str, list[tuple[str, str]]]:
    """The digest of everything that the draw was told, that of the eligible cases, and the pairs."""
    with transaction.atomic():
        authority_in(order)
        programme = ProgrammeRules.objects.current().programme
        authority = read_authority(OCTOBER, programme)
        told = [sorted(authority.cases), sorted(authority.auditors), sorted(authority.line_managers.items())]
        result = draw(authority, months_of(OCTOBER), seed=2026, rules=rules_of(programme))
        transaction.set_rollback(True)
    return sha256(repr(told).encode()).hexdigest(), result.digest, [(str(p.case), str(p.auditor)) for p in result.pairs]


def test_the_same_files_and_seed_give_the_same_draw_in_any_database_and_any_order() -> None:
    """The draw is a pure function of what it is told; that is the same in each database, by these literal digests."""
    told, eligible, pairs = drawn_in(1)
    assert told == TOLD
    assert eligible == ELIGIBLE
    assert len(pairs) > 5
    assert drawn_in(-1) == (told, eligible, pairs)


TOLD = "60d4413fb4f2c9f00c1ae0e3d755095e15caaa3cd1ef118d0f82f2bf81532868"
ELIGIBLE = "7f145aa74f1cd17b26fa56b3abd39a3979f8e7f4ad95d8150196e3c27b4927c6"
