"""The open work of people who leave or are away: all of it is found, and given to others at one press."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Absence, Activity, OutgoingMail, Person
from audits.enums import AuditState, Capacity, Standing
from audits.models import Action, Allocation, Audit, Participant, ProgrammeRules
from config.handover import hand_over, open_work_of, waiting_on
from moderation.models import Moderation
from tests import factories
from tests.accounts.pages import dangling, read
from tests.clients import as_

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TODAY = date(2026, 11, 16)
DUE = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday(time_machine) -> None:
    time_machine.move_to(NOW, tick=False)


class Office:
    """Lea audits, moderates and owns actions; others could do each of it."""

    def __init__(self) -> None:
        self.qa = factories.person(Role.QA, name="Quinn Quality")
        self.manager = factories.person(Role.PRACTICE_MANAGER, name="Pat Practice")
        self.lea = factories.person(
            Role.AUDITOR, Role.MODERATOR, name="Lea Leaver", team=factories.team(), line_manager=self.manager
        )
        self.auditors = [factories.person(Role.AUDITOR, name=f"Auditor {n}", team=factories.team()) for n in range(3)]
        self.former = factories.person(Role.AUDITOR, name="Former Auditor", is_active=False)
        self.moderators = [factories.person(Role.MODERATOR, name=f"Moderator {n}") for n in range(2)]

    def audit(self, due_on: date = DUE) -> Audit:
        return factories.audit(auditor=self.lea, due_on=due_on)

    def discussion(self, due_on: date = DUE) -> Moderation:
        audit = factories.audit(auditor=self.former, state=AuditState.SUBMITTED, overall_grade="good")
        Participant.objects.create(audit=audit, person=self.lea, capacity=Capacity.MODERATOR)
        return Moderation.objects.create(audit=audit, moderator=self.lea, assigned_at=NOW, due_on=due_on)

    def action(self, due_on: date = DUE) -> Action:
        audit = factories.audit(
            auditor=self.former,
            state=AuditState.SUBMITTED,
            participants=[(self.manager, Capacity.PRACTICE_MANAGER)],
        )
        return Action.objects.create(
            audit=audit, text="Visit again", owner=self.lea, due_on=due_on, recorded_at=NOW, recorded_by=self.lea
        )

    def leaves(self) -> None:
        Person.objects.filter(pk=self.lea.pk).update(is_active=False)
        self.lea.refresh_from_db()


@pytest.fixture
def office() -> Office:
    return Office()


def page_of(person: Person) -> str:
    return reverse("person_hand_over", args=[person.pk])


def posted(office: Office, *kept: str, **values: str) -> dict[str, str]:
    """What the page's form posts with every row ticked, but for those of `kept`."""
    data = {"reason": "Lea has left", **values}
    for item in open_work_of(office.lea, reader=office.qa, today=TODAY):
        if item.choices:
            data[f"to-{item.key}"] = item.choices[0][0]
        if item.key not in kept:
            data[f"take-{item.key}"] = "on"
    return data | values


def test_everything_open_is_found_and_proposed_to_people_who_may_have_it(office: Office) -> None:
    audit, discussion, action = office.audit(), office.discussion(), office.action()
    factories.audit(auditor=office.lea, state=AuditState.SUBMITTED)
    factories.audit(auditor=office.lea, standing=Standing.WITHDRAWN)
    items = open_work_of(office.lea, reader=office.qa, today=TODAY)
    assert [item.key for item in items] == [
        f"audit-{audit.reference}",
        f"discussion-{discussion.audit.reference}",
        f"action-{action.pk}",
    ]
    proposed = [Person.objects.get(pk=item.choices[0][0]) for item in items]
    assert proposed[0] in office.auditors
    assert proposed[1] in office.moderators
    assert proposed[2] == office.manager


def test_nobody_is_proposed_two_before_everybody_is_proposed_one(office: Office) -> None:
    for _ in range(3):
        office.audit()
    for _ in range(2):
        office.discussion()
    items = open_work_of(office.lea, reader=office.qa, today=TODAY)
    assert {item.choices[0][0] for item in items[:3]} == {str(person.pk) for person in office.auditors}
    assert {item.choices[0][0] for item in items[3:]} == {str(person.pk) for person in office.moderators}


