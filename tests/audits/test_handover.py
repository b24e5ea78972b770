"""QA gives an audit to another auditor: the same audit, other eyes, the same rules."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Absence, Activity, OutgoingMail, Person
from audits.candidates import AWAY
from audits.enums import AuditKind, AuditState, Capacity, RequestKind, RequestState, Standing
from audits.models import Allocation, Audit, AuditSection, CaseAccess, CaseConflict, Participant, Request
from audits.services.handover import auditors_for, hand_over_audit, later_due_day
from tests import factories

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 16, 9, tzinfo=UTC)
TODAY = date(2026, 11, 16)


@dataclass(frozen=True)
class Office:
    """Olu has the audit of Sam's case in Elm, managed by Pat. Ivy and Umar could take it: Ivy works in its area."""

    qa: Person
    olu: Person
    ivy: Person
    umar: Person
    of_elm: Person
    pat: Person
    sam: Person
    audit: Audit


@pytest.fixture
def office() -> Office:
    elm = factories.team("Elm", area=factories.area("North"))
    ash = factories.team("Ash", area=factories.area("North"))
    oak = factories.team("Oak", area=factories.area("South"))
    pat = factories.person(Role.AUDITOR, Role.PRACTICE_MANAGER, name="Pat Practice")
    sam = factories.person(Role.SOCIAL_WORKER, name="Sam Social", team=elm, line_manager=pat)
    olu = factories.person(Role.AUDITOR, name="Olu Auditor", team=oak)
    return Office(
        qa=factories.person(Role.QA, name="Quinn Quality"),
        olu=olu,
        ivy=factories.person(Role.AUDITOR, name="Ivy Auditor", team=ash),
        umar=factories.person(Role.AUDITOR, name="Umar Auditor", team=oak),
        of_elm=factories.person(Role.AUDITOR, name="Ned Neighbour", team=elm),
        pat=pat,
        sam=sam,
        audit=factories.audit(auditor=olu, worker=sam, case=factories.case(team=elm, worker=sam)),
    )


def give(office: Office, to: Person | None, **values: object) -> Person:
    wanted = {"by": office.qa, "at": AT, "reason": "Olu is away", **values}
    return hand_over_audit(audit=office.audit, to=to, **wanted)


def allocation() -> Allocation:
    return Allocation.objects.get()


def test_the_audit_its_sight_and_what_is_frozen_of_the_auditor_go_over_together(office: Office) -> None:
    give(office, office.ivy)
    now = allocation()
    assert (now.auditor, now.auditor_team, now.auditor_area) == (office.ivy, "Ash", "North")
    auditors = Participant.objects.filter(capacity=Capacity.AUDITOR).values_list("person__name", flat=True)
    assert list(auditors) == ["Ivy Auditor"]
    assert Audit.objects.visible_to(office.ivy).exists()
    assert not Audit.objects.visible_to(office.olu).exists()


def test_both_are_told_and_the_log_says_from_whom_to_whom_and_why(office: Office) -> None:
    give(office, office.ivy)
    mails = dict(OutgoingMail.objects.values_list("rule", "to"))
    assert mails == {"audit.taken_over": office.ivy.email, "audit.handed_over": office.olu.email}
    logged = Activity.objects.get(verb="audit.handed_over")
    assert (logged.data["from"], logged.data["to"]) == (office.olu.email, office.ivy.email)
    assert logged.data["reason"] == "Olu is away"


def test_somebody_who_has_left_gets_no_mail(office: Office) -> None:
    Person.objects.update(is_active=True)
    Person.objects.filter(pk=office.olu.pk).update(is_active=False)
    give(office, office.ivy)
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [office.ivy.email]


def test_what_was_filled_in_stays_and_the_log_says_so(office: Office) -> None:
    Audit.objects.update(state=AuditState.IN_PROGRESS, started_at=AT)
    AuditSection.objects.create(audit=office.audit, key="planning", name="Planning", comment="Clear.", version=3)
    AuditSection.objects.create(audit=office.audit, key="review", name="Review")
    give(office, office.ivy)
    assert AuditSection.objects.get(key="planning").comment == "Clear."
    assert "what was filled in stays (1 of its sections)" in Activity.objects.get(verb="audit.handed_over").summary
    assert "It has been begun" in OutgoingMail.objects.get(rule="audit.taken_over").body


