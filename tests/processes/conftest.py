"""Deployments for the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.processes.production import Production, production


@pytest.fixture
def deployed(postgres_url: str, redis_url: str) -> Iterator[Production]:
    """A production deployment with an empty database of its own; its processes are started by the test."""
    with production(postgres_url, redis_url) as running:
        yield running
