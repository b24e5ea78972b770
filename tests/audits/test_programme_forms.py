"""The forms of the settings: every setting on one page, kept as it is typed, refused where it cannot be, in words."""

from dataclasses import fields, replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Person
from audits.forms.programme.part import Part
from audits.forms.programme.parts import PARTS, changes
from audits.models import ProgrammeRules
from audits.rules.programme import DECIDE_DATES, DECIDE_THE_DRAW, Programme
from tests import factories
from tests.accounts.pages import dangling, read
from tests.audits.settings_pages import BY_SLUG, UNDER_FIVE, UNUSUAL, asked_for, posted

pytestmark = pytest.mark.django_db


def current(**values: Any) -> ProgrammeRules:
    return ProgrammeRules.objects.create(number=2, values=values)


def test_every_setting_is_on_one_page_once() -> None:
    on_the_pages = [name for part in PARTS for name in part.settings()]
    assert len(on_the_pages) == len(set(on_the_pages))
    assert set(on_the_pages) == {item.name for item in fields(Programme)}


@pytest.mark.parametrize("part", PARTS)
def test_every_field_of_a_page_stands_in_one_of_its_groups(part: type[Part]) -> None:
    grouped = [name for group in part.groups for name in group.names]
    assert sorted(grouped) == sorted(set(part.base_fields) - {"reason", "seen"})


def test_what_decides_the_draw_or_a_date_are_settings() -> None:
    assert {item.name for item in fields(Programme)} >= DECIDE_THE_DRAW | DECIDE_DATES


@pytest.mark.parametrize("slug", BY_SLUG)
@pytest.mark.parametrize("programme", [Programme(), UNUSUAL])
def test_the_untouched_form_gives_back_the_settings_it_showed(programme: Programme, slug: str) -> None:
    factories.service("Early help")
    factories.service("Assessment")
    current(**programme.to_values())
    assert asked_for(slug) == programme


def test_every_change_is_said_in_words() -> None:
    said = changes(Programme(), UNUSUAL)
    assert len(said) == sum(len(rows) for part in PARTS for _, rows in part.in_words(UNUSUAL)) - 3  # three roles alike
    by_label = {change.label: (change.before, change.after) for change in said}
    assert by_label["Services that are not audited"] == ("None", "Early help")
    assert by_label["Auditors who are also: Moderator"] == ("As for every auditor", "3 cases")
    assert by_label["Auditors who are also: Quality assurance"] == ("As for every auditor", "0 cases")
    assert by_label["The line of management reaches"] == ("No limit", "2 managers up")
    (own_manager,) = changes(Programme(), Programme(line_management_depth=1))
    assert own_manager.after == "1 manager up"
    assert by_label["Overall grades that call for a re-audit"] == ("Inadequate", "Requires improvement\nInadequate")
    assert by_label["Exemptions are decided by"] == ("Quality assurance", "A director")
    assert by_label["Audits that should come back"] == ("90%", "85%")
    assert by_label["Cohorts with places of their own"] == (
        "None",
        "Under 5 with a plan: 6 cases (Child protection, under 5)\n"
        "Missing: 2 cases (At risk of sexual exploitation, missing in the last 6 months)",
    )


def test_what_is_typed_is_what_is_kept() -> None:
    reminders = asked_for("reminders", reminder_days_before="2; 10 0", told_assistant_director="8")
    assert reminders.reminder_days_before == (10, 2, 0)
    assert reminders.escalation_working_days == {"line_manager": 1, "service_manager": 3, "assistant_director": 8}
    dates = asked_for("dates", closed_days="24/12/2026\n2026-12-29\n24/12/2026", draws_by_itself=None)
    assert dates.closed_days == ("2026-12-24", "2026-12-29")
    assert dates.draws_by_itself is False
    auditors = asked_for("auditors", line_management="soft", line_management_depth="", weight_even_load="0")
    assert (auditors.line_management, auditors.line_management_depth, auditors.weight_even_load) == ("soft", 0, 0)
    assert asked_for("reaudits", reaudit_grades=[]).reaudit_grades == ()


def test_services_that_are_audited_are_ticked_and_the_others_kept() -> None:
    factories.service("Assessment")
    factories.service("Early help")
    rules = current(excluded_services=["Assessment", "Family centres"])
    assert BY_SLUG["cases"].showing(rules)["included_services"].value() == ["Early help"]
    # Family centres is no service any more: should it come back, it is left out as before.
    assert asked_for("cases").excluded_services == ("Assessment", "Family centres")
    both = asked_for("cases", included_services=["Assessment", "Early help"])
    assert both.excluded_services == ("Family centres",)


def test_without_services_there_is_none_to_tick() -> None:
    assert "included_services" not in BY_SLUG["cases"].showing(current()).fields
    assert asked_for("cases").excluded_services == ()


def test_a_role_has_a_number_of_its_own_where_one_is_typed() -> None:
    form = BY_SLUG["places"].showing(current(quota_by_role={"qa": 0, "coordinator": 4}))
    assert (form["quota_of_qa"].value(), form["quota_of_moderator"].value()) == (0, None)
    asked = asked_for("places", quota_of_qa="", quota_of_moderator="2")
    assert asked.quota_by_role == {"coordinator": 4, "moderator": 2}  # no page shows coordinators: theirs stays


