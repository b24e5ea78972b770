"""What auditors ask for, how it is decided and undone, and what falls away by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import DueState, Permission, Role
from accounts.errors import UserError
from accounts.models import Activity, Due, OutgoingMail, Person
from audits.enums import AuditState, CycleStatus, RequestGround, RequestKind, RequestState, Standing
from audits.models import Action, Audit, Case, CaseAccess, CaseConflict, ProgrammeRules, Request
from audits.pages.requests import facts_of
from audits.permissions import sees_case
from audits.services import stage1
from audits.services.checks import Meeting, arrange_meeting
from audits.services.cycles import close
from audits.services.handover import hand_over_audit
from audits.services.requests.asking import (
    ask_for_access,
    ask_for_exemption,
    ask_for_extension,
    ask_for_replacement,
    take_back,
)
from audits.services.requests.deciding import decide
from audits.services.requests.endings import drop_moot
from audits.services.requests.undoing import undo
from config.sweep import sweep
from tests import factories
from tests.audits.filling import AT, fill_in

pytestmark = pytest.mark.django_db

DUE = date(2026, 11, 23)
NEW_DAY = date(2026, 12, 4)
LATER = AT + timedelta(days=1)


@pytest.fixture
def audit() -> Audit:
    return factories.audit(
        auditor=factories.person(Role.AUDITOR, name="Avery Auditor"),
        worker=factories.person(Role.SOCIAL_WORKER, name="Wren Worker"),
    )


@pytest.fixture
def qa() -> Person:
    return factories.person(Role.QA, name="Quinn Quality")


@pytest.fixture
def director() -> Person:
    return factories.person(Role.LEADERSHIP, name="Dara Director")


def ask(kind: RequestKind, audit: Audit, *, by: Person | None = None, at: datetime = AT) -> Request:
    by = by or audit.allocation.auditor
    match kind:
        case RequestKind.EXEMPTION:
            return ask_for_exemption(allocation=audit.allocation, reason="Long leave", by=by, at=at)
        case RequestKind.EXTENSION:
            return ask_for_extension(
                allocation=audit.allocation, wanted_until=NEW_DAY, reason="Two inspections", by=by, at=at
            )
        case RequestKind.REPLACEMENT:
            return ask_for_replacement(
                allocation=audit.allocation, ground=RequestGround.CONFLICT, reason="A neighbour", by=by, at=at
            )
        case _:
            return ask_for_access(audit=audit, reason="To read it", by=by, at=at)


def leave_exemptions_to_directors(audit: Audit) -> None:
    rules = ProgrammeRules.objects.create(number=2, values={"exemption_decided_by": "leadership"}, reason="Policy")
    type(audit.allocation.cycle).objects.filter(pk=audit.allocation.cycle_id).update(rules=rules)
    audit.allocation.cycle.refresh_from_db()


def fresh(audit: Audit) -> Audit:
    return Audit.objects.select_related("allocation__cycle__rules", "allocation__auditor").get(pk=audit.pk)


# Asking


@pytest.mark.parametrize("kind", [RequestKind.EXEMPTION, RequestKind.EXTENSION, RequestKind.REPLACEMENT])
def test_the_auditor_asks_and_those_who_decide_are_told(audit, qa, kind):
    request = ask(kind, audit)
    assert (request.state, request.asked_by) == (RequestState.PENDING, audit.allocation.auditor)
    assert list(OutgoingMail.objects.filter(rule="request.asked").values_list("person", flat=True)) == [qa.pk]
    assert Activity.objects.get(verb="request.asked").thing_ref == audit.reference


@pytest.mark.parametrize("kind", [RequestKind.EXEMPTION, RequestKind.EXTENSION, RequestKind.REPLACEMENT])
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.QA, Role.SOCIAL_WORKER, Role.LEADERSHIP])
def test_nobody_but_the_audits_own_auditor_asks(audit, kind, role):
    with pytest.raises(PermissionDenied):
        ask(kind, audit, by=factories.person(role))


def test_mails_and_the_log_hold_no_reason_and_no_case(audit, qa):
    request = ask_for_exemption(
        allocation=audit.allocation, reason="I am godparent of Robin", by=audit.allocation.auditor, at=AT
    )
    decide(request=request, grant=False, reason="Robin can stay", by=qa, at=LATER)
    mails = OutgoingMail.objects.filter(rule__startswith="request.")
    written = [f"{mail.subject} {mail.body}" for mail in mails]
    written += [f"{row.summary} {row.data}" for row in Activity.objects.all()]
    assert len(mails) == 2
    assert not [text for text in written if "Robin" in text or audit.allocation.case.case_id in text]
    assert all(audit.reference in mail.body for mail in mails)


def test_the_same_is_not_asked_for_twice(audit):
    ask(RequestKind.EXEMPTION, audit)
    with pytest.raises(UserError, match="already"):
        ask(RequestKind.EXEMPTION, audit)
    ask(RequestKind.EXTENSION, audit)
    assert Request.objects.pending().count() == 2


@pytest.mark.parametrize(
    ("kind", "day", "possible"),
    [
        (RequestKind.EXEMPTION, 23, True),
        (RequestKind.EXEMPTION, 24, False),
        (RequestKind.EXTENSION, 23, True),
        (RequestKind.EXTENSION, 24, False),
        (RequestKind.REPLACEMENT, 24, True),
    ],
)
def test_what_has_to_be_asked_for_in_time_is(audit, kind, day, possible):
    at = datetime(2026, 11, day, 17, tzinfo=UTC)
    if possible:
        ask(kind, audit, at=at)
    else:
        with pytest.raises(UserError, match="due day"):
            ask(kind, audit, at=at)
    assert Request.objects.count() == possible


def test_after_an_extension_the_new_day_is_the_one_to_ask_by(audit, qa):
    decide(request=ask(RequestKind.EXTENSION, audit), grant=True, reason="", by=qa, at=LATER)
    asked = ask(RequestKind.EXEMPTION, fresh(audit), at=datetime(2026, 12, 4, 9, tzinfo=UTC))
    assert asked.state == RequestState.PENDING


@pytest.mark.parametrize("state", [AuditState.SUBMITTED, AuditState.SIGNED_OFF, AuditState.NOT_RETURNED])
def test_nothing_is_asked_for_once_stage_1_is_over(state):
    audit = factories.audit(state=state)
    with pytest.raises(UserError, match="not open any more"):
        ask(RequestKind.EXEMPTION, audit)


def test_a_reason_is_needed(audit):
    with pytest.raises(UserError, match="reason"):
        ask_for_exemption(allocation=audit.allocation, reason="  ", by=audit.allocation.auditor, at=AT)


# A conflict of interest


def test_a_conflict_of_interest_is_on_record_as_soon_as_another_case_is_asked_for(audit):
    ask(RequestKind.REPLACEMENT, audit)
    conflict = CaseConflict.objects.get()
    assert (conflict.case, conflict.person) == (audit.allocation.case, audit.allocation.auditor)
    assert (conflict.declared_by, conflict.declared_at, conflict.reason) == (conflict.person, AT, "A neighbour")


def test_a_refusal_leaves_the_conflict_and_taking_the_request_back_takes_it_away(audit, qa):
    decide(request=ask(RequestKind.REPLACEMENT, audit), grant=False, reason="Too distant", by=qa, at=LATER)
    assert CaseConflict.objects.count() == 1
    CaseConflict.objects.all().delete()
    again = ask(RequestKind.REPLACEMENT, audit, at=LATER)
    take_back(request=again, by=again.asked_by, at=LATER)
    assert not CaseConflict.objects.exists()


def test_taking_it_back_leaves_a_conflict_that_was_on_record_before(audit):
    auditor = audit.allocation.auditor
    CaseConflict.objects.create(case=audit.allocation.case, person=auditor, email=auditor.email, from_file=True)
    asked = ask(RequestKind.REPLACEMENT, audit)
    take_back(request=asked, by=auditor, at=LATER)
    assert CaseConflict.objects.get().from_file


def test_taking_it_back_leaves_a_conflict_that_a_case_file_names_by_now(audit):
    asked = ask(RequestKind.REPLACEMENT, audit)
    CaseConflict.objects.update(from_file=True)
    take_back(request=asked, by=asked.asked_by, at=LATER)
    conflict = CaseConflict.objects.get()
    assert (conflict.from_file, conflict.declared_by, conflict.declared_at) == (True, None, None)


@pytest.mark.parametrize("ground", [RequestGround.RESTRICTED, RequestGround.CLOSED, RequestGround.OTHER])
def test_another_ground_is_no_conflict(audit, ground):
    ask_for_replacement(
        allocation=audit.allocation, ground=ground, reason="It is so", by=audit.allocation.auditor, at=AT
    )
    assert not CaseConflict.objects.exists()


# Taking back


def test_only_whoever_asked_takes_a_request_back_and_only_while_it_waits(audit, qa):
    request = ask(RequestKind.EXEMPTION, audit)
    with pytest.raises(PermissionDenied):
        take_back(request=request, by=qa, at=LATER)
    take_back(request=request, by=request.asked_by, at=LATER)
    request.refresh_from_db()
    assert (request.state, request.decision_reason) == (RequestState.WITHDRAWN, "")
    with pytest.raises(UserError, match="decided in the meantime"):
        take_back(request=request, by=request.asked_by, at=LATER)


# Who decides


DECIDERS = [
    (RequestKind.EXEMPTION, "qa", Role.QA, True),
    (RequestKind.EXEMPTION, "qa", Role.LEADERSHIP, False),
    (RequestKind.EXEMPTION, "leadership", Role.QA, False),
    (RequestKind.EXEMPTION, "leadership", Role.LEADERSHIP, True),
    (RequestKind.EXTENSION, "leadership", Role.QA, True),
    (RequestKind.EXTENSION, "leadership", Role.LEADERSHIP, False),
    (RequestKind.REPLACEMENT, "leadership", Role.QA, True),
    (RequestKind.REPLACEMENT, "leadership", Role.LEADERSHIP, False),
    *(
        (kind, "qa", role, False)
        for kind in list(RequestKind)[:3]
        for role in (Role.ADMIN, Role.AUDITOR, Role.MODERATOR)
    ),
]


@pytest.mark.parametrize(("kind", "setting", "role", "decides"), DECIDERS)
def test_who_decides_is_the_programmes_setting(audit, kind, setting, role, decides):
    if setting == "leadership":
        leave_exemptions_to_directors(audit)
    person = factories.person(role)
    request = ask(kind, audit)
    assert Request.objects.to_decide_by(person).filter(pk=request.pk).exists() == decides
    assert (person in request.deciders()) == decides
    if decides:
        decide(request=request, grant=False, reason="No", by=person, at=LATER)
    else:
        with pytest.raises(PermissionDenied):
            decide(request=request, grant=False, reason="No", by=person, at=LATER)


def test_in_a_month_that_is_not_drawn_the_current_rules_say_who_decides(qa, director):
    """A directed audit stands in such a month. Whoever is told of a request also finds it on their page."""
    ProgrammeRules.objects.create(number=2, values={"exemption_decided_by": "leadership"}, reason="Policy")
    month = factories.cycle(date(2026, 12, 1), status=CycleStatus.PLANNED, rules=None, published_at=None)
    audit = factories.audit(cycle=month, kind="directed")
    request = ask(RequestKind.EXEMPTION, audit)
    assert OutgoingMail.objects.get(rule="request.asked").person == director
    assert list(request.deciders()) == [director]
    assert request in Request.objects.visible_to(director)
    assert request in Request.objects.to_decide_by(director)
    assert request not in Request.objects.to_decide_by(qa)


def test_nobody_decides_their_own_request(qa):
    both = factories.person(Role.AUDITOR, Role.QA)
    audit = factories.audit(auditor=both)
    request = ask(RequestKind.EXTENSION, audit)
    assert list(request.deciders()) == [qa]
    with pytest.raises(PermissionDenied):
        decide(request=request, grant=True, reason="", by=both, at=LATER)
    decide(request=request, grant=True, reason="", by=qa, at=LATER)


def test_qa_sees_what_is_left_to_directors_and_a_director_nothing_else(audit, qa, director):
    extension, exemption = ask(RequestKind.EXTENSION, audit), ask(RequestKind.EXEMPTION, audit)
    assert not Request.objects.visible_to(director).exists()
    leave_exemptions_to_directors(audit)
    assert set(Request.objects.visible_to(qa)) == {extension, exemption}
    assert set(Request.objects.visible_to(director)) == {exemption}
    assert set(Request.objects.visible_to(audit.allocation.auditor)) == {extension, exemption}
    assert not Request.objects.visible_to(factories.person(Role.AUDITOR)).exists()


# Deciding


def test_a_refusal_has_a_reason_stays_on_record_and_can_be_asked_again(audit, qa):
    first = ask(RequestKind.EXEMPTION, audit)
    with pytest.raises(UserError, match="why it is refused"):
        decide(request=first, grant=False, reason=" ", by=qa, at=LATER)
    decide(request=first, grant=False, reason="Cover is there", by=qa, at=LATER)
    first.refresh_from_db()
    assert (first.state, first.decided_by, first.decision_reason) == (RequestState.REFUSED, qa, "Cover is there")
    ask(RequestKind.EXEMPTION, audit, at=LATER)
    assert sorted(Request.objects.values_list("state", flat=True)) == ["pending", "refused"]
    mail = OutgoingMail.objects.get(rule="request.decided", person=audit.allocation.auditor)
    assert "It was refused" in mail.body


def test_a_granted_exemption_leaves_the_count_its_tasks_and_its_chasing(audit, qa):
    meeting = Meeting(datetime(2026, 11, 20, 14, tzinfo=UTC), "Room 4")
    arrange_meeting(audit=audit, meeting=meeting, by=audit.allocation.auditor, at=AT)
    sweep(AT)
    decide(request=ask(RequestKind.EXEMPTION, audit), grant=True, reason="", by=qa, at=LATER)
    audit = fresh(audit)
    assert audit.allocation.standing == Standing.EXEMPT
    assert not Audit.objects.of_auditor(audit.allocation.auditor).open_stage1().exists()
    assert OutgoingMail.objects.filter(rule="audit.meeting_off", person=audit.allocation.worker).count() == 1
    sweep(datetime(2026, 12, 1, 9, tzinfo=UTC))
    chased = OutgoingMail.objects.filter(rule__in=["audit.reminder", "audit.escalation", "audit.overdue"])
    assert not chased.exists()
    assert not Due.objects.filter(rule__startswith="audit.", state=DueState.PENDING).exists()


def test_an_exemption_is_undone_with_a_new_day_while_the_cycle_is_open(audit, qa):
    request = ask(RequestKind.EXEMPTION, audit)
    decide(request=request, grant=True, reason="", by=qa, at=LATER)
    undo(request=request, reason="Back early", by=qa, at=LATER, due_on=NEW_DAY)
    audit, request = fresh(audit), Request.objects.get()
    assert (audit.allocation.standing, audit.allocation.due_on) == (Standing.LIVE, NEW_DAY)
    assert audit.allocation.first_due_on == DUE
    assert (request.state, request.undone_by, request.undone_reason) == (RequestState.UNDONE, qa, "Back early")
    assert OutgoingMail.objects.filter(rule="request.undone", person=audit.allocation.auditor).count() == 1
    sweep(datetime(2026, 11, 27, 9, tzinfo=UTC))
    reminded = OutgoingMail.objects.filter(rule="audit.reminder").values_list("occurrence", flat=True)
    assert list(reminded) == ["2026-12-04 7 days before"]
    with pytest.raises(UserError, match="changed in the meantime"):
        undo(request=request, reason="Again", by=qa, at=LATER, due_on=NEW_DAY)


@pytest.mark.parametrize(
    ("due_on", "refused"),
    [(None, "Enter the day"), (date(2026, 11, 12), "today or later"), (date(2026, 12, 5), "not a working")],
)
def test_an_exemption_is_not_undone_without_a_working_day_ahead(audit, qa, due_on, refused):
    request = ask(RequestKind.EXEMPTION, audit)
    decide(request=request, grant=True, reason="", by=qa, at=LATER)
    with pytest.raises(UserError, match=refused):
        undo(request=request, reason="Back", by=qa, at=LATER, due_on=due_on)
    assert fresh(audit).allocation.standing == Standing.EXEMPT


def test_an_exemption_is_not_undone_once_the_cycle_is_closed_or_the_case_has_another_auditor(audit, qa):
    request = ask(RequestKind.EXEMPTION, audit)
    decide(request=request, grant=True, reason="", by=qa, at=LATER)
    factories.audit(case=audit.allocation.case)
    with pytest.raises(UserError, match="Somebody else audits this case"):
        undo(request=request, reason="Back", by=qa, at=LATER, due_on=NEW_DAY)
    close(cycle=audit.allocation.cycle, by=qa, at=LATER)
    assert audit.allocation.cycle.status == CycleStatus.CLOSED
    with pytest.raises(UserError, match="is closed"):
        undo(request=Request.objects.get(), reason="Back", by=qa, at=LATER, due_on=NEW_DAY)


def test_an_exemption_is_not_undone_while_another_cycle_audits_the_case(audit, qa):
    request = ask(RequestKind.EXEMPTION, audit)
    decide(request=request, grant=True, reason="", by=qa, at=LATER)
    factories.audit(case=audit.allocation.case, cycle=factories.cycle(date(2026, 12, 1)))
    with pytest.raises(UserError, match="Somebody else audits this case"):
        undo(request=request, reason="Back", by=qa, at=LATER, due_on=NEW_DAY)
    assert fresh(audit).allocation.standing == Standing.EXEMPT


@pytest.mark.parametrize("status", [CycleStatus.PLANNED, CycleStatus.PAUSED, CycleStatus.CLOSED])
def test_the_exemption_of_a_directed_audit_is_undone_whatever_its_month_does(qa, status):
    month = factories.cycle(status=status, pause_reason="A strike")
    audit = factories.audit(cycle=month, kind="directed")
    request = ask(RequestKind.EXEMPTION, audit)
    decide(request=request, grant=True, reason="", by=qa, at=LATER)
    undo(request=request, reason="Back", by=qa, at=LATER, due_on=NEW_DAY)
    assert fresh(audit).allocation.standing == Standing.LIVE


def test_a_granted_extension_moves_the_day_and_keeps_the_first(audit, qa):
    request = ask(RequestKind.EXTENSION, audit)
    decide(request=request, grant=True, reason="", by=qa, at=LATER)
    allocation, request = fresh(audit).allocation, Request.objects.get()
    assert (allocation.due_on, allocation.first_due_on) == (NEW_DAY, DUE)
    assert (request.due_before, request.granted_until, request.wanted_until) == (DUE, NEW_DAY, NEW_DAY)


def test_another_day_than_the_one_asked_for_is_granted(audit, qa):
    decide(request=ask(RequestKind.EXTENSION, audit), grant=True, reason="", by=qa, at=LATER, until=date(2026, 11, 27))
    request = Request.objects.get()
    assert (request.wanted_until, request.granted_until) == (NEW_DAY, date(2026, 11, 27))
    assert fresh(audit).allocation.due_on == date(2026, 11, 27)


@pytest.mark.parametrize("until", [DUE, date(2026, 11, 28), date(2026, 12, 22)])
def test_a_day_against_the_rule_is_neither_asked_for_nor_granted(audit, qa, until):
    auditor = audit.allocation.auditor
    with pytest.raises(UserError):
        ask_for_extension(allocation=audit.allocation, wanted_until=until, reason="Late", by=auditor, at=AT)
    request = ask(RequestKind.EXTENSION, audit)
    with pytest.raises(UserError):
        decide(request=request, grant=True, reason="", by=qa, at=LATER, until=until)
    assert (fresh(audit).allocation.due_on, Request.objects.get().state) == (DUE, RequestState.PENDING)


def test_reminders_and_late_follow_the_extended_day(audit, qa):
    sweep(datetime(2026, 11, 16, 9, tzinfo=UTC))
    granted_at = datetime(2026, 11, 17, 9, tzinfo=UTC)
    request = ask(RequestKind.EXTENSION, audit, at=granted_at)
    decide(request=request, grant=True, reason="", by=qa, at=granted_at)
    for day in (21, 23, 27):
        sweep(datetime(2026, 11, day, 9, tzinfo=UTC))
    occurrences = OutgoingMail.objects.filter(rule="audit.reminder").order_by("pk").values_list("occurrence", flat=True)
    assert list(occurrences) == ["2026-11-23 7 days before", "2026-12-04 7 days before"]
    moved = Due.objects.filter(
        thing=f"audit:{audit.reference}", occurrence__startswith="2026-11-23", due_at__gt=granted_at
    )
    assert {row.outcome for row in moved.exclude(state=DueState.PENDING)} == {"The deadline has moved to 2026-12-04."}
    Audit.objects.filter(pk=audit.pk).update(
        completed_on=date(2026, 12, 4), state=AuditState.SUBMITTED, submitted_at=AT
    )
    assert not fresh(audit).is_late
    Audit.objects.filter(pk=audit.pk).update(completed_on=date(2026, 12, 5))
    assert fresh(audit).is_late


def test_a_reminder_whose_time_had_passed_when_more_time_was_granted_is_not_sent(audit, qa):
    granted_at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    request = ask(RequestKind.EXTENSION, audit, at=granted_at)
    decide(request=request, grant=True, reason="", by=qa, at=granted_at, until=date(2026, 11, 25))
    OutgoingMail.objects.all().delete()
    sweep(granted_at + timedelta(minutes=5))
    assert not OutgoingMail.objects.filter(rule="audit.reminder").exists()
    sweep(datetime(2026, 11, 25, 9, tzinfo=UTC))
    assert OutgoingMail.objects.get(rule="audit.reminder").occurrence == "2026-11-25 0 days before"


def test_an_extension_is_undone_while_the_day_of_before_lies_ahead(audit, qa):
    request = ask(RequestKind.EXTENSION, audit)
    decide(request=request, grant=True, reason="", by=qa, at=LATER)
    undo(request=request, reason="A mistake", by=qa, at=datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert fresh(audit).allocation.due_on == DUE
    again = ask(RequestKind.EXTENSION, fresh(audit), at=datetime(2026, 11, 23, 9, tzinfo=UTC))
    decide(request=again, grant=True, reason="", by=qa, at=datetime(2026, 11, 23, 9, tzinfo=UTC))
    with pytest.raises(UserError, match="has passed"):
        undo(request=again, reason="A mistake", by=qa, at=datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert fresh(audit).allocation.due_on == NEW_DAY


# Access to a restricted record


@pytest.fixture
def restricted() -> Audit:
    return factories.audit(
        auditor=factories.person(Role.AUDITOR), case=factories.case(restricted=True), state=AuditState.IN_PROGRESS
    )


def test_access_is_asked_for_granted_and_taken_away_by_somebody_else(restricted, qa):
    auditor = restricted.allocation.auditor
    request = ask(RequestKind.ACCESS, restricted)
    decide(request=request, grant=True, reason="", by=qa, at=LATER)
    assert sees_case(auditor, restricted)
    assert CaseAccess.objects.get().granted_by == qa
    undo(request=request, reason="Another auditor", by=qa, at=LATER)
    assert not sees_case(auditor, restricted)


def test_qa_asks_for_access_like_everybody_and_a_colleague_or_a_director_decides(restricted, qa, director):
    request = ask(RequestKind.ACCESS, restricted, by=qa)
    with pytest.raises(PermissionDenied):
        decide(request=request, grant=True, reason="", by=qa, at=LATER)
    colleague = factories.person(Role.QA)
    assert set(request.deciders()) == {director, colleague}
    for decider in (director, colleague):
        assert Request.objects.to_decide_by(decider).get() == request
        assert Request.objects.visible_to(decider).get() == request
    decide(request=request, grant=True, reason="", by=director, at=LATER)
    assert sees_case(qa, restricted)


def test_who_knows_the_record_or_does_not_see_the_audit_does_not_ask_for_access(restricted):
    open_record = factories.audit(auditor=restricted.allocation.auditor)
    for audit, person in [
        (open_record, open_record.allocation.auditor),
        (restricted, factories.person(Role.AUDITOR)),
        (restricted, factories.person(Role.LEADERSHIP)),
    ]:
        with pytest.raises(PermissionDenied):
            ask_for_access(audit=audit, reason="To read it", by=person, at=AT)


# What falls away


def test_what_waits_falls_away_when_the_audit_is_submitted(qa):
    audit = fill_in(factories.audit(worker=factories.person(Role.SOCIAL_WORKER)))
    request = ask(RequestKind.EXTENSION, audit)
    stage1.submit(audit=audit, by=audit.allocation.auditor, at=LATER)
    request.refresh_from_db()
    assert (request.state, request.decided_by) == (RequestState.WITHDRAWN, None)
    assert request.decision_reason == "The audit was submitted."
    with pytest.raises(UserError):
        decide(request=request, grant=True, reason="", by=qa, at=LATER)


def test_what_waits_falls_away_when_the_cycle_is_closed(audit, qa):
    request = ask(RequestKind.EXTENSION, audit)
    close(cycle=audit.allocation.cycle, by=qa, at=LATER)
    request.refresh_from_db()
    assert (request.state, request.decision_reason) == (RequestState.WITHDRAWN, "The cycle closed without the audit.")


def test_what_waits_beside_an_exemption_falls_away_with_it(audit, qa):
    extension, exemption = ask(RequestKind.EXTENSION, audit), ask(RequestKind.EXEMPTION, audit)
    decide(request=exemption, grant=True, reason="", by=qa, at=LATER)
    extension.refresh_from_db()
    assert extension.state == RequestState.WITHDRAWN
    assert extension.decision_reason == "The audit does not have to be done any more."


def test_the_sweep_drops_what_nobody_else_has(audit):
    request = ask(RequestKind.EXTENSION, audit)
    assert drop_moot(at=LATER) == 0
    type(audit.allocation).objects.filter(pk=audit.allocation_id).update(auditor=factories.person(Role.AUDITOR))
    sweep(LATER)
    request.refresh_from_db()
    assert request.decision_reason == "Another auditor does this audit now."


def test_access_asked_for_by_the_auditor_before_falls_away_with_the_audit(restricted, qa):
    auditor = restricted.allocation.auditor
    request = ask(RequestKind.ACCESS, restricted)
    other = factories.person(Role.AUDITOR, team=factories.team())
    hand_over_audit(audit=restricted, to=other, by=qa, at=LATER, reason="Away")
    request.refresh_from_db()
    assert (request.state, request.asked_by) == (RequestState.WITHDRAWN, auditor)
    assert request.decision_reason == "Whoever asked does not see the audit any more."


# Reminding those who decide


def test_those_who_decide_are_reminded_two_working_days_before_the_due_day(audit, qa):
    ask(RequestKind.EXTENSION, audit)
    sweep(datetime(2026, 11, 19, 7, 59, tzinfo=UTC))
    assert not OutgoingMail.objects.filter(rule="request.undecided").exists()
    for _ in range(2):
        sweep(datetime(2026, 11, 19, 8, tzinfo=UTC))
    assert OutgoingMail.objects.get(rule="request.undecided").person == qa


def test_nobody_is_reminded_of_what_is_decided(audit, qa):
    request = ask(RequestKind.EXTENSION, audit)
    sweep(LATER)
    decide(request=request, grant=False, reason="No", by=qa, at=LATER)
    sweep(datetime(2026, 11, 19, 9, tzinfo=UTC))
    assert not OutgoingMail.objects.filter(rule="request.undecided").exists()
    assert Due.objects.get(rule="request.undecided").outcome == "It has been decided, or taken back."


def test_a_reminder_moves_with_the_due_day(audit, qa):
    ask(RequestKind.EXEMPTION, audit)
    sweep(LATER)
    decide(request=ask(RequestKind.EXTENSION, audit), grant=True, reason="", by=qa, at=LATER)
    sweep(datetime(2026, 11, 19, 9, tzinfo=UTC))
    assert not OutgoingMail.objects.filter(rule="request.undecided").exists()
    sweep(datetime(2026, 12, 2, 9, tzinfo=UTC))
    assert OutgoingMail.objects.filter(rule="request.undecided").count() == 1


def test_every_decider_permission_is_held_by_somebody_who_sees_requests():
    for permission in (Permission.DECIDE_REQUESTS, Permission.DECIDE_EXEMPTIONS):
        assert [role for role in Role if permission in factories.person(role).permissions]


def test_it_comes_back_that_nobody_decided_before_the_cycle_closed(audit, qa):
    ask(RequestKind.EXTENSION, audit)
    close(cycle=audit.allocation.cycle, by=qa, at=LATER)
    mail = OutgoingMail.objects.get(rule="request.undecided_at_close")
    assert mail.person == audit.allocation.auditor
    assert "before anybody decided" in mail.body


def test_where_nobody_may_decide_qa_is_told_to_find_somebody(audit, qa):
    leave_exemptions_to_directors(audit)
    ask(RequestKind.EXEMPTION, audit)
    told = OutgoingMail.objects.get(rule="request.asked")
    assert told.person == qa
    assert "There is nobody who may decide this" in told.body
    sweep(datetime(2026, 11, 19, 8, tzinfo=UTC))
    assert OutgoingMail.objects.get(rule="request.undecided").person == qa


# What is lost with an audit that ends


def test_whoever_decides_reads_how_many_actions_the_draft_holds_and_nothing_of_them(audit, qa):
    request = ask(RequestKind.EXEMPTION, audit)
    assert "Actions in the draft" not in dict(facts_of(request, AT.date()))
    for urgent in (False, True):
        Action.objects.create(
            audit=audit, text="Robin", urgent=urgent, due_on=NEW_DAY, recorded_at=AT, recorded_by=request.asked_by
        )
    said = dict(facts_of(request, AT.date()))["Actions in the draft"]
    assert said.startswith("2, 1 of them for a safeguarding concern.")
    assert "Robin" not in said


def test_the_case_of_an_audit_that_was_withdrawn_is_not_its_auditors_to_see_any_more(audit):
    auditor, case = audit.allocation.auditor, audit.allocation.case
    assert case in Case.objects.visible_to(auditor)
    type(audit.allocation).objects.filter(pk=audit.allocation_id).update(standing=Standing.WITHDRAWN)
    assert case not in Case.objects.visible_to(auditor)
