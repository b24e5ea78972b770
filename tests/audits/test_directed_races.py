"""A case is commissioned twice at once, or while a draw that has it is published: one audit comes of it."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from audits.enums import CycleStatus
from audits.models import Allocation, Audit, Case, Cycle, Draw, Participant
from audits.services.directed import commission
from audits.services.draws import draw
from audits.services.publishing import publish
from tests.at_once import at_once
from tests.audits.drawing import AT, DECEMBER, Town

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5
DUE = date(2027, 1, 15)


def commissioned(town: Town, case: Case, at: datetime = AT) -> Callable[[], object]:
    return lambda: commission(case=case, reason="A complaint", due_on=DUE, to=None, by=town.qa, at=at)


def live(case: Case) -> int:
    return Allocation.objects.live().filter(case=case).count()


def forget() -> None:
    Participant.objects.all().delete()
    Audit.objects.all().delete()
    Allocation.objects.all().delete()


def test_commissioned_twice_at_once_there_is_one_audit(town: Town) -> None:
    for case in town.cases[:ROUNDS]:
        answers = at_once(commissioned(town, case), commissioned(town, case))
        assert len([answer for answer in answers if isinstance(answer, Audit)]) == 1
        assert live(case) == 1


def test_commissioned_while_a_draw_that_has_it_is_published_there_is_one_audit(town: Town) -> None:
    for turn in range(ROUNDS):
        cycle = town.december()
        made = draw(cycle=cycle, by=town.qa, at=AT, seed=turn, reason="Again")
        case = Case.objects.get(pk=made.pairs[0]["case"])
        at_once(lambda made=made: publish(draw=made, by=town.qa, at=AT), commissioned(town, case))
        assert live(case) == 1
        forget()
        Draw.objects.update(published_at=None)
        Cycle.objects.filter(first_month=DECEMBER).update(status=CycleStatus.PLANNED, published_at=None)
