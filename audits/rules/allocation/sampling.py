"""How many cases each cell gives to a draw: at random, as many as expected on average, in proportion on every margin.

The cube method (Deville and Tillé, "Efficient balanced sampling: the cube method", Biometrika 91, 2004). Each cell
starts with the number that is expected of it, with a fraction. Fractions are moved up and down at random, never
changing a margin and never changing what is expected of a cell, until each is whole or no such move is left; then the
margins are given up one by one, the one that can go least wrong first.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audits.rules.allocation.population import Ints

Floats = NDArray[np.float64]
TINY = 1e-9
SMALL = 1e-6
CELLS_A_MARGIN = 6


def cell_counts(expected: Floats, columns: Ints, rng: Generator) -> Ints:
    """How many cases of each cell to draw; their sum is that of what is expected, which is whole.

    `columns`: for each cell the numbers of the margins it counts in, the last of them the same for all cells. Every
    cell gets what is expected of it rounded down or up, and so often up that it is right on average.
    """
    whole = np.floor(expected + TINY).astype(np.int64)
    fractions = expected - whole
    open_cells = rng.permutation(np.flatnonzero(fractions > TINY))
    if len(open_cells):
        open_columns = columns[open_cells]
        whole[open_cells] += _land(_fly(fractions[open_cells], open_columns, rng), open_columns, rng)
    return whole


def _fly(fractions: Floats, columns: Ints, rng: Generator) -> Floats:
    """Make whole as many fractions as can be without changing a margin.

    The cells fly in flocks, all flocks at the same time, each balanced in itself; what is left of all of them flies
    again, until what is left was a single flock. Flocks are short, so that rounding errors do not pile up.
    """
    used, margins = np.unique(columns, return_inverse=True)
    margins = margins.reshape(columns.shape)
    values = fractions.copy()
    left = np.arange(len(values))
    longest = CELLS_A_MARGIN * len(used)
    while len(left):
        flocks = -(-len(left) // longest)
        length = -(-len(left) // flocks)
        # Numbers past the end are of no cell: they stand for empty places in the last flocks.
        members = np.append(left, np.full(flocks * length - len(left), len(values))).reshape(length, flocks)
        flown = np.append(values, 0.0)
        _fly_together(flown, members, np.vstack([margins, margins[:1]]), len(used), rng)
        values = flown[:-1]
        left = left[(values[left] > 0.0) & (values[left] < 1.0)]
        if flocks == 1:
            break
    return values


def _fly_together(values: Floats, members: Ints, margins: Ints, count: int, rng: Generator) -> None:
    """Fly every flock (a column of `members`) on its own.

    A basis of cells, one a margin, takes up what one further cell after the other gains or loses; a cell of the basis
    that becomes whole leaves its place to the further one. `inverse`: how much each cell of the basis takes up of a
    unit in each margin. In `values` the cells become whole.
    """
    flocks = members.shape[1]
    every = np.arange(flocks)
    nobody = len(values) - 1
    basis = np.full((flocks, count), nobody)
    inverse = np.broadcast_to(np.eye(count), (flocks, count, count)).copy()
    for cells in members:
        effect = inverse[every[:, None], :, margins[cells]].sum(axis=1)
        effect[np.abs(effect) < SMALL] = 0.0
        effect[cells == nobody] = 0.0
        size = np.abs(effect)
        vacant = np.where(basis == nobody, size, 0.0)
        joins: NDArray[np.bool_] = np.asarray(vacant.any(axis=1))
        place = vacant.argmax(axis=1)
        moving = np.flatnonzero(~joins & (cells != nobody))
        if len(moving):
            held, cell = basis[moving], cells[moving]
            moved, own = _move(values[held], values[cell], -effect[moving], rng)
            values[held], values[cell] = moved, own
            values[nobody] = 0.0
            whole = np.where((moved == 0.0) | (moved == 1.0), size[moving], 0.0)
            place[moving] = whole.argmax(axis=1)
            joins[moving] = (own > 0.0) & (own < 1.0)
        at, where = every[joins], place[joins]
        basis[at, where] = cells[joins]
        pivot = inverse[at, where] / effect[at, where][:, None]
        inverse[at] -= effect[at][:, :, None] * pivot[:, None, :]
        inverse[at, where] = pivot


def _move(members: Floats, own: Floats, direction: Floats, rng: Generator) -> tuple[Floats, Floats]:
    """Go along the direction, or against it, until the first fraction is whole; which way is drawn so that on average
    nothing moves. The further cell itself moves by one for each unit of the direction. One row a flock."""
    values = np.concatenate([members, own[:, None]], axis=1)
    step = np.concatenate([direction, np.ones((len(own), 1))], axis=1)
    speed = np.where(step == 0.0, TINY, np.abs(step))
    above = np.where(step == 0.0, np.inf, (1.0 - values) / speed)
    below = np.where(step == 0.0, np.inf, values / speed)
    forward = np.where(step > 0.0, above, below).min(axis=1)
    backward = np.where(step > 0.0, below, above).min(axis=1)
    there_and_back = forward + backward
    chance = np.where(there_and_back > 0.0, backward / np.maximum(there_and_back, TINY), 0.5)
    values += step * np.where(rng.random(len(own)) < chance, forward, -backward)[:, None]
    values[values < TINY] = 0.0
    values[values > 1.0 - TINY] = 1.0
    return values[:, :-1], values[:, -1]


def _land(values: Floats, columns: Ints, rng: Generator) -> Ints:
    """Make the remaining fractions whole, giving up margins, but never the number of cases as a whole."""
    values = values.copy()
    left = np.flatnonzero((values > TINY) & (values < 1.0 - TINY))
    names, rows = np.unique(columns[left], return_inverse=True)
    table = np.zeros((len(names), len(left)))
    table[rows.reshape(len(left), columns.shape[1]), np.arange(len(left))[:, None]] = 1.0
    kept = np.ones(len(names), np.bool_)
    while len(left) > 1:
        direction = _null_vector(table[kept])
        if direction is None:
            members = table[:-1].sum(axis=1) + np.where(kept[:-1], 0.0, np.inf)
            kept[np.argmin(members)] = False
            continue
        at = np.flatnonzero(direction)
        pick = at[-1]
        others = left[at[:-1]]
        moved, last = _move(
            values[None, others], values[None, left[pick]], direction[None, at[:-1]] / direction[pick], rng
        )
        values[others], values[left[pick]] = moved[0], last[0]
        still = (values[left] > 0.0) & (values[left] < 1.0)
        left, table = left[still], table[:, still]
    return np.rint(values).astype(np.int64)


def _null_vector(matrix: Floats) -> Floats | None:
    """A direction that changes no row's sum; None where there is none. Column by column (Gauss and Jordan), until one
    can be made up of those before it."""
    rows = matrix.copy()
    bases: list[int] = []
    for column in range(rows.shape[1]):
        pivots = len(bases)
        best = pivots + int(np.abs(rows[pivots:, column]).argmax()) if pivots < len(rows) else pivots
        if best == len(rows) or abs(rows[best, column]) < SMALL:
            direction = np.zeros(rows.shape[1])
            direction[bases], direction[column] = -rows[:pivots, column], 1.0
            direction[np.abs(direction) < SMALL] = 0.0
            return direction
        rows[[pivots, best]] = rows[[best, pivots]]
        rows[pivots] /= rows[pivots, column]
        others = np.arange(len(rows)) != pivots
        rows[others] -= rows[others, column][:, None] * rows[pivots]
        bases.append(column)
    return None
