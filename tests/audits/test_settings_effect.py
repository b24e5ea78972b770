"""The effect of a change is shown before it is saved: on the next draw, on the dates, with nothing kept."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Activity, Person, PersonRole
from audits.enums import AuditState, CycleStatus, Grade
from audits.facts import read_authority, rules_of
from audits.models import Case, Cycle, Draw, ProgrammeRules
from audits.pages.dates_effect import dates_effect
from audits.pages.draw_effect import next_cycle
from audits.pages.effect import effect_of
from audits.rules.programme import DECIDE_DATES, DECIDE_THE_DRAW, Programme
from audits.services.draws import draw, dry_run, dry_runs
from tests import factories
from tests.accounts.pages import Element, dangling, read
from tests.audits.drawing import AT, DECEMBER, Town
from tests.audits.settings_pages import UNUSUAL, posted

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
ON_THE_DAY = time_machine.travel("2026-11-21 10:00")


@pytest.fixture
def admin() -> Person:
    return factories.person(Role.ADMIN, name="Ada Minton")


def effect_on(client: Client, slug: str, **changes: Any) -> Element:
    """The page that shows what a change would bring about."""
    response = client.post(reverse("programme_change", args=[slug]), posted(slug, **changes) | {"do": "see"})
    page = read(response.content.decode())
    assert dangling(page) == set()
    return page


def figures(**changes: Any) -> dict[str, tuple[int | None, int | None]]:
    """Label → the figure before and after, of the next draw."""
    effect = effect_of(Programme(), replace(Programme(), **changes), TODAY)
    assert effect.draw is not None
    return {line.label: (line.before, line.after) for table in effect.draw.tables for line in table.lines}


def test_a_larger_quota_gives_more_places(town: Town) -> None:
    shown = figures(quota=3)
    assert shown["Places"] == (2, 6)
    assert shown["Places filled"] == (2, 6)
    assert shown["Cases that can be drawn"] == (24, 24)


def test_a_service_that_is_left_out_takes_its_cases_with_it(town: Town) -> None:
    shown = figures(excluded_services=("Elm service",))
    assert shown["Cases held"] == (24, 24)
    assert shown["The case sits in a service that is not included."] == (0, 12)
    assert shown["Cases that can be drawn"] == (24, 12)
    # The auditor of Oak may audit none of the cases that are left.
    assert shown["Places filled"] == (2, 1)
    assert shown["Places without a case"] == (0, 1)


def test_a_quota_of_nought_leaves_auditors_without_a_place(town: Town) -> None:
    shown = figures(quota=0)
    assert shown["Auditors without a place: The auditor’s quota is nought."] == (0, 2)
    assert shown["Places"] == (2, 0)


def test_what_changes_most_is_said_in_a_sentence(town: Town) -> None:
    more = effect_of(Programme(), replace(Programme(), quota=3), TODAY).draw
    assert more is not None
    assert more.most == "What changes most: “Places”, from 2 to 6."
    same = effect_of(Programme(), replace(Programme(), cooling_off_months=4), TODAY).draw
    assert same is not None
    assert same.most == "None of these numbers changes."


def test_cohorts_that_ask_for_more_than_the_places_are_warned_of_with_the_numbers(town: Town) -> None:
    cohort = {"name": "Babies", "plan_types": ["CP"], "younger_than": 1, "cp_category": "", "cse": False}
    effect = effect_of(Programme(), replace(Programme(), cohort_quotas=({"cohort": cohort, "cases": 7},)), TODAY)
    assert effect.warnings[0].startswith("The cohorts ask for 7 cases together, and December 2026 has 2 places.")
    few = effect_of(Programme(), replace(Programme(), cohort_quotas=({"cohort": cohort, "cases": 1},)), TODAY)
    assert not any("together" in text for text in few.warnings)


def test_what_cohorts_ask_for_and_get_is_shown(town: Town) -> None:
    missing: dict[str, Any] = {
        "name": "Missing",
        "plan_types": [],
        "younger_than": None,
        "cp_category": "",
        "cse": False,
    }
    for worker in town.workers[:3]:
        town.case(worker, missing_last_6_months=True)
    shown = figures(cohort_quotas=({"cohort": missing | {"missing": True}, "cases": 1},))
    assert shown["Missing: can be drawn"] == (None, 3)  # nobody has counted them before
    assert shown["Missing: wanted"] == (0, 1)
    assert shown["Missing: drawn"] == (None, 1)


def test_the_numbers_of_both_draws_come_from_the_same_seed(town: Town) -> None:
    soft = replace(Programme(), weight_repeat_team=0)
    first, second = effect_of(Programme(), soft, TODAY), effect_of(Programme(), soft, TODAY)
    assert first == second


def test_nothing_is_kept_of_a_trial(town: Town) -> None:
    effect_of(Programme(), replace(Programme(), quota=3), TODAY)
    assert not Draw.objects.exists()
    assert not Cycle.objects.exists()
    assert not ProgrammeRules.objects.exists()


@pytest.mark.parametrize(
    ("cycles", "next_one"),
    [
        ([], "December 2026"),
        ([(date(2026, 12, 1), date(2026, 12, 1), CycleStatus.PLANNED)], "December 2026"),
        ([(date(2026, 12, 1), date(2027, 1, 1), CycleStatus.PLANNED)], "December 2026 and January 2027"),
        ([(date(2026, 12, 1), date(2026, 12, 1), CycleStatus.OPEN)], "January 2027"),
        ([(date(2026, 12, 1), date(2027, 1, 1), CycleStatus.PAUSED)], "February 2027"),
        (
            [
                (date(2026, 11, 1), date(2026, 12, 1), CycleStatus.OPEN),
                (date(2027, 1, 1), date(2027, 1, 1), CycleStatus.PAUSED),
            ],
            "February 2027",
        ),
    ],
)
def test_the_next_cycle_is_the_first_that_is_neither_published_nor_paused(
    cycles: list[tuple[date, date, CycleStatus]], next_one: str
) -> None:
    for first, last, status in cycles:
        Cycle.objects.create(
            first_month=first,
            last_month=last,
            status=status,
            published_at=AT if status == CycleStatus.OPEN else None,
            pause_reason="Inspection" if status == CycleStatus.PAUSED else "",
        )
    assert next_cycle(TODAY).name == next_one


@ON_THE_DAY
def test_a_draw_that_waits_to_be_published_is_said_to_keep_its_version(
    admin: Person, town: Town, client: Client
) -> None:
    draw(cycle=town.december(), by=town.qa, at=AT, seed=1)
    client.force_login(admin)
    page = effect_on(client, "places", quota="2")
    assert "December 2026 has been drawn under version 1 and waits to be published." in page.text
    history = read(client.get(reverse("programme_settings")).content.decode()).one(class_="app-history")
    assert "Drawn under it, and not published yet: December 2026" in history.text


@pytest.mark.parametrize(
    ("slug", "changes", "draws_again", "dated"),
    [
        ("places", {"quota": "2"}, True, False),
        ("auditors", {"weight_same_area": "0"}, True, False),
        ("dates", {"stage1_due_day": "14"}, False, True),
        ("dates", {"closed_days": "22/12/2026"}, True, True),
        ("dates", {"draws_by_itself": None}, False, False),
        ("reminders", {"mail_hour": "9"}, False, False),
        ("reminders", {"reminder_days_before": "9"}, False, True),
        ("reaudits", {"exemption_decided_by": "leadership"}, False, False),
        ("reports", {"contact": "qa@authority.example"}, False, False),
    ],
)
@ON_THE_DAY
def test_only_what_decides_the_draw_draws_for_trial(
    admin: Person, town: Town, client: Client, slug: str, changes: dict[str, Any], draws_again: bool, dated: bool
) -> None:
    client.force_login(admin)
    page = effect_on(client, slug, **changes)
    assert ("The next draw stays the same" in page.text) is not draws_again
    assert bool(page.find("th", scope="rowgroup")) is draws_again
    assert bool(page.find("h2", id="dates")) is dated


def told(programme: Programme) -> tuple[Any, ...]:
    """What a draw of December is told by these settings, but for the cases, which no setting changes."""
    cycle = Cycle(first_month=DECEMBER, last_month=DECEMBER)
    authority = read_authority(cycle, programme)
    return rules_of(programme, cycle), list(authority.auditors), authority.closures, authority.reaudits


def an_eventful_year(town: Town) -> None:
    """Something of everything that a setting of the draw looks back at."""
    elm, oak = town.auditors
    PersonRole.objects.create(person=elm, role=Role.MODERATOR)
    for month, auditor, grade in (
        (date(2026, 4, 1), elm, Grade.GOOD),
        (date(2026, 9, 1), oak, Grade.INADEQUATE),
        (date(2026, 9, 1), elm, Grade.REQUIRES_IMPROVEMENT),
    ):
        factories.audit(
            auditor=auditor,
            case=town.case(town.workers[0]),
            cycle=factories.cycle(month, status=CycleStatus.CLOSED),
            team_code=town.teams[0].code,
            state=AuditState.SIGNED_OFF,
            overall_grade=grade,
            completed_on=month.replace(day=12),
        )


@pytest.mark.parametrize("setting", sorted(item.name for item in fields(Programme)))
def test_what_is_said_to_decide_the_draw_does_and_nothing_else(town: Town, setting: str) -> None:
    """A setting that is missing there would change the draw and be called harmless."""
    an_eventful_year(town)
    changed = replace(Programme(), **{setting: getattr(UNUSUAL, setting)})
    assert (told(changed) != told(Programme())) is (setting in DECIDE_THE_DRAW)


def test_the_second_trial_is_the_draw_that_its_settings_would_give(town: Town) -> None:
    """Though its cases were read for the first."""
    an_eventful_year(town)
    cycle = Cycle(first_month=DECEMBER, last_month=DECEMBER)
    for settings in (replace(Programme(), quota=3, reaudit_months=4), replace(UNUSUAL, excluded_services=())):
        _, second = dry_runs(cycle=cycle, seed=5, programmes=(Programme(), settings))
        alone = dry_run(cycle=cycle, seed=5, programme=settings)
        assert second.as_json() == alone.as_json()
        assert second.pairs == alone.pairs != ()


@pytest.mark.parametrize("setting", sorted(item.name for item in fields(Programme)))
def test_what_is_said_to_decide_dates_does_and_nothing_else(setting: str) -> None:
    cycle = Cycle(first_month=DECEMBER, last_month=DECEMBER)
    lines = dates_effect(cycle, Programme(), replace(Programme(), **{setting: getattr(UNUSUAL, setting)}), TODAY)
    assert bool(lines) is (setting in DECIDE_DATES)


def test_dates_are_shown_before_and_after() -> None:
    after = replace(Programme(), stage1_due_day=14, draw_working_days_before=3, action_days=35)
    lines = {
        line.label: line
        for line in dates_effect(Cycle(first_month=DECEMBER, last_month=DECEMBER), Programme(), after, TODAY)
    }
    goes_out = lines["December 2026 goes out"]
    assert (goes_out.before, goes_out.after, goes_out.difference) == (
        "24 November 2026",
        "26 November 2026",
        "2 days later",
    )
    due = lines["Stage 1 of December 2026 is due"]
    assert (due.before, due.after, due.difference) == ("21 December 2026", "14 December 2026", "7 days earlier")
    assert lines["Reminders of Stage 1"].after == "7 December 2026\n12 December 2026\n14 December 2026"
    assert lines["An action recorded today is due"].difference == "8 days later"  # Boxing Day is on its way
    assert "An urgent action recorded today is due" not in lines
    assert "Stage 2 of December 2026 is due at the latest" not in lines


def test_a_day_more_is_said_in_the_singular() -> None:
    cycle = Cycle(first_month=DECEMBER, last_month=DECEMBER)
    (line,) = dates_effect(cycle, Programme(), replace(Programme(), return_working_days=6), TODAY)
    assert (line.label, line.difference) == ("An audit sent back today is due again", "3 days later")
    (line,) = dates_effect(cycle, Programme(), replace(Programme(), return_working_days=4), TODAY)
    assert line.difference == "1 day earlier"


@ON_THE_DAY
def test_what_was_seen_can_be_saved_or_changed_again_with_nothing_lost(
    admin: Person, town: Town, client: Client
) -> None:
    client.force_login(admin)
    cohort = {"cohorts-0-name": "Babies", "cohorts-0-cases": "1", "cohorts-0-younger_than": "1"}
    page = effect_on(client, "places", quota="2", reason="More to learn from", **cohort)
    assert "Nothing is saved yet" in page.text
    assert not ProgrammeRules.objects.exists()
    sent = {field.attributes["name"]: field.attributes["value"] for field in page.find("input", type="hidden")}
    address = reverse("programme_change", args=["places"])

    again = read(client.post(address, sent | {"do": "again"}).content.decode())
    assert not again.find(class_="govuk-error-summary")
    assert again.one("input", name="quota").attributes["value"] == "2"
    assert again.one("input", name="cohorts-0-name").attributes["value"] == "Babies"
    assert again.one("input", name="reason").attributes["value"] == "More to learn from"

    assert client.post(address, sent | {"do": "save"}).status_code == 302
    rules = ProgrammeRules.objects.current()
    assert (rules.number, rules.reason, rules.programme.quota) == (2, "More to learn from", 2)
    assert rules.programme.quotas[0].cohort.younger_than == 1
    assert Activity.objects.get().verb == "programme.changed"


@ON_THE_DAY
def test_nothing_typed_is_nothing_to_see(admin: Person, town: Town, client: Client) -> None:
    client.force_login(admin)
    page = effect_on(client, "places")
    assert "Nothing is changed yet" in page.one(class_="govuk-error-summary").text


@pytest.mark.parametrize("do", ["see", "save"])
def test_who_was_overtaken_is_told_by_what_and_can_go_on(admin: Person, client: Client, do: str) -> None:
    client.force_login(admin)
    typed = posted("reports", small_number="8")
    other = factories.person(Role.ADMIN, name="Bea Oakley")
    ProgrammeRules.objects.create(number=1, values={})
    ProgrammeRules.objects.create(number=2, values={"mail_hour": 9, "compliance_target": 95}, created_by=other)
    address = reverse("programme_change", args=["reports"])
    page = read(client.post(address, typed | {"do": do}).content.decode())
    said = page.one(class_="govuk-error-summary").text
    assert "Bea Oakley changed the settings while you were looking." in said
    assert "Reminders are sent at: it was 8 o’clock, and now is 9 o’clock" in said
    assert ProgrammeRules.objects.current().number == 2
    assert page.one("input", name="small_number").attributes["value"] == "8"
    sent = typed | {"seen": page.one("input", name="seen").attributes["value"], "compliance_target": "95"}
    client.post(address, sent | {"do": "save"})
    values = ProgrammeRules.objects.current().values
    assert values == {"mail_hour": 9, "compliance_target": 95, "small_number": 8}


@ON_THE_DAY
def test_an_administrator_sees_no_case(admin: Person, town: Town, client: Client) -> None:
    client.force_login(admin)
    page = effect_on(client, "places", quota="3")
    assert not [number for number in Case.objects.values_list("case_id", flat=True) if number in page.text.split()]
    assert not [person.name for person in town.auditors if person.name in page.text]


@ON_THE_DAY
def test_putting_back_shows_its_effect_first(admin: Person, town: Town, client: Client) -> None:
    ProgrammeRules.objects.create(number=1, values={})
    ProgrammeRules.objects.create(number=2, values={"quota": 3})
    client.force_login(admin)
    page = read(client.get(reverse("programme_put_back", args=[1])).content.decode())
    assert dangling(page) == set()
    assert "What changes most: “Places”, from 6 to 2." in page.text
    assert client.get(reverse("programme_put_back", args=[2])).status_code == 302  # it is the current one
    assert client.get(reverse("programme_put_back", args=[3])).status_code == 404


def test_the_page_asks_the_database_as_often_whatever_its_size(admin: Person, client: Client) -> None:
    client.force_login(admin)

    def queries(versions: range) -> int:
        for number in versions:
            rules = ProgrammeRules.objects.create(number=number, values={"quota": number}, created_by=admin)
            month = date(2020 + number // 12, 1 + number % 12, 1)
            Cycle.objects.create(first_month=month, last_month=month, rules=rules)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("programme_settings"))
        return len(captured)

    assert queries(range(1, 4)) == queries(range(4, 30))
    page = read(client.get(reverse("programme_settings")).content.decode())
    assert len(page.find(class_="app-history__item")) == 20
    assert "Drawn under it: June 2022" in page.text
    older = read(client.get(reverse("programme_settings"), {"page": 2}).content.decode())
    newest, *_, first = older.find(class_="app-history__item")
    assert [item.text for item in newest.find("li")] == ["Every auditor in a cycle: 8 cases → 9 cases"]
    assert not first.find("li")
