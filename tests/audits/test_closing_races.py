"""A cycle is closed while one of its places is drawn anew, or an exemption undone: nothing stays open in it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from time import sleep
from typing import Any

import pytest
from django.db import connection

from accounts.enums import Role
from accounts.errors import UserError
from audits.enums import AuditState, CycleStatus, Standing
from audits.models import Allocation, Audit, Cycle
from audits.services import cycles, replacements
from audits.services.replacements import replace_allocation
from audits.services.requests import undoing
from audits.services.requests.asking import ask_for_exemption
from audits.services.requests.deciding import decide
from tests import factories
from tests.audits.drawing import AT, Town

pytestmark = pytest.mark.django_db(transaction=True)


class Closing:
    """Closes the cycle in another thread, at the moment that something else has begun and is not done."""

    def __init__(self, cycle: Cycle, town: Town, pool: ThreadPoolExecutor) -> None:
        self.cycle, self.town, self.pool = cycle, town, pool
        self.done: Future[None] | None = None

    def before(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def slowly(*args: Any, **values: Any) -> Any:
            self.done = self.pool.submit(self._close)
            sleep(0.5)
            return step(*args, **values)

        return slowly

    def _close(self) -> None:
        try:
            cycles.close(cycle=Cycle.objects.get(pk=self.cycle.pk), by=self.town.qa, at=AT)
        finally:
            connection.close()


def left_open() -> list[Audit]:
    return list(Audit.objects.open_stage1())


def test_a_case_that_came_in_while_the_cycle_was_closed_is_not_returned_like_the_others(monkeypatch) -> None:
    town = Town()
    cycles.draw_and_publish(cycle=town.december(), by=town.qa, at=AT)
    with ThreadPoolExecutor(1) as pool:
        closing = Closing(town.december(), town, pool)
        monkeypatch.setattr(replacements._Place, "_keep", closing.before(replacements._Place._keep))
        new = replace_allocation(allocation=Allocation.objects.all()[0], reason="Restricted", by=town.qa, at=AT)
    assert closing.done is not None
    closing.done.result()
    assert new is not None
    assert (town.december().status, left_open()) == (CycleStatus.CLOSED, [])
    assert Audit.objects.get(allocation=new).state == AuditState.NOT_RETURNED


def test_an_exemption_undone_while_the_cycle_is_closed_is_one_of_the_two(monkeypatch) -> None:
    town = Town()
    audit = factories.audit(auditor=factories.person(Role.AUDITOR), due_on=date(2026, 12, 10))
    request = ask_for_exemption(allocation=audit.allocation, reason="Away", by=audit.allocation.auditor, at=AT)
    decide(request=request, grant=True, reason="", by=town.qa, at=AT)
    with ThreadPoolExecutor(1) as pool:
        closing = Closing(audit.allocation.cycle, town, pool)
        monkeypatch.setattr(undoing, "why_not_again", closing.before(undoing.why_not_again))
        try:
            undoing.undo(request=request, reason="Back", by=town.qa, at=AT, due_on=AT.date())
        except UserError:
            assert Allocation.objects.get(pk=audit.allocation_id).standing == Standing.EXEMPT
    assert closing.done is not None
    closing.done.result()
    assert Cycle.objects.get(pk=audit.allocation.cycle_id).status == CycleStatus.CLOSED
    assert left_open() == []
