"""Why a case, or an auditor, was or was not drawn; and the lists of what each rule left out."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Activity, Person
from audits.enums import AuditState
from audits.models import Audit, Case, Draw, ProgrammeRules
from audits.services import cycles
from tests import factories
from tests.audits.drawing import AT, Town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late_november")]

DECEMBER = "2026-12"


@pytest.fixture
def qa(town: Town, client: Client) -> Client:
    client.force_login(town.qa)
    return client


def drawn(town: Town, seed: int = 1) -> Draw:
    return cycles.draw(cycle=town.december(), by=town.qa, at=AT, seed=seed)


def ask(qa: Client, **posted: object) -> str:
    response = qa.post(reverse("cycle_look_up", args=[DECEMBER]), posted)
    return " ".join(response.content.decode().split())


def about(qa: Client, case: Case) -> str:
    return ask(qa, ask="case", number=f" {case.case_id.lower()}\u00a0")


def about_auditor(qa: Client, auditor: Person) -> str:
    return ask(qa, ask="auditor", auditor=auditor.pk)


def test_a_drawn_case_is_told_with_its_auditor_and_its_chance(town: Town, qa: Client) -> None:
    draw = drawn(town)
    pair = draw.pairs[0]
    told = about(qa, Case.objects.get(pk=pair["case"]))
    assert ": Drawn</h2>" in told
    assert f"It was given to {Person.objects.get(pk=pair['auditor'])}." in told
    assert "It had a chance of about" in told


def test_an_eligible_case_that_lots_passed_over_is_told_with_its_chance(town: Town, qa: Client) -> None:
    draw = drawn(town)
    taken = {pair["case"] for pair in draw.pairs}
    workers = {case.worker_id for case in town.cases if case.pk in taken}
    left = next(case for case in town.cases if case.pk not in taken and case.worker_id not in workers)
    told = about(qa, left)
    assert "Eligible, but not drawn" in told
    assert "Of 24 eligible cases 2 were drawn at random, so its chance was about 8.3%." in told
    assert "That is the average" not in told
    Draw.objects.update(summary=draw.summary | {"cohort_quotas": [{"name": "Child protection"}]})
    assert "That is the average" in about(qa, left)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"last_audited_on": date(2026, 10, 6)},
            "Audited on 6 October 2026; one on 1 September 2026 or later keeps it out.",
        ),
        (
            {"status": "closed", "closed_on": date(2026, 8, 31)},
            "Closed on 31 August 2026; only a case closed on 1 September 2026 or later is looked at.",
        ),
        ({"status": "closed"}, "It is not known when it was closed."),
        (
            {"opened_on": date(2026, 11, 20)},
            "Opened on 20 November 2026; it has to be open for 20 working days when the cycle begins.",
        ),
        ({"team": None, "team_label": "ASH"}, "The file names ASH, which is not known here."),
        ({"team": None}, "The file names none."),
    ],
)
def test_a_case_that_a_rule_left_out_is_told_with_what_made_it_so(
    town: Town, qa: Client, values: dict[str, object], said: str
) -> None:
    case = factories.case(**values)
    draw = drawn(town)
    told = about(qa, case)
    assert "Left out by a rule" in told
    assert said in told
    (rule,) = [rule for rule, cases in draw.summary["excluded_cases"].items() if cases == [case.pk]]
    listed = qa.get(reverse("draw_excluded", args=[DECEMBER, 1, rule])).content.decode()
    assert case.case_id in listed
    assert said in listed
    tried = qa.get(reverse("try_excluded", args=[DECEMBER, rule]) + "?seed=4").content.decode()
    assert said in tried


def test_a_case_in_hand_is_told_with_the_audit_that_it_is_in(town: Town, qa: Client) -> None:
    audit = factories.audit(case=town.cases[0], state=AuditState.IN_PROGRESS)
    drawn(town)
    assert f"Audit {audit.reference} of November 2026." in about(qa, town.cases[0])


def inadequate(case: Case, auditor: Person) -> Audit:
    """An audit of August that calls for another one in December."""
    return factories.audit(
        case=case,
        auditor=auditor,
        cycle=factories.cycle(date(2026, 8, 1)),
        state=AuditState.SIGNED_OFF,
        overall_grade="inadequate",
        completed_on=date(2026, 8, 12),
    )


def test_a_case_that_is_due_for_a_re_audit_is_told_with_the_audit_that_calls_for_it(town: Town, qa: Client) -> None:
    seated = inadequate(town.cases[0], factories.person())
    impossible = inadequate(town.cases[-1], town.auditors[0])
    drawn(town)
    told = about(qa, town.cases[0])
    assert ": Seated as a re-audit</h2>" in told
    assert "no lots decided" in told
    told = about(qa, town.cases[-1])
    assert f"Audit {impossible.reference} calls for it. It has no auditor:" in told
    listed = qa.get(reverse("draw_excluded", args=[DECEMBER, 1, "reaudit_due"])).content.decode()
    assert f"Audit {seated.reference} calls for it, and it has an auditor." in listed
    page = " ".join(qa.get(reverse("draw_detail", args=[DECEMBER, 1])).content.decode().split())
    assert "2 are due; 1 of them has an auditor." in page
    assert "Not possible" in page
    for audit in (seated, impossible):
        assert reverse("audit_detail", args=[audit.reference]) in page


def test_a_case_that_the_limits_left_no_room_for_is_told_which(town: Town, qa: Client) -> None:
    Case.objects.update(family_id="F1")
    draw = drawn(town)
    (pair,) = draw.pairs
    other = next(case for case in town.cases if case.pk != pair["case"])
    assert "Another case of the same family is already in this cycle." in about(qa, other)


def test_the_limit_of_a_worker_who_is_not_known_yet_is_told_too(town: Town, qa: Client) -> None:
    Case.objects.update(worker=None, worker_label="somebody.new@authority.example")
    ProgrammeRules.objects.create(number=2, values={"cases_per_worker": 1})
    draw = drawn(town)
    (pair,) = draw.pairs
    other = next(case for case in town.cases if case.pk != pair["case"])
    assert "worker already has as many cases in this cycle as are allowed." in about(qa, other)


def test_a_case_that_came_after_the_draw_is_not_said_to_have_been_eligible(town: Town, qa: Client) -> None:
    drawn(town)
    told = about(qa, town.case(town.workers[0]))
    assert "Not known then" in told
    assert "The case was brought in after this draw." in told


def test_an_auditor_is_told_what_they_were_given_and_why_not_more(town: Town, qa: Client) -> None:
    elm, oak = town.auditors
    elm.quota, oak.quota = 0, 30
    elm.save()
    oak.save()
    drawn(town)
    assert "Left out by a rule" in about_auditor(qa, elm)
    assert "The auditor’s quota is nought." in about_auditor(qa, elm)
    told = about_auditor(qa, oak)
    assert "Placed, but not on every place" in told
    assert "No eligible case is left that this auditor may take." in told
    assert "12 cases: The case is in the auditor’s own team." in told


def test_an_auditor_of_a_published_draw_is_told_with_their_audits(town: Town, qa: Client) -> None:
    cycles.draw_and_publish(cycle=town.december(), by=None, at=AT)
    auditor = town.auditors[0]
    audit = auditor.allocations.get().audit
    told = about_auditor(qa, auditor)
    assert "Placed</h2>" in told
    assert reverse("audit_why", args=[audit.reference]) in told


def test_another_draw_of_the_cycle_can_be_looked_into(town: Town, qa: Client) -> None:
    drawn(town)
    cycles.draw(cycle=town.december(), by=town.qa, at=AT, seed=2, reason="Again")
    address = reverse("cycle_look_up", args=[DECEMBER])
    assert "draw 2</a>" in qa.get(address).content.decode()
    assert "draw 1</a>" in qa.get(f"{address}?draw=1").content.decode()
    assert qa.get(f"{address}?draw=9").status_code == 404


def test_every_look_up_of_a_case_is_in_the_log_without_its_number(town: Town, qa: Client) -> None:
    drawn(town)
    about(qa, town.cases[0])
    ask(qa, ask="case", number="NO-SUCH-1")
    found, missed = Activity.objects.filter(verb="case.looked_up").order_by("pk")
    assert (found.actor, found.thing_type, found.thing_ref) == (town.qa, "case", str(town.cases[0].pk))
    assert (missed.thing_type, missed.thing_ref) == ("cycle", DECEMBER)
    assert "NO-SUCH" not in f"{missed.summary}{missed.data}"


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"ask": "case", "number": ""}, "Enter a case number"),
        ({"ask": "case", "number": "NO-SUCH-1"}, "No case has this number"),
        ({"ask": "auditor", "auditor": ""}, "Choose an auditor"),
    ],
)
def test_what_cannot_be_looked_up_is_said_at_its_field(
    town: Town, qa: Client, posted: dict[str, str], said: str
) -> None:
    drawn(town)
    page = ask(qa, **posted)
    assert "<title>Error:" in page
    assert said in page


def test_a_cycle_without_a_draw_says_so(town: Town, qa: Client) -> None:
    town.december()
    assert "no draw to look into" in qa.get(reverse("cycle_look_up", args=[DECEMBER])).content.decode()
    assert "no draw to look into" in ask(qa, ask="case", number="X")


def test_the_list_of_left_out_cases_is_narrowed_by_team_and_service(town: Town, qa: Client) -> None:
    elm, oak = (town.case(town.workers[place], last_audited_on=date(2026, 11, 2)) for place in (0, 5))
    drawn(town)
    address = reverse("draw_excluded", args=[DECEMBER, 1, "audited_recently"])

    def listed(**asked: object) -> set[str]:
        page = qa.get(address, asked).content.decode()
        return {case.case_id for case in (elm, oak) if case.case_id in page}

    assert listed() == {elm.case_id, oak.case_id}
    assert listed(team=elm.team.pk) == {elm.case_id}
    assert listed(service=oak.team.service.pk) == {oak.case_id}
    assert listed(team=elm.team.pk, service=oak.team.service.pk) == set()
    assert qa.get(reverse("draw_excluded", args=[DECEMBER, 1, "no_such_rule"])).status_code == 404
