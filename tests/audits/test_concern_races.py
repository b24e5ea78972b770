"""Two at once on one concern: one takes it on, the climb comes before or after, and nothing is told twice."""

from datetime import timedelta

import pytest

from accounts.errors import UserError
from accounts.models import Due
from audits.enums import ConcernEntryKind, ConcernState
from audits.models import Concern
from audits.services.concerns.answering import acknowledge, close, take_back
from audits.services.concerns.recording import describe
from config.sweep import do_what_is_due
from tests.at_once import at_once
from tests.audits.concern_office import AT, hours, mailed, office

pytestmark = pytest.mark.django_db(transaction=True)


def stored() -> Concern:
    return Concern.objects.get()


def test_two_presses_of_one_button_at_once_raise_one_concern() -> None:
    here = office()
    first, second = at_once(here.press, here.press)
    assert first == second == stored()
    assert len(mailed()) == 5
    assert Due.objects.filter(rule__startswith="concern.").count() == 3


def test_of_two_who_acknowledge_at_once_one_has_it_and_both_are_on_record() -> None:
    here = office()
    here.press()
    done = at_once(
        lambda: acknowledge(concern=stored(), by=here.pat, at=AT + hours(0.5)),
        lambda: acknowledge(concern=stored(), by=here.gwen, at=AT + hours(0.5)),
    )
    assert done == [True, True]
    concern = stored()
    assert concern.state == ConcernState.ACKNOWLEDGED
    assert concern.acknowledged_by in (here.pat, here.gwen)
    assert len(mailed("concern.acknowledged")) == 5
    assert concern.entries.filter(kind=ConcernEntryKind.ACKNOWLEDGED).count() == 2


def test_one_person_who_presses_twice_at_once_is_on_record_once() -> None:
    here = office()
    here.press()
    done = at_once(*[lambda: acknowledge(concern=stored(), by=here.pat, at=AT)] * 2)
    assert sorted(map(bool, done)) == [False, True]
    assert stored().entries.filter(kind=ConcernEntryKind.ACKNOWLEDGED).count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_an_acknowledgement_beside_the_climb_comes_before_it_or_after_it(attempt: int) -> None:
    here = office()
    concern = here.press()
    moment = concern.raised_at + timedelta(hours=1)
    at_once(
        lambda: acknowledge(concern=stored(), by=here.pat, at=moment),
        lambda: do_what_is_due(moment),
    )
    do_what_is_due(moment)
    entries = list(stored().entries.order_by("pk").values_list("kind", flat=True))
    assert stored().state == ConcernState.ACKNOWLEDGED
    climbed = ConcernEntryKind.CLIMBED in entries
    assert mailed("concern.climbed") == (["Hal"] if climbed else [])
    # Whoever was told of the climb before it was taken on is told that it was.
    assert ("Hal" in mailed("concern.acknowledged")) is climbed


def test_two_sweeps_at_once_climb_once() -> None:
    here = office()
    here.press()
    moment = AT + hours(1)
    at_once(lambda: do_what_is_due(moment), lambda: do_what_is_due(moment))
    assert mailed("concern.climbed") == ["Hal"]


def test_closing_and_taking_back_at_once_is_one_of_the_two() -> None:
    here = office()
    here.press()
    done = at_once(
        lambda: close(concern=stored(), outcome="Safe", by=here.pat, at=AT),
        lambda: take_back(concern=stored(), reason="Wrong", by=here.olu, at=AT),
    )
    refused = [one for one in done if isinstance(one, UserError)]
    assert len(refused) == 1
    assert stored().state in (ConcernState.CLOSED, ConcernState.MISTAKEN)
    assert stored().entries.filter(kind__in=[ConcernEntryKind.CLOSED, ConcernEntryKind.MISTAKEN]).count() == 1


def test_of_two_who_describe_it_at_once_nobody_is_overwritten() -> None:
    here = office()
    here.press()
    done = at_once(
        lambda: describe(concern=stored(), text="Bruises", version=0, by=here.olu, at=AT),
        lambda: describe(concern=stored(), text="Alone", version=0, by=here.pat, at=AT),
    )
    assert len([one for one in done if isinstance(one, UserError)]) == 1
    assert stored().version == 1
