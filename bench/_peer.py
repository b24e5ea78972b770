"""The peer that bench.pages measures beside our own pages: pretalx, with a conference that is being reviewed."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from bench._visitor import Answer, Visit, Visitor
from tests import servers

HERE = Path(__file__).resolve().parent
WORKERS = 2


@dataclass
class Conference:
    """`pages` is what peer/conference.py printed."""

    visitor: Visitor
    pages: dict[str, Any]

    def visits(self) -> dict[str, Visit]:
        """Each page that one of ours is compared with, by its name."""

        def get(name: str) -> Visit:
            return Visit(name, lambda _: self.visitor.get(self.pages[name]))

        def post(number: int) -> Answer:
            text = ("text", f"A good proposal, read {number} times.")
            return self.visitor.post(self.pages["form"], [*self.pages["fields"], text])

        visits = [get("form"), Visit("post", post, 302), get("list"), get("dashboard")]
        return {visit.name: visit for visit in visits}


@contextmanager
def conference(python: str) -> Iterator[Conference]:
    """pretalx behind gunicorn, in a database of its own on our server; `python` is that of its virtual environment."""
    port = servers.free_port()
    server = urlsplit(os.environ["DATABASE_URL"])
    with TemporaryDirectory(prefix="case-audit-peer-") as folder:
        for name in ("static", "media", "logs"):
            Path(folder, name).mkdir()
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "pretalx.settings",
            "PRETALX_DB_TYPE": "postgresql",
            "PRETALX_DB_NAME": "peer",
            "PRETALX_DB_USER": str(server.username),
            "PRETALX_DB_HOST": str(server.hostname),
            "PRETALX_DB_PORT": str(server.port),
            "PRETALX_REDIS": os.environ["REDIS_URL"].removesuffix("0") + "1",
            "PRETALX_SITE_URL": f"http://127.0.0.1:{port}",
            **{f"PRETALX_FILESYSTEM_{name.upper()}": str(Path(folder, name)) for name in ("static", "media", "logs")},
        }
        subprocess.run(["psql", "--quiet", server.geturl(), "--command", "CREATE DATABASE peer"], check=True)  # noqa: S607
        made = subprocess.run(
            [python, HERE / "peer" / "conference.py"], env=env, cwd=folder, check=True, capture_output=True, text=True
        )
        pages = json.loads(made.stdout.splitlines()[-1])
        command = [Path(python).parent / "gunicorn", "pretalx.wsgi", "--bind", f"127.0.0.1:{port}"]
        with servers.running(
            *command, "--workers", WORKERS, "--chdir", folder, ready=lambda: servers.listening(port), env=env
        ):
            visitor = Visitor(port, {"Host": f"127.0.0.1:{port}"})
            visitor.sign_in(*pages["sign_in"])
            yield Conference(visitor, pages)
