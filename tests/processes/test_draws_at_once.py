"""Two processes draw the same month at the same moment, on each database: one wins, and nothing is doubled."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from audits.rules.deadlines import add_months
from tests import servers
from tests.processes.production import ROOT

pytestmark = pytest.mark.processes

# What the process is told that came second: it found the month done, found it done when it was about to draw, or drew
# it too and could not keep its draw.
BEATEN = {
    "The month has been published already. Nothing was changed.",
    "The month has been published already. It cannot be drawn any more.",
    "Somebody else drew this cycle at the same moment. Look at their draw.",
}


class Drawer:
    """A process that waits for what it is told."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process

    def tell(self, *words: str) -> None:
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        return json.loads(self.process.stdout.readline())

    def ask(self, *words: str) -> dict[str, Any]:
        self.tell(*words)
        return self.answer()


@contextmanager
def drawer(env: dict[str, str]) -> Iterator[Drawer]:
    command = [sys.executable, "-m", "tests.processes.drawer"]
    with subprocess.Popen(
        command, env=env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Drawer(process)
        process.stdin.close()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'authority.sqlite3'}"
    else:
        with servers.postgres() as url:
            yield url


@pytest.mark.parametrize("rounds", [10, pytest.param(50, marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_of_two_processes_that_draw_a_month_at_once_one_wins_and_nothing_is_doubled(
    kind: str, rounds: int, tmp_path: Path
) -> None:
    with database(kind, tmp_path) as url:
        env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
        for command in (["manage.py", "migrate", "--verbosity", "0"], ["-m", "tests.processes.authority", "make"]):
            subprocess.run([sys.executable, *command], env=env, cwd=ROOT, check=True, capture_output=True)
        with drawer(env) as one, drawer(env) as other:
            endings = Counter(a_round(one, other, f"{add_months(date(2028, 1, 1), n):%Y-%m}") for n in range(rounds))
    print(f"{kind}, {rounds} rounds: {dict(endings)}")
    assert set(endings) <= BEATEN


def a_round(one: Drawer, other: Drawer, month: str) -> str:
    """How it ended for the one who did not win."""
    one.tell("allocate", month)
    other.tell("allocate", month)
    answers = [one.answer(), other.answer()]
    won = [answer for answer in answers if answer.get("said", "").startswith("Drew and published")]
    assert len(won) == 1, answers
    answers.remove(won[0])
    found = one.ask("tally", month)
    count = found["pairs"]
    assert count > 0
    assert found == {
        "draws": 1,
        "published": 1,
        "pairs": count,
        "allocations": count,
        "cases": count,
        "audits": count,
        "mails": count,
        "log": {"cycle.drawn": 1, "cycle.published": 1},
    }
    one.ask("finish")
    ending = answers[0].get("refused") or answers[0]["said"]
    return ending.replace(f"{date.fromisoformat(month + '-01'):%B %Y}", "The month")
