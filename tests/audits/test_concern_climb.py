"""The climb of a concern that nobody takes on, by literal hours, and who ends it."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import DueState, Role
from accounts.errors import UserError
from accounts.models import Due, OutgoingMail, Person
from audits.enums import ConcernEntryKind, ConcernState
from audits.models import ProgrammeRules
from audits.services.concerns.answering import acknowledge, acknowledge_for_duty
from audits.services.concerns.recording import tell_somebody
from tests import factories
from tests.audits.concern_office import AT, Office, entries, hours, mailed, office, sweep, told

pytestmark = pytest.mark.django_db
SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def here() -> Office:
    return office()


def test_after_an_hour_the_next_manager_after_four_the_assistant_director(here: Office) -> None:
    concern = here.press()
    sweep(AT + hours(0.99))
    assert "Hal" not in told(concern)
    sweep(AT + hours(1))
    assert told(concern)["Hal"] == "next_manager"
    assert mailed("concern.climbed") == ["Hal"]
    assert mailed("concern.unanswered") == ["Pat", "Gwen", "Quincy", "Quinn"]
    sweep(AT + hours(3.99))
    assert "Dora" not in told(concern)
    sweep(AT + hours(4))
    assert told(concern)["Dora"] == "assistant_director"
    sweep(AT + hours(4))
    assert mailed("concern.climbed") == ["Hal", "Dora"]
    climbed = concern.entries.filter(kind=ConcernEntryKind.CLIMBED).values_list("text", flat=True)
    assert list(climbed) == [
        "Nobody had taken it on. Hal Head was told.",
        "Nobody had taken it on. Dora Director was told.",
    ]


def test_after_an_outage_every_step_is_still_taken(here: Office) -> None:
    concern = here.press()
    Due.objects.all().delete()  # even where the rows themselves were lost
    sweep(AT + hours(30))
    assert {"Hal", "Dora"} <= set(told(concern))
    assert mailed("concern.duty") == ["duty@wexmoor.example"]


def test_where_nobody_is_left_above_those_who_know_are_told_again(here: Office) -> None:
    Person.objects.filter(pk=here.gwen.pk).update(line_manager=None)
    concern = here.press()
    sweep(AT + hours(1))
    assert mailed("concern.climbed") == []
    assert mailed("concern.unanswered") == ["Pat", "Gwen", "Quincy", "Quinn"]
    assert "Nobody is left above" in concern.entries.get(kind=ConcernEntryKind.CLIMBED).text


def test_in_office_hours_the_duty_contact_is_told_when_the_office_closes(here: Office) -> None:
    here.press()
    sweep(datetime(2026, 11, 16, 16, 59, tzinfo=UTC))
    assert mailed("concern.duty") == []
    sweep(datetime(2026, 11, 16, 17, 0, tzinfo=UTC))
    assert mailed("concern.duty") == ["duty@wexmoor.example"]


@pytest.mark.parametrize(
    "at",
    [
        SATURDAY,
        datetime(2026, 11, 16, 20, tzinfo=UTC),
        datetime(2026, 11, 17, 6, tzinfo=UTC),
        datetime(2026, 12, 25, 11, tzinfo=UTC),
    ],
)
def test_out_of_hours_the_duty_contact_is_told_with_the_press_and_once(here: Office, at: datetime) -> None:
    here.press(at=at)
    assert mailed("concern.duty") == ["duty@wexmoor.example"]
    sweep(at + hours(1))
    sweep(at + hours(8))
    assert mailed("concern.duty") == ["duty@wexmoor.example"]
    mail = OutgoingMail.objects.get(rule="concern.duty")
    assert "Phone Olu Auditor now: 01632 960006" in mail.body


def test_without_a_duty_contact_the_record_says_so(here: Office) -> None:
    ProgrammeRules.objects.create(number=2, values={})
    concern = here.press(at=SATURDAY)
    assert mailed("concern.duty") == []
    assert "no emergency duty contact is named" in concern.entries.get(kind=ConcernEntryKind.CLIMBED).text


def test_the_steps_are_taken_by_the_numbers_of_the_settings(here: Office) -> None:
    ProgrammeRules.objects.create(
        number=2, values={"concern_next_manager_hours": 2, "concern_assistant_director_hours": 3, "office_closes": 12}
    )
    here.press()
    due = dict(Due.objects.filter(rule__startswith="concern.").values_list("rule", "due_at"))
    assert due == {
        "concern.next_manager": AT + hours(2),
        "concern.assistant_director": AT + hours(3),
        "concern.duty": datetime(2026, 11, 16, 12, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("who", "ends"),
    [("pat", True), ("gwen", True), ("quinn", True), ("hal", True), ("otto", True), ("sam", False), ("ola", False)],
)
def test_a_manager_or_quality_assurance_ends_the_climb_and_the_worker_does_not(
    here: Office, who: str, ends: bool
) -> None:
    concern = here.press()
    others = {"hal": here.hal, "otto": here.otto, "ola": factories.person(Role.SOCIAL_WORKER, name="Ola Other")}
    if who in others:
        tell_somebody(concern=concern, person=others[who], by=here.olu, at=AT)
    person = others.get(who) or getattr(here, who)
    assert acknowledge(concern=concern, by=person, at=AT + hours(0.5))
    sweep(AT + hours(8))
    concern.refresh_from_db()
    assert (concern.state == ConcernState.ACKNOWLEDGED) is ends
    assert (mailed("concern.climbed") == []) is ends
    assert concern.recipients.get(person=person).acknowledged_at == AT + hours(0.5)
    outcomes = set(Due.objects.filter(rule__startswith="concern.").values_list("state", flat=True))
    assert outcomes == ({DueState.SKIPPED} if ends else {DueState.DONE})


def test_whoever_raised_it_does_not_acknowledge_it(here: Office) -> None:
    concern = here.press()
    with pytest.raises(PermissionDenied):
        acknowledge(concern=concern, by=here.olu, at=AT)


def test_who_has_it_is_told_to_everybody_once(here: Office) -> None:
    concern = here.press()
    assert acknowledge(concern=concern, by=here.pat, at=AT + hours(0.2))
    assert not acknowledge(concern=concern, by=here.pat, at=AT + hours(0.3))
    assert acknowledge(concern=concern, by=here.gwen, at=AT + hours(0.4))
    concern.refresh_from_db()
    assert concern.acknowledged_by == here.pat
    assert mailed("concern.acknowledged") == ["Sam", "Gwen", "Quincy", "Quinn", "Olu"]
    assert entries(concern).count(ConcernEntryKind.ACKNOWLEDGED) == 2


def test_the_duty_contact_takes_it_on_by_phone(here: Office) -> None:
    concern = here.press(at=SATURDAY)
    acknowledge_for_duty(concern=concern, name="Kim Lowe", by=here.olu, at=SATURDAY + hours(0.5))
    sweep(SATURDAY + hours(8))
    concern.refresh_from_db()
    assert (concern.state, concern.acknowledged_for) == (ConcernState.ACKNOWLEDGED, "Kim Lowe")
    assert mailed("concern.climbed") == []
    with pytest.raises(UserError, match="already"):
        acknowledge_for_duty(concern=concern, name="Kim Lowe", by=here.gwen, at=SATURDAY + hours(9))
