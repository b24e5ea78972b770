"""Two at once: one wins, and nothing is doubled."""

from datetime import date
from functools import partial

import pytest

from accounts.errors import UserError
from accounts.models import Activity, OutgoingMail, Person
from audits.models import Allocation, Audit, Case, Cycle, Draw
from audits.rules.deadlines import add_months
from audits.services import cycles
from audits.services.draws import draw
from audits.services.publishing import publish
from audits.services.replacements import replace_allocation
from tests.at_once import at_once
from tests.audits.drawing import AT, DECEMBER, Town

pytestmark = pytest.mark.django_db(transaction=True)

TURNS = 5


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


def test_of_two_replacements_of_a_case_at_once_one_is_made(town: Town) -> None:
    cycles.draw_and_publish(cycle=town.december(), by=town.qa, at=AT)
    for turn in range(TURNS):
        allocation = Allocation.objects.live().order_by("-pk")[0]

        def replace_it(allocation: Allocation = allocation) -> Allocation | None:
            return replace_allocation(allocation=allocation, reason="Restricted", by=town.qa, at=AT)

        answers = at_once(replace_it, replace_it)
        assert sorted(isinstance(answer, UserError) for answer in answers) == [False, True]
        assert Allocation.objects.live().count() == 2
        assert Allocation.objects.filter(replaces=allocation).count() == 1
        assert Draw.objects.filter(cycle__first_month=DECEMBER).count() == turn + 2
    assert Activity.objects.filter(verb="allocation.replaced").count() == TURNS
    assert OutgoingMail.objects.filter(rule="audit.allocated").count() == 2 + TURNS


def test_two_places_of_a_cycle_that_are_drawn_anew_at_once_both_get_another_case(town: Town) -> None:
    """Drawn from the same facts both could get the same case, or two of one family."""
    Case.objects.update(team=town.teams[1])
    Person.objects.filter(pk=town.auditors[1].pk).update(team=None)
    cycles.draw_and_publish(cycle=town.december(), by=town.qa, at=AT)
    for turn in range(TURNS):
        first, second = Allocation.objects.live().order_by("pk")

        def replace_one(allocation: Allocation) -> Allocation | None:
            return replace_allocation(allocation=allocation, reason="Restricted", by=town.qa, at=AT)

        answers = at_once(partial(replace_one, first), partial(replace_one, second))
        assert all(isinstance(answer, Allocation) for answer in answers), answers
        live = Allocation.objects.live()
        assert len({allocation.case_id for allocation in live}) == 2
        assert Draw.objects.filter(cycle__first_month=DECEMBER).count() == 2 * turn + 3
