"""A browser, and the program in its two forms, for the journeys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.program import (
    Program,
    demonstration,
    demonstration_loaded,
    migrated,
    on_one_machine,
    with_every_server,
)
from tests.journeys.visitor import Visitor

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]

NewVisitor = Callable[..., Visitor]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium. It ends with its file of tests: while it runs, Django refuses the database to this thread."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database with nobody in it."""
    return migrated(tmp_path_factory.mktemp("journeys"))


@pytest.fixture(scope="session")
def loaded_demonstration(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """A folder with the demonstration authority of today."""
    return demonstration_loaded(tmp_path_factory.mktemp("demonstration"), empty_database)


@pytest.fixture(scope="module")
def wexmoor(tmp_path_factory: pytest.TempPathFactory, loaded_demonstration: Path) -> Iterator[Program]:
    """The demonstration, one for all tests of a file."""
    with demonstration(tmp_path_factory.mktemp("wexmoor"), loaded_demonstration) as running:
        yield running


@pytest.fixture
def program(tmp_path: Path, empty_database: Path) -> Iterator[Program]:
    """The program on one machine, with an empty database."""
    with on_one_machine(tmp_path, empty_database) as running:
        yield running


@pytest.fixture
def program_with_every_server(postgres_url: str, redis_url: str) -> Iterator[Program]:
    """The program with PostgreSQL, Redis and a Celery worker, with an empty database."""
    with with_every_server(postgres_url, redis_url) as running:
        yield running


@pytest.fixture(
    params=[
        pytest.param("program", marks=pytest.mark.browser, id="sqlite"),
        pytest.param(
            "program_with_every_server", marks=[pytest.mark.browser, pytest.mark.processes], id="postgresql-celery"
        ),
    ]
)
def either_program(request: pytest.FixtureRequest) -> Program:
    """The program on one machine, and again with PostgreSQL, Redis and Celery."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def visitors(browser: Browser) -> Iterator[NewVisitor]:
    """Makes people in front of browser windows; what their browsers complained of fails the test."""
    made: list[Visitor] = []

    def visitor(program: Program, email: str, password: str, *, scripts: bool = True) -> Visitor:
        made.append(Visitor.of(browser, program.address, scripts=scripts))
        made[-1].sign_in(email, password)
        return made[-1]

    yield visitor
    for each in made:
        assert not each.complaints, each.complaints
        each.context.close()
