"""Why this case, and why this auditor: for every way in which an audit comes about."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Person
from audits.enums import AuditState, DrawKind, Standing
from audits.exports.allocations import HEADER, rows
from audits.models import Allocation, Audit, CaseAccess, Draw, ProgrammeRules
from audits.services import cycles
from tests import factories
from tests.audits.drawing import AT, DECEMBER, Town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late_november")]

REASON: dict[str, Any] = {
    "stratum": {"plan_type": "CIN"},
    "chance": 0.0004,
    "case_area": "North",
    "auditor_area": "North",
    "same_area": True,
    "given_up": ["repeat_team"],
    "auditor_load": 3,
    "is_replacement": False,
    "quota": ["Under 5 with a CP plan"],
    "due_on": None,
}


def why(person: Person, audit: Audit) -> str:
    client = Client()
    client.force_login(person)
    response = client.get(reverse("audit_why", args=[audit.reference]))
    return " ".join(response.content.decode().split()) if response.status_code == 200 else str(response.status_code)


def in_a_line(audit: Audit, reader: Person | None = None) -> str:
    (row,) = rows(Allocation.objects.filter(audit=audit), reader=reader)
    return str(dict(zip(HEADER, row, strict=True))["reason"])


def test_an_auditor_reads_why_this_case_and_why_they(town: Town) -> None:
    cycles.draw_and_publish(cycle=town.december(), by=None, at=AT, seed=1)
    audit = Audit.objects.get(allocation__auditor=town.auditors[0])
    page = why(town.auditors[0], audit)
    assert "Why this case, and why you?" in page
    assert "The case was drawn at random" in page
    assert "Child in need" in page
    assert "The auditor works in another area than the case." in page
    assert "seed 1" in page
    assert "Why Auditor of Elm" in why(town.qa, audit)


def test_nobody_else_reads_why(town: Town) -> None:
    cycles.draw_and_publish(cycle=town.december(), by=None, at=AT)
    audit = Audit.objects.get(allocation__auditor=town.auditors[0])
    assert why(town.auditors[1], audit) == "404"
    assert why(audit.allocation.worker, audit) == "403"


def test_why_says_nothing_about_a_restricted_child_until_access_is_given(town: Town) -> None:
    cycles.draw_and_publish(cycle=town.december(), by=None, at=AT)
    audit = Audit.objects.get(allocation__auditor=town.auditors[0])
    case = audit.allocation.case
    case.restricted = True
    case.save()
    assert "White British" not in why(town.auditors[0], audit)
    assert "The record is restricted" in why(town.auditors[0], audit)
    CaseAccess.objects.create(case=case, person=town.auditors[0], granted_by=town.qa, granted_at=AT)
    assert "White British" in why(town.auditors[0], audit)


def test_an_audit_that_was_brought_in_from_a_file_has_no_reason(town: Town) -> None:
    audit = factories.audit(imported=True, cycle=factories.cycle(DECEMBER))
    assert "was not drawn by the program" in why(town.qa, audit)


def test_the_chance_is_that_of_the_very_case_and_what_was_traded_off_is_said(town: Town) -> None:
    page = why(town.qa, factories.audit(reason=REASON))
    assert "It had a chance of about less than 0.1%." in page
    assert "It counts towards the quota of Under 5 with a CP plan." in page
    assert "The auditor works in the same area (North)." in page
    assert "The auditor had been given 3 audits in the months before." in page
    assert "What was traded off" in page
    assert "The auditor audited this team lately." in page


def test_a_re_audit_says_which_audit_called_for_it_and_that_no_lots_decided(town: Town) -> None:
    before = factories.audit(state=AuditState.SUBMITTED, overall_grade="inadequate")
    reason = {**REASON, "chance": 1.0, "due_on": "2026-10-01"}
    audit = factories.audit(
        case=before.allocation.case, kind="reaudit", reaudit_of=before, reason=reason, cycle=factories.cycle(DECEMBER)
    )
    for told in (why(town.qa, audit), why(audit.allocation.auditor, audit), in_a_line(audit)):
        assert f"audit {before.reference} of the same case calls for another one" in told
        assert "The re-audit was due from 1 October 2026: no lots decided." in told
        assert "drawn at random" not in told


def test_a_directed_audit_says_who_commissioned_it_and_why(town: Town) -> None:
    audit = factories.audit(
        kind="directed", directed_reason="A complaint was made", commissioned_by=town.qa, reason={"auditor_load": 0}
    )
    for told in (why(town.qa, audit), why(audit.allocation.auditor, audit), in_a_line(audit)):
        assert "Quentin Ash commissioned this audit of this very case." in told
        assert "A complaint was made" in told
        assert "Nobody chose it" not in told


def test_the_reason_of_a_directed_audit_of_a_restricted_record_is_for_those_who_are_named(town: Town) -> None:
    audit = factories.audit(
        case=factories.case(restricted=True),
        kind="directed",
        directed_reason="A complaint was made",
        commissioned_by=town.qa,
        reason={"auditor_load": 0},
    )
    assert "A complaint was made" not in why(town.qa, audit)
    assert in_a_line(audit, reader=town.qa) == ""
    CaseAccess.objects.create(case=audit.allocation.case, person=town.qa, granted_by=town.qa, granted_at=AT)
    assert "A complaint was made" in why(town.qa, audit)


def test_a_replacement_says_what_it_came_in_for_and_the_other_what_came_in_for_it(town: Town) -> None:
    month = cycles.draw_and_publish(cycle=town.december(), by=None, at=AT)
    before = Audit.objects.order_by("pk").first()
    Allocation.objects.filter(audit=before).update(standing=Standing.WITHDRAWN, withdrawn_reason="I know the family")
    drawn_anew = Draw.objects.create(
        cycle=month.cycle,
        number=2,
        kind=DrawKind.REPLACEMENT,
        follows=month,
        seed=5,
        drawn_at=AT,
        reason=f"Another case for audit {before.reference}",
        rules=ProgrammeRules.objects.kept(),
        summary=month.summary,
        pairs=month.pairs[:1],
        published_at=AT,
    )
    audit = factories.audit(
        cycle=month.cycle, draw=drawn_anew, replaces=before.allocation, reason=REASON, auditor=town.auditors[0]
    )
    for told in (why(town.qa, audit), why(town.auditors[0], audit), in_a_line(audit)):
        assert f"It came in for audit {before.reference}, which could not be done" in told
        assert "I know the family" not in told
    assert reverse("audit_why", args=[audit.reference]) in why(town.qa, before)
    client = Client()
    client.force_login(town.qa)
    listed = client.get(reverse("cycle_detail", args=["2026-12"])).content.decode()
    assert f"one place drawn anew: Another case for audit {before.reference}" in listed
    assert f'Instead of <span class="app-nowrap">{before.reference}</span>' in listed
    page = " ".join(client.get(reverse("draw_detail", args=["2026-12", 2])).content.decode().split())
    assert f"Audit {audit.reference}</a> came of it, for Auditor of Elm, instead of audit {before.reference}." in page
    assert "Its seed follows from that of draw 1" in page


def test_a_replacement_is_never_taken_for_the_draw_of_the_month(town: Town) -> None:
    month = cycles.draw(cycle=town.december(), by=town.qa, at=AT)
    Draw.objects.create(
        cycle=month.cycle,
        number=2,
        kind=DrawKind.REPLACEMENT,
        follows=month,
        seed=5,
        drawn_at=AT,
        reason="Another case",
        rules=month.rules,
        summary=month.summary,
        pairs=[],
        published_at=AT,
    )
    client = Client()
    client.force_login(town.qa)
    assert "draw 1</a>" in client.get(reverse("cycle_look_up", args=["2026-12"])).content.decode()
    assert "Waits to be published" in client.get(reverse("draw_detail", args=["2026-12", 1])).content.decode()
    assert cycles.draw_and_publish(cycle=month.cycle, by=None, at=AT) == month


def test_an_audit_that_was_handed_over_says_when(town: Town) -> None:
    reason = {**REASON, "handed_over": {"on": "2026-11-20", "by_lot": True}}
    assert "The audit was handed over to them on 20 November 2026" in why(town.qa, factories.audit(reason=reason))


@pytest.mark.parametrize("person", ["moderator", "stranger"])
def test_why_is_for_qa_and_the_auditor_alone(town: Town, person: str) -> None:
    audit = factories.audit(reason=REASON)
    others = {"moderator": Role.MODERATOR, "stranger": Role.AUDITOR}
    assert why(factories.person(others[person]), audit) in ("403", "404")