def test_a_cohort_is_added_without_a_name_and_another_removed() -> None:
    current(cohort_quotas=[UNDER_FIVE])
    more = {"cohorts-1-cases": "3", "cohorts-1-cp_category": "sexual", "cohorts-1-plan_types": ["CIN", "CP"]}
    added = asked_for("places", **more)
    assert added.cohort_quotas[0] == UNDER_FIVE
    assert added.cohort_quotas[1]["cases"] == 3
    assert added.quotas[1].cohort.name == "Child in need or Child protection, category of abuse with “sexual”"
    removed = asked_for("places", **more, **{"cohorts-0-DELETE": "on"})
    assert removed.cohort_quotas == added.cohort_quotas[1:]


@pytest.mark.parametrize(
    ("slug", "field", "value", "message"),
    [
        ("places", "quota", "-1", "must be a whole number from 0 to 20"),
        ("places", "quota_of_moderator", "21", "must be a whole number from 0 to 20"),
        ("places", "cohorts-0-name", "Babies", "Say how many cases of the cohort"),
        ("places", "cohorts-0-younger_than", "1", "Say how many cases of the cohort"),
        ("places", "cohorts-0-cases", "0", "must be a whole number from 1 to 500"),
        ("dates", "stage1_due_day", "31", "must be a whole number from 1 to 28"),
        ("dates", "stage1_due_day", "", "“Stage 1 is due on day” must be"),
        ("dates", "closed_days", "12/24/2026", "“12/24/2026” is not a date"),
        ("dates", "closed_days", "31/02/2026", "“31/02/2026” is not a date"),
        ("reminders", "mail_hour", "24", "from 0 to 23"),
        ("reminders", "reminder_days_before", "7, often", "Enter whole numbers of days"),
        ("reminders", "reminder_days_before", "61", "Enter whole numbers of days"),
        ("reminders", "told_service_manager", "1", "Each step must come later"),
        ("reminders", "told_service_manager", "9", "Each step must come later"),
        ("cases", "strata", [], "Choose at least one thing"),
        ("cases", "included_services", [], "Choose at least one service"),
        ("auditors", "weight_same_area", "101", "must be a whole number from 0 to 100"),
        ("auditors", "own_team", "off", "Select a valid choice"),
        ("auditors", "line_management_depth", "-1", "must be a whole number from 0 to 20"),
        ("reaudits", "reaudit_grades", ["dreadful"], "Select a valid choice"),
        ("reaudits", "exemption_decided_by", "", "Select exemptions are decided by"),
        ("reports", "authority_name", "", "Enter name of the authority"),
        ("reports", "reason", "", "Say why"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    admin: Person, client: Client, slug: str, field: str, value: Any, message: str
) -> None:
    factories.service("Early help")
    client.force_login(admin)
    response = client.post(reverse("programme_change", args=[slug]), posted(slug, **{field: value}))
    page = read(response.content.decode())
    assert dangling(page) == set()
    assert page.one("title").text.startswith("Error: ")
    summary = page.one(class_="govuk-error-summary")
    assert message in " ".join(link.text for link in summary.find("a"))
    assert not ProgrammeRules.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"cohorts-0-cases": "3"}, "id_cohorts-0-plan_types", "Choose what makes the cohort"),
        ({"cohorts-0-cases": "3", "cohorts-0-name": "All"}, "id_cohorts-0-plan_types", "Choose what makes the cohort"),
        ({"cohorts-0-missing": "on"}, "id_cohorts-0-cases", "Say how many"),
    ],
)
def test_half_a_cohort_is_refused_where_the_other_half_belongs(
    admin: Person, client: Client, typed: dict[str, str], field: str, message: str
) -> None:
    client.force_login(admin)
    response = client.post(reverse("programme_change", args=["places"]), posted("places", **typed))
    page = read(response.content.decode())
    assert message in page.one(class_="govuk-error-summary").one("a", href=f"#{field}").text


def test_two_cohorts_of_one_name_are_refused(admin: Person, client: Client) -> None:
    current(cohort_quotas=[UNDER_FIVE])
    typed = {"cohorts-1-name": "under 5 with a PLAN", "cohorts-1-cases": "1", "cohorts-1-cse": "on"}
    client.force_login(admin)
    response = client.post(reverse("programme_change", args=["places"]), posted("places", **typed))
    summary = read(response.content.decode()).one(class_="govuk-error-summary")
    assert "is called “under 5 with a PLAN” already" in summary.one("a", href="#id_cohorts-1-name").text
    assert ProgrammeRules.objects.current().number == 2


def test_another_row_is_offered_with_nothing_lost_and_nothing_judged(admin: Person, client: Client) -> None:
    client.force_login(admin)
    typed = posted("places", **{"quota": "many", "cohorts-0-name": "Babies", "cohorts-0-plan_types": ["CP"]})
    response = client.post(reverse("programme_change", args=["places"]), typed | {"do": "add", "reason": ""})
    page = read(response.content.decode())
    assert not page.find(class_="govuk-error-summary")
    assert page.one("input", name="quota").attributes["value"] == "many"
    assert page.one("input", name="cohorts-0-name").attributes["value"] == "Babies"
    chosen = [box for box in page.find("input", name="cohorts-0-plan_types") if "checked" in box.attributes]
    assert [box.attributes["value"] for box in chosen] == ["CP"]
    assert page.one("input", name="cohorts-1-name").attributes.get("value", "") == ""


def test_numbers_have_their_units() -> None:
    said = changes(Programme(), replace(Programme(), cooling_off_months=1, cases_per_family=2, small_number=1))
    assert [change.after for change in said] == ["1 month", "2 cases", "1 child"]


@pytest.fixture
def admin() -> Person:
    return factories.person(Role.ADMIN, name="Ada Minton")
