"""`run_due` from the command line."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import DueState
from accounts.models import Due
from config import sweep as sweeping

ROOT = Path(__file__).resolve().parents[2]


def run_due(*arguments: str) -> str:
    out = StringIO()
    call_command("run_due", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def noon(monkeypatch, db) -> Due:
    """Something due at noon, London time, on a day of British Summer Time."""
    monkeypatch.setattr(sweeping, "PLANS", ())
    monkeypatch.setattr(sweeping, "HANDLERS", {"test.rule": lambda due, at: "Done."})
    return Due.objects.create(rule="test.rule", thing="thing:1", due_at=datetime(2026, 6, 1, 11, tzinfo=UTC))


@pytest.mark.parametrize(
    ("at", "done"),
    [
        ("2026-05-31", 0),
        ("2026-06-01", 0),
        ("2026-06-01T11:59", 0),
        ("2026-06-01T12:00", 1),
        ("2026-06-01T10:59Z", 0),
        ("2026-06-01T11:00+00:00", 1),
        ("2026-06-02", 1),
    ],
)
def test_at_says_when_in_the_programmes_time_zone_unless_it_names_another(noon, at, done):
    assert run_due("--at", at).startswith(f"Done {done}, ")
    noon.refresh_from_db()
    assert (noon.state == DueState.DONE) == bool(done)


def test_without_at_it_is_now(noon):
    noon.due_at = datetime(2020, 1, 1, tzinfo=UTC)
    noon.save()
    assert run_due().startswith("Done 1, ")


@pytest.mark.parametrize("at", ["soon", "2026-13-01", "01/12/2026", "2026-12-01T25:00"])
@pytest.mark.django_db
def test_a_moment_that_cannot_be_read_is_refused(at):
    with pytest.raises(CommandError, match="not a date and time"):
        run_due("--at", at)


@pytest.mark.django_db
def test_it_cannot_sweep_for_ever_at_one_moment():
    with pytest.raises(CommandError, match="not allowed with"):
        run_due("--at", "2026-12-01", "--every", "60")


def test_a_failure_is_said_and_is_the_exit_status(noon, monkeypatch):
    def broken(due: Due, at: datetime) -> str:
        raise RuntimeError("the handler broke")

    monkeypatch.setattr(sweeping, "HANDLERS", {"test.rule": broken})
    with pytest.raises(CommandError, match="the handler broke"):
        run_due("--at", "2026-06-02")


def test_the_loop_ends_at_once_when_it_is_told_to(tmp_path):
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/loop.sqlite3"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=env, check=True)
    with subprocess.Popen(
        [sys.executable, "-u", "manage.py", "run_due", "--every", "3600"], cwd=ROOT, env=env, stdout=subprocess.PIPE
    ) as loop:
        assert loop.stdout.readline() == b"Sweeping every 3600 seconds.\n"
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(20) == 0
