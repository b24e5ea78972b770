"""Conflicts of interest: declared, taken back, brought by files, and never a way to find out which cases are held."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Activity, OutgoingMail, Person
from audits.enums import AuditState, Capacity, ImportKind
from audits.facts import read_authority
from audits.imports.resolve import resolve
from audits.models import CaseAccess, CaseConflict, Participant, ProgrammeRules
from audits.services.conflicts import declare, remove, take_back
from audits.services.imports import apply, check
from moderation.models import Moderation
from tests import factories
from tests.accounts.pages import dangling, read
from tests.clients import as_
from tests.makers.files import CASES, case_row, table

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 16, 9, tzinfo=UTC)
MINE = "/conflicts/"
ALL = "/conflicts/all/"


@pytest.fixture
def olu() -> Person:
    return factories.person(Role.AUDITOR, name="Olu Auditor")


@pytest.fixture
def qa() -> Person:
    return factories.person(Role.QA, name="Quinn Quality")


def say(person: Person, number: str, reason: str = "I know the family", by: Person | None = None) -> CaseConflict:
    return declare(person=person, number=number, reason=reason, by=by or person, at=AT)


def barred_from(number: str) -> tuple[str, ...]:
    """The people whom a draw keeps away from the case."""
    authority = read_authority(factories.cycle(), ProgrammeRules.objects.current().programme)
    return next(tuple(str(who) for who in case.conflicts) for case in authority.cases if case.id == number)


def take_in(*rows: dict[str, str]) -> None:
    qa = factories.person(Role.QA)
    batch = check(kind=ImportKind.CASES, content=table(CASES, *rows), name="cases.csv", by=qa, at=AT)
    apply(batch=batch, by=qa, at=AT)


def test_what_a_person_declares_keeps_the_case_from_them(olu: Person) -> None:
    factories.case(case_id="C77")
    say(olu, " c77 ")
    assert barred_from("C77") == (olu.email,)


def test_a_number_that_is_not_held_yet_bars_from_the_day_the_case_appears(olu: Person) -> None:
    conflict = say(olu, "C77")
    assert conflict.case is None
    take_in(case_row(case_id="c77"))
    conflict.refresh_from_db()
    assert conflict.case is not None
    assert barred_from("c77") == (olu.email,)


def test_the_answer_is_the_same_whether_the_case_is_held_restricted_or_unknown(olu: Person) -> None:
    factories.case(case_id="HELD")
    factories.case(case_id="SECRET", restricted=True)
    pages = []
    for number in ("HELD", "SECRET", "UNKNOWN"):
        client = as_(olu)
        answer = client.post(MINE, {"number": number, "reason": "I know the family"}, follow=True)
        pages.append((answer.status_code, _neutral(answer.content.decode(), number)))
        CaseConflict.objects.all().delete()
    assert pages[0] == pages[1] == pages[2]


def _neutral(page: str, number: str) -> str:
    text = str(read(page).one("main").text)
    return text.replace(number, "…")


@pytest.mark.parametrize("held", [True, False])
def test_declared_twice_it_is_one_declaration_however_the_number_is_typed(olu: Person, held: bool) -> None:
    if held:
        factories.case(case_id="C77")
    say(olu, "C77")
    say(olu, "c77", reason="I chaired a conference")
    conflict = CaseConflict.objects.get()
    assert (conflict.case_label, conflict.reason) == ("c77", "I chaired a conference")


def test_taken_back_it_is_gone_and_both_are_in_the_log_without_the_number(olu: Person) -> None:
    factories.case(case_id="C77")
    take_back(conflict=say(olu, "C77"), by=olu, at=AT)
    assert not CaseConflict.objects.exists()
    logged = Activity.objects.filter(thing_type="conflict").order_by("pk")
    assert [activity.verb for activity in logged] == ["conflict.declared", "conflict.taken_back"]
    assert not any("C77" in f"{activity.summary} {activity.data}" for activity in logged)


def test_what_a_case_file_says_stays_when_the_person_takes_theirs_back(olu: Person) -> None:
    take_in(case_row(case_id="C77", conflicts=olu.email))
    conflict = say(olu, "C77")
    assert conflict.from_file
    take_back(conflict=conflict, by=olu, at=AT)
    assert list(CaseConflict.objects.values_list("from_file", "declared_by", "reason")) == [(True, None, "")]


def test_a_later_case_file_takes_back_what_files_said_and_nothing_that_was_declared(olu: Person) -> None:
    ivy, max_ = factories.person(name="Ivy"), factories.person(Role.MODERATOR, name="Max")
    take_in(case_row(case_id="C77", conflicts=f"{olu.email};{ivy.email}"))
    say(olu, "C77")
    say(max_, "C77")
    take_in(case_row(case_id="C77", conflicts=""))
    left = CaseConflict.objects.order_by("email").values_list("email", "from_file")
    assert list(left) == [(max_.email, False), (olu.email, False)]


def test_a_file_that_names_what_was_declared_says_it_too(olu: Person) -> None:
    take_in(case_row(case_id="C77", conflicts=""))
    say(olu, "C77")
    take_in(case_row(case_id="C77", conflicts=olu.email))
    conflict = CaseConflict.objects.get()
    assert (conflict.from_file, conflict.declared_by) == (True, olu)


def test_a_declared_number_that_a_file_names_as_well_becomes_one_row(olu: Person) -> None:
    say(olu, "C77")
    CaseConflict.objects.create(case=factories.case(case_id="C77"), email=olu.email, person=olu, from_file=True)
    assert resolve() == 1
    conflict = CaseConflict.objects.get()
    assert (conflict.from_file, conflict.declared_by, conflict.case.case_id) == (True, olu, "C77")


@pytest.mark.parametrize(
    ("by", "allowed"), [("self", True), ("qa", True), ("auditor", False), ("admin", False), ("leader", False)]
)
def test_people_declare_for_themselves_and_qa_for_anybody(olu: Person, qa: Person, by: str, allowed: bool) -> None:
    who = {
        "self": olu,
        "qa": qa,
        "auditor": factories.person(Role.AUDITOR),
        "admin": factories.person(Role.ADMIN),
        "leader": factories.person(Role.LEADERSHIP),
    }[by]
    if allowed:
        assert say(olu, "C77", by=who).declared_by == who
    else:
        with pytest.raises(PermissionDenied):
            say(olu, "C77", by=who)


def test_what_qa_declared_is_not_the_persons_to_take_back(olu: Person, qa: Person) -> None:
    conflict = say(olu, "C77", by=qa)
    assert say(olu, "C77").declared_by == qa
    with pytest.raises(PermissionDenied):
        take_back(conflict=conflict, by=olu, at=AT)
    assert as_(olu).post(reverse("conflict_take_back", args=[conflict.pk])).status_code == 404
    remove(conflict=conflict, by=qa, at=AT)
    assert not CaseConflict.objects.exists()


@pytest.mark.parametrize(("number", "reason"), [("", "I know them"), ("C77", " ")])
def test_number_and_reason_are_needed(olu: Person, number: str, reason: str) -> None:
    with pytest.raises(UserError):
        say(olu, number, reason)
    page = as_(olu).post(MINE, {"number": number, "reason": reason})
    assert page.status_code == 422
    assert "<title>Error: My conflicts of interest" in page.content.decode()


def test_whoever_is_at_work_on_the_case_is_told_to_stop_and_qa_is_told(olu: Person, qa: Person) -> None:
    audit = factories.audit(auditor=olu)
    client = as_(olu)
    client.post(MINE, {"number": audit.allocation.case.case_id, "reason": "I know the family"})
    assert reverse("audit_detail", args=[audit.reference]) in client.get(MINE).content.decode()
    assert reverse("request_replacement", args=[audit.reference]) in client.get(MINE).content.decode()
    assert f"Give audit {audit.reference} to another auditor" in as_(qa).get("/").content.decode()
    mail = OutgoingMail.objects.get(rule="conflict.at_work")
    assert mail.to == qa.email
    assert audit.reference in mail.body
    assert audit.allocation.case.case_id not in mail.subject + mail.body


def test_a_moderator_is_told_too(qa: Person) -> None:
    max_ = factories.person(Role.MODERATOR, name="Max")
    audit = factories.audit(state=AuditState.SUBMITTED)
    Participant.objects.create(audit=audit, person=max_, capacity=Capacity.MODERATOR)
    Moderation.objects.create(audit=audit, moderator=max_, assigned_at=AT, due_on=date(2026, 11, 26))
    say(max_, audit.allocation.case.case_id)
    assert f"Choose another moderator for audit {audit.reference}" in as_(qa).get("/").content.decode()
    assert "the moderator of audit" in OutgoingMail.objects.get(rule="conflict.at_work").body
    assert audit.reference in as_(max_).get(MINE).content.decode()


def test_an_auditor_without_access_does_not_learn_which_restricted_case_is_theirs(olu: Person, qa: Person) -> None:
    audit = factories.audit(auditor=olu, case=factories.case(case_id="SECRET", restricted=True))
    say(olu, "SECRET")
    assert audit.reference not in as_(olu).get(MINE).content.decode()
    assert OutgoingMail.objects.filter(rule="conflict.at_work", to=qa.email).exists()


@pytest.mark.parametrize(
    ("role", "mine", "everybodys"),
    [
        (Role.AUDITOR, 200, 403),
        (Role.MODERATOR, 200, 403),
        (Role.QA, 403, 200),
        (Role.ADMIN, 403, 403),
        (Role.SOCIAL_WORKER, 403, 403),
        (Role.LEADERSHIP, 403, 403),
    ],
)
def test_everybody_has_their_own_page_and_qa_the_list(role: Role, mine: int, everybodys: int) -> None:
    client = as_(factories.person(role))
    assert client.get(MINE).status_code == mine
    assert client.get(ALL).status_code == everybodys
    assert client.get(reverse("conflict_add")).status_code == everybodys


def test_the_list_hides_the_number_of_a_restricted_case_from_whoever_is_not_named_for_it(
    olu: Person, qa: Person
) -> None:
    case = factories.case(case_id="SECRET", restricted=True)
    say(olu, "secret", reason="Chaired a conference of the Frosts")
    hidden = as_(qa).get(ALL).content.decode()
    assert "Restricted record" in hidden
    assert "secret" not in hidden.lower()
    assert "Frosts" not in hidden
    CaseAccess.objects.create(case=case, person=qa, granted_by=qa, granted_at=AT)
    assert "SECRET" in as_(qa).get(ALL).content.decode()


def test_to_qa_a_restricted_number_that_they_declare_reads_like_one_that_nobody_has(olu: Person, qa: Person) -> None:
    """Otherwise declaring would be a way to try numbers out."""
    factories.case(case_id="C88", restricted=True)
    client = as_(qa)
    read = []
    for number in ("C88", "C99"):
        client.post(reverse("conflict_add"), {"person": olu.email, "number": number, "reason": "Told us"})
        pages = [client.get(ALL + query).content.decode() for query in ("", "?held=yes", "?held=no")]
        read.append([re.sub(r'nonce="[^"]*"|value="[^"]*"', "", page).replace(number, "") for page in pages])
        for conflict in CaseConflict.objects.all():
            client.post(reverse("conflict_remove", args=[conflict.pk]), follow=True)
    known, unknown = ([re.sub(r"all/\d+", "all/x", page) for page in pages] for pages in read)
    assert known == unknown


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"OLU1", "IVY1", "OLU2"}),
        ("?who=olu", {"OLU1", "OLU2"}),
        ("?source=declared", {"OLU1", "OLU2"}),
        ("?source=file", {"IVY1"}),
        ("?held=no", {"OLU2"}),
    ],
)
def test_the_list_can_be_narrowed(olu: Person, qa: Person, query: str, shown: set[str]) -> None:
    ivy = factories.person(name="Ivy")
    factories.case(case_id="OLU1")
    CaseConflict.objects.create(case=factories.case(case_id="IVY1"), email=ivy.email, person=ivy, from_file=True)
    say(olu, "OLU1")
    say(olu, "OLU2")
    page = as_(qa).get(ALL + query).content.decode()
    assert {number for number in ("OLU1", "IVY1", "OLU2") if number in page} == shown


def test_qa_adds_and_removes_in_the_browser(olu: Person, qa: Person) -> None:
    client = as_(qa)
    added = client.post(reverse("conflict_add"), {"person": olu.email, "number": "C77", "reason": "Told us"})
    assert added.status_code == 302
    conflict = CaseConflict.objects.get(person=olu, declared_by=qa)
    client.post(reverse("conflict_remove", args=[conflict.pk]))
    assert not CaseConflict.objects.exists()
    wrong = client.post(reverse("conflict_add"), {"person": "nobody@x.example", "number": "C77", "reason": "x"})
    assert "Nobody here has that e-mail address" in wrong.content.decode()


def test_the_pages_hang_together(olu: Person, qa: Person) -> None:
    say(olu, "C77")
    for person, url in ((olu, MINE), (qa, ALL), (qa, reverse("conflict_add"))):
        assert dangling(read(as_(person).get(url).content.decode())) == set()


def test_the_pages_ask_as_much_for_many_conflicts_as_for_few(olu: Person, qa: Person) -> None:
    def queries(person: Person, url: str) -> int:
        client = as_(person)
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(url)
        return len(asked)

    counts = []
    for some in (2, 12):
        for n in range(some):
            say(olu, factories.case(case_id=f"{some}-{n}").case_id)
        counts.append((queries(olu, MINE), queries(qa, ALL)))
    assert counts[0] == counts[1]
