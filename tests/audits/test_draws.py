"""Drawing, publishing, pausing and closing a cycle."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Absence, Activity, OutgoingMail
from audits.enums import AuditKind, AuditState, Capacity, CycleStatus, Standing
from audits.facts import months_of, read_authority
from audits.models import Allocation, Audit, Case, CaseConflict, Cycle, Draw, ProgrammeRules
from audits.rules.allocation import draw as draw_cases
from audits.rules.allocation.reasons import AuditorRule, CaseRule
from audits.services import cycles
from audits.services.draws import draw, dry_run
from audits.services.publishing import publish
from tests import factories
from tests.audits.drawing import AT, DECEMBER, Town

pytestmark = pytest.mark.django_db


def facts_of(case: Case, cycle_month: date = DECEMBER):
    cycle = cycles.get_or_plan(cycle_month)
    programme = ProgrammeRules.objects.current().programme
    return next(facts for facts in read_authority(cycle, programme).cases if facts.id == case.case_id)


def auditor_facts(person, cycle_month: date = DECEMBER):
    cycle = cycles.get_or_plan(cycle_month)
    programme = ProgrammeRules.objects.current().programme
    return next(facts for facts in read_authority(cycle, programme).auditors if facts.id == person.email)


# What a draw is told


def test_an_audit_completed_here_counts_as_the_last_audit_of_its_case(town: Town) -> None:
    case = town.case(town.workers[0], last_audited_on=date(2026, 3, 1))
    factories.audit(case=case, state=AuditState.SIGNED_OFF, completed_on=date(2026, 11, 12))
    assert facts_of(case).last_audited_on == date(2026, 11, 12)
    assert facts_of(case, date(2026, 10, 1)).last_audited_on == date(2026, 3, 1)  # after the end of October


def test_a_case_that_is_being_audited_is_not_drawn_again(town: Town) -> None:
    case = town.case(town.workers[0])
    audit = factories.audit(case=case, state=AuditState.IN_PROGRESS)
    assert facts_of(case).is_allocated
    Allocation.objects.filter(audit=audit).update(standing=Standing.EXEMPT)
    assert not facts_of(case).is_allocated


@pytest.mark.parametrize(
    ("kind", "standing", "held"),
    [
        (AuditKind.AUDIT, Standing.LIVE, 1),
        (AuditKind.REAUDIT, Standing.LIVE, 1),
        (AuditKind.DIRECTED, Standing.LIVE, 0),
        (AuditKind.AUDIT, Standing.EXEMPT, 0),
        (AuditKind.AUDIT, Standing.WITHDRAWN, 0),
    ],
)
def test_live_allocations_of_the_cycle_take_places_but_directed_ones_do_not(
    town: Town, kind: str, standing: str, held: int
) -> None:
    auditor = town.auditors[0]
    factories.audit(auditor=auditor, cycle=town.december(), kind=kind, standing=standing)
    assert auditor_facts(auditor).held == held


def test_load_and_pairs_are_those_of_the_months_that_the_programme_looks_back(town: Town) -> None:
    auditor, worker, team = town.auditors[0], town.workers[3], town.teams[1]
    for month in (date(2025, 11, 1), date(2025, 12, 1), date(2026, 11, 1)):
        factories.audit(
            auditor=auditor,
            worker=worker,
            cycle=factories.cycle(month),
            case=town.case(worker),
            team_code=team.code if month.year == 2025 else "",
        )
    facts = auditor_facts(auditor)
    assert facts.load == 2
    assert facts.recent_workers == (worker.email,)
    assert facts.recent_teams == ()
    Allocation.objects.filter(cycle__first_month=date(2026, 11, 1)).update(team_code=team.code)
    assert auditor_facts(auditor).recent_teams == (team.code,)


def test_a_worker_known_by_name_only_is_told_from_one_who_is_known(town: Town) -> None:
    case = factories.case(team=town.teams[0], worker_label="someone@elsewhere.example")
    assert (facts_of(case).worker, facts_of(case).worker_is_known) == ("someone@elsewhere.example", False)


def test_managed_teams_are_an_auditors_own_and_give_their_area(town: Town) -> None:
    head = factories.person(Role.AUDITOR, name="Head of Oak")
    town.teams[1].manager = head
    town.teams[1].save()
    facts = auditor_facts(head)
    assert facts.teams == (town.teams[1].code,)
    assert facts.area == "South"


def test_reading_the_facts_takes_the_same_number_of_queries_for_any_number_of_cases(town: Town) -> None:
    cycle, programme = town.december(), ProgrammeRules.objects.current().programme

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            draw_cases(read_authority(cycle, programme), months_of(cycle), seed=1)
        return len(captured)

    before = queries()
    for _ in range(5):
        case = town.case(town.workers[0])
        CaseConflict.objects.create(case=case, email="x@authority.example", person=town.auditors[0])
    assert queries() == before


# Trying and drawing


def test_a_dry_run_keeps_nothing(town: Town) -> None:
    result = dry_run(cycle=town.december(), seed=3)
    assert result.filled == 2
    assert not Draw.objects.exists()
    assert not Allocation.objects.exists()


def test_an_absent_auditor_a_recorded_conflict_and_a_service_switched_off_are_seen(town: Town) -> None:
    Absence.objects.create(person=town.auditors[0], starts_on=date(2026, 12, 30), ends_on=None)
    ProgrammeRules.objects.create(number=2, values={"excluded_services": [town.teams[0].service.name]}, reason="Paused")
    result = dry_run(cycle=town.december(), seed=3)
    assert result.left_out == {town.auditors[0].email: AuditorRule.ABSENT}
    assert result.excluded[CaseRule.SERVICE_NOT_INCLUDED] == 12
    assert result.filled == 0  # Oak's auditor may not take Oak's cases
    CaseConflict.objects.create(case=town.cases[0], email="o@authority.example", person=town.auditors[1])
    assert town.cases[0].case_id not in {pair.case for pair in dry_run(cycle=town.december(), seed=3).pairs}


def test_every_draw_is_kept_with_seed_rules_reason_and_who(town: Town) -> None:
    cycle = town.december()
    first = draw(cycle=cycle, by=town.qa, at=AT, seed=5)
    second = draw(cycle=cycle, by=town.qa, at=AT, reason="A team was missing")
    assert [first.number, second.number] == [1, 2]
    assert (first.seed, first.drawn_by, first.rules) == (5, town.qa, ProgrammeRules.objects.current())
    assert second.reason == "A team was missing"
    assert Activity.objects.filter(verb="cycle.drawn", thing_ref="2026-12").count() == 2
    assert not Allocation.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_drawing_again_takes_a_reason(town: Town) -> None:
    draw(cycle=town.december(), by=town.qa, at=AT)
    with pytest.raises(UserError, match="Say why"):
        draw(cycle=town.december(), by=town.qa, at=AT, reason=" ")


def test_only_qa_draws_and_publishes(town: Town) -> None:
    with pytest.raises(PermissionDenied):
        draw(cycle=town.december(), by=town.auditors[0], at=AT)
    kept = draw(cycle=town.december(), by=town.qa, at=AT)
    with pytest.raises(PermissionDenied):
        publish(draw=kept, by=town.auditors[0], at=AT)


# Publishing


def test_publishing_makes_the_audits_and_tells_the_auditors(town: Town) -> None:
    kept = draw(cycle=town.december(), by=town.qa, at=AT)
    assert publish(draw=kept, by=town.qa, at=AT)
    cycle = town.december()
    assert (cycle.status, cycle.published_at, cycle.rules) == (CycleStatus.OPEN, AT, kept.rules)
    for auditor in town.auditors:
        audit = Audit.objects.get(allocation__auditor=auditor)
        allocation = audit.allocation
        assert audit.form_version == cycle.form_version
        assert allocation.due_on == date(2026, 12, 21)
        assert allocation.team == allocation.case.team.name != auditor.team.name
        assert (allocation.age, allocation.age_band, allocation.plan_type) == (10, "10 to 15", "CIN")
        assert allocation.reason["stratum"]["plan_type"] == "CIN"
        taking_part = dict(audit.participants.values_list("capacity", "person"))
        assert taking_part == {
            Capacity.AUDITOR: auditor.pk,
            Capacity.WORKER: allocation.worker_id,
            Capacity.LINE_MANAGER: allocation.worker.line_manager_id,
            Capacity.PRACTICE_MANAGER: allocation.case.team.manager_id,
        }
        mail = OutgoingMail.objects.get(person=auditor)
        assert audit.reference in mail.subject
        assert allocation.case.case_id not in mail.subject + mail.body
    assert Activity.objects.filter(verb="cycle.published").count() == 1


def test_publishing_again_changes_nothing(town: Town) -> None:
    kept = draw(cycle=town.december(), by=town.qa, at=AT)
    publish(draw=kept, by=town.qa, at=AT)
    assert not publish(draw=kept, by=town.qa, at=AT + timedelta(hours=1))
    assert Allocation.objects.count() == 2
    assert OutgoingMail.objects.count() == 2
    with pytest.raises(UserError, match="has been published"):
        draw(cycle=town.december(), by=town.qa, at=AT, reason="Another list")


def test_only_the_newest_draw_can_be_published(town: Town) -> None:
    first = draw(cycle=town.december(), by=town.qa, at=AT)
    draw(cycle=town.december(), by=town.qa, at=AT, reason="Again")
    with pytest.raises(UserError, match="drawn again since"):
        publish(draw=first, by=town.qa, at=AT)
    assert town.december().status == CycleStatus.PLANNED
    assert not Allocation.objects.exists()


@pytest.mark.parametrize("change", ["left", "conflict", "closed", "moved", "deleted"])
def test_a_draw_that_breaks_a_rule_by_now_is_not_published(town: Town, change: str) -> None:
    kept = draw(cycle=town.december(), by=town.qa, at=AT)
    case, auditor = (Case.objects.get(pk=kept.pairs[0]["case"]), kept.pairs[0]["auditor"])
    match change:
        case "left":
            town.auditors[0].is_active = False
            town.auditors[0].save()
        case "conflict":
            CaseConflict.objects.create(case=case, email="x@authority.example", person_id=auditor)
        case "closed":
            Case.objects.filter(pk=case.pk).update(status="closed", closed_on=date(2026, 3, 1))
        case "moved":
            Case.objects.filter(pk=case.pk).update(team=next(a.team for a in town.auditors if a.pk == auditor))
        case "deleted":
            case.delete()
    with pytest.raises(UserError, match="came to break a rule"):
        publish(draw=kept, by=town.qa, at=AT)
    assert not Allocation.objects.exists()


def test_publishing_takes_the_same_number_of_queries_for_any_number_of_audits(town: Town) -> None:
    def queries(month: date) -> int:
        kept = draw(cycle=cycles.get_or_plan(month), by=town.qa, at=AT)
        with CaptureQueriesContext(connection) as captured:
            publish(draw=kept, by=town.qa, at=AT)
        return len(captured)

    queries(date(2027, 5, 1))  # the first publication brings the default form
    few = queries(date(2027, 6, 1))
    for auditor in town.auditors:
        auditor.quota = 4
        auditor.save()
    assert queries(date(2027, 7, 1)) == few
    assert Allocation.objects.count() == 12


# Cycles


def test_a_paused_cycle_is_not_drawn_until_it_is_resumed(town: Town) -> None:
    cycle = town.december()
    with pytest.raises(UserError, match="Say why"):
        cycles.pause(cycle=cycle, reason="", substitute="", by=town.qa, at=AT)
    cycles.pause(cycle=cycle, reason="Stay-at-home order", substitute="Dip sampling", by=town.qa, at=AT)
    with pytest.raises(UserError, match="is paused: Stay-at-home order"):
        draw(cycle=cycle, by=town.qa, at=AT)
    cycles.resume(cycle=cycle, by=town.qa, at=AT)
    assert draw(cycle=cycle, by=town.qa, at=AT).number == 1


def test_a_published_cycle_cannot_be_paused_and_a_planned_one_cannot_be_closed(town: Town) -> None:
    cycle = town.december()
    with pytest.raises(UserError, match="planned"):
        cycles.close(cycle=cycle, by=town.qa, at=AT)
    cycles.draw_and_publish(cycle=cycle, by=None, at=AT)
    with pytest.raises(UserError, match="open"):
        cycles.pause(cycle=cycle, reason="Too late", substitute="", by=town.qa, at=AT)


def test_closing_a_cycle_makes_open_audits_not_returned(town: Town) -> None:
    cycle = town.december()
    cycles.draw_and_publish(cycle=cycle, by=None, at=AT)
    done = Audit.objects.first()
    Audit.objects.filter(pk=done.pk).update(state=AuditState.SUBMITTED, completed_on=date(2026, 12, 7), submitted_at=AT)
    assert cycles.close(cycle=cycle, by=town.qa, at=AT) == 1
    assert sorted(Audit.objects.values_list("state", flat=True)) == [AuditState.NOT_RETURNED, AuditState.SUBMITTED]


def test_closing_a_cycle_loses_no_audit_that_is_being_put_right_and_leaves_exempt_ones_alone(town: Town) -> None:
    cycle = town.december()
    cycles.draw_and_publish(cycle=cycle, by=None, at=AT)
    returned, exempt = Audit.objects.order_by("pk")
    Audit.objects.filter(pk=returned.pk).update(
        state=AuditState.IN_PROGRESS, completed_on=date(2026, 12, 7), return_due_on=date(2026, 12, 16)
    )
    Allocation.objects.filter(pk=exempt.allocation_id).update(standing=Standing.EXEMPT)
    assert cycles.close(cycle=cycle, by=town.qa, at=AT) == 0
    assert set(Audit.objects.values_list("state", flat=True)) == {AuditState.IN_PROGRESS, AuditState.NOT_STARTED}
    assert list(Audit.objects.overdue(date(2026, 12, 17))) == [returned]


def test_merged_months_are_one_cycle_due_by_the_last(town: Town) -> None:
    cycle = cycles.get_or_plan(date(2027, 7, 1), date(2027, 8, 1))
    assert cycles.get_or_plan(date(2027, 8, 1)) == cycle
    cycles.draw_and_publish(cycle=cycle, by=None, at=AT)
    assert set(Allocation.objects.values_list("due_on", flat=True)) == {date(2027, 8, 23)}  # the 21st is a Saturday
    with pytest.raises(UserError, match="is a cycle already"):
        cycles.get_or_plan(date(2027, 8, 1), date(2027, 9, 1))


def test_a_planned_cycle_takes_in_a_planned_month_that_nobody_has_drawn(town: Town) -> None:
    cycle = cycles.get_or_plan(date(2027, 7, 1))
    cycles.get_or_plan(date(2027, 8, 1))
    cycles.merge(cycle=cycle, last_month=date(2027, 8, 1), by=town.qa, at=AT)
    assert cycles.get_or_plan(date(2027, 8, 1)).name == "July and August 2027"
    september = cycles.get_or_plan(date(2027, 9, 1))
    draw(cycle=september, by=town.qa, at=AT)
    with pytest.raises(UserError, match="September 2027 is a cycle of its own"):
        cycles.merge(cycle=cycle, last_month=date(2027, 9, 1), by=town.qa, at=AT)


def test_a_past_month_can_be_drawn_and_is_judged_as_of_that_month(town: Town) -> None:
    Case.objects.update(last_audited_on=date(2026, 9, 15))
    assert dry_run(cycle=cycles.get_or_plan(date(2026, 8, 1)), seed=1).filled == 2
    assert dry_run(cycle=cycles.get_or_plan(date(2026, 10, 1)), seed=1).filled == 0
    at = datetime.fromisoformat("2026-11-21T09:00+00:00")
    cycles.draw_and_publish(cycle=cycles.get_or_plan(date(2026, 8, 1)), by=None, at=at)
    assert Allocation.objects.filter(cycle__first_month=date(2026, 8, 1)).count() == 2


def test_an_audit_after_a_past_month_does_not_hide_the_one_that_keeps_a_case_out_of_it(town: Town) -> None:
    for case in town.cases:
        for month, day in ((date(2026, 1, 1), date(2026, 1, 15)), (date(2026, 8, 1), date(2026, 8, 15))):
            cycle = factories.cycle(month)
            factories.audit(case=case, cycle=cycle, state=AuditState.SIGNED_OFF, completed_on=day)
    Case.objects.update(last_audited_on=date(2026, 8, 15))
    march = dry_run(cycle=Cycle(first_month=date(2026, 3, 1), last_month=date(2026, 3, 1)), seed=1)
    assert (march.excluded["audited_recently"], march.filled) == (24, 0)
    june = dry_run(cycle=Cycle(first_month=date(2026, 6, 1), last_month=date(2026, 6, 1)), seed=1)
    assert june.excluded["audited_recently"] == 0
