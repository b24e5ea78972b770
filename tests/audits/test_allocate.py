"""`allocate` and `export allocations`, as other programs call them."""

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.models import Person, Team
from audits.enums import AuditState, CycleStatus
from audits.models import Allocation, Audit, Case, Cycle, Draw, ProgrammeRules
from audits.services import cycles
from tests import factories
from tests.audits.drawing import AT, DECEMBER, Town

pytestmark = pytest.mark.django_db


def allocate(*arguments: str) -> tuple[str, str]:
    """What it printed, and what it said beside it."""
    out, err = StringIO(), StringIO()
    call_command("allocate", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def figures(*arguments: str) -> dict:
    return json.loads(allocate(*arguments, "--json")[0])


def test_the_json_holds_what_others_rely_on(town: Town) -> None:
    town.auditors[1].quota = 9
    town.auditors[1].save()
    printed = figures("2026-12", "--seed", "7")
    assert printed["population"] == 24
    assert set(printed["excluded"].values()) == {0}
    assert printed["strata"]["service"] == {
        "Elm service": {"population": 12, "drawn": 6},
        "Oak service": {"population": 12, "drawn": 1},
    }
    assert (printed["places"], printed["filled"], printed["seed"]) == (10, 7, 7)
    assert [place["auditor"] for place in printed["unfilled"]] == [town.auditors[1].email] * 3
    assert printed["unfilled"][0]["against"] == {"own_team": 11, "worker": 6}
    emails = {auditor.email: auditor.team.name for auditor in town.auditors}
    cases = {case.case_id: case.team.name for case in town.cases}
    assert len(printed["pairs"]) == 7
    assert all(cases[case] != emails[email] for case, email in printed["pairs"])


def test_a_dry_run_keeps_nothing_not_even_the_cycle(town: Town) -> None:
    assert figures("2026-12", "--dry-run")["filled"] == 2
    assert not Cycle.objects.exists()
    assert not ProgrammeRules.objects.exists()


def test_the_same_seed_gives_the_same_pairs_dry_or_not_and_another_seed_others(town: Town) -> None:
    dry = [figures("2026-12", "--dry-run", "--seed", str(seed))["pairs"] for seed in (1, 1, 2, 3, 4)]
    assert dry[0] == dry[1]
    assert len({str(pairs) for pairs in dry}) > 1
    assert figures("2026-12", "--seed", "1")["pairs"] == dry[0]
    published = {(a.case.case_id, a.auditor.email) for a in Allocation.objects.all()}
    assert published == {tuple(pair) for pair in dry[0]}


@pytest.mark.parametrize("arguments", [(), ("--seed", "99"), ("--dry-run",)])
def test_a_published_cycle_is_left_as_it_is(town: Town, arguments: tuple[str, ...]) -> None:
    first = figures("2026-12", "--seed", "1")
    out, err = allocate("2026-12", "--json", *arguments)
    assert json.loads(out) == first
    assert "has been published already. Nothing was changed." in err
    assert Draw.objects.count() == 1


def test_a_draw_that_waits_is_published_unless_another_seed_is_asked_for(town: Town) -> None:
    cycle = cycles.get_or_plan(DECEMBER)
    waiting = cycles.draw(cycle=cycle, by=town.qa, at=AT, seed=5)
    assert figures("2026-12")["seed"] == 5
    waiting.refresh_from_db()
    assert waiting.published_at is not None
    cycles.draw(cycle=cycles.get_or_plan(date(2027, 6, 1)), by=town.qa, at=AT, seed=5)
    assert figures("2027-06", "--seed", "6")["seed"] == 6
    assert Draw.objects.filter(cycle__first_month=date(2027, 6, 1)).count() == 2


def test_the_plain_output_says_the_same_in_words(town: Town) -> None:
    out, _ = allocate("2026-12", "--seed", "7")
    for line in (
        "Drew and published December 2026.",
        "Population: 24",
        "Places: 2",
        "Filled: 2",
        "Unfilled: 0",
        "Seed: 7",
    ):
        assert line in out


@pytest.mark.parametrize(
    "month", ["2026-13", "2026", "12-2026", "2026-1", "0000-01", "1999-12", "2101-01", "9999-12", "next"]
)
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(CommandError, match="is not a month"):
        allocate(month)


def test_a_paused_month_is_refused_with_its_reason(town: Town) -> None:
    cycles.pause(cycle=town.december(), reason="Inspection", substitute="", by=town.qa, at=AT)
    for arguments in ((), ("--dry-run",)):
        with pytest.raises(CommandError, match="paused: Inspection"):
            allocate("2026-12", *arguments)


def test_a_draw_that_gives_nobody_anything_is_not_published_and_can_be_tried_again(town: Town) -> None:
    Case.objects.update(status="closed", closed_on=date(2025, 1, 31))
    out = StringIO()
    for _ in range(2):
        with pytest.raises(CommandError, match="Nothing was published"):
            call_command("allocate", "2026-12", stdout=out)
    assert out.getvalue().count("Population: 24") == 2
    with pytest.raises(CommandError, match="Nothing was published"):
        call_command("allocate", "2026-12", "--json", stdout=(printed := StringIO()))
    assert json.loads(printed.getvalue())["filled"] == 0
    assert (Cycle.objects.get().status, Draw.objects.count()) == (CycleStatus.PLANNED, 0)
    cycles.draw(cycle=town.december(), by=town.qa, at=AT)
    Case.objects.update(status="open", closed_on=None)
    assert figures("2026-12")["filled"] == 2


@pytest.mark.parametrize("arguments", [(), ("--dry-run",), ("--json",)])
def test_a_past_month_that_was_brought_in_from_a_file_is_left_as_it_is(town: Town, arguments: tuple[str, ...]) -> None:
    factories.cycle(date(2026, 5, 1), status=CycleStatus.CLOSED, published_at=None, rules=None)
    said = "".join(allocate("2026-05", *arguments))
    assert "were brought in from a file" in said
    assert "Nothing was changed." in said
    assert not Draw.objects.exists()


def test_allocations_are_exported_under_the_agreed_header(town: Town, tmp_path: Path) -> None:
    allocate("2026-12", "--seed", "7")
    target = tmp_path / "allocations.csv"
    call_command("export", "allocations", "2026-12", to=str(target), stdout=StringIO())
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert ",".join(rows[0]) == (
        "cycle,case_id,case_team,case_service,case_area,plan_type,"
        "auditor_email,auditor_team,auditor_area,kind,status,due_on,seed,reason"
    )
    of_elm = next(row for row in rows if row["case_team"] == "Elm")
    assert of_elm["auditor_email"] == town.auditors[1].email
    assert (of_elm["case_area"], of_elm["auditor_area"], of_elm["auditor_team"]) == ("North", "South", "Oak")
    assert (of_elm["cycle"], of_elm["kind"], of_elm["status"]) == ("2026-12", "audit", "not_started")
    assert (of_elm["due_on"], of_elm["seed"], of_elm["plan_type"]) == ("2026-12-21", "7", "CIN")
    assert "drawn at random" in of_elm["reason"]
    assert "works in another area" in of_elm["reason"]


def test_an_export_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export", "allocations", "2026-12", to=str(tmp_path / "missing" / "a.csv"))
    with pytest.raises(CommandError, match="is not a month"):
        call_command("export", "allocations", "december", to=str(tmp_path / "a.csv"))
    with pytest.raises(CommandError, match="ends before it begins"):
        call_command("export", "audits", "2026-12..2026-11", to=str(tmp_path / "a.csv"))


def test_the_order_in_which_the_files_were_brought_in_does_not_matter() -> None:
    """The same cases and people under other primary keys, as another database has them."""
    people = [("Elm", n) for n in range(3)] + [("Oak", n) for n in range(3)]

    def printed(backwards: bool) -> dict:
        service, step = factories.service("Assessment"), -1 if backwards else 1
        teams = {name: factories.team(name, service=service) for name in ("Elm", "Oak")[::step]}
        for name, n in people[::step]:
            factories.person(Role.AUDITOR, name=f"Auditor {name} {n}", team=teams[name])
        for number in range(60)[::step]:
            factories.case(
                case_id=f"C{number}", team=teams[("Elm", "Oak")[number % 2]], plan_type=("CIN", "CP")[number % 3 == 0]
            )
        figures_of_draw = figures("2026-12", "--dry-run", "--seed", "5")
        Case.objects.all().delete()
        Person.objects.all().delete()
        Team.objects.all().delete()
        return figures_of_draw

    assert printed(backwards=False) == printed(backwards=True)


# Re-audits and quotas


def reaudit_due(town: Town) -> Audit:
    """An audit of August that calls for another one in December."""
    return factories.audit(
        case=town.cases[0],
        cycle=factories.cycle(date(2026, 8, 1)),
        state=AuditState.SIGNED_OFF,
        overall_grade="inadequate",
        completed_on=date(2026, 8, 12),
    )


def want(cases: int, **cohort: object) -> None:
    """A quota of so many cases of that cohort, from now on."""
    newest = ProgrammeRules.objects.kept()
    ProgrammeRules.objects.create(
        number=newest.number + 1, values={"cohort_quotas": [{"cohort": cohort, "cases": cases}]}
    )


def test_a_dry_run_and_what_is_kept_give_the_same_figures(town: Town) -> None:
    reaudit_due(town)
    want(1, name="Child protection", plan_types=["CP"])
    dry = figures("2026-12", "--dry-run", "--seed", "7")
    kept = figures("2026-12", "--seed", "7")
    assert kept == dry
    assert figures("2026-12") == kept


def test_re_audits_and_quotas_are_given_with_their_reasons(town: Town) -> None:
    audit = reaudit_due(town)
    Case.objects.filter(pk=town.cases[0].pk).update(team=None)
    want(1, name="Child protection", plan_types=["CP"])
    printed = figures("2026-12", "--dry-run")
    assert printed["reaudits"] == {
        "due": 1,
        "seated": 0,
        "unmet": [{"audit": audit.reference, "reason": "no_team", "sentence": "The case has no team yet."}],
    }
    (quota,) = printed["cohort_quotas"]
    assert (quota["name"], quota["wanted"], quota["drawn"], quota["population"]) == ("Child protection", 1, 0, 0)
    told, _ = allocate("2026-12", "--dry-run")
    assert "Re-audits due: 1, with an auditor: 0" in told
    assert f"{audit.reference}: The case has no team yet." in told
    assert "Quota of Child protection: 0 of 1, 0 eligible" in told
    assert quota["sentence"] in told


def test_a_re_audit_is_exported_as_one(town: Town, tmp_path: Path) -> None:
    audit = reaudit_due(town)
    figures("2026-12")
    call_command("export", "allocations", "2026-12", "--to", str(tmp_path / "a.csv"), stdout=StringIO())
    with (tmp_path / "a.csv").open(newline="") as stream:
        rows = {row["case_id"]: row for row in csv.DictReader(stream)}
    again = rows[audit.allocation.case.case_id]
    assert (again["kind"], again["auditor_email"]) == ("reaudit", town.auditors[1].email)
    assert f"audit {audit.reference} of the same case calls for another one" in again["reason"]
    assert {row["kind"] for case, row in rows.items() if row is not again} == {"audit"}