def test_the_checks_are_the_new_auditors_own_and_the_meeting_is_off(office: Office) -> None:
    Audit.objects.update(
        worker_confirmed_at=AT,
        restriction_checked_at=AT,
        meeting_at=datetime(2026, 11, 19, 10, tzinfo=UTC),
        meeting_place="Room 2",
    )
    office.audit.refresh_from_db()
    give(office, office.ivy)
    audit = Audit.objects.get()
    checks = (audit.worker_confirmed_at, audit.restriction_checked_at, audit.meeting_at, audit.meeting_place)
    assert checks == (None, None, None, "")
    assert OutgoingMail.objects.get(rule="audit.meeting_off").to == office.sam.email


def test_who_was_let_off_this_month_comes_last_of_those_who_may(office: Office) -> None:
    def named() -> list[str]:
        found = auditors_for(office.audit, TODAY)
        return [candidate.person.name for candidate in found if not candidate.bar]

    assert named() == ["Ivy Auditor", "Umar Auditor"]
    factories.audit(auditor=office.ivy, standing=Standing.EXEMPT)
    assert named() == ["Umar Auditor", "Ivy Auditor"]
    other_month = factories.cycle(date(2026, 12, 1))
    Allocation.objects.filter(auditor=office.ivy).update(cycle=other_month)
    assert named() == ["Ivy Auditor", "Umar Auditor"]


def test_access_to_a_restricted_record_does_not_travel_along(office: Office) -> None:
    case = office.audit.allocation.case
    type(case).objects.update(restricted=True)
    CaseAccess.objects.create(case=case, person=office.olu, granted_by=office.qa, granted_at=AT)
    give(office, office.ivy)
    assert not CaseAccess.objects.exists()


def test_what_the_old_auditor_asked_for_falls_away(office: Office) -> None:
    request = Request.objects.create(
        allocation=allocation(), kind=RequestKind.EXEMPTION, reason="Leave", asked_by=office.olu, asked_at=AT
    )
    give(office, office.ivy)
    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN


def test_the_reason_that_is_kept_is_true_of_the_new_auditor(office: Office) -> None:
    drawn = {"stratum": {"gender": "Female"}, "chance": 0.2, "auditor_load": 9, "auditor_area": "South"}
    Allocation.objects.update(reason={**drawn, "same_area": False, "given_up": ["same_area"]})
    give(office, office.ivy)
    reason = allocation().reason
    assert reason["stratum"] == {"gender": "Female"}
    assert (reason["auditor_area"], reason["same_area"], reason["given_up"]) == ("North", True, [])
    assert reason["handed_over"] == {"on": "2026-11-16", "by_lot": False}


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("of_elm", "in the auditor’s own team"),
        ("pat", "manages the case’s worker"),
        ("sam", "is not an auditor"),
        ("qa", "is not an auditor"),
        ("olu", "They have it now"),
    ],
)
def test_the_hard_rules_hold_for_the_new_auditor(office: Office, to: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        give(office, getattr(office, to))
    assert allocation().auditor == office.olu


def test_nobody_with_a_conflict_of_interest_gets_it(office: Office) -> None:
    case = office.audit.allocation.case
    CaseConflict.objects.create(case=case, person=office.ivy, email=office.ivy.email)
    with pytest.raises(UserError, match="conflict of interest"):
        give(office, office.ivy)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "away"),
    [
        (date(2026, 11, 2), date(2026, 11, 6), False),  # back already
        (date(2026, 11, 20), None, True),
        (date(2026, 11, 24), date(2026, 11, 30), False),  # after the due day
    ],
)
def test_nobody_who_is_away_before_the_due_day_gets_it(
    office: Office, starts_on: date, ends_on: date | None, away: bool
) -> None:
    Absence.objects.create(person=office.ivy, starts_on=starts_on, ends_on=ends_on)
    bars = {candidate.person: candidate.bar for candidate in auditors_for(office.audit, TODAY)}
    assert bars[office.ivy] == (AWAY if away else "")


def test_the_moderator_of_a_returned_audit_does_not_become_its_auditor(office: Office) -> None:
    Participant.objects.create(audit=office.audit, person=office.ivy, capacity=Capacity.MODERATOR)
    with pytest.raises(UserError, match="They moderate this audit"):
        give(office, office.ivy)


