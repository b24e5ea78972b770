"""One measurement of bench/allocation.py in a process of its own: prints seconds, counts and peak memory as JSON.

python -m bench._one_draw copy|"copy to rows"|ours|"sample then assign" SEED    on the database of DATABASE_URL
"""

import csv
import json
import os
import resource
import sys
import time
from datetime import UTC, datetime
from io import BytesIO, TextIOWrapper
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

import numpy as np
from django.db import connection, transaction

from audits.facts import months_of, read_authority, rules_of
from audits.facts.cases import FIELDS
from audits.models import Case, Cycle, Draw, ProgrammeRules
from audits.rules.allocation import Months, draw
from audits.rules.allocation.draw import Draw as RuleDraw
from audits.rules.allocation.result import DrawResult
from audits.services.draws import keep
from audits.services.publishing import publish
from bench.authority import AS_OF, InventedAuthority

AT = datetime(2026, 9, 23, 9, tzinfo=UTC)
BARRED = 1e6


class Clock:
    """Seconds since the last look at it, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self.last
        self.last = time.perf_counter()


def copy(seed: int) -> dict[str, float]:
    """The columns that the facts are made from, into memory, as the text that the server sends."""
    clock = Clock()
    _copied("")
    clock.lap("copy")
    return clock.seconds


def copy_to_rows(seed: int) -> dict[str, float]:
    """The same, taken apart: one list of texts a row, the least that a program can begin to work with."""
    clock = Clock()
    list(csv.reader(TextIOWrapper(_copied("(FORMAT csv)"), encoding="utf-8", newline="")))
    clock.lap("copy")
    return clock.seconds


def _copied(options: str) -> BytesIO:
    rows, text = Case.objects.order_by().values_list(*FIELDS), BytesIO()
    with connection.cursor() as cursor:
        query = cursor.mogrify(*rows.query.sql_with_params()).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT {options}", text)
    text.seek(0)
    return text


def ours(seed: int) -> dict[str, float]:
    """A draw as the program makes it, kept and published; undone at the end, so that each finds the same rows."""
    programme = ProgrammeRules.objects.current().programme
    with transaction.atomic():
        cycle = Cycle.objects.create(first_month=AS_OF, last_month=AS_OF)
        rules = rules_of(programme, cycle)
        clock = Clock()
        a_draw = RuleDraw(read_authority(cycle, programme), months_of(cycle), seed=seed, rules=rules)
        a_draw.read()
        clock.lap("read")
        a_draw.build()
        clock.lap("build")
        a_draw.select()
        clock.lap("sample")
        a_draw.assign()
        clock.lap("solve")
        drawn = peak()
        result = a_draw.result()
        clock.lap("explain")
        summary, pairs = keep(result)
        kept = ProgrammeRules.objects.kept()
        stored = Draw.objects.create(
            cycle=cycle, number=1, seed=seed, drawn_at=AT, rules=kept, summary=summary, pairs=pairs
        )
        clock.lap("keep")
        figures = {**clock.seconds, **quality(result), "peak": max(drawn, peak())}
        publish(draw=stored, by=None, at=AT)
        clock.lap("publish")
        transaction.set_rollback(True)
    return {**figures, "publish": clock.seconds["publish"]}


def sample_then_assign(seed: int) -> dict[str, float]:
    """The eligible cases sampled in proportion without a look at who may take them; then one assignment over all pairs
    of sampled cases and places."""
    from scipy.optimize import linear_sum_assignment

    programme = ProgrammeRules.objects.current().programme
    cycle = Cycle(first_month=AS_OF, last_month=AS_OF)
    rules = rules_of(programme, cycle)
    clock = Clock()
    a_draw = RuleDraw(read_authority(cycle, programme), months_of(cycle), seed=seed, rules=rules)
    a_draw.read()
    clock.lap("read")
    rows = stratified(a_draw, int(a_draw.places.sum()))
    clock.lap("sample")
    a_draw.build()
    costs = cost_table(a_draw, rows)
    clock.lap("build")
    case_at, slot_at = linear_sum_assignment(costs)
    clock.lap("solve")
    auditor_of_slot = np.repeat(np.arange(len(a_draw.places)), a_draw.places)
    met = costs[case_at, slot_at] < BARRED
    areas = np.array([auditor.area or "" for auditor in a_draw.auditors])[auditor_of_slot[slot_at]]
    of_cases = np.array([a_draw.population.label(a_draw.population.area, row) or "" for row in rows[case_at].tolist()])
    return {
        **clock.seconds,
        "places": len(rows),
        "unfilled": int((~met).sum()),
        "values out of proportion": out_of_proportion(a_draw, rows[case_at[met]]),
        "same area": int((met & (areas == of_cases)).sum()),
        "peak": peak(),
    }


def stratified(a_draw: RuleDraw, size: int) -> Any:
    """A systematic sample along the cells: each case equally likely, each cell within one case of its share."""
    population = a_draw.population
    order = np.lexsort([column.codes[: len(population)] for column in population.strata.values()])
    steps = (np.arange(size) + a_draw.rng.random()) * len(population) / size
    return order[steps.astype(np.int64)]


def cost_table(a_draw: RuleDraw, rows: Any) -> Any:
    """Sampled cases × places: what each pair gives up, by the weights of the soft rules; BARRED by a hard one."""
    weights, population = a_draw.rules.weights, a_draw.population
    auditors = a_draw.auditors
    areas = {area: code for code, area in enumerate(population.area.labels)}
    area_of = np.array([areas.get(auditor.area, -2) for auditor in auditors])
    loads = np.array([auditor.load / max(auditor.quota, 1) for auditor in auditors])
    costs = np.where(population.area.codes[rows][:, None] == area_of[None, :], 0.0, float(weights.same_area))
    costs += weights.even_load * loads
    for at, row in enumerate(rows.tolist()):
        group = int(a_draw.independence.group[row])
        costs[at, list(a_draw.independence.barred[group])] = BARRED
    return np.repeat(costs, a_draw.places, axis=1)


def quality(result: DrawResult) -> dict[str, float]:
    sampled = sum(pair.kind == "audit" for pair in result.pairs)
    return {
        "places": result.places,
        "unfilled": len(result.unfilled),
        "values out of proportion": sum(
            abs(share.drawn - sampled * share.population / result.eligible) >= 1
            for shares in result.strata.values()
            for share in shares.values()
        ),
        "same area": sum(pair.why.same_area for pair in result.pairs),
        "proved": result.is_proved,
    }


def out_of_proportion(a_draw: RuleDraw, rows: Any) -> int:
    """How many values of all dimensions are a case or more away from their share."""
    population, found = a_draw.population, 0
    for column in population.strata.values():
        there = np.bincount(column.codes[: len(population)], minlength=len(column.labels))
        drawn = np.bincount(column.codes[rows], minlength=len(column.labels))
        found += int((np.abs(drawn - there * len(rows) / len(population)) >= 1).sum())
    return found


def peak() -> float:
    """The most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def load() -> None:
    """Load what a draw uses, as in a process that has drawn before: the clock is for the draw."""
    connection.ensure_connection()
    draw(InventedAuthority(500, 20, 1).facts(), Months.spanning(AS_OF), seed=1)


WAYS = {"copy": copy, "copy to rows": copy_to_rows, "ours": ours, "sample then assign": sample_then_assign}


if __name__ == "__main__":
    load()
    print(json.dumps(WAYS[sys.argv[1]](int(sys.argv[2]))))
