"""How long a draw takes at national size, step by step, and how good it is. Prints one table.

    python -m bench.allocation [--cases N --auditors N --places N] [--seeds N]

Beside our draw: the same sample given to auditors without drawing anything again, in the same run.
"""

import argparse
import resource
import time
from collections.abc import Callable, Sequence

from audits.rules.allocation import AllocationRules, Authority, Months
from audits.rules.allocation.draw import Draw
from audits.rules.allocation.population import Ints
from audits.rules.allocation.selection import Selection
from bench.authority import AS_OF, InventedAuthority

STEPS = ("read", "build", "select", "assign")
HEADINGS = ("", *STEPS, "total", "places", "unfilled", "same area", "excess")


class SampleThenAssign(Selection):
    """What is usual: draw the sample, seat what can be seated, leave the rest."""

    def draw(self) -> None:
        self._draw_cells()

    def _draw_one_of(self, members: Ints) -> bool:
        return super()._draw_one_of(members[~self.drawn[members]][:1])


def timed(step: Callable[[], None]) -> float:
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def ours(authority: Authority, seed: int) -> list[str]:
    a_draw = Draw(authority, Months.spanning(AS_OF), seed=seed, rules=AllocationRules())
    seconds = [timed(getattr(a_draw, step)) for step in STEPS]
    result = a_draw.result()
    same_area = sum(pair.why.same_area for pair in result.pairs)
    figures = [result.places, len(result.unfilled), same_area, result.excess]
    return [*(f"{s:.2f}" for s in (*seconds, sum(seconds))), *(f"{n:,}" for n in figures)]


def usual(authority: Authority, seed: int) -> list[str]:
    a_draw = Draw(authority, Months.spanning(AS_OF), seed=seed, rules=AllocationRules())
    a_draw.read()
    a_draw.build()
    selection = SampleThenAssign(a_draw.population, a_draw.independence, a_draw.places, a_draw.rules, a_draw.rng)
    seconds = timed(selection.draw)
    selection.settle_size()
    unfilled = selection.wanted - len(selection.seating)
    return ["", "", f"{seconds:.2f}", "", "", f"{selection.wanted:,}", f"{unfilled:,}", "", f"{selection.excess:,}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--auditors", type=int, default=2_000)
    parser.add_argument("--places", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    authority = InventedAuthority(options.cases, options.auditors, options.places).facts()
    print(f"{options.cases:,} eligible cases, {options.auditors:,} auditors × {options.places} places, seconds a step")
    show(HEADINGS)
    for seed in range(options.seeds):
        show([f"draw, seed {seed}", *ours(authority, seed)])
    show(["no redraw, seed 0", *usual(authority, 0)])
    print(f"Peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB, the facts included.")


def show(cells: Sequence[str]) -> None:
    print(f"{cells[0]:<18}" + "".join(f"{cell:>12}" for cell in cells[1:]))


if __name__ == "__main__":
    main()
