"""The cheapest way to send something through a network (OR-tools, in bulk)."""

import numpy as np

from audits.rules.allocation.columns import Ints


class Network:
    """Arcs with what they take and what a unit of it costs; nodes are numbered by whoever builds it."""

    def __init__(self) -> None:
        self._arcs: list[tuple[Ints, ...]] = []

    def add(self, tails: Ints, heads: Ints, capacities: Ints, costs: Ints) -> None:
        self._arcs.append((tails, heads, capacities, costs))

    def solve(self, sources: Ints, amounts: Ints, sink: int) -> tuple[int, list[Ints]]:
        """Send these amounts from their sources to the sink; the least cost, and the flows of each lot of arcs that was
        added. Raises RuntimeError where the arcs do not take it all."""
        from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # large, and only draws need it

        flow = SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(*(np.concatenate(parts) for parts in zip(*self._arcs, strict=True)))
        flow.set_nodes_supplies(np.append(sources, sink), np.append(amounts, -amounts.sum()))
        status = flow.solve()
        if status != flow.OPTIMAL:
            raise RuntimeError(f"the drawn cases could not be given to auditors: {status}")
        ends = np.cumsum([len(tails) for tails, *_ in self._arcs])
        return flow.optimal_cost(), np.split(flow.flows(np.arange(ends[-1])), ends[:-1])
