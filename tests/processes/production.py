"""The program as docker-compose.yml starts it, without Docker: the same commands, the same health checks.

Only what a container would give is exchanged: ports, the folder for beat's schedule, the host's name.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from compose_spec import PyOptions

from tests import servers
from tests.makers.mail_server import MailServer, mail_server

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
HOST = "case-audit.example"


@dataclass
class Production:
    """A production deployment on loopback ports. `mail` is the mail server that it sends to."""

    env: dict[str, str]
    port: int
    mail: MailServer
    folder: Path

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` with these arguments; answers what it printed."""
        return self._run([sys.executable, "manage.py", *arguments])

    def module(self, name: str, *arguments: str) -> Any:
        """Run a module of the tests against this deployment's database; answers the JSON that it printed."""
        return json.loads(self._run([sys.executable, "-m", name, *arguments]))

    def get(self, path: str) -> HTTPResponse:
        """A page, asked for as the proxy in front asks."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https"})
        return connection.getresponse()

    def web(self) -> AbstractContextManager[subprocess.Popen]:
        return self._service("web")

    def worker(self) -> AbstractContextManager[subprocess.Popen]:
        return self._service("worker")

    def beat(self) -> AbstractContextManager[subprocess.Popen]:
        return self._service("beat")

    def _service(self, name: str) -> AbstractContextManager[subprocess.Popen]:
        command = [self._here(part) for part in compose()[name]["command"]]
        return servers.running(*command, ready=lambda: self.healthy(name), env=self.env)

    def healthy(self, name: str) -> bool:
        """The health check of a service, as the compose file writes it."""
        test = compose()[name]["healthcheck"]["test"]
        words = ["sh", "-c", test] if isinstance(test, str) else test[1:]
        command = [self._here(word) for word in words]
        check = subprocess.run(command, env=self.env, cwd=ROOT, check=False, capture_output=True)
        return check.returncode == 0

    def _here(self, part: str) -> str:
        return (
            part.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}")
            .replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
            .replace("/tmp", str(self.folder))  # noqa: S108
            .replace("$$", "$")
        )

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(command, env=self.env, cwd=ROOT, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@cache
def compose() -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text()
    return PyOptions(apply_merge=True).from_yaml(text).to_dict()["services"]


def environment(database_url: str, redis_url: str, mail_port: int) -> dict[str, str]:
    """Everything that production asks for."""
    return {
        **os.environ,
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "HOSTNAME": os.uname().nodename,
        "DEPLOYMENT": "production",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        "BASE_URL": f"https://{HOST}",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
    }


@contextmanager
def production(postgres_url: str, redis_url: str) -> Iterator[Production]:
    """A deployment with a migrated database of its own on that server."""
    database = new_database(postgres_url, f"case_audit_{secrets.token_hex(4)}", "case_audit_empty")
    with mail_server() as mail, TemporaryDirectory(prefix="case-audit-") as folder:
        env = environment(database, redis_url, mail.port)
        yield Production(env, servers.free_port(), mail, Path(folder))


def new_database(postgres_url: str, name: str, template: str = "template1") -> str:
    """The URL of a new database on that server, a copy of `template`."""
    create = f"CREATE DATABASE {name} TEMPLATE {template}"
    subprocess.run(["psql", "--quiet", postgres_url, "--command", create], check=True)
    return postgres_url.rpartition("/")[0] + f"/{name}"


def prepare(postgres_url: str, redis_url: str) -> None:
    """What a deployment does once: migrate (here the database that others are copied from), collect the files."""
    env = environment(new_database(postgres_url, "case_audit_empty"), redis_url, mail_port=25)
    for command in (["migrate"], ["collectstatic", "--no-input"]):
        subprocess.run([sys.executable, "manage.py", *command, "--verbosity", "0"], env=env, cwd=ROOT, check=True)
