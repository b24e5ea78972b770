"""Immediate safeguarding concerns: who is told, who is left out, how one ends, and what is on record."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import Role
from accounts.errors import StaleVersion, UserError
from accounts.models import Absence, Activity, OutgoingMail, Person
from audits.enums import AuditState, ConcernEntryKind, ConcernState, Stage, Standing
from audits.models import Allocation, Audit, Concern, Participant
from audits.services.concerns.answering import acknowledge, acknowledge_for_duty, close, open_again, take_back
from audits.services.concerns.recording import add_note, describe, record_call, tell_somebody
from audits.services.handover import hand_over_audit
from moderation.models import Moderation
from moderation.services.handover import reassign
from tests import factories
from tests.audits.concern_office import AT, Office, entries, hours, mailed, office, sweep, told

pytestmark = pytest.mark.django_db
SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def here() -> Office:
    return office()


def test_one_press_tells_the_worker_both_managers_and_quality_assurance(here: Office) -> None:
    concern = here.press()
    assert told(concern) == {
        "Sam": "worker",
        "Pat": "practice_manager",
        "Gwen": "service_manager",
        "Quincy": "qa",
        "Quinn": "qa",
    }
    assert mailed() == ["Sam", "Pat", "Gwen", "Quincy", "Quinn"]
    assert (concern.state, concern.stage, concern.raised_by) == (ConcernState.RAISED, Stage.ONE, here.olu)
    assert entries(concern) == [ConcernEntryKind.RAISED]


def test_a_double_press_raises_one_concern_and_another_page_another(here: Office) -> None:
    assert here.press(text="one") == here.press(text="one", at=AT + hours(0.01))
    assert here.press(text="two") != here.press(text="one")
    assert Concern.objects.count() == 2
    assert len(mailed()) == 10


def test_a_page_that_stayed_open_raises_another_concern_later(here: Office) -> None:
    first = here.press(text="one")
    later = here.press(text="one", at=AT + hours(2))
    assert later != first
    assert here.press(text="one", at=AT + hours(2.01)) == later


@pytest.mark.parametrize("end", ["taken back", "closed"])
def test_a_page_whose_concern_is_over_raises_another_at_once(here: Office, end: str) -> None:
    first = here.press(text="one")
    if end == "closed":
        close(concern=first, outcome="The child is safe", by=here.pat, at=AT + hours(0.01))
    else:
        take_back(concern=first, reason="The wrong button", by=here.olu, at=AT + hours(0.01))
    second = here.press(text="one", at=AT + hours(0.02))
    assert second != first
    assert second.state == ConcernState.RAISED
    assert here.press(text="one", at=AT + hours(0.03)) == second


def test_the_same_press_of_two_people_raises_two(here: Office) -> None:
    assert here.press(text="one") != here.press(text="one", by=here.max)


def test_the_mail_says_to_act_now_and_carries_a_reference_and_a_link_and_nothing_of_the_child(here: Office) -> None:
    concern = here.press()
    case = here.audit.allocation.case
    mail = OutgoingMail.objects.filter(rule="concern.raised").first()
    assert mail is not None
    assert case is not None
    assert mail.subject == "Immediate safeguarding concern: act now"
    assert concern.reference in mail.body
    assert f"/concerns/{concern.reference}/" in mail.body
    assert "01632 960006" in mail.body  # of whoever raised it
    for secret in (case.case_id, here.audit.reference, here.audit.allocation.team, "Sam Social"):
        assert secret not in f"{mail.subject}{mail.body}".replace("Dear Sam Social", "")


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("olu", True),
        ("max", True),
        ("sam", False),
        ("pat", False),
        ("quinn", False),
        ("otto", False),
    ],
)
def test_the_auditor_and_the_moderator_raise_a_concern_and_nobody_else(here: Office, who: str, may: bool) -> None:
    person = getattr(here, who)
    if may:
        assert here.press(by=person).raised_by == person
    else:
        with pytest.raises(PermissionDenied):
            here.press(by=person)
        assert not Concern.objects.exists()


def test_what_the_moderator_raises_is_of_stage_two(here: Office) -> None:
    assert here.press(by=here.max).stage == Stage.TWO


@pytest.mark.parametrize("state", AuditState)
@pytest.mark.parametrize("standing", Standing)
def test_a_concern_can_be_raised_whatever_has_become_of_the_audit(
    here: Office, state: AuditState, standing: Standing
) -> None:
    times = {"submitted_at": AT, "signed_off_at": AT, "completed_on": AT.date()}
    Audit.objects.filter(pk=here.audit.pk).update(state=state, **times)
    Allocation.objects.filter(pk=here.audit.allocation_id).update(standing=standing)
    here.audit = Audit.objects.get(pk=here.audit.pk)
    concern = here.press()
    assert Concern.objects.visible_to(here.pat).get() == concern
    assert Concern.objects.visible_to(here.olu).get() == concern


def test_an_auditor_whose_page_was_open_when_the_audit_went_to_another_still_raises_and_sees_it(here: Office) -> None:
    before = here.press()
    hand_over_audit(audit=here.audit, to=here.otto, by=here.quinn, at=AT, reason="Ill")
    here.audit = Audit.objects.get(pk=here.audit.pk)
    after = here.press(text="two")
    assert set(Concern.objects.visible_to(here.olu)) == {before, after}
    assert not Concern.objects.visible_to(here.otto).exists()


def test_a_moderator_whose_page_was_open_when_it_went_to_another_still_raises(here: Office) -> None:
    Audit.objects.filter(pk=here.audit.pk).update(state=AuditState.SUBMITTED, submitted_at=AT, completed_on=AT.date())
    moderation = Moderation.objects.create(audit=here.audit, moderator=here.max, assigned_at=AT, due_on=AT.date())
    other = factories.person(Role.MODERATOR, name="Mia Moderator")
    reassign(moderation=moderation, to=other, by=here.quinn, at=AT, reason="Ill")
    concern = here.press(by=here.max)
    assert (concern.stage, concern.raised_by) == (Stage.TWO, here.max)


def test_nobody_beside_those_who_were_told_sees_it(here: Office) -> None:
    here.press()
    seeing = {name for name, person in vars(here).items() if isinstance(person, Person) and _sees(person)}
    assert seeing == {"olu", "sam", "pat", "gwen", "quinn", "quincy"}


def _sees(person: Person) -> bool:
    return Concern.objects.visible_to(person).exists()


# Whoever must not be told.


def test_a_person_left_out_is_never_told_and_sees_it_nowhere(here: Office) -> None:
    concern = here.press(pat="An allegation against them", quincy="Related to them")
    assert told(concern) == {
        "Sam": "worker",
        "Gwen": "service_manager",
        "Hal": "next_manager",
        "Quinn": "qa",
    }
    for hours_later in (1, 4, 8):
        sweep(AT + hours(hours_later))
    acknowledge(concern=concern, by=here.gwen, at=AT + hours(9))
    close(concern=concern, outcome="Safe", by=here.gwen, at=AT + hours(10))
    assert not {"Pat", "Quincy"} & {name for rule in _rules() for name in mailed(rule)}
    assert not _sees(here.pat)
    assert not _sees(here.quincy)
    assert _sees(here.quinn)


def _rules() -> set[str]:
    return set(OutgoingMail.objects.values_list("rule", flat=True))


def test_of_a_person_left_out_neither_the_log_nor_the_outbox_says_anything_to_them(here: Office) -> None:
    concern = here.press(quincy="Related to them")
    about = {"thing_type": "concern", "thing_ref": concern.reference}
    assert Activity.objects.visible_to(here.quinn).filter(**about).exists()
    assert not Activity.objects.visible_to(here.quincy).filter(**about).exists()
    assert Activity.objects.visible_to(here.quincy).count() == Activity.objects.exclude(**about).count()
    assert OutgoingMail.objects.visible_to(here.quinn).filter(rule="concern.raised").exists()
    assert not OutgoingMail.objects.visible_to(here.quincy).filter(rule="concern.raised").exists()


def test_the_log_carries_the_reference_of_the_concern_and_no_name_nor_audit(here: Office) -> None:
    concern = here.press(pat="An allegation against them")
    describe(concern=concern, text="Bruises", version=0, by=here.olu, at=AT)
    record_call(concern=concern, spoken_to="Gwen Group", text="Visit now", spoken_at=AT, by=here.olu, at=AT)
    written = " ".join(f"{each.summary} {each.data}" for each in Activity.objects.filter(thing_type="concern"))
    assert concern.reference in written
    for secret in ("Pat", "Gwen", "Bruises", "Visit", "allegation", here.audit.reference):
        assert secret not in written


@pytest.mark.parametrize(
    ("withheld", "why"),
    [
        ({"pat": " "}, "Enter why"),
        (dict.fromkeys(("sam", "pat", "gwen", "hal", "dora", "quinn", "quincy"), "All of them"), "Somebody has to"),
    ],
)
def test_leaving_out_needs_a_reason_and_somebody_who_is_told(here: Office, withheld: dict[str, str], why: str) -> None:
    with pytest.raises(UserError, match=why):
        here.press(**withheld)
    assert not Concern.objects.exists()


def test_a_member_of_quality_assurance_who_is_left_out_takes_nothing_on_and_ends_nothing(here: Office) -> None:
    concern = here.press(quinn="A friend of the family")
    for refused in (
        lambda: acknowledge(concern=concern, by=here.quinn, at=AT),
        lambda: close(concern=concern, outcome="Nothing", by=here.quinn, at=AT),
        lambda: take_back(concern=concern, reason="Nothing", by=here.quinn, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    concern.refresh_from_db()
    assert concern.state == ConcernState.RAISED


def test_a_person_left_out_cannot_be_told_by_hand_either(here: Office) -> None:
    concern = here.press(hal="A friend of the family")
    with pytest.raises(UserError, match="must not be told"):
        tell_somebody(concern=concern, person=here.hal, by=here.olu, at=AT)
    sweep(AT + hours(1))
    assert told(concern)["Dora"] == "next_manager"


# Who there is.


def test_people_who_have_left_are_passed_over_and_the_record_says_which_part_nobody_has(here: Office) -> None:
    Person.objects.filter(pk__in=[here.pat.pk, here.gwen.pk]).update(is_active=False)
    concern = here.press()
    assert told(concern) == {
        "Sam": "worker",
        "Hal": "service_manager",
        "Dora": "next_manager",
        "Quincy": "qa",
        "Quinn": "qa",
    }
    assert "No practice manager is known" in concern.entries.get(kind=ConcernEntryKind.NOTED).text


def test_the_manager_of_the_team_stands_in_for_a_practice_manager_who_has_left(here: Office) -> None:
    team = here.audit.allocation.case.team
    Person.objects.filter(pk=here.pat.pk).update(is_active=False)
    type(team).objects.filter(pk=team.pk).update(manager=here.otto)
    here.audit = Audit.objects.get(pk=here.audit.pk)
    assert told(here.press())["Otto"] == "practice_manager"


def test_whoever_is_away_is_told_and_the_next_manager_with_them(here: Office) -> None:
    Absence.objects.create(person=here.gwen, starts_on=date(2026, 11, 9), ends_on=date(2026, 11, 16))
    assert told(here.press())["Hal"] == "next_manager"


# The end of it.


def test_a_concern_is_closed_with_what_was_done_and_opened_again_it_climbs_again(here: Office) -> None:
    concern = here.press()
    acknowledge(concern=concern, by=here.pat, at=AT + hours(0.5))
    close(concern=concern, outcome="The child is with the grandmother.", by=here.pat, at=AT + hours(2))
    assert (concern.state, concern.outcome) == (ConcernState.CLOSED, "The child is with the grandmother.")
    again = AT + hours(24)
    open_again(concern=concern, reason="The child is back", by=here.olu, at=again)
    assert (concern.state, concern.outcome, concern.acknowledged_by) == (ConcernState.RAISED, "", None)
    assert mailed("concern.reopened") == ["Sam", "Pat", "Gwen", "Quincy", "Quinn"]
    sweep(again + hours(1))
    assert mailed("concern.climbed") == ["Hal"]
    kinds = entries(concern)
    assert kinds[-3:] == [ConcernEntryKind.CLOSED, ConcernEntryKind.REOPENED, ConcernEntryKind.CLIMBED]


def test_everybody_who_was_told_is_told_of_a_mistake_and_it_climbs_no_further(here: Office) -> None:
    concern = here.press()
    take_back(concern=concern, reason="The wrong button", by=here.olu, at=AT + hours(0.1))
    assert mailed("concern.mistaken") == ["Sam", "Pat", "Gwen", "Quincy", "Quinn"]
    sweep(AT + hours(8))
    assert mailed("concern.climbed") == []
    assert mailed("concern.duty") == []
    assert concern.state == ConcernState.MISTAKEN


STEPS: dict[str, Any] = {
    "describe": lambda concern, by: describe(concern=concern, text="Bruises", version=0, by=by, at=AT),
    "call": lambda concern, by: record_call(concern=concern, spoken_to="Gwen", text="", spoken_at=AT, by=by, at=AT),
    "note": lambda concern, by: add_note(concern=concern, text="Phoned twice", by=by, at=AT),
    "tell": lambda concern, by: tell_somebody(
        concern=concern, person=Person.objects.get(name="Hal Head"), by=by, at=AT
    ),
    "duty": lambda concern, by: acknowledge_for_duty(concern=concern, name="Kim", by=by, at=AT),
    "acknowledge": lambda concern, by: acknowledge(concern=concern, by=by, at=AT),
    "close": lambda concern, by: close(concern=concern, outcome="Safe", by=by, at=AT),
    "mistake": lambda concern, by: take_back(concern=concern, reason="Wrong", by=by, at=AT),
}
MAY = {
    "olu": {"describe", "call", "note", "tell", "duty", "mistake"},
    "sam": {"call", "note", "acknowledge"},
    "pat": set(STEPS),
    "gwen": set(STEPS),
    "quinn": set(STEPS),
    "quincy": set(),  # left out
    "hal": set(),  # not told yet
    "max": set(),
    "otto": set(),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", MAY)
def test_who_may_do_what_with_a_concern(here: Office, who: str, step: str) -> None:
    concern = here.press(quincy="Related to them")
    person = getattr(here, who)
    if who == "quincy" and step != "call" and step != "note":
        assert not _sees(person)  # there is no page for them
        return
    if step in MAY[who]:
        STEPS[step](concern, person)
    else:
        with pytest.raises(PermissionDenied):
            STEPS[step](concern, person)


@pytest.mark.parametrize("step", [close, take_back, open_again])
def test_an_end_needs_words_and_happens_once(here: Office, step: Any) -> None:
    concern = here.press()
    word = "outcome" if step is close else "reason"
    with pytest.raises(UserError):
        step(concern=concern, by=here.pat, at=AT, **{word: " "})
    if step is open_again:
        with pytest.raises(UserError, match="in the meantime"):
            step(concern=concern, by=here.pat, at=AT, reason="Not over")
        return
    step(concern=concern, by=here.pat, at=AT, **{word: "Enough"})
    with pytest.raises(UserError, match="in the meantime"):
        step(concern=Concern.objects.get(), by=here.gwen, at=AT, **{word: "Again"})


def test_what_it_is_is_kept_in_every_version_and_overwrites_nobody(here: Office) -> None:
    concern = here.press()
    assert describe(concern=concern, text="Bruises", version=0, by=here.olu, at=AT) == 1
    with pytest.raises(StaleVersion):
        describe(concern=Concern.objects.get(), text="Alone at home", version=0, by=here.pat, at=AT)
    describe(concern=Concern.objects.get(), text="Bruises, alone at home", version=1, by=here.pat, at=AT)
    assert Concern.objects.get().about == "Bruises, alone at home"
    texts = concern.entries.filter(kind=ConcernEntryKind.DESCRIBED).values_list("text", flat=True)
    assert list(texts) == ["Bruises", "Bruises, alone at home"]


def test_a_call_names_somebody_and_has_happened(here: Office) -> None:
    concern = here.press()
    with pytest.raises(UserError, match="who you spoke to"):
        record_call(concern=concern, spoken_to=" ", text="", spoken_at=AT, by=here.olu, at=AT)
    with pytest.raises(UserError, match="passed"):
        record_call(concern=concern, spoken_to="Pat", text="", spoken_at=AT + hours(1), by=here.olu, at=AT)


def test_two_calls_in_which_the_same_was_said_are_both_written_down_in_whatever_order(here: Office) -> None:
    concern = here.press()
    for minutes in (20, 5, 12, 5):
        spoken_at = AT + hours(minutes / 60)
        record_call(
            concern=concern, spoken_to="Pat", text="No answer", spoken_at=spoken_at, by=here.olu, at=AT + hours(1)
        )
    calls = concern.entries.filter(kind=ConcernEntryKind.CALLED).values_list("at", flat=True)
    assert list(calls) == [AT + hours(minutes / 60) for minutes in (5, 12, 20)]


def test_a_participant_of_the_audit_is_not_told_for_that_alone(here: Office) -> None:
    Participant.objects.create(audit=here.audit, person=here.otto, capacity="line_manager")
    assert "Otto" not in told(here.press())
