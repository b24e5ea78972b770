"""How quick the pages are that people wait for, beside those of pretalx, over 2,000 and over 200,000 past audits.

    python -m bench.pages                        without the peer: ratios to an empty page of ours
    PEER=…/bin/python python -m bench.pages      with it: `…` is a virtual environment with bench/peer/requirements.txt
    python -m bench.pages --past 2000 20000 --rounds 20

Both programs answer behind gunicorn with two sync workers, from one PostgreSQL server. See docs/benchmarks.md.
"""

import argparse
import os
import secrets
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import django

from bench._peer import conference
from bench._visitor import Times, Visitor
from tests import servers

ROOT = Path(__file__).resolve().parents[1]
HOST = "case-audit.example"
WORKERS = 2
AS_THE_PROXY_ASKS = {"Host": HOST, "X-Forwarded-Proto": "https", "Origin": f"https://{HOST}"}
Found = dict[str, Times]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--past", type=int, nargs="+", default=[2_000, 200_000], help="how many past audits, rising")
    parser.add_argument("--rounds", type=int, default=60, help="how often each page is asked for")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        measure(chosen.past, chosen.rounds)
    else:
        sys.exit(start_servers())


def start_servers() -> int:
    """This module again, with databases of its own and the settings of a production deployment."""
    env = {
        "DEPLOYMENT": "production",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": HOST,
        "BASE_URL": f"https://{HOST}",
        "LOG_LEVEL": "ERROR",
    }
    again = [sys.executable, "-m", "bench.pages", "--inside", *sys.argv[1:]]
    command = [sys.executable, "-m", "tests.servers", "postgres", "redis", "--", *again]
    return subprocess.run(command, env={**os.environ, **env}, cwd=ROOT, check=False).returncode


def measure(past: list[int], rounds: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # What has models can only be imported now.
    from django.core.management import call_command
    from django.utils import timezone

    from bench._past_audits import Programme
    from bench._scenes import Scenes

    call_command("collectstatic", "--no-input", verbosity=0)
    programme = Programme(timezone.localdate())
    programme.begin()
    scenes = Scenes(programme)
    ours: list[Found] = []
    queries: list[dict[str, int]] = []
    peers: dict[str, Found] = defaultdict(dict)
    memory = []
    peer = os.environ.get("PEER", "") and str(Path(os.environ["PEER"]).absolute())
    with conference(peer) if peer else nullcontext() as beside:
        for size, before in zip(past, [0, *past], strict=False):
            programme.add_past(size - before)
            queries.append(scenes.queries())
            with gunicorn() as (port, pid):
                visits = scenes.visits(lambda port=port: Visitor(port, dict(AS_THE_PROXY_ASKS)))
                others = beside.visits() if beside and size == past[-1] else {}
                ours.append({})
                for scene, visit in zip(scenes.all, visits, strict=True):
                    own, other = visit.times(rounds, others.get(scene.against))
                    ours[-1][scene.name] = own
                    peers[scene.against][scene.name] = other
                memory.append(memory_of(pid))
    print("\n".join(table(past, scenes.all, ours, queries, peers)))
    print(f"\nMemory of a worker after its run, MiB: {', '.join(memory)}.")


@contextmanager
def gunicorn() -> Iterator[tuple[int, int]]:
    """The program as it is deployed, with two workers: its port, and the process that began them."""
    port = servers.free_port()
    program = Path(sys.executable).parent / "gunicorn"
    command = [program, "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", WORKERS]
    with servers.running(*command, ready=lambda: servers.listening(port)) as process:
        yield port, process.pid


def memory_of(pid: int) -> str:
    """What each worker holds: resident, and its share where it shares."""
    workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    said = []
    for worker in workers:
        lines = Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines[1:]}
        said.append(f"{sizes['Rss']:.0f} resident ({sizes['Pss']:.0f} proportional)")
    return " and ".join(said)


def table(
    past: list[int], scenes: list, ours: list[Found], queries: list[dict[str, int]], peers: dict[str, Found]
) -> Iterator[str]:
    """Milliseconds, p50 and p95, of each size. `ratio`: of the last size, to the peer's page asked for in turns with
    it, or to our own empty page."""
    heads = [f"{size:,}: {what}" for size in past for what in ("p50", "p95", "queries")]
    yield "| | " + " | ".join([*heads, "growth", "ratio", "goal"]) + " |"
    yield "| --- |" + " ---: |" * (len(heads) + 3)
    empty = ours[-1][scenes[0].name].p50
    for scene in scenes:
        cells = []
        for found, counted in zip(ours, queries, strict=True):
            cells += [*in_milliseconds(found[scene.name]), f"{counted[scene.name]}"]
        first, last = ours[0][scene.name].p50, ours[-1][scene.name].p50
        beside = peers[scene.against].get(scene.name)
        ratio = (
            f"{last / beside.p50:.3f} × {scene.against}" if beside and beside.seconds else f"{last / empty:.1f} × empty"
        )
        goals = [f"≤ {scene.goal} ×"] if scene.goal else []
        goals += [f"≤ {scene.most_queries} queries"] if scene.most_queries else []
        yield f"| {scene.name} | " + " | ".join([*cells, f"{last / first:.2f}", ratio, ", ".join(goals)]) + " |"
    for name, found in peers.items():
        if seconds := [second for times in found.values() for second in times.seconds]:
            yield f"| pretalx: {name} | " + " | ".join(in_milliseconds(Times(seconds))) + " |"


def in_milliseconds(times: Times) -> list[str]:
    return [f"{times.p50 * 1000:.1f}", f"{times.p95 * 1000:.1f}"]


if __name__ == "__main__":
    main()
