"""Re-audits from the draw to the work: given out by the next draw, published as what they are, followed by another."""

from datetime import date

import pytest

from accounts.errors import UserError
from accounts.models import OutgoingMail
from audits.enums import AuditKind, AuditState, CycleStatus, Standing
from audits.facts.reaudits import due_reaudits
from audits.models import Allocation, Audit
from audits.pages.reaudits import waiting_reaudits
from audits.services import cycles
from audits.services.draws import draw
from audits.services.publishing import publish
from audits.services.reaudits import set_aside, take_back
from tests import factories
from tests.audits.drawing import AT, Town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late_november")]

AUGUST = date(2026, 8, 1)


def bad(town: Town, **values) -> Audit:
    """An audit of August, graded inadequate, of a case in Elm by an auditor who has left since."""
    past = factories.cycle(AUGUST, status=CycleStatus.CLOSED)
    values = {
        "auditor": factories.person(is_active=False),
        "case": town.cases[0],
        "completed_on": date(2026, 8, 12),
        "overall_grade": "inadequate",
        **values,
    }
    return factories.audit(cycle=past, state=AuditState.SIGNED_OFF, **values)


def reaudits() -> list[Allocation]:
    return list(Allocation.objects.filter(kind=AuditKind.REAUDIT, reaudit_of__isnull=False))


def test_a_due_reaudit_is_given_out_by_the_draw_and_published_as_one(town: Town) -> None:
    before = bad(town)
    kept = draw(cycle=town.december(), by=town.qa, at=AT)
    (pair,) = [pair for pair in kept.pairs if pair.get("reaudit_of")]
    assert (pair["case"], pair["reaudit_of"], pair["kind"]) == (before.allocation.case_id, before.reference, "reaudit")
    assert kept.summary["reaudits"] == {"due": 1, "seated": 1, "unmet": []}
    assert publish(draw=kept, by=town.qa, at=AT)
    (allocation,) = reaudits()
    assert allocation.reaudit_of == before
    assert allocation.auditor == town.auditors[1]  # Elm's own auditor has Elm's cases barred
    assert allocation.audit.form_version is not None
    told = OutgoingMail.objects.get(to=allocation.auditor.email)
    assert before.allocation.case.case_id not in told.body + told.subject
    assert due_reaudits(town.december(), kept.rules.programme) == ()


def test_nobody_audits_again_what_they_audited_before(town: Town) -> None:
    before = bad(town, auditor=town.auditors[1])
    kept = draw(cycle=town.december(), by=town.qa, at=AT)
    (unmet,) = kept.summary["reaudits"]["unmet"]
    assert unmet["audit"] == before.reference
    assert unmet["sentence"]
    waiting = waiting_reaudits(date(2026, 11, 24))
    assert waiting.not_possible[before.reference].number == kept.number
    publish(draw=kept, by=town.qa, at=AT)
    assert reaudits() == []


def test_a_reaudit_set_aside_after_the_draw_is_not_published(town: Town) -> None:
    before = bad(town)
    kept = draw(cycle=town.december(), by=town.qa, at=AT)
    set_aside(audit=before, reason="The child has moved away", by=town.qa, at=AT)
    with pytest.raises(UserError, match=f"The re-audit of {before.reference} is not due any more"):
        publish(draw=kept, by=town.qa, at=AT)
    assert reaudits() == []
    take_back(audit=before, by=town.qa, at=AT)
    assert publish(draw=kept, by=town.qa, at=AT)


def test_a_reaudit_that_never_came_back_is_drawn_again_in_the_next_cycle(town: Town) -> None:
    bad(town)
    cycles.draw_and_publish(cycle=town.december(), by=town.qa, at=AT)
    (first,) = reaudits()
    cycles.close(cycle=town.december(), by=town.qa, at=AT)
    cycles.draw_and_publish(cycle=cycles.get_or_plan(date(2027, 1, 1)), by=town.qa, at=AT)
    (second,) = [allocation for allocation in reaudits() if allocation != first]
    assert second.reaudit_of == first.audit
    assert second.cycle.key == "2027-01"


def test_a_reaudit_whose_auditor_was_let_off_is_drawn_again_in_the_next_cycle(town: Town) -> None:
    """The exemption is the auditor's: the child still waits for a second look, unless QA sets it aside."""
    bad(town)
    cycles.draw_and_publish(cycle=town.december(), by=town.qa, at=AT)
    Allocation.objects.filter(kind=AuditKind.REAUDIT).update(standing=Standing.EXEMPT)
    cycles.draw_and_publish(cycle=cycles.get_or_plan(date(2027, 1, 1)), by=town.qa, at=AT)
    first, second = sorted(reaudits(), key=lambda allocation: allocation.pk)
    assert (second.reaudit_of, second.cycle.key) == (first.audit, "2027-01")


def test_a_focus_does_not_keep_a_reaudit_out(town: Town) -> None:
    before = bad(town)
    december = town.december()
    december.focus_teams, december.focus_reason = ["OAK"], "A pilot"
    december.save()
    cycles.draw_and_publish(cycle=december, by=town.qa, at=AT)
    (allocation,) = reaudits()
    assert allocation.reaudit_of == before
    drawn = december.allocations.filter(kind=AuditKind.AUDIT)
    assert {one.team_code for one in drawn} <= {"OAK"}
