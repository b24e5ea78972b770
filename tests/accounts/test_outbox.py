"""The outbox against a mail server that takes, refuses and vanishes: nothing lost, nothing twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import MailState, Role
from accounts.errors import UserError
from accounts.models import Activity, KeptFrom, OutgoingMail
from accounts.services.activity import record
from accounts.services.outbox import WAIT_AFTER_ATTEMPT, message_id, resolve_uncertain, send_again, send_due
from tests.factories import person, unique
from tests.makers.mail_server import REFUSES, VANISHES, MailServer, mail_server

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    """A mail server of our own, and the program told to use it."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_CONFIGURED = True
        yield running


def mail(**values) -> OutgoingMail:
    number = unique()
    defaults = {
        "thing": f"audit:CA-{number}",
        "rule": "audit.reminder",
        "to": f"person{number}@authority.example",
        "subject": f"Mail {number}",
        "body": "Your audit is due.\n",
        "queued_at": MORNING,
        "send_after": MORNING,
    }
    return OutgoingMail.objects.create(**{**defaults, **values})


def state_of(mail: OutgoingMail) -> str:
    mail.refresh_from_db()
    return mail.state


def test_a_queued_mail_is_sent_once_with_its_reference(server):
    queued = mail()
    assert send_due(at=MORNING).sent == 1
    assert send_due(at=MORNING).sent == 0
    assert state_of(queued) == MailState.SENT
    assert queued.sent_at == MORNING
    [taken] = server.taken
    assert taken["Message-ID"] == message_id(queued)
    assert str(queued.reference) in taken["Message-ID"]
    assert taken["To"] == queued.to
    assert taken["Auto-Submitted"] == "auto-generated"


def test_a_mail_waits_for_its_time(server):
    mail(send_after=MORNING + timedelta(minutes=1))
    assert send_due(at=MORNING).sent == 0
    assert send_due(at=MORNING + timedelta(minutes=1)).sent == 1


@pytest.mark.parametrize(("waiting", "sent"), [(1, 1), (3, 3), (4, 1), (40, 1)])
def test_many_mails_of_one_rule_to_one_person_go_out_as_one(server, waiting, sent):
    queued = [mail(to="manager@authority.example", rule="audit.escalation") for _ in range(waiting)]
    assert send_due(at=MORNING).sent == waiting
    assert len(server.taken) == sent
    assert {state_of(each) for each in queued} == {MailState.SENT}
    text = "".join(taken.get_content() + taken["Subject"] for taken in server.taken)
    assert all(each.subject in text for each in queued)


def test_mails_of_other_rules_or_to_other_people_stay_apart(server):
    for number in range(3):
        mail(to="manager@authority.example", rule="audit.escalation")
        mail(to="manager@authority.example", rule="action.escalation")
        mail(to=f"manager{number}@authority.example", rule="audit.escalation")
    send_due(at=MORNING)
    assert len(server.taken) == 9


def test_without_a_mail_server_mail_stays_to_be_read_in_the_program(settings):
    settings.EMAIL_CONFIGURED = False
    queued = mail()
    send_due(at=MORNING)
    assert state_of(queued) == MailState.QUEUED
    assert queued.attempts == 0


def test_a_mail_server_that_cannot_be_reached_costs_no_attempt(server):
    queued = mail()
    server.shutdown()
    server.server_close()
    result = send_due(at=MORNING)
    assert result.unreachable
    assert state_of(queued) == MailState.QUEUED
    assert queued.attempts == 0
    assert "cannot be reached" in queued.last_error


def test_a_refused_mail_is_tried_again_later_and_in_the_end_fails(server):
    server.manner = REFUSES
    queued, at = mail(), MORNING
    for wait in WAIT_AFTER_ATTEMPT:
        assert send_due(at=at).put_off == 1
        assert state_of(queued) == MailState.QUEUED
        assert queued.send_after == at + wait
        at = queued.send_after
    assert send_due(at=at).failed == 1
    assert state_of(queued) == MailState.FAILED
    assert "no such person" in queued.last_error
    assert server.taken == []


def test_one_refused_mail_does_not_stop_the_next(server):
    broken, good = mail(to="line\nbreak@authority.example"), mail()
    result = send_due(at=MORNING)
    assert (result.put_off, result.sent) == (1, 1)
    assert state_of(broken) == MailState.QUEUED
    assert state_of(good) == MailState.SENT


def test_a_mail_on_its_way_when_the_connection_broke_is_uncertain_and_never_sent_again_by_itself(server):
    server.manner = VANISHES
    queued = mail()
    assert send_due(at=MORNING).uncertain == 1
    assert state_of(queued) == MailState.UNCERTAIN
    server.manner = ""
    send_due(at=MORNING + timedelta(days=1))
    assert server.subjects() == [queued.subject]


