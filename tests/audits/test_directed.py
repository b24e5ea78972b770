"""Directed audits: a named case, a reason, the rules of independence, and no part in any figure of the sample."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Activity, Due, OutgoingMail
from audits.due import plan
from audits.enums import AuditKind, AuditState, Capacity, CycleStatus, Standing
from audits.models import Allocation, Audit, Case, CaseAccess, Cycle
from audits.pages.returns import CycleReturns, with_counts
from audits.services import cycles
from audits.services.directed import auditors_for, commission, usual_due_day, withdraw
from audits.services.draws import dry_run
from tests import factories
from tests.accounts.pages import dangling, read
from tests.audits.drawing import Town
from tests.clients import as_

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 16, 9, tzinfo=UTC)
TODAY = date(2026, 11, 16)
DUE = date(2026, 12, 14)
NOVEMBER = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def monday(time_machine) -> None:
    time_machine.move_to(AT, tick=False)


def ask(town: Town, case: Case, **values: object) -> Audit:
    wanted = {"reason": "A complaint", "due_on": DUE, "to": None, "by": town.qa, "at": AT, **values}
    return commission(case=case, **wanted)


def test_it_is_an_audit_of_its_own_kind_without_a_draw(town: Town) -> None:
    audit = ask(town, town.cases[0])
    allocation = audit.allocation
    assert (allocation.kind, allocation.draw, allocation.due_on) == (AuditKind.DIRECTED, None, DUE)
    assert (allocation.directed_reason, allocation.commissioned_by) == ("A complaint", town.qa)
    assert (allocation.team, allocation.area, allocation.gender) == ("Elm", "North", "Female")
    assert allocation.auditor == town.auditors[1]
    assert set(audit.participants.values_list("capacity", flat=True)) == {
        Capacity.AUDITOR,
        Capacity.WORKER,
        Capacity.LINE_MANAGER,
        Capacity.PRACTICE_MANAGER,
    }


def test_the_auditor_is_told_without_the_reason_or_the_case(town: Town) -> None:
    audit = ask(town, town.cases[0])
    mail = OutgoingMail.objects.get(rule="audit.commissioned")
    assert mail.to == audit.allocation.auditor.email
    assert "complaint" not in mail.body.lower()
    assert town.cases[0].case_id not in mail.subject + mail.body


def test_it_is_chased_like_any_audit(town: Town) -> None:
    audit = ask(town, town.cases[0])
    plan(AT)
    assert Due.objects.filter(thing=f"audit:{audit.reference}", rule="audit.reminder").count() == 3


def test_it_is_usually_due_twenty_working_days_from_now() -> None:
    assert usual_due_day(TODAY) == date(2026, 12, 14)


@pytest.mark.parametrize("status", [CycleStatus.PLANNED, CycleStatus.OPEN, CycleStatus.PAUSED, CycleStatus.CLOSED])
def test_it_belongs_to_the_month_whatever_state_that_is_in(town: Town, status: CycleStatus) -> None:
    cycle = factories.cycle(NOVEMBER, status=status, pause_reason="Stay at home")
    assert ask(town, town.cases[0]).allocation.cycle == cycle


def test_a_month_without_a_cycle_gets_a_planned_one(town: Town) -> None:
    assert not Cycle.objects.exists()
    cycle = ask(town, town.cases[0]).allocation.cycle
    assert (cycle.first_month, cycle.status) == (NOVEMBER, CycleStatus.PLANNED)


def test_closing_the_month_does_not_give_it_up(town: Town) -> None:
    cycle = factories.cycle(NOVEMBER)
    audit = ask(town, town.cases[0])
    assert cycles.close(cycle=cycle, by=town.qa, at=AT) == 0
    audit.refresh_from_db()
    assert audit.state == AuditState.NOT_STARTED


def test_it_takes_no_place_and_stands_in_no_count_of_the_sample(town: Town) -> None:
    factories.cycle(NOVEMBER)
    ask(town, town.cases[0])
    counted = with_counts(Cycle.objects.filter(first_month=NOVEMBER)).get()
    assert (counted.allocated, counted.completed) == (0, 0)
    assert CycleReturns.of(counted).directed.allocated == 1
    result = dry_run(cycle=Cycle(first_month=NOVEMBER, last_month=NOVEMBER), seed=1)
    assert result.places == 2
    assert town.cases[0].case_id not in [pair.case for pair in result.pairs]


@pytest.mark.parametrize("state", [AuditState.NOT_STARTED, AuditState.IN_PROGRESS, AuditState.SUBMITTED])
def test_a_case_that_is_being_audited_is_not_audited_twice(town: Town, state: AuditState) -> None:
    factories.audit(case=town.cases[0], state=state, cycle=factories.cycle(date(2026, 10, 1)))
    with pytest.raises(UserError, match="being audited already"):
        ask(town, town.cases[0])


def test_a_case_whose_audit_was_signed_off_or_taken_back_can_be_audited(town: Town) -> None:
    factories.audit(case=town.cases[0], state=AuditState.SIGNED_OFF, cycle=factories.cycle(NOVEMBER))
    factories.audit(case=town.cases[0], standing=Standing.WITHDRAWN)
    assert ask(town, town.cases[0])


def test_of_two_commissions_only_the_first_counts(town: Town) -> None:
    ask(town, town.cases[0])
    with pytest.raises(UserError, match="being audited already"):
        ask(town, town.cases[0])


def test_a_case_that_no_draw_would_take_can_be_audited(town: Town) -> None:
    closed = town.case(town.workers[0], status="closed", closed_on=date(2024, 1, 1))
    assert ask(town, closed).allocation.auditor == town.auditors[1]


@pytest.mark.parametrize(("case", "to"), [(0, 0), (-1, 1)])
def test_the_hard_rules_hold_for_whom_qa_picks(town: Town, case: int, to: int) -> None:
    with pytest.raises(UserError, match="own team"):
        ask(town, town.cases[case], to=town.auditors[to])
    assert not Allocation.objects.exists()


def test_qa_picks_among_those_who_may_even_where_their_places_are_taken(town: Town) -> None:
    factories.audit(auditor=town.auditors[1], cycle=factories.cycle(NOVEMBER))
    bars = {
        candidate.person: (candidate.bar, candidate.is_full) for candidate in auditors_for(town.cases[0], TODAY, DUE)
    }
    assert bars[town.auditors[1]] == ("", True)
    assert ask(town, town.cases[0], to=town.auditors[1]).allocation.auditor == town.auditors[1]


@pytest.mark.parametrize(
    ("values", "why"),
    [({"reason": " "}, "Enter why"), ({"due_on": TODAY}, "after today"), ({"due_on": date(2026, 1, 5)}, "after today")],
)
def test_reason_and_a_day_ahead_are_needed(town: Town, values: dict[str, object], why: str) -> None:
    with pytest.raises(UserError, match=why):
        ask(town, town.cases[0], **values)


def test_only_qa_commissions_and_takes_back(town: Town) -> None:
    audit = ask(town, town.cases[0])
    for person in (town.auditors[0], town.workers[0], factories.person(Role.ADMIN), factories.person(Role.LEADERSHIP)):
        with pytest.raises(PermissionDenied):
            ask(town, town.cases[5], by=person)
        with pytest.raises(PermissionDenied):
            withdraw(audit=audit, reason="A mistake", by=person, at=AT)


def test_taken_back_it_is_nobodys_any_more_and_the_case_is_free(town: Town) -> None:
    audit = ask(town, town.cases[0])
    withdraw(audit=audit, reason="The wrong child", by=town.qa, at=AT)
    allocation = Allocation.objects.get()
    assert (allocation.standing, allocation.withdrawn_reason) == (Standing.WITHDRAWN, "The wrong child")
    assert not Audit.objects.visible_to(town.auditors[1]).exists()
    assert OutgoingMail.objects.get(rule="audit.withdrawn").to == town.auditors[1].email
    assert Activity.objects.filter(verb="audit.withdrawn", thing_ref=audit.reference).exists()
    assert ask(town, town.cases[0])


@pytest.mark.parametrize(
    ("state", "kind"),
    [(AuditState.SUBMITTED, AuditKind.DIRECTED), (AuditState.IN_PROGRESS, AuditKind.AUDIT)],
)
def test_only_a_directed_audit_is_taken_back_and_only_until_it_is_submitted(
    town: Town, state: AuditState, kind: AuditKind
) -> None:
    audit = factories.audit(state=state, kind=kind)
    with pytest.raises(UserError, match="cannot be taken back"):
        withdraw(audit=audit, reason="A mistake", by=town.qa, at=AT)
    page = as_(town.qa).get(reverse("audit_withdraw", args=[audit.reference]))
    assert page.status_code == 302


def entered(case: Case, **values: str) -> dict[str, str]:
    return {
        "number": case.case_id,
        "reason": "A complaint",
        "due_on_day": "14",
        "due_on_month": "12",
        "due_on_year": "2026",
        **values,
    }


def test_qa_commissions_in_two_steps(town: Town) -> None:
    client = as_(town.qa)
    url = reverse("audit_commission")
    second = client.post(url, entered(town.cases[0]))
    assert "Who audits the case?" in second.content.decode()
    assert "in the auditor’s own team" in second.content.decode()
    assert not Audit.objects.exists()
    answer = client.post(url, entered(town.cases[0], step="auditor", to=str(town.auditors[1].pk)))
    audit = Audit.objects.get()
    assert answer.url == reverse("audit_detail", args=[audit.reference])
    page = client.get(answer.url).content.decode()
    assert "A complaint" in page
    client.post(reverse("audit_withdraw", args=[audit.reference]), {"reason": "A mistake"})
    assert Allocation.objects.get().standing == Standing.WITHDRAWN


def test_a_restricted_case_is_as_good_as_none_to_whoever_is_not_named_for_it(town: Town) -> None:
    case = town.case(town.workers[0], restricted=True)
    client, url = as_(town.qa), reverse("audit_commission")
    unknown = client.post(url, entered(case, number="NOBODY")).content.decode()
    hidden = client.post(url, entered(case)).content.decode()
    assert "No case has this number" in unknown
    assert "No case has this number" in hidden
    assert client.get(reverse("case_commission", args=[case.pk])).status_code == 404
    CaseAccess.objects.create(case=case, person=town.qa, granted_by=town.qa, granted_at=AT)
    assert "Who audits the case?" in client.post(url, entered(case)).content.decode()


def test_a_refusal_stands_at_its_field(town: Town) -> None:
    ask(town, town.cases[0])
    client, url = as_(town.qa), reverse("audit_commission")
    page = read(client.post(url, entered(town.cases[0])).content.decode())
    assert page.find("a", href="#id_number")
    late = client.post(url, entered(town.cases[5], due_on_year="2020")).content.decode()
    assert "The due day must be after today" in late
    absurd = client.post(url, entered(town.cases[5], due_on_year="9999")).content.decode()
    assert "The due day must be within a year" in absurd


def test_its_auditor_reads_why_and_the_worker_does_not(town: Town) -> None:
    audit = ask(town, town.cases[0])
    url = reverse("audit_detail", args=[audit.reference])
    assert "A complaint" in as_(town.auditors[1]).get(url).content.decode()
    assert "A complaint" not in as_(town.workers[0]).get(url).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.QA])
def test_nobody_else_reaches_the_pages(town: Town, role: Role) -> None:
    audit = ask(town, town.cases[0])
    client = as_(factories.person(role))
    assert client.get(reverse("audit_commission")).status_code == 403
    assert client.post(reverse("audit_commission"), entered(town.cases[5])).status_code == 403
    assert client.get(reverse("audit_withdraw", args=[audit.reference])).status_code == 403


def test_the_cycle_the_list_and_the_case_lead_to_it_and_show_it(town: Town) -> None:
    cycle = factories.cycle(NOVEMBER)
    audit = ask(town, town.cases[0])
    client = as_(town.qa)
    for url in (
        reverse("cycle_detail", args=[cycle.slug]),
        reverse("audit_list") + "?kind=directed",
        reverse("case_detail", args=[town.cases[0].pk]),
    ):
        page = client.get(url).content.decode()
        assert audit.reference in page
        assert "/commission/" in page


def test_the_pages_hang_together(town: Town) -> None:
    audit = ask(town, town.cases[0])
    client = as_(town.qa)
    pages = [
        client.get(reverse("audit_commission")),
        client.get(reverse("case_commission", args=[town.cases[5].pk])),
        client.post(reverse("audit_commission"), entered(town.cases[5])),
        client.get(reverse("audit_withdraw", args=[audit.reference])),
        client.get(reverse("audit_hand_over", args=[audit.reference])),
        client.get(reverse("audit_detail", args=[audit.reference])),
    ]
    assert [dangling(read(page.content.decode())) for page in pages] == [set()] * len(pages)


def test_choosing_asks_as_much_of_many_auditors_as_of_few(town: Town) -> None:
    audit = ask(town, town.cases[0])
    client = as_(town.qa)

    def queries() -> list[int]:
        counts = []
        for send in (
            lambda: client.post(reverse("audit_commission"), entered(town.cases[5])),
            lambda: client.get(reverse("audit_hand_over", args=[audit.reference])),
        ):
            send()
            with CaptureQueriesContext(connection) as asked:
                send()
            counts.append(len(asked))
        return counts

    few = queries()
    for _ in range(12):
        factories.person(Role.AUDITOR, team=factories.team())
    assert queries() == few