def test_one_press_gives_all_of_it_by_the_same_doors_as_one_by_one(office: Office) -> None:
    office.audit(), office.discussion(), office.action()
    office.leaves()
    answer = as_(office.qa).post(page_of(office.lea), posted(office))
    assert answer.status_code == 302
    assert open_work_of(office.lea, reader=office.qa, today=TODAY) == []
    verbs = ["audit.handed_over", "moderation.reassigned", "action.handed_over"]
    assert set(Activity.objects.filter(verb__in=verbs).values_list("verb", flat=True)) == set(verbs)
    mails = ["audit.taken_over", "moderation.assigned", "action.recorded"]
    assert set(OutgoingMail.objects.values_list("rule", flat=True)) >= set(mails)
    assert not OutgoingMail.objects.filter(to=office.lea.email).exists()


def test_what_is_not_ticked_stays(office: Office) -> None:
    audit, action = office.audit(), office.action()
    as_(office.qa).post(page_of(office.lea), posted(office, f"action-{action.pk}"))
    assert [item.key for item in open_work_of(office.lea, reader=office.qa, today=TODAY)] == [f"action-{action.pk}"]
    assert Allocation.objects.get(audit=audit).auditor != office.lea


def test_what_cannot_be_given_is_listed_with_the_reason_and_stays(office: Office) -> None:
    audit, action = office.audit(), office.action()
    items = open_work_of(office.lea, reader=office.qa, today=TODAY)
    to = {items[0].key: office.manager, items[1].key: office.manager}
    given, refused = hand_over(items, to, by=office.qa, at=NOW, reason="Lea has left")
    assert [item.key for item in given] == [f"action-{action.pk}"]
    assert [(each.item.key, each.why) for each in refused] == [
        (f"audit-{audit.reference}", "Pat Practice is not an auditor.")
    ]
    assert Allocation.objects.get(audit=audit).auditor == office.lea


def test_the_page_says_what_was_refused_while_it_was_open(office: Office) -> None:
    audit = office.audit()
    office.action()
    data = posted(office)
    chosen = Person.objects.get(pk=data[f"to-audit-{audit.reference}"])
    Absence.objects.create(person=chosen, starts_on=TODAY)
    others = [person for person in office.auditors if person != chosen]
    assert others
    answer = as_(office.qa).post(page_of(office.lea), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Error: " in page
    assert f"Audit {audit.reference}: the person you chose cannot take it any more" in page
    assert dangling(read(page)) == set()
    assert Allocation.objects.get(audit=audit).auditor == office.lea


@pytest.mark.parametrize(("missing", "says"), [("reason", "Enter why others do it"), ("take", "Select what is to be")])
def test_what_is_missing_is_said_at_the_top(office: Office, missing: str, says: str) -> None:
    office.audit()
    data = {name: value for name, value in posted(office).items() if not name.startswith(missing)}
    answer = as_(office.qa).post(page_of(office.lea), data)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert dangling(read(answer.content.decode())) == set()


def test_what_is_refused_when_it_is_done_is_listed_with_a_link_to_its_row(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = office.audit()

    def refuse(**wanted: object) -> None:
        raise UserError("Somebody else has changed this audit in the meantime.")

    monkeypatch.setattr("config.handover.hand_over_audit", refuse)
    page = as_(office.qa).post(page_of(office.lea), posted(office)).content.decode()
    assert f"Audit {audit.reference}: Somebody else has changed this audit" in page
    assert dangling(read(page)) == set()


def test_where_nobody_may_have_it_the_row_says_so_and_leads_to_its_page(office: Office) -> None:
    audit = office.audit()
    Person.objects.filter(pk__in=[person.pk for person in office.auditors]).update(is_active=False)
    page = as_(office.qa).get(page_of(office.lea)).content.decode()
    assert "Nobody is free and independent" in page
    assert reverse("audit_hand_over", args=[audit.reference]) in page


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "waits"),
    [
        (date(2026, 11, 9), None, True),
        (date(2026, 11, 9), date(2026, 11, 30), True),
        (date(2026, 11, 9), date(2026, 11, 20), False),  # back before it is due
        (date(2026, 11, 20), date(2026, 11, 30), True),  # soon
        (date(2026, 11, 20), date(2026, 11, 22), False),
        (date(2026, 11, 24), None, False),  # after it is due
        (date(2026, 10, 1), date(2026, 10, 30), False),
    ],
)
def test_work_waits_for_whoever_is_away_now_or_soon_until_it_is_due(
    office: Office, starts_on: date, ends_on: date | None, waits: bool
) -> None:
    office.audit(), office.discussion(), office.action()
    Absence.objects.create(person=office.lea, starts_on=starts_on, ends_on=ends_on)
    found = [(row.person, row.audits, row.discussions, row.actions) for row in waiting_on(TODAY)]
    assert found == ([(office.lea, 1, 1, 1)] if waits else [])


