"""What several tests of this floor stand on: a small authority, and a day on which its December can be drawn."""

from datetime import UTC, datetime

import pytest

from tests.audits.drawing import Town


@pytest.fixture
def late_november(time_machine) -> None:
    time_machine.move_to(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False)


@pytest.fixture
def town(db) -> Town:
    return Town()
