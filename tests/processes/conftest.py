"""Deployments for the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.processes.production import Production, prepare, production


@pytest.fixture(scope="session")
def prepared(postgres_url: str, redis_url: str) -> str:
    """A PostgreSQL server with a migrated database to copy."""
    prepare(postgres_url, redis_url)
    return postgres_url


@pytest.fixture
def deployed(prepared: str, redis_url: str) -> Iterator[Production]:
    """A production deployment with a database of its own; its processes are started by the test."""
    with production(prepared, redis_url) as running:
        yield running