@pytest.mark.parametrize(("role", "kind"), [(Role.AUDITOR, "audits"), (Role.MODERATOR, "discussions")])
def test_work_waits_for_whoever_has_not_the_role_any_more(office: Office, role: Role, kind: str) -> None:
    office.audit()
    office.discussion()
    assert waiting_on(TODAY) == []
    office.lea.roles.filter(role=role).delete()
    (row,) = waiting_on(TODAY)
    assert (row.person, row.why) == (office.lea, "Has not the role for it any more")
    assert {name for name in ("audits", "discussions", "actions") if getattr(row, name)} == {kind}


def test_what_is_overdue_waits_for_whoever_is_away_today(office: Office) -> None:
    office.audit(due_on=date(2026, 11, 11))
    Absence.objects.create(person=office.lea, starts_on=TODAY, ends_on=date(2026, 11, 27))
    assert [row.first_due_on for row in waiting_on(TODAY)] == [date(2026, 11, 11)]


def test_qa_has_it_on_the_first_page_and_nobody_else(office: Office) -> None:
    office.audit()
    office.leaves()
    words = "Open work of people who have left or are away"
    assert words in as_(office.qa).get("/").content.decode()
    assert words not in as_(office.auditors[0]).get("/").content.decode()
    listed = as_(office.qa).get(reverse("open_work")).content.decode()
    assert page_of(office.lea) in listed
    assert "Has left" in listed


def test_the_next_page_after_closing_an_account_or_noting_an_absence_offers_it(office: Office) -> None:
    office.audit()
    client = as_(office.qa)
    away = {"starts_on_day": "16", "starts_on_month": "11", "starts_on_year": "2026"}
    answer = client.post(reverse("absence_add", args=[office.lea.pk]), away, follow=True)
    page = answer.content.decode()
    assert "Lea Leaver holds 1 audit" in page
    assert "Nobody does what is open unless others are given it" in page
    assert page_of(office.lea) in page


def test_an_administrator_sees_how_much_and_leaves_it_to_qa(office: Office) -> None:
    office.audit()
    office.leaves()
    page = as_(factories.person(Role.ADMIN)).get(reverse("person_detail", args=[office.lea.pk])).content.decode()
    assert "Lea Leaver holds 1 audit" in page
    assert page_of(office.lea) not in page


@pytest.mark.parametrize("role", [role for role in Role if role != Role.QA])
def test_only_qa_hands_over(office: Office, role: Role) -> None:
    client = as_(factories.person(role))
    assert client.get(page_of(office.lea)).status_code == 403
    assert client.post(page_of(office.lea), {}).status_code == 403
    assert client.get(reverse("open_work")).status_code == 403


@pytest.mark.parametrize(
    ("quota", "by_role", "says"),
    [
        (3, {"moderator": 2}, "3: a number of their own"),
        (None, {"moderator": 2}, "2: the number for the role moderator"),
        (None, {}, "1: the programme’s usual number"),
    ],
)
def test_the_page_of_a_person_says_which_number_of_cases_counts(
    office: Office, quota: int | None, by_role: dict[str, int], says: str
) -> None:
    ProgrammeRules.objects.create(number=99, values={"quota_by_role": by_role})
    Person.objects.filter(pk=office.lea.pk).update(quota=quota)
    page = as_(office.qa).get(reverse("person_detail", args=[office.lea.pk])).content.decode()
    assert says in page


def test_the_pages_hang_together(office: Office) -> None:
    office.audit(), office.discussion(), office.action()
    office.leaves()
    for url in (page_of(office.lea), reverse("open_work"), reverse("person_detail", args=[office.lea.pk])):
        assert dangling(read(as_(office.qa).get(url).content.decode())) == set()


def test_the_pages_ask_as_much_for_much_work_as_for_little(office: Office) -> None:
    client = as_(office.qa)

    def queries() -> list[int]:
        counts = []
        for url in ("/", page_of(office.lea), reverse("open_work"), reverse("person_detail", args=[office.lea.pk])):
            client.get(url)
            with CaptureQueriesContext(connection) as asked:
                client.get(url)
            counts.append(len(asked))
        return counts

    office.leaves()
    office.audit(), office.discussion(), office.action()
    few = queries()
    for _ in range(6):
        office.audit(), office.discussion(), office.action()
    assert queries() == few
