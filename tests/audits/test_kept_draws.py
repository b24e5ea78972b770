"""What is kept of a draw, and that its re-audits are published as re-audits."""

from datetime import date

import pytest

from accounts.errors import UserError
from accounts.models import OutgoingMail
from audits.enums import AuditKind, AuditState
from audits.models import Allocation, Audit, Case
from audits.services.draws import draw, dry_run
from audits.services.publishing import publish
from tests import factories
from tests.audits.drawing import AT, DECEMBER, Town

pytestmark = pytest.mark.django_db


def inadequate(town: Town, **values: object) -> Audit:
    """An audit of September that calls for another one in December."""
    return factories.audit(
        case=values.pop("case", town.cases[0]),
        auditor=factories.person(name="Somebody before"),
        cycle=factories.cycle(date(2026, 9, 1)),
        state=AuditState.SIGNED_OFF,
        completed_on=date(2026, 9, 10),
        overall_grade="inadequate",
        **values,
    )


def test_a_kept_draw_names_the_excluded_cases_by_rule_and_key_and_no_case_number(town: Town) -> None:
    closed, no_team = town.cases[:2]
    Case.objects.filter(pk=closed.pk).update(status="closed", closed_on=date(2026, 1, 1))
    Case.objects.filter(pk=no_team.pk).update(team=None)
    kept = draw(cycle=town.december(), by=town.qa, at=AT, seed=3)
    assert kept.summary["excluded_cases"] == {"closed_too_long_ago": [closed.pk], "no_team": [no_team.pk]}
    assert kept.summary["excluded"]["no_team"] == 1
    assert {pair["case"] for pair in kept.pairs} <= {case.pk for case in town.cases}
    assert {pair["kind"] for pair in kept.pairs} == {AuditKind.AUDIT}
    assert not any(case.case_id in str(kept.summary) + str(kept.pairs) for case in town.cases)


def test_two_draws_from_the_same_cases_have_the_same_digest(town: Town) -> None:
    first = draw(cycle=town.december(), by=town.qa, at=AT)
    again = draw(cycle=town.december(), by=town.qa, at=AT, reason="A team was missing")
    assert first.summary["digest"] == again.summary["digest"] == dry_run(cycle=town.december(), seed=1).digest
    town.case(town.workers[0])
    other = draw(cycle=town.december(), by=town.qa, at=AT, reason="A case was missing")
    assert other.summary["digest"] != first.summary["digest"]


def test_a_re_audit_is_drawn_kept_and_published_as_one(town: Town) -> None:
    before = inadequate(town)
    kept = draw(cycle=town.december(), by=town.qa, at=AT, seed=3)
    assert kept.summary["reaudits"] == {"due": 1, "seated": 1, "unmet": []}
    (pair,) = [pair for pair in kept.pairs if pair["kind"] == AuditKind.REAUDIT]
    assert (pair["case"], pair["reaudit_of"]) == (before.allocation.case_id, before.reference)
    assert publish(draw=kept, by=town.qa, at=AT)
    allocation = Allocation.objects.get(cycle__first_month=DECEMBER, kind=AuditKind.REAUDIT)
    assert (allocation.reaudit_of, allocation.auditor) == (before, town.auditors[1])
    assert Allocation.objects.get(cycle__first_month=DECEMBER, kind=AuditKind.AUDIT).reaudit_of is None
    told = {mail.person: "re-audit" in mail.body for mail in OutgoingMail.objects.all()}
    assert told == {town.auditors[0]: False, town.auditors[1]: True}


def test_a_re_audit_is_published_although_its_case_was_audited_lately(town: Town) -> None:
    before = inadequate(town)
    kept = draw(cycle=town.december(), by=town.qa, at=AT, seed=3)
    Case.objects.filter(pk=before.allocation.case_id).update(last_audited_on=date(2026, 11, 12))
    assert publish(draw=kept, by=town.qa, at=AT)


def test_a_re_audit_that_breaks_a_rule_by_now_is_not_published(town: Town) -> None:
    before = inadequate(town)
    kept = draw(cycle=town.december(), by=town.qa, at=AT, seed=3)
    town.auditors[1].is_active = False
    town.auditors[1].save()
    with pytest.raises(UserError, match="came to break a rule"):
        publish(draw=kept, by=town.qa, at=AT)
    assert not Allocation.objects.filter(reaudit_of=before).exists()


def test_one_case_of_a_family_is_in_a_cycle_even_beside_what_is_in_it_already(town: Town) -> None:
    Case.objects.update(family_id="F1")
    factories.audit(case=town.cases[0], cycle=town.december(), kind=AuditKind.DIRECTED, auditor=town.auditors[0])
    assert dry_run(cycle=town.december(), seed=1).filled == 0
    Case.objects.exclude(pk=town.cases[0].pk).update(family_id="")
    assert dry_run(cycle=town.december(), seed=1).filled == 2
