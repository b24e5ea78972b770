"""What the program refuses to start with in production, in a process of its own each time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = {
    "DEPLOYMENT": "production",
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "case-audit.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1/0",
    "DEBUG": "",
}


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Load the settings with `environment` over a right one."""
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **GOOD, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_everything_named() -> None:
    assert start().returncode == 0


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("SECRET_KEY", "", "needs SECRET_KEY"),
        ("ALLOWED_HOSTS", "", "needs ALLOWED_HOSTS"),
        ("DATABASE_URL", "", "needs DATABASE_URL"),
        ("DATABASE_URL", "sqlite:///db.sqlite3", "needs PostgreSQL"),
        ("REDIS_URL", "", "needs REDIS_URL"),
        ("DEBUG", "1", "never runs with DEBUG"),
        ("DEPLOYMENT", "Production", "write production, or leave it out"),
    ],
)
def test_production_refuses_to_start_on_what_is_only_right_for_one_machine(name: str, value: str, why: str) -> None:
    started = start(**{name: value})
    assert started.returncode != 0
    assert why in started.stderr
