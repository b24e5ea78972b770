import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.rules.allocation import AllocationRules
from audits.rules.allocation.eligibility import CaseJudge
from audits.rules.allocation.margins import Margins
from audits.rules.allocation.population import Population
from audits.rules.allocation.sampling import cell_counts
from tests.rules.allocation_examples import OCTOBER, case


def population(cases):
    rules = AllocationRules()
    return Population(cases, CaseJudge(rules, OCTOBER), rules, OCTOBER)


@st.composite
def populations(draw):
    rows = draw(st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=60))
    return population(case(n, service=f"s{a}", plan_type=f"p{b}", gender=f"g{c}") for n, (a, b, c) in enumerate(rows))


@given(populations(), st.data())
@settings(deadline=None)
def test_each_cell_gets_its_share_rounded_down_or_up(people, data):
    margins = Margins(people, data.draw(st.integers(0, len(people))))
    cells = margins.cells()
    counts = cell_counts(margins, cells, np.random.default_rng(data.draw(st.integers(0, 99))))
    shares = margins.size * np.bincount(cells) / len(people)
    assert counts.sum() == margins.size
    assert (np.abs(counts - shares) < 1 - 1e-9).all()


def test_every_cell_is_expected_to_get_its_exact_share():
    rng = np.random.default_rng(7)
    people = population(
        case(n, service=f"s{n % 4}", plan_type=f"p{n % 3}", gender="FM"[n * n % 7 % 2], ethnicity=f"e{n % 5}")
        for n in range(150)
    )
    margins = Margins(people, 13)
    cells = margins.cells()
    draws = np.array([cell_counts(margins, cells, rng) for _ in range(800)])
    shares = 13 * np.bincount(cells) / 150
    error = np.sqrt(shares * (1 - shares % 1) / 800)
    assert (np.abs(draws.mean(axis=0) - shares) < 5 * np.maximum(error, 0.003)).all()


def test_cases_are_alike_in_every_dimension_within_a_cell_and_differ_between_cells():
    people = population(case(n, service=f"s{n % 3}", gender="FM"[n % 2]) for n in range(30))
    margins = Margins(people, 5)
    cells = margins.cells()
    kinds = {(people.stratum(row)["service"], people.stratum(row)["gender"]): cells[row] for row in range(30)}
    assert len(kinds) == len(set(kinds.values())) == 6
