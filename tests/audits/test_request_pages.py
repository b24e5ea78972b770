"""Requests through their pages, as the people who ask and the people who decide."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Person
from audits.enums import AuditKind, AuditState, Capacity, RequestGround, RequestKind, RequestState, Standing
from audits.models import Audit, ProgrammeRules, Request
from audits.services.requests import asking
from audits.services.requests.deciding import decide
from audits.task_list import tasks_for
from tests import factories
from tests.accounts.pages import dangling, read
from tests.audits.filling import AT
from tests.audits.test_stage1_pages import address, as_, text_of

pytestmark = pytest.mark.django_db

TODAY = AT.date()
UNTIL = {"wanted_until_day": "4", "wanted_until_month": "12", "wanted_until_year": "2026"}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def audit() -> Audit:
    team = factories.team("Elm")
    worker = factories.person(Role.SOCIAL_WORKER, name="Wren Worker", team=team)
    return factories.audit(
        auditor=factories.person(Role.AUDITOR, name="Avery Auditor", team=factories.team("Oak")),
        worker=worker,
        case=factories.case(case_id="SECRET-4711", team=team, worker=worker),
    )


@pytest.fixture
def qa() -> Person:
    return factories.person(Role.QA, name="Quinn Quality")


def exemption(audit: Audit, **values) -> Request:
    asked = {"reason": "Long leave from Monday", "by": audit.allocation.auditor, "at": AT}
    return asking.ask_for_exemption(allocation=audit.allocation, **(asked | values))


def page_of(request: Request, person: Person):
    return as_(person).get(reverse("request_detail", args=[request.pk]))


# Asking


def test_from_i_cannot_do_this_audit_to_more_time_and_back(audit, qa):
    client = as_(audit.allocation.auditor)
    assert "I cannot do this audit" in text_of(client.get(address("audit_detail", audit)))
    choices = text_of(client.get(address("request_choose", audit)))
    for choice in ("I need more time", "not a case that I should audit", "I cannot audit at all this time"):
        assert choice in choices
    assert "until 21 December 2026" in choices
    answer = client.post(address("request_extension", audit), UNTIL | {"reason": "Two inspections"}, follow=True)
    assert answer.redirect_chain[-1][0] == address("audit_detail", audit)
    assert "More time until 4 December 2026 Waiting for a decision" in text_of(answer)
    request = Request.objects.get()
    answer = client.post(reverse("request_take_back", args=[request.pk]), follow=True)
    assert "Nobody will decide it" in text_of(answer)
    assert "Taken back" in text_of(answer)


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"reason": ""}, "Enter why you need more time"),
        ({"reason": "Late"}, "Enter the day"),
        ({"reason": "Late", **UNTIL, "wanted_until_day": "5"}, "5 December 2026 is not a working day"),
        ({"reason": "Late", **UNTIL, "wanted_until_day": "31"}, "must be 21 December 2026 or before"),
    ],
)
def test_what_is_missing_or_wrong_stands_at_its_field(audit, posted, said):
    answer = as_(audit.allocation.auditor).post(address("request_extension", audit), posted)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert read(answer.content.decode()).one("title").text.startswith("Error: ")
    assert not Request.objects.exists()


def test_a_replacement_says_what_becomes_of_a_conflict_of_interest(audit, qa):
    client = as_(audit.allocation.auditor)
    assert "never comes to you again" in text_of(client.get(address("request_replacement", audit)))
    client.post(address("request_replacement", audit), {"ground": "conflict", "reason": "A neighbour"})
    request = Request.objects.get()
    assert request.ground == RequestGround.CONFLICT
    assert "Refusing does not take it off the record" in text_of(page_of(request, qa))
    assert "this case is never drawn for you again" in text_of(page_of(request, audit.allocation.auditor))


def test_what_cannot_be_asked_for_any_more_says_why(audit):
    with time_machine.travel(AT + timedelta(days=20), tick=False):
        client = as_(audit.allocation.auditor)
        assert text_of(client.get(address("request_choose", audit))).count("by the due day, 23 November 2026") == 2
        answer = client.get(address("request_exemption", audit), follow=True)
        assert answer.redirect_chain[-1][0] == address("request_choose", audit)
        refused = client.post(address("request_exemption", audit), {"reason": "Late"})
        assert (refused.status_code, Request.objects.count()) == (422, 0)
        assert client.get(address("request_replacement", audit)).status_code == 200


ASKING = ["request_choose", "request_extension", "request_exemption", "request_replacement", "audit_worker"]


@pytest.mark.parametrize("name", ASKING)
def test_the_pages_of_asking_are_the_auditors_own_until_submission(audit, qa, name):
    own = as_(audit.allocation.auditor)
    assert own.get(address(name, audit)).status_code == 200
    assert as_(factories.person(Role.AUDITOR)).get(address(name, audit)).status_code == 404
    assert as_(qa).get(address(name, audit)).status_code == 403
    assert as_(audit.allocation.worker).get(address(name, audit)).status_code == 403
    Audit.objects.filter(pk=audit.pk).update(
        state=AuditState.SUBMITTED, submitted_at=AT, completed_on=TODAY, overall_grade="good"
    )
    assert own.get(address(name, audit)).status_code == 302


# Access


@pytest.fixture
def restricted(audit) -> Audit:
    audit.allocation.case.restricted = True
    audit.allocation.case.save()
    return audit


def test_the_check_of_a_restricted_record_asks_for_access_once(restricted, qa):
    client = as_(restricted.allocation.auditor)
    assert "you ask for access" in text_of(client.get(address("audit_checks", restricted)))
    client.post(address("audit_checks", restricted), {"check": "restriction"})
    page = text_of(client.get(address("audit_checks", restricted)))
    assert "You have asked for access to it" in page
    assert "SECRET-4711" not in page
    assert Request.objects.get().kind == RequestKind.ACCESS
    client.post(reverse("request_take_back", args=[Request.objects.get().pk]))
    assert "Ask for access to the record" in text_of(client.get(address("audit_checks", restricted)))
    client.post(address("request_access", restricted), {"reason": "To audit it"})
    assert Request.objects.pending().count() == 1


def test_qa_asks_for_access_with_a_reason_and_a_colleague_decides(restricted, qa):
    colleague = factories.person(Role.QA)
    assert "SECRET-4711" not in text_of(as_(qa).get(address("audit_detail", restricted)))
    assert as_(qa).post(address("request_access", restricted), {"reason": ""}).status_code == 422
    as_(qa).post(address("request_access", restricted), {"reason": "A complaint has come in"})
    request = Request.objects.get()
    own = text_of(page_of(request, qa))
    assert "Who decides" in own
    assert "Your decision" not in own
    as_(colleague).post(reverse("request_detail", args=[request.pk]), {"decision": "grant"})
    assert "SECRET-4711" in text_of(as_(qa).get(address("audit_detail", restricted)))


def test_what_is_asked_for_already_is_not_offered_again(restricted, qa):
    offer = "Ask for access to the record"
    assert offer in text_of(as_(qa).get(address("audit_detail", restricted)))
    as_(qa).post(address("request_access", restricted), {"reason": "A complaint has come in"})
    page = text_of(as_(qa).get(address("audit_detail", restricted)))
    assert "You have asked for access. It waits for a decision." in page
    assert offer not in page
    assert offer in text_of(as_(factories.person(Role.QA)).get(address("audit_detail", restricted)))


def test_who_knows_the_record_has_nothing_to_ask_for(audit, restricted):
    answer = as_(restricted.allocation.worker).get(address("request_access", restricted), follow=True)
    assert "open to you" in text_of(answer)
    assert as_(factories.person(Role.AUDITOR)).get(address("request_access", restricted)).status_code == 404


def test_the_reason_of_a_restricted_record_shows_to_those_who_decide_and_to_nobody_else(restricted, qa):
    rules = ProgrammeRules.objects.create(number=2, values={"exemption_decided_by": "leadership"}, reason="Policy")
    type(restricted.allocation.cycle).objects.update(rules=rules)
    request = exemption(restricted)
    director = factories.person(Role.LEADERSHIP, name="Dara Director")
    assert "Long leave" in text_of(page_of(request, director))
    page = text_of(page_of(request, qa))
    assert "Long leave" not in page
    assert "One of these people: Dara Director" in page


# Deciding


def test_qa_finds_the_request_on_the_first_page_in_the_list_and_decides_it(audit, qa):
    earlier = factories.audit(auditor=audit.allocation.auditor, cycle=factories.cycle(date(2026, 9, 1)))
    before = exemption(earlier)
    decide(request=before, grant=False, reason="Cover is there", by=qa, at=AT)
    request = exemption(audit, at=AT - timedelta(days=3))
    [task] = [task for task in tasks_for(qa, TODAY) if task.group == "Requests"]
    assert task.title == f"Decide: an exemption for audit {audit.reference}"
    assert task.hint == "Avery Auditor asked 3 days ago, the audit is due on 23 November"
    assert audit.reference in text_of(as_(qa).get(reverse("request_list")))
    page = text_of(as_(qa).get(task.url))
    for fact in ("Long leave from Monday", "Avery Auditor, Oak", "Due 23 November 2026", "Audits to complete now 2"):
        assert fact in page
    assert "Exemption 1 refused" in page, "what was asked for before"
    assert as_(qa).post(task.url, {"decision": "refuse"}).status_code == 422
    assert as_(qa).post(task.url, {"reason": ""}).status_code == 422
    answer = as_(qa).post(task.url, {"decision": "grant", "reason": ""}, follow=True)
    assert "Granted. Avery Auditor has been told." in text_of(answer)
    request.refresh_from_db()
    assert request.state == RequestState.GRANTED
    assert not [task for task in tasks_for(qa, TODAY) if task.group == "Requests"]


def test_an_extension_is_granted_to_another_day(audit, qa):
    request = asking.ask_for_extension(
        allocation=audit.allocation, wanted_until=date(2026, 12, 4), reason="Late", by=audit.allocation.auditor, at=AT
    )
    url = reverse("request_detail", args=[request.pk])
    wrong = {"decision": "grant", "until_day": "29", "until_month": "11", "until_year": "2026"}
    assert "not a working day" in text_of(as_(qa).post(url, wrong))
    as_(qa).post(url, wrong | {"until_day": "27"})
    audit.allocation.refresh_from_db()
    assert audit.allocation.due_on == date(2026, 11, 27)
    page = text_of(as_(audit.allocation.auditor).get(address("audit_detail", audit)))
    assert "More time until 27 November 2026 Granted" in page
    assert "Due on Friday 27 November 2026" in page


def test_an_exemption_is_granted_and_undone_on_the_pages(audit, qa):
    request = exemption(audit)
    decide(request=request, grant=True, reason="", by=qa, at=AT)
    own = as_(audit.allocation.auditor)
    assert "does not have to be done any more" in text_of(own.get(address("audit_detail", audit)))
    url = reverse("request_undo", args=[request.pk])
    assert "Ask for the audit after all" in text_of(page_of(request, qa))
    assert as_(qa).post(url, {"reason": "Back early"}).status_code == 422
    day = {"due_on_day": "4", "due_on_month": "12", "due_on_year": "2026"}
    answer = as_(qa).post(url, day | {"reason": "Back early"}, follow=True)
    assert "Undone by Quinn Quality" in text_of(answer)
    audit.allocation.refresh_from_db()
    assert (audit.allocation.standing, audit.allocation.due_on) == (Standing.LIVE, date(2026, 12, 4))
    assert "Back early" in text_of(own.get(address("audit_detail", audit)))


def test_nobody_decides_on_the_pages_what_is_not_theirs(audit, qa):
    request = exemption(audit)
    url = reverse("request_detail", args=[request.pk])
    own = as_(audit.allocation.auditor)
    assert own.get(url).status_code == 200
    assert own.post(url, {"decision": "grant"}).status_code == 403
    for role in (Role.LEADERSHIP, Role.AUDITOR, Role.ADMIN, Role.SOCIAL_WORKER):
        assert as_(factories.person(role)).get(url).status_code == 404
        assert as_(factories.person(role)).post(url, {"decision": "grant"}).status_code == 404
    assert as_(qa).post(reverse("request_take_back", args=[request.pk])).status_code == 404
    assert Request.objects.get().state == RequestState.PENDING


def test_a_request_that_somebody_else_decided_meanwhile_says_so(audit, qa):
    request = exemption(audit)
    decide(request=request, grant=False, reason="Cover is there", by=qa, at=AT)
    answer = as_(qa).post(reverse("request_detail", args=[request.pk]), {"decision": "grant"}, follow=True)
    assert "decided or taken back in the meantime" in text_of(answer)
    assert Request.objects.get().state == RequestState.REFUSED


@pytest.mark.parametrize("kind", [AuditKind.REAUDIT, AuditKind.DIRECTED])
def test_another_case_for_an_audit_that_was_not_drawn_leads_to_another_auditor(qa, kind):
    audit = factories.audit(kind=kind)
    request = asking.ask_for_replacement(
        allocation=audit.allocation,
        ground=RequestGround.CONFLICT,
        reason="A neighbour",
        by=audit.allocation.auditor,
        at=AT,
    )
    page = read(page_of(request, qa).content.decode())
    assert page.find("a", href=reverse("audit_hand_over", args=[audit.reference]))
    assert [radio.attributes["value"] for radio in page.find("input", name="decision")] == ["refuse"]


# The list


def test_the_list_shows_what_waits_and_is_narrowed(audit, qa):
    waiting = exemption(audit)
    refused = exemption(factories.audit(auditor=factories.person(Role.AUDITOR, name="Rory Refused")))
    decide(request=refused, grant=False, reason="Cover is there", by=qa, at=AT)

    def shown(**query) -> set[int]:
        return {row.request.pk for row in as_(qa).get(reverse("request_list"), query).context["rows"]}

    assert shown() == {waiting.pk}
    assert shown(state="") == {waiting.pk, refused.pk}
    assert shown(state="refused") == {refused.pk}
    assert shown(state="", kind="extension") == set()
    assert shown(team=audit.allocation.auditor.team_id) == {waiting.pk}
    assert shown(state="", cycle=audit.allocation.cycle_id) == {waiting.pk, refused.pk}
    own = as_(audit.allocation.auditor).get(reverse("request_list"), {"state": ""}).context["rows"]
    assert [row.request.pk for row in own] == [waiting.pk]


def many_requests(count: int) -> None:
    for _ in range(count):
        auditor = factories.person(Role.AUDITOR, team=factories.team())
        exemption(factories.audit(auditor=auditor))


@pytest.mark.parametrize("name", ["request_list", "home"])
def test_the_number_of_queries_does_not_grow_with_the_requests(qa, name, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (7, 30):
        many_requests(more)
        client = as_(qa)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_first_page_shows_the_five_oldest_and_how_many_there_are(qa):
    many_requests(7)
    tasks = [task for task in tasks_for(qa, TODAY) if task.group == "Requests"]
    assert len(tasks) == 6
    assert (tasks[-1].title, tasks[-1].status) == ("See all 7 requests", "7 waiting")


def test_every_page_has_its_references_in_order(audit, qa):
    request = exemption(audit)
    own, deciding = as_(audit.allocation.auditor), as_(qa)
    pages = [own.get(address(name, audit)) for name in (*ASKING, "audit_checks", "audit_detail")]
    pages += [client.get(reverse("request_detail", args=[request.pk])) for client in (own, deciding)]
    pages += [deciding.get(reverse("request_list"))]
    for page in pages:
        assert dangling(read(page.content.decode())) == set()


# The worker


def test_the_auditor_says_who_works_with_the_child_now_and_undoes_it(audit):
    manager = factories.person(Role.PRACTICE_MANAGER, name="Mo Manager")
    new = factories.person(Role.SOCIAL_WORKER, name="Nell Newcomer", line_manager=manager)
    client, url = as_(audit.allocation.auditor), address("audit_worker", audit)
    assert "no other social worker in the team" in text_of(client.get(url))
    assert "Nell Newcomer" in text_of(client.get(url, {"q": "newc"}))
    assert client.post(f"{url}?q=newc", {"save": ""}).status_code == 422
    client.post(f"{url}?q=newc", {"worker": new.pk})
    parts = set(audit.participants.values_list("person__name", "capacity"))
    assert ("Nell Newcomer", Capacity.WORKER) in parts
    assert ("Mo Manager", Capacity.LINE_MANAGER) in parts
    assert "Wren Worker" not in {name for name, _ in parts}
    audit.refresh_from_db()
    assert audit.worker_confirmed_at is not None
    assert as_(new).get(address("audit_detail", audit)).status_code == 200
    old = Person.objects.get(name="Wren Worker")
    assert as_(old).get(address("audit_detail", audit)).status_code == 404
    client.post(f"{url}?q=wren", {"worker": old.pk})
    assert as_(old).get(address("audit_detail", audit)).status_code == 200
    assert as_(new).get(address("audit_detail", audit)).status_code == 404


def test_a_worker_in_the_auditors_line_leads_to_another_case(audit):
    auditor = audit.allocation.auditor
    below = factories.person(Role.SOCIAL_WORKER, name="Lee Below", line_manager=auditor)
    client, url = as_(auditor), f"{address('audit_worker', audit)}?q=lee"
    answer = client.post(url, {"worker": below.pk})
    assert "Lee Below is managed by you" in text_of(answer)
    [link] = read(answer.content.decode()).find("a", href=f"{address('request_replacement', audit)}?in_line=yes")
    audit.allocation.refresh_from_db()
    assert audit.allocation.worker != below
    form = read(client.get(link.attributes["href"]).content.decode())
    assert [r.attributes["value"] for r in form.find("input", name="ground", checked="")] == ["other"]
    assert "line of management" in form.one("textarea", name="reason").text


def test_the_worker_of_a_record_without_access_is_not_shown(restricted):
    answer = as_(restricted.allocation.auditor).get(address("audit_worker", restricted), follow=True)
    assert answer.redirect_chain[-1][0] == address("audit_checks", restricted)
    assert "Wren Worker" not in text_of(answer)


def test_whoever_closes_a_cycle_is_told_what_nobody_has_decided(audit, qa):
    close = reverse("cycle_close", args=[audit.allocation.cycle.slug])
    assert "not decided" not in as_(qa).get(close).content.decode()
    exemption(audit)
    assert "1 request about them is not decided, and falls away." in text_of(as_(qa).get(close))


def test_access_to_what_was_withdrawn_is_not_given_and_breaks_nothing(restricted, qa):
    asking.ask_for_access(audit=restricted, reason="To audit it", by=restricted.allocation.auditor, at=AT)
    type(restricted.allocation).objects.filter(pk=restricted.allocation_id).update(standing=Standing.WITHDRAWN)
    answer = as_(qa).post(reverse("audit_grant_access", args=[restricted.reference]), follow=True)
    assert "There is nothing left to decide. The audit was taken back." in text_of(answer)
