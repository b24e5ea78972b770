"""The fairest chances that the rules allow, as one linear programme over groups of like cases.

Written without the engine's raking and cuts, to compare it with: every auditor, team and limit is in the programme.
"""

from collections import defaultdict
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from audits.rules.allocation.draw import Draw
from audits.rules.allocation.population import NONE

# The cost of being so much (in parts of the equal chance) above or below it rises by steps, as a square does.
STEPS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.85, 1.0, 2.0, 4.0)


def fairest_chances(draw: Draw) -> NDArray[np.float64]:
    """The chance of each eligible case, as near to equal as can be (least squares) with every place filled, every value
    of every dimension within one case of its share, and families and workers within their limits on average."""
    population, places = draw.population, draw.places
    size, total = int(places.sum()), len(population)
    equal = size / total
    solver = pywraplp.Solver.CreateSolver("GLOP")
    cost = solver.Objective()
    _, kind_of, counts = np.unique(_kinds(draw), axis=0, return_inverse=True, return_counts=True)
    kind_of = kind_of.ravel()
    chances = []
    for count in counts.tolist():
        chance = solver.NumVar(0.0, 1.0, "")
        middle = solver.Constraint(equal, equal)
        middle.SetCoefficient(chance, 1.0)
        for sign in (1.0, -1.0):
            for low, high in pairwise(STEPS):
                step = solver.NumVar(0.0, (high - low) * equal, "")
                middle.SetCoefficient(step, -sign)
                cost.SetCoefficient(step, count * (low + high))
        chances.append(chance)

    def between(low: float, high: float, members: NDArray[np.int64]) -> None:
        row = solver.Constraint(low, high)
        for kind, times in zip(*np.unique(kind_of[members], return_counts=True), strict=True):
            row.SetCoefficient(chances[kind], float(times))

    between(size, size, np.arange(total))
    for column in population.strata.values():
        for code, there in enumerate(np.bincount(column.codes[:total]).tolist()):
            between(size * there // total, -(-size * there // total), np.flatnonzero(column.codes[:total] == code))
    for column, most in (
        (population.family, draw.rules.cases_per_family),
        (population.worker, draw.rules.cases_per_worker),
    ):
        codes = column.codes[:total]
        for code in np.flatnonzero(np.bincount(codes[codes != NONE]) > most).tolist():
            between(0, most, np.flatnonzero(codes == code))
    _seat(solver, draw, chances, kind_of)
    if solver.Solve() != solver.OPTIMAL:
        raise RuntimeError("no fairest chances were found")
    return np.array([chance.solution_value() for chance in chances])[kind_of]


def _kinds(draw: Draw) -> NDArray[np.int64]:
    """For each case what tells it from others: its values, its group, its worker and family where they may be full."""
    total = len(draw.population)
    columns = [column.codes[:total] for column in draw.population.strata.values()]
    columns.append(draw.independence.group[:total])
    equal = draw.places.sum() / total
    for column, most in (
        (draw.population.family, draw.rules.cases_per_family),
        (draw.population.worker, draw.rules.cases_per_worker),
    ):
        codes = column.codes[:total]
        counts = np.append(np.bincount(codes[codes != NONE], minlength=len(column.labels)), 0)
        columns.append(np.where(counts[codes] * equal > most / 3, codes, NONE))
    return np.stack(columns, axis=1)


def _seat(solver: pywraplp.Solver, draw: Draw, chances: list[pywraplp.Variable], kind_of: NDArray[np.int64]) -> None:
    """What each group is expected to give flows to auditors who may take it, no more to each than their places."""
    group = draw.independence.group[: len(kind_of)]
    alike: dict[frozenset[int], list[int]] = defaultdict(list)
    barring = [frozenset(g for g, barred in enumerate(draw.independence.barred) if place in barred)
               for place in range(len(draw.places))]  # fmt: skip
    for place, groups in enumerate(barring):
        alike[groups].append(place)
    into = {key: solver.Constraint(0, float(draw.places[who].sum())) for key, who in alike.items()}
    for g in range(len(draw.independence.barred)):
        members = np.flatnonzero(group == g)
        leaves = solver.Constraint(0, 0)
        for kind, times in zip(*np.unique(kind_of[members], return_counts=True), strict=True):
            leaves.SetCoefficient(chances[kind], float(times))
        for key, row in into.items():
            if g not in key:
                amount = solver.NumVar(0.0, solver.infinity(), "")
                leaves.SetCoefficient(amount, -1.0)
                row.SetCoefficient(amount, 1.0)
