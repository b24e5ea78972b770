"""Few candidates of each family and worker, so that their limits refuse no case that was drawn.

To refuse the third case of a worker after the draw would cost the cases of the busiest workers, and children with many
siblings, part of their chance. So chance passes from some of a worker's cases to others before the draw, at random: on
average each keeps its own (systematic sampling, Madow 1949).
"""

from collections.abc import Iterable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audits.rules.allocation.population import NONE, Ints

Floats = NDArray[np.float64]


def thin(chance: Floats, capped: Iterable[tuple[Ints, Ints]], rng: Generator) -> Floats:
    """The chance of each case after some have taken over the chance of others.

    `capped`: for families and for workers, the code of each case, and how many more of each code may be drawn: no more
    than so many of it are left with a chance.
    """
    left = chance.copy()
    for codes, room in capped:
        rows = rng.permutation(np.flatnonzero((left > 0.0) & (codes != NONE)))
        rows = rows[np.argsort(codes[rows], kind="stable")]
        rows = rows[np.bincount(codes[rows], minlength=len(room))[codes[rows]] > room[codes[rows]]]
        if len(rows):
            left[rows] = _pass_on(left[rows], codes[rows], room, rng)
    return left


def _pass_on(own: Floats, codes: Ints, room: Ints, rng: Generator) -> Floats:
    """The chances of a code's cases lie end to end. At as many points as it has room, evenly spaced from a random
    start, a case takes its part of the whole. `codes`: in ascending order."""
    total = np.bincount(codes, own, len(room))
    step = (total / np.maximum(room, 1))[codes]
    start = (rng.random(len(room)) * total / np.maximum(room, 1))[codes]
    ends = np.cumsum(own)
    ends -= (ends - own)[np.searchsorted(codes, codes)]
    points = np.ceil((ends - start) / step) - np.ceil((ends - own - start) / step)
    return np.minimum(points * step, 1.0)