def test_the_mail_after_a_broken_connection_gets_a_new_one(server):
    server.manner = VANISHES
    first, second = mail(), mail()
    send_due(at=MORNING)
    assert server.subjects() == [first.subject, second.subject]
    assert {state_of(first), state_of(second)} == {MailState.UNCERTAIN}


def test_a_mail_that_a_stopped_process_had_claimed_becomes_uncertain_after_ten_minutes(server):
    claimed = mail(state=MailState.SENDING, claimed_at=MORNING, attempts=1)
    send_due(at=MORNING + timedelta(minutes=10))
    assert state_of(claimed) == MailState.SENDING
    send_due(at=MORNING + timedelta(minutes=10, seconds=1))
    assert state_of(claimed) == MailState.UNCERTAIN
    assert server.taken == []


@pytest.mark.parametrize(("sent", "state", "mails"), [(True, MailState.SENT, 0), (False, MailState.QUEUED, 1)])
def test_an_administrator_settles_an_uncertain_mail(server, sent, state, mails):
    admin = person(Role.ADMIN)
    uncertain = mail(state=MailState.UNCERTAIN, claimed_at=MORNING)
    resolve_uncertain(mail=uncertain, by=admin, sent=sent, at=MORNING)
    assert uncertain.state == state
    assert send_due(at=MORNING).sent == mails
    assert Activity.objects.get(verb="mail.resolved").actor == admin


def test_an_uncertain_mail_is_settled_once():
    admin = person(Role.ADMIN)
    uncertain = mail(state=MailState.UNCERTAIN, claimed_at=MORNING)
    resolve_uncertain(mail=uncertain, by=admin, sent=False, at=MORNING)
    with pytest.raises(UserError, match="already decided"):
        resolve_uncertain(mail=uncertain, by=admin, sent=True, at=MORNING)
    assert state_of(uncertain) == MailState.QUEUED


def test_a_failed_mail_can_be_sent_again(server):
    failed = mail(state=MailState.FAILED, attempts=5, last_error="no such person")
    send_again(mail=failed, by=person(Role.ADMIN), at=MORNING)
    assert send_due(at=MORNING).sent == 1


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.QA)])
def test_nobody_else_decides_what_becomes_of_a_mail(role):
    somebody = person(role)
    with pytest.raises(PermissionDenied):
        resolve_uncertain(mail=mail(state=MailState.UNCERTAIN), by=somebody, sent=True, at=MORNING)
    with pytest.raises(PermissionDenied):
        send_again(mail=mail(state=MailState.FAILED), by=somebody, at=MORNING)


def test_urgent_mails_go_out_before_all_others_and_each_by_itself(server: MailServer) -> None:
    for _ in range(5):
        mail(to="same@authority.example")
    for _ in range(5):
        mail(to="same@authority.example", subject="Act now", rule="concern.raised", urgent=True)
    send_due(at=MORNING)
    assert server.subjects()[:5] == ["Act now"] * 5
    assert len(server.taken) == 6


def test_an_urgent_mail_that_may_have_been_sent_is_sent_again_without_waiting_for_anybody(server: MailServer) -> None:
    server.manner = VANISHES
    waiting = mail(urgent=True)
    send_due(at=MORNING)
    assert state_of(waiting) == MailState.QUEUED
    server.manner = ""
    send_due(at=MORNING + timedelta(minutes=1))
    assert state_of(waiting) == MailState.SENT


def test_an_urgent_mail_whose_process_was_stopped_is_sent_again(server: MailServer) -> None:
    stopped = mail(urgent=True, state=MailState.SENDING, claimed_at=MORNING)
    send_due(at=MORNING + timedelta(minutes=11))
    assert state_of(stopped) == MailState.SENT


def test_an_urgent_mail_is_tried_every_minute_at_first(server: MailServer) -> None:
    server.manner = REFUSES
    refused = mail(urgent=True)
    for minute in range(5):
        send_due(at=MORNING + timedelta(minutes=minute))
    refused.refresh_from_db()
    assert (refused.state, refused.attempts) == (MailState.QUEUED, 5)


def test_what_is_kept_from_a_person_is_in_no_list_of_theirs() -> None:
    kept, other = mail(thing="concern:SC-1"), mail()
    reader, somebody = person(Role.QA), person(Role.QA)
    KeptFrom.objects.create(thing="concern:SC-1", person=reader)
    for number in ("SC-1", "SC-2"):
        record(by=somebody, verb="concern.raised", thing_type="concern", thing_ref=number, summary=number, at=MORNING)
    assert set(OutgoingMail.objects.visible_to(reader)) == {other}
    assert set(OutgoingMail.objects.visible_to(somebody)) == {kept, other}
    assert [line.thing_ref for line in Activity.objects.visible_to(reader)] == ["SC-2"]
    assert Activity.objects.visible_to(somebody).count() == 2
