"""The program as a person runs it: its own processes, a database of its own, and a browser in front."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from tests import servers
from tests.makers.mail_server import MailServer, mail_server
from tests.processes.production import new_database

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
THREADS = 4
DEMONSTRATION = "demonstration.sqlite3"


@dataclass
class Program:
    """A running program. `due_work_by_celery`: what is due is done by a Celery worker, not by the command. `mail`: the
    mail server that it sends to; without one mail stays in the program."""

    port: int
    env: dict[str, str] = field(repr=False)
    due_work_by_celery: bool = False
    mail: MailServer | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` with these arguments; answers what it printed."""
        return self._run("manage.py", *arguments)

    def module(self, name: str, *arguments: str) -> str:
        """Run a module of the tests against this program's database; answers what it printed."""
        return self._run("-m", name, *arguments)

    def do_what_is_due(self) -> None:
        """What happens every minute: with Celery the task goes through Redis to the worker."""
        if self.due_work_by_celery:
            self.module("tests.journeys.sweep_by_celery")
        else:
            self.manage("run_due")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env=self.env, cwd=ROOT, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def migrated(folder: Path) -> Path:
    """An empty database of the program, to be copied: migrating takes as long as a journey's first pages."""
    database = folder / "empty.sqlite3"
    _program(f"sqlite:///{database}").manage("migrate", "--verbosity", "0")
    return database


@contextmanager
def on_one_machine(folder: Path, empty: Path) -> Iterator[Program]:
    """As script/run starts it: SQLite, no Redis, due work by command. `empty` is the database to begin with."""
    database = shutil.copy(empty, folder / "journey.sqlite3")
    program = _program(f"sqlite:///{database}", EVIDENCE_ROOT=str(folder / "evidence"))
    with _serving(program):
        yield program


def demonstration_loaded(folder: Path, empty: Path) -> Path:
    """The demonstration authority of today, to be copied with its files: loading it takes as long as many pages."""
    shutil.copy(empty, folder / DEMONSTRATION)
    _demonstration(folder).manage("load_demo")
    return folder


@contextmanager
def demonstration(folder: Path, loaded: Path) -> Iterator[Program]:
    """As script/run shows it: the demonstration authority, its accounts on the sign-in page."""
    program = _demonstration(shutil.copytree(loaded, folder, dirs_exist_ok=True))
    with _serving(program):
        yield program


def _demonstration(folder: Path) -> Program:
    return _program(f"sqlite:///{folder / DEMONSTRATION}", DEMO="1", EVIDENCE_ROOT=str(folder / "evidence"))


@contextmanager
def with_every_server(postgres_url: str, redis_url: str) -> Iterator[Program]:
    """With PostgreSQL, a Celery worker that gets its work through Redis, and a mail server."""
    with mail_server() as mail:
        program = _program(new_database(postgres_url, f"journey_{secrets.token_hex(4)}"), redis_url, mail)
        program.manage("migrate", "--verbosity", "0")
        celery = [PROGRAMS / "celery", "--app", "config", "worker", "--concurrency", "1", "--loglevel", "warning"]
        with _serving(program), servers.running(*celery, ready=lambda: _answers(program), env=program.env):
            yield program


def _answers(program: Program) -> bool:
    ping = [PROGRAMS / "celery", "--app", "config", "inspect", "ping", "--timeout", "2"]
    return subprocess.run(ping, env=program.env, cwd=ROOT, check=False, capture_output=True).returncode == 0


def _program(database_url: str, redis_url: str = "", mail: MailServer | None = None, **more: str) -> Program:
    port = servers.free_port()
    env = {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}" if mail else "",
        "DEMO": "",
        "DEPLOYMENT": "",
        **more,
    }
    return Program(port, env, bool(redis_url), mail)


def _serving(program: Program) -> AbstractContextManager[subprocess.Popen]:
    gunicorn = [PROGRAMS / "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{program.port}", "--threads", THREADS]
    return servers.running(*gunicorn, ready=lambda: _is_healthy(program.port), env=program.env)


def _is_healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
