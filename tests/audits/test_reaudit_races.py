"""A re-audit is set aside while it is given out: one of the two."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from time import sleep
from typing import Any

import pytest
from django.db import connection

from accounts.errors import UserError
from audits.enums import AuditState, CycleStatus
from audits.models import Allocation, ReauditSetAside
from audits.services import publishing
from audits.services.draws import draw
from audits.services.reaudits import set_aside
from tests import factories
from tests.audits.drawing import AT, Town

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reaudit_that_is_being_given_out_is_not_set_aside(monkeypatch) -> None:
    town = Town()
    before = factories.audit(
        cycle=factories.cycle(date(2026, 8, 1), status=CycleStatus.CLOSED),
        state=AuditState.SIGNED_OFF,
        auditor=factories.person(is_active=False),
        case=town.cases[0],
        completed_on=date(2026, 8, 12),
        overall_grade="inadequate",
    )
    made = draw(cycle=town.december(), by=town.qa, at=AT, seed=1)
    make_audits = publishing._make_audits
    beside: list[Future[None]] = []

    def set_it_aside() -> None:
        try:
            set_aside(audit=before, reason="Moved away", by=town.qa, at=AT)
        finally:
            connection.close()

    def make_audits_slowly(*args: Any) -> Any:
        beside.append(pool.submit(set_it_aside))
        sleep(0.5)
        return make_audits(*args)

    monkeypatch.setattr(publishing, "_make_audits", make_audits_slowly)
    with ThreadPoolExecutor(1) as pool:
        assert publishing.publish(draw=made, by=town.qa, at=AT)
    with pytest.raises(UserError, match="given out already"):
        beside[0].result()
    assert Allocation.objects.filter(reaudit_of=before).exists()
    assert not ReauditSetAside.objects.exists()
