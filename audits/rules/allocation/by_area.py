"""The cheapest way to seat cases if nothing counted but areas and loads: in truth none costs less."""

import numpy as np
from numpy.random import Generator

from audits.rules.allocation.columns import NONE, Ints
from audits.rules.allocation.flow import Network
from audits.rules.allocation.mixing import Seats


def seat_by_area(seats: Seats, rng: Generator) -> tuple[int, Ints]:
    """The least cost, and for each seat the case in it (NONE where it stays empty).

    Cases of an area are alike, and so are the seats of an area that cost the same for the load of their auditors:
    cases of an area → the area, or anywhere → areas → seats that are alike → sink.
    """
    areas, seat_in = np.unique(seats.costs.home[seats.auditor], return_inverse=True)
    lots, seat_of_lot, lot_sizes = np.unique(
        seat_in * (seats.extra.max(initial=0) + 1) + seats.extra, return_inverse=True, return_counts=True
    )
    lot_area, lot_cost = np.divmod(lots, seats.extra.max(initial=0) + 1)
    origins, origin_of, sizes = np.unique(seats.costs.area, return_inverse=True, return_counts=True)
    at_area = len(origins)
    anywhere, sink = at_area + len(areas), at_area + len(areas) + 1
    from_home, home = np.nonzero(origins[:, None] == areas)
    away = np.where(origins == NONE, 0, seats.costs.away)
    network, many = Network(), int(sizes.sum())
    network.add(from_home, at_area + home, sizes[from_home], np.zeros_like(home))
    network.add(np.arange(len(origins)), np.full(len(origins), anywhere), sizes, away)
    network.add(np.full(len(areas), anywhere), at_area + np.arange(len(areas)), _each(areas, many), _each(areas, 0))
    network.add(at_area + lot_area, np.full(len(lots), sink), lot_sizes, lot_cost)
    least, (stay, _, come, taken) = network.solve(np.arange(len(origins)), sizes, sink)

    waiting = [rng.permutation(np.flatnonzero(origin_of == origin)) for origin in range(len(origins))]
    in_area: list[list[Ints]] = [[] for _ in areas]
    for origin, area, count in zip(from_home.tolist(), home.tolist(), stay.tolist(), strict=True):
        in_area[area].append(waiting[origin][:count])
        waiting[origin] = waiting[origin][count:]
    movers = np.split(rng.permutation(np.concatenate(waiting)), np.cumsum(come)[:-1])
    case_in = np.full(len(seats.auditor), NONE)
    by_lot = np.split(np.argsort(seat_of_lot, kind="stable"), np.cumsum(lot_sizes)[:-1])
    for area, mover in enumerate(movers):
        cases = rng.permutation(np.concatenate([*in_area[area], mover]))
        chosen = [rng.permutation(by_lot[lot])[: taken[lot]] for lot in np.flatnonzero(lot_area == area)]
        case_in[np.concatenate(chosen)] = cases
    return least, case_in


def _each(areas: Ints, value: int) -> Ints:
    return np.full(len(areas), value, np.int64)
