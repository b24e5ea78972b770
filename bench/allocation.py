"""How long a draw takes at national size, from the rows of a database to its published allocations, and how good it is.

    python -m bench.allocation [--sizes 100000x2000 500000x5000] [--places 2] [--rounds 5] [--without-scipy]

Each size is a PostgreSQL database of its own, filled with an invented authority (bench/_database.py). Beside our draw
stand others, in the same run: reading the same columns of the same rows with COPY and nothing else, as the text that
the server sends and taken apart into rows; and "sample, then assign": the same kind of sample, given to auditors by
SciPy's linear_sum_assignment over every pair at once.

Each measurement is a process of its own, in turn, so that its memory is its own; the median of all rounds is printed.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from statistics import median

import psycopg2

from tests.servers import postgres

Figures = dict[str, float]

SIZES = ("100000x2000", "500000x5000")
READ, COPY, ROWS, SCIPY = "ours", "copy", "copy to rows", "sample then assign"
STEPS = ("read", "sample", "build", "solve")
AFTERWARDS = ("explain", "keep", "publish")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="CASESxAUDITORS")
    parser.add_argument("--places", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without-scipy", action="store_true")
    options = parser.parse_args()
    with postgres() as server:
        results = [_measured(server, size, options) for size in options.sizes]
    print(f"{datetime.now(UTC):%-d %B %Y}, {_machine()}; seconds, median of {options.rounds} rounds\n")
    for line in _table(options.sizes, results):
        print(line)
    print()
    for line in _remarks(options.sizes, results):
        print(line)


def _measured(server: str, size: str, options: argparse.Namespace) -> dict[str, Figures]:
    cases, auditors = size.split("x")
    url = f"{server.rsplit('/', 1)[0]}/size_{cases}"
    _create(server, f"size_{cases}")
    _run("bench._database", url, cases, auditors, str(options.places))
    ways = [COPY, ROWS, READ]
    rounds: dict[str, list[Figures]] = {way: [] for way in ways}
    for number in range(options.rounds):
        for way in ways:
            rounds[way].append(json.loads(_run("bench._one_draw", url, way, str(number))))
    found = {way: {name: median(one[name] for one in each) for name in each[0]} for way, each in rounds.items()}
    found[READ]["peak"] = max(one["peak"] for one in rounds[READ])
    if not options.without_scipy:
        found[SCIPY] = json.loads(_run("bench._one_draw", url, SCIPY, "0"))
    return found


def _create(server: str, name: str) -> None:
    connection = psycopg2.connect(server.replace("postgres://", "postgresql://"))
    connection.autocommit = True
    connection.cursor().execute(f'CREATE DATABASE "{name}"')
    connection.close()


def _run(module: str, url: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def drawing(figures: Mapping[str, float]) -> float:
    return sum(figures[step] for step in STEPS)


def _table(sizes: Sequence[str], results: Sequence[dict[str, Figures]]) -> list[str]:
    rows: list[tuple[str, Callable[[dict[str, Figures]], tuple[str, ...]]]] = [
        ("COPY of the same rows", lambda r: (_seconds(r[COPY]["copy"]), "")),
        ("COPY of the same rows, taken apart", lambda r: (_seconds(r[ROWS]["copy"]), "")),
        *((step, _step(step)) for step in STEPS),
        ("read + sample + build + solve", _drawing(lambda seconds, _: f"{seconds:.3f}")),
        ("… in times of the COPY", _drawing(lambda seconds, r: f"{seconds / r[COPY]['copy']:.2f} ×")),
        ("… in times of the COPY taken apart", _drawing(lambda seconds, r: f"{seconds / r[ROWS]['copy']:.2f} ×")),
        *((step, _step(step)) for step in AFTERWARDS),
        ("all of it", lambda r: (_seconds(sum(r[READ][step] for step in (*STEPS, *AFTERWARDS))), "")),
        *((name, _count(name)) for name in ("places", "unfilled", "values out of proportion", "same area")),
        ("peak memory, MiB", _count("peak")),
    ]
    heads = [f"{size.replace('x', ' cases, ')} auditors: {way}" for size in sizes for way in ("our draw", SCIPY)]
    lines = ["| | " + " | ".join(heads) + " |", "| --- |" + " ---: |" * len(heads)]
    for name, cells in rows:
        lines.append(f"| {name} | " + " | ".join(cell for result in results for cell in cells(result)) + " |")
    return lines


BOTH = (READ, SCIPY)


def _step(step: str) -> Callable[[dict[str, Figures]], tuple[str, ...]]:
    return lambda result: tuple(_seconds(result[way][step]) if step in result.get(way, {}) else "" for way in BOTH)


def _count(name: str) -> Callable[[dict[str, Figures]], tuple[str, ...]]:
    return lambda result: tuple(f"{result[way][name]:,.0f}" if name in result.get(way, {}) else "" for way in BOTH)


def _drawing(written: Callable[[float, dict[str, Figures]], str]) -> Callable[[dict[str, Figures]], tuple[str, ...]]:
    return lambda result: tuple(written(drawing(result[way]), result) if way in result else "" for way in BOTH)


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def _remarks(sizes: Sequence[str], results: Sequence[dict[str, Figures]]) -> list[str]:
    first, last = results[0][READ], results[-1][READ]
    more_cases = int(sizes[-1].split("x")[0]) / int(sizes[0].split("x")[0])
    growth = drawing(last) / drawing(first)
    remarks = [f"Growth: {growth:.2f} × the time for {more_cases:g} × the cases ({growth / more_cases:.2f} × linear)."]
    for size, result in zip(sizes, results, strict=True):
        ours = result[READ]
        out, proved = int(ours["values out of proportion"]), bool(ours["proved"])
        if not out:
            said = "every value of every dimension is within one case of its share; the hard rules allow all of it"
        elif proved:
            said = f"{out} values are a case or more from their share; it is proved that the hard rules allow no better"
        else:
            said = (
                f"{out} values are a case or more from their share; that the hard rules allow no better is not proved"
            )
        remarks.append(f"Proportion at {size}: {said}.")
    return remarks


def _machine() -> str:
    with open("/proc/meminfo", encoding="ascii") as file:
        memory = int(file.readline().split()[1]) / 1024**2
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
