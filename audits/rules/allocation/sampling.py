"""How many cases each cell gives to a draw: at random, as many as expected on average, in proportion on every margin.

The cube method (Deville and Tillé, "Efficient balanced sampling: the cube method", Biometrika 91, 2004). Each cell
starts with the number that is expected of it, with a fraction. Fractions are moved up and down at random, never
changing a margin and never changing what is expected of a cell, until each is whole or no such move is left; then the
margins are given up one by one, the one that can go least wrong first.
"""

from collections import deque

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audits.rules.allocation.population import Ints

Floats = NDArray[np.float64]
TINY = 1e-9
SMALL = 1e-6
REFRESH_AFTER = 200


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

    A basis of cells, one a margin, takes up what one further cell after the other gains or loses; a cell of the basis
    that becomes whole leaves its place to the further one. Now and then the basis is emptied and its cells wait to be
    taken up again, so that rounding errors do not pile up. `columns`: for each cell the margins it counts in.
    """
    used, margins = np.unique(columns, return_inverse=True)
    margins = margins.reshape(columns.shape)
    values = fractions.copy()
    waiting = deque(range(len(values)))
    basis, inverse, steps = _empty_basis(len(used))
    while waiting:
        cell = waiting.popleft()
        effect = inverse[:, margins[cell]].sum(axis=1)
        effect[np.abs(effect) < SMALL] = 0.0
        vacant = np.flatnonzero((basis < 0) & (effect != 0.0))
        if len(vacant):
            place = vacant[np.argmax(np.abs(effect[vacant]))]
        else:
            at = np.flatnonzero(effect)
            members = basis[at]
            moved, last = _move(values[members], values[cell], -effect[at], rng)
            values[members], values[cell] = moved, last
            if _is_whole(last):
                continue
            whole = at[(moved == 0.0) | (moved == 1.0)]
            place = whole[np.argmax(np.abs(effect[whole]))]
        basis[place] = cell
        pivot = inverse[place] / effect[place]
        inverse -= np.outer(effect, pivot)
        inverse[place] = pivot
        steps += 1
        if steps == REFRESH_AFTER + len(used):
            waiting.extend(int(member) for member in basis if member >= 0 and not _is_whole(values[member]))
            basis, inverse, steps = _empty_basis(len(used))
    return values


def _empty_basis(size: int) -> tuple[Ints, Floats, int]:
    """No cell stands anywhere (-1), the inverse of nothing, no step made."""
    return np.full(size, -1), np.eye(size), 0


def _move(members: Floats, own: float, direction: Floats, rng: Generator) -> tuple[Floats, float]:
    """Go along the direction, or against it, until the first fraction is whole; which way is drawn so that on average
    nothing moves. The further cell itself moves by one for each unit of the direction."""
    values = np.append(members, own)
    step = np.append(direction, 1.0)
    room_up = np.where(step > 0, 1.0 - values, values) / np.abs(step)
    room_down = np.where(step > 0, values, 1.0 - values) / np.abs(step)
    forward, backward = room_up.min(), room_down.min()
    chance = backward / (forward + backward) if forward + backward > 0 else 0.5
    values += step * (forward if rng.random() < chance else -backward)
    values[values < TINY] = 0.0
    values[values > 1.0 - TINY] = 1.0
    return values[:-1], float(values[-1])


def _is_whole(value: float) -> bool:
    return value in (0.0, 1.0)


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
        moved, last = _move(values[left[at[:-1]]], values[left[pick]], direction[at[:-1]] / direction[pick], rng)
        values[left[at[:-1]]], values[left[pick]] = moved, last
        still = (values[left] > 0.0) & (values[left] < 1.0)
        left, table = left[still], table[:, still]
    return np.rint(values).astype(np.int64)


def _null_vector(matrix: Floats) -> Floats | None:
    """A direction that changes no row's sum; None where there is none."""
    _, singular, rows = np.linalg.svd(matrix)
    rank = int((singular > SMALL).sum())
    if rank == matrix.shape[1]:
        return None
    direction = rows[-1].copy()
    direction[np.abs(direction) < SMALL] = 0.0
    return direction