def test_who_did_the_audits_before_does_not_do_the_re_audit(office: Office) -> None:
    case = office.audit.allocation.case
    first = factories.audit(auditor=office.ivy, case=case, cycle=factories.cycle(date(2026, 5, 1)))
    second = factories.audit(
        auditor=office.pat,
        case=case,
        cycle=factories.cycle(date(2026, 8, 1)),
        kind=AuditKind.REAUDIT,
        reaudit_of=first,
        state=AuditState.SUBMITTED,
    )
    Allocation.objects.filter(pk=office.audit.allocation_id).update(kind=AuditKind.REAUDIT, reaudit_of=second)
    office.audit.refresh_from_db()
    with pytest.raises(UserError, match="made the audit that calls for this re-audit"):
        give(office, office.ivy)
    give(office, office.umar)


def test_the_program_chooses_the_best_by_the_rules(office: Office) -> None:
    assert give(office, None) == office.ivy
    assert "chosen by the program" in Activity.objects.get(verb="audit.handed_over").summary


def test_the_program_passes_over_whose_places_are_taken(office: Office) -> None:
    factories.audit(auditor=office.ivy)
    assert give(office, None) == office.umar


def test_choosing_again_chooses_the_same(office: Office) -> None:
    twins = [factories.person(Role.AUDITOR, team=office.ivy.team) for _ in range(5)]
    first = [candidate.person for candidate in auditors_for(office.audit, TODAY)]
    assert first == [candidate.person for candidate in auditors_for(office.audit, TODAY)]
    assert first[0] in [office.ivy, *twins]


def test_where_everybody_is_barred_the_program_says_so(office: Office) -> None:
    Person.objects.filter(pk__in=[office.ivy.pk, office.umar.pk]).update(is_active=False)
    with pytest.raises(UserError, match="Nobody may audit this case"):
        give(office, None)


@pytest.mark.parametrize(
    ("due_on", "more_time", "then"),
    [
        (date(2026, 11, 18), False, date(2026, 11, 18)),
        (date(2026, 11, 18), True, date(2026, 11, 23)),
        (date(2026, 12, 18), True, date(2026, 12, 18)),
    ],
)
def test_the_day_is_kept_unless_more_time_is_given(office: Office, due_on: date, more_time: bool, then: date) -> None:
    Allocation.objects.update(due_on=due_on)
    give(office, office.ivy, more_time=more_time)
    now = allocation()
    assert now.due_on == then
    assert now.first_due_on == (due_on if then != due_on else None)


def test_a_returned_audit_has_its_own_day_moved(office: Office) -> None:
    Audit.objects.update(
        state=AuditState.IN_PROGRESS, return_due_on=date(2026, 11, 17), returned_at=AT, completed_on=date(2026, 11, 10)
    )
    office.audit.refresh_from_db()
    assert later_due_day(office.audit, TODAY) == date(2026, 11, 23)
    give(office, office.ivy, more_time=True)
    assert Audit.objects.get().return_due_on == date(2026, 11, 23)
    assert allocation().due_on == date(2026, 11, 23)
    assert allocation().first_due_on is None


@pytest.mark.parametrize("who", ["olu", "ivy", "sam", "pat"])
def test_only_qa_hands_an_audit_over(office: Office, who: str) -> None:
    with pytest.raises(PermissionDenied):
        give(office, office.ivy, by=getattr(office, who))


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (AuditState.SUBMITTED, Standing.LIVE),
        (AuditState.SIGNED_OFF, Standing.LIVE),
        (AuditState.NOT_RETURNED, Standing.LIVE),
        (AuditState.IN_PROGRESS, Standing.EXEMPT),
        (AuditState.IN_PROGRESS, Standing.WITHDRAWN),
    ],
)
def test_only_while_stage_1_is_open_and_counts(office: Office, state: AuditState, standing: Standing) -> None:
    Audit.objects.update(state=state, submitted_at=AT, completed_on=TODAY, signed_off_at=AT)
    Allocation.objects.update(standing=standing)
    with pytest.raises(UserError, match="not open any more"):
        give(office, office.ivy)


def test_a_reason_is_needed(office: Office) -> None:
    with pytest.raises(UserError, match="Enter why"):
        give(office, office.ivy, reason=" ")


def test_handed_back_it_is_the_old_auditors_again(office: Office) -> None:
    give(office, office.umar)
    hand_over_audit(
        audit=office.audit,
        to=office.olu,
        by=office.qa,
        reason="A mistake",
        at=datetime(2026, 11, 16, 10, tzinfo=UTC),
    )
    assert allocation().auditor == office.olu
    assert Audit.objects.visible_to(office.olu).exists()
    assert not Audit.objects.visible_to(office.umar).exists()
    assert OutgoingMail.objects.filter(rule="audit.taken_over").count() == 2
