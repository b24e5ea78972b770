"""Another case for the same place: drawn by the same rules, never picked."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Absence, Activity, OutgoingMail
from audits.enums import AuditKind, AuditState, DrawKind, RequestGround, RequestKind, RequestState, Standing
from audits.models import Allocation, Audit, Case, CaseConflict, Draw, Participant, Request
from audits.rules.allocation.seeds import derive
from audits.services import cycles
from audits.services.replacements import replace_allocation
from tests import factories
from tests.audits.drawing import AT, Town

pytestmark = pytest.mark.django_db

DECEMBER_3 = datetime(2026, 12, 3, 9, tzinfo=UTC)
REASON = "The auditor has worked with the family."


@pytest.fixture
def town() -> Town:
    town = Town()
    cycles.draw_and_publish(cycle=town.december(), by=town.qa, at=AT)
    return town


@pytest.fixture
def old(town: Town) -> Allocation:
    return Allocation.objects.get(auditor=town.auditors[0])


def replaced(town: Town, allocation: Allocation, at: datetime = DECEMBER_3) -> Allocation | None:
    return replace_allocation(allocation=allocation, reason=REASON, by=town.qa, at=at)


def test_the_case_is_withdrawn_for_its_reason_and_another_one_takes_its_place(town: Town, old: Allocation) -> None:
    new = replaced(town, old)
    old.refresh_from_db()
    assert (old.standing, old.withdrawn_reason) == (Standing.WITHDRAWN, REASON)
    assert new is not None
    assert (new.standing, new.kind, new.replaces, new.cycle) == (Standing.LIVE, AuditKind.AUDIT, old, old.cycle)
    assert new.auditor == old.auditor
    assert new.case != old.case
    assert new.case.team != new.auditor.team
    assert Allocation.objects.live().count() == 2


def test_the_new_audit_is_as_one_of_the_months_draw(town: Town, old: Allocation) -> None:
    new = replaced(town, old)
    assert (new.audit.state, new.audit.form_version) == (AuditState.NOT_STARTED, old.audit.form_version)
    assert (new.team, new.plan_type, new.worker) == (new.case.team.name, new.case.plan_type, new.case.worker)
    assert new.reason["stratum"]["service"] == new.service
    parts = set(Participant.objects.filter(audit=new.audit).values_list("person__name", flat=True))
    assert parts == {new.auditor.name, new.case.worker.name, new.case.team.manager.name}


def test_the_draw_is_kept_with_its_seed_from_the_seed_of_the_month(town: Town, old: Allocation) -> None:
    month = Draw.objects.get()
    new = replaced(town, old)
    draw = new.draw
    assert (draw.kind, draw.follows, draw.number, draw.rules) == (DrawKind.REPLACEMENT, month, 2, month.rules)
    assert draw.seed == derive(month.seed, "replacement", 1)
    assert (draw.drawn_by, draw.drawn_at, draw.published_at) == (town.qa, DECEMBER_3, DECEMBER_3)
    assert [(pair["case"], pair["auditor"]) for pair in draw.pairs] == [(new.case.pk, new.auditor.pk)]
    assert draw.summary["filled"] == 1
    assert REASON not in draw.reason
    again = replaced(town, new)
    assert again.draw.seed == derive(month.seed, "replacement", 2)
    assert again.draw.follows == month
    assert again.case not in (old.case, new.case)


def test_the_months_seed_decides_which_case_comes(town: Town, old: Allocation) -> None:
    def comes(seed: int) -> int | None:
        with transaction.atomic():
            Draw.objects.update(seed=seed)
            case = replaced(town, old).case_id
            transaction.set_rollback(True)
        return case

    assert comes(1) == comes(1)
    assert len({comes(seed) for seed in range(6)}) > 1


@pytest.mark.parametrize("ground", [RequestGround.CLOSED, RequestGround.RESTRICTED, RequestGround.OTHER])
def test_no_case_comes_back_to_the_cycle_it_was_taken_out_of(
    town: Town, old: Allocation, ground: RequestGround
) -> None:
    seen, allocation = [old.case], old
    while (
        allocation := replace_allocation(allocation=allocation, reason=ground.label, by=town.qa, at=DECEMBER_3)
    ) is not None:
        assert allocation.case not in seen
        seen.append(allocation.case)
    assert len(seen) > 4


def test_a_directed_audit_that_was_taken_back_leaves_its_case_to_be_drawn(town: Town, old: Allocation) -> None:
    other = town.case(old.case.worker, gender="Another")
    Case.objects.exclude(pk__in=[old.case.pk, other.pk]).filter(team=old.case.team).update(status="closed")
    factories.audit(case=other, cycle=old.cycle, kind=AuditKind.DIRECTED, standing=Standing.WITHDRAWN)
    assert replaced(town, old).case == other


@pytest.mark.parametrize(
    ("at", "due_on"),
    [
        (datetime(2026, 12, 3, 9, tzinfo=UTC), date(2026, 12, 21)),
        (datetime(2026, 12, 7, 9, tzinfo=UTC), date(2026, 12, 21)),
        (datetime(2026, 12, 8, 9, tzinfo=UTC), date(2026, 12, 22)),
        (datetime(2026, 12, 18, 9, tzinfo=UTC), date(2027, 1, 6)),
    ],
)
def test_there_are_ten_working_days_at_the_least(town: Town, old: Allocation, at: datetime, due_on: date) -> None:
    assert old.due_on == date(2026, 12, 21)
    assert replaced(town, old, at).due_on == due_on


def test_the_auditor_is_told_that_the_new_audit_takes_the_place_of_the_old(town: Town, old: Allocation) -> None:
    new = replaced(town, old)
    mail = OutgoingMail.objects.get(thing=f"audit:{new.audit.reference}")
    assert (mail.rule, mail.person) == ("audit.allocated", new.auditor)
    assert f"It takes the place of audit {old.audit.reference}" in mail.body
    assert OutgoingMail.objects.filter(rule="audit.allocated").count() == 3


def test_the_log_names_both_audits_and_says_nothing_of_the_reason(town: Town, old: Allocation) -> None:
    new = replaced(town, old)
    entry = Activity.objects.get(verb="allocation.replaced")
    assert (entry.thing_ref, entry.data["replaced_by"]) == (old.audit.reference, new.audit.reference)
    assert REASON not in entry.summary + str(entry.data)


def test_a_planned_meeting_is_called_off_and_what_was_asked_for_falls_away(town: Town, old: Allocation) -> None:
    Audit.objects.filter(pk=old.audit.pk).update(meeting_at=datetime(2026, 12, 9, 10, tzinfo=UTC), meeting_place="Here")
    asked = Request.objects.create(
        allocation=old,
        kind=RequestKind.REPLACEMENT,
        ground=RequestGround.CONFLICT,
        reason=REASON,
        asked_by=old.auditor,
        asked_at=AT,
    )
    replaced(town, old)
    asked.refresh_from_db()
    assert asked.state == RequestState.WITHDRAWN
    assert Audit.objects.get(pk=old.audit.pk).meeting_at is None
    assert OutgoingMail.objects.get(rule="audit.meeting_off").person == old.case.worker


def test_where_no_case_can_be_given_the_place_stays_empty_and_quality_assurance_is_told(
    town: Town, old: Allocation
) -> None:
    CaseConflict.objects.bulk_create(CaseConflict(case=case, person=old.auditor) for case in Case.objects.all())
    assert replaced(town, old) is None
    old.refresh_from_db()
    assert old.standing == Standing.WITHDRAWN
    draw = Draw.objects.get(kind=DrawKind.REPLACEMENT)
    assert draw.pairs == []
    [place] = draw.summary["unfilled"]
    assert (place["auditor"], place["reason"]) == (old.auditor.pk, "no_case_allowed")
    assert place["against"]["involved"] > 0
    told = set(OutgoingMail.objects.exclude(rule="audit.allocated").values_list("rule", "person__name"))
    assert told == {("cycle.place_empty", town.qa.name), ("audit.not_replaced", old.auditor.name)}


def test_an_auditor_who_is_away_in_the_month_gets_no_other_case(town: Town, old: Allocation) -> None:
    Absence.objects.create(person=old.auditor, starts_on=date(2026, 12, 10), ends_on=date(2026, 12, 20))
    assert replaced(town, old) is None
    assert Draw.objects.get(kind=DrawKind.REPLACEMENT).summary["left_out"] == {str(old.auditor.pk): "absent"}


def test_no_second_case_of_a_family_comes_into_the_cycle(town: Town, old: Allocation) -> None:
    other = Allocation.objects.get(auditor=town.auditors[1])
    Case.objects.filter(team=old.case.team).exclude(pk=old.case.pk).update(family_id="F1")
    Case.objects.filter(pk=other.case.pk).update(family_id="F1")
    assert replaced(town, old) is None
    assert Draw.objects.get(kind=DrawKind.REPLACEMENT).summary["unfilled"][0]["against"]["family"] == 11


def test_the_family_of_the_case_that_is_withdrawn_stands_in_nobodys_way(town: Town, old: Allocation) -> None:
    Case.objects.filter(team=old.case.team).update(family_id="F1")
    assert replaced(town, old) is not None


@pytest.mark.parametrize("kind", [AuditKind.REAUDIT, AuditKind.DIRECTED])
def test_a_case_that_was_not_drawn_is_not_replaced(town: Town, old: Allocation, kind: AuditKind) -> None:
    Allocation.objects.filter(pk=old.pk).update(kind=kind)
    with pytest.raises(UserError, match="another auditor"):
        replaced(town, old)


@pytest.mark.parametrize("state", [AuditState.SUBMITTED, AuditState.SIGNED_OFF, AuditState.NOT_RETURNED])
def test_a_case_whose_stage_1_is_not_open_any_more_is_not_replaced(
    town: Town, old: Allocation, state: AuditState
) -> None:
    Audit.objects.filter(pk=old.audit.pk).update(state=state, completed_on=AT.date(), submitted_at=AT, signed_off_at=AT)
    with pytest.raises(UserError, match="not open"):
        replaced(town, old)
    assert Allocation.objects.live().count() == 2


def test_an_audit_that_its_moderator_sent_back_is_not_replaced(town: Town, old: Allocation) -> None:
    Audit.objects.filter(pk=old.audit.pk).update(state=AuditState.IN_PROGRESS, completed_on=AT.date())
    with pytest.raises(UserError, match="not open"):
        replaced(town, old)


def test_nothing_is_replaced_twice(town: Town, old: Allocation) -> None:
    replaced(town, old)
    with pytest.raises(UserError, match="does not count"):
        replaced(town, old)


def test_a_replacement_needs_a_reason(town: Town, old: Allocation) -> None:
    with pytest.raises(UserError, match="why"):
        replace_allocation(allocation=old, reason=" ", by=town.qa, at=DECEMBER_3)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN, Role.PRACTICE_MANAGER, Role.LEADERSHIP])
def test_only_quality_assurance_has_a_case_replaced(town: Town, old: Allocation, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        replace_allocation(allocation=old, reason=REASON, by=factories.person(role), at=DECEMBER_3)
