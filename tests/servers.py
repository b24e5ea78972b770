"""PostgreSQL and Redis for the tests: in a temporary folder, on a free loopback port, then ended.

In a test use the fixtures `postgres_url` and `redis_url` (conftest.py). Around a command:

    python -m tests.servers postgres redis -- pytest tests/accounts

runs the command with DATABASE_URL and REDIS_URL set and gives back its exit status.
"""

import argparse
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

STARTING_SECONDS = 60
ENDING_SECONDS = 20


def free_port() -> int:
    """A loopback port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(
    *command: str | int | Path,
    ready: Callable[[], bool],
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    end_with: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen]:
    """A process, from when it is ready until the block ends; its output says why where it never is."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if env is None else {**os.environ, **env},
            **_as_user(user),
        )
        try:
            deadline = time.monotonic() + STARTING_SECONDS
            while not ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    output.seek(0)
                    said = output.read().decode(errors="replace")
                    raise RuntimeError(f"{command[0]} did not start (status {process.poll()}):\n{said}")
                time.sleep(0.05)
            yield process
        finally:
            _end(process, end_with)


def _end(process: subprocess.Popen, how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _as_user(user: str | None) -> dict:
    """PostgreSQL refuses to run as root: then it runs as somebody else, outside the groups of root."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": [], "cwd": "/"}


def _postgres_user() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _postgres_program(name: str) -> Path:
    """Debian keeps PostgreSQL's programs, a folder for each version, away from PATH; the newest is taken."""
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest_first = sorted(versions, key=lambda path: float(path.parts[-3]), reverse=True)
    found = newest_first[0] if newest_first else shutil.which(name)
    if not found:
        raise RuntimeError("PostgreSQL is not installed: run script/setup --dev")
    return Path(found)


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server with nothing in it; the URL of its database `postgres`."""
    user, port = _postgres_user(), free_port()
    with tempfile.TemporaryDirectory(prefix="case-audit-postgres-", ignore_cleanup_errors=True) as folder:
        if user:
            shutil.chown(folder, user)
        data = Path(folder, "data")
        how = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(
            [_postgres_program("initdb"), "--pgdata", data, *how],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            **_as_user(user),
        )
        # Nothing here has to outlive a power cut, so nothing waits for the disk.
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with running(
            _postgres_program("postgres"),
            "-D",
            data,
            *options,
            ready=lambda: _accepts_connections(port),
            user=user,
            end_with=signal.SIGINT,
        ):
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"


def _accepts_connections(port: int) -> bool:
    """PostgreSQL listens before it has finished starting, so ask it."""
    answer = subprocess.run(
        [_postgres_program("pg_isready"), "--quiet", "--host", "127.0.0.1", "--port", str(port)], check=False
    )
    return answer.returncode == 0


@contextmanager
def redis() -> Iterator[str]:
    """A Redis server as production has it: every write kept, nothing thrown away when memory is short."""
    port = free_port()
    how = ["--bind", "127.0.0.1", "--appendonly", "yes", "--maxmemory-policy", "noeviction"]
    with (
        tempfile.TemporaryDirectory(prefix="case-audit-redis-") as folder,
        running("redis-server", "--port", port, "--dir", folder, *how, ready=lambda: listening(port)),
    ):
        yield f"redis://127.0.0.1:{port}/0"


SERVERS = {"postgres": ("DATABASE_URL", postgres), "redis": ("REDIS_URL", redis)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__.splitlines()[0])
    parser.add_argument("servers", nargs="+", choices=SERVERS)
    names, command = _split_at_dashes(sys.argv[1:])
    arguments = parser.parse_args(names)
    # An ended caller ends this process with SIGTERM: leave through the blocks below, which end the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with ExitStack() as stack:
        env = dict(os.environ)
        for name in arguments.servers:
            variable, start = SERVERS[name]
            env[variable] = stack.enter_context(start())
        child = subprocess.Popen(command, env=env)
        stack.callback(_end, child, signal.SIGTERM)
        return child.wait()


def _split_at_dashes(arguments: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in arguments or arguments[-1] == "--":
        sys.exit("Say which command to run, after --")
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1 :]


if __name__ == "__main__":
    sys.exit(main())
