"""Two at once: one wins, and nothing is doubled."""

from datetime import date

import pytest

from accounts.errors import UserError
from accounts.models import Activity, OutgoingMail
from audits.models import Allocation, Audit, Cycle, Draw
from audits.rules.deadlines import add_months
from audits.services import cycles
from audits.services.draws import draw
from audits.services.publishing import publish
from tests.at_once import at_once
from tests.audits.drawing import AT, Town

pytestmark = pytest.mark.django_db(transaction=True)

TURNS = 5


@pytest.fixture
def town() -> Town:
    return Town()


def month(turn: int) -> date:
    """Far enough apart that no case was audited lately."""
    return add_months(date(2027, 1, 1), 5 * turn)


def test_of_two_draws_at_once_one_is_kept_or_the_second_is_told_to_give_a_reason(town: Town) -> None:
    for turn in range(TURNS):
        first_month = cycles.get_or_plan(month(turn)).first_month

        def draw_it(first_month: date = first_month) -> Draw:
            return draw(cycle=Cycle.objects.get(first_month=first_month), by=town.qa, at=AT)

        answers = at_once(draw_it, draw_it)
        assert sorted(isinstance(answer, UserError) for answer in answers) == [False, True]
        assert Draw.objects.filter(cycle__first_month=first_month).count() == 1
    assert Activity.objects.filter(verb="cycle.drawn").count() == TURNS


def test_of_two_publications_at_once_one_publishes(town: Town) -> None:
    for turn in range(TURNS):
        kept = draw(cycle=cycles.get_or_plan(month(turn)), by=town.qa, at=AT)

        def publish_it(pk: int = kept.pk) -> bool:
            return publish(draw=Draw.objects.get(pk=pk), by=town.qa, at=AT)

        assert sorted(at_once(publish_it, publish_it), key=str) == [False, True]
        assert Allocation.objects.filter(draw=kept).count() == 2
        Audit.objects.update(state="not_returned")
    assert Audit.objects.count() == OutgoingMail.objects.count() == 2 * TURNS
    assert Activity.objects.filter(verb="cycle.published").count() == TURNS


def test_of_two_commands_at_once_one_draws_and_publishes(town: Town) -> None:
    for turn in range(TURNS):
        first_month = cycles.get_or_plan(month(turn)).first_month

        def allocate(first_month: date = first_month) -> Draw | None:
            return cycles.draw_and_publish(cycle=cycles.get_or_plan(first_month), by=None, at=AT)

        answers = at_once(allocate, allocate)
        assert sum(isinstance(answer, Draw) for answer in answers) == 1
        assert Draw.objects.filter(cycle__first_month=first_month).count() == 1
        assert Allocation.objects.filter(cycle__first_month=first_month).count() == 2
        Audit.objects.update(state="not_returned")
