"""What every test can ask for, and what is different under test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests import servers


def pytest_configure() -> None:
    # Hashing a password is slow on purpose; here hundreds of people sign in.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite in a file, as a person runs it: in memory its threads share one connection, hiding races."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        folder: Path = tmp_path_factory.mktemp("database")
        database.setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")


@pytest.fixture(autouse=True)
def _forms_are_read_anew() -> None:
    """Each test has a database of its own, in which another form can have the same primary key."""
    from audits.models.forms import PUBLISHED  # models can be imported once Django is set up

    PUBLISHED.clear()


@pytest.fixture(autouse=True)
def evidence_root(tmp_path: Path) -> Path:
    """The folder of attached files: one of each test's own."""
    return keep_evidence_in(tmp_path / "evidence")


def keep_evidence_in(root: Path) -> Path:
    """Attached files are in that folder from now on."""
    from django.core.files.storage import storages

    storage = storages["evidence"]
    storage._location = root
    for worked_out in ("base_location", "location"):
        storage.__dict__.pop(worked_out, None)
    return root


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this run's own: the URL of an empty database."""
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server of this run's own."""
    with servers.redis() as url:
        yield url
