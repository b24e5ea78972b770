import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.rules.allocation.sampling import cell_counts


@st.composite
def cells(draw):
    """How many cases each cell has, how many of all are to be drawn, and the values of each cell."""
    sizes = np.array(draw(st.lists(st.integers(1, 9), min_size=1, max_size=30)))
    values = [[3 * dimension + draw(st.integers(0, 2)) for dimension in range(3)] + [9] for _ in sizes]
    return sizes, draw(st.integers(0, int(sizes.sum()))), np.array(values)


@given(cells(), st.integers(0, 99))
@settings(deadline=None)
def test_each_cell_gets_what_is_expected_of_it_rounded_down_or_up(cells, seed):
    sizes, size, values = cells
    expected = size * sizes / sizes.sum()
    counts = cell_counts(expected, values, np.random.default_rng(seed))
    assert counts.sum() == size
    assert (np.abs(counts - expected) < 1 - 1e-9).all()


def test_every_cell_gets_on_average_exactly_what_is_expected_of_it():
    rng = np.random.default_rng(7)
    values = np.array([[n % 4, 4 + n % 3, 7 + n * n % 7 % 2, 9 + n % 5, 14] for n in range(60)])
    expected = rng.random(60)
    expected *= 13 / expected.sum()
    draws = np.array([cell_counts(expected, values, rng) for _ in range(800)])
    error = np.sqrt(expected * (1 - expected % 1) / 800)
    assert (np.abs(draws.mean(axis=0) - expected) < 5 * np.maximum(error, 0.003)).all()
    assert (draws.sum(axis=1) == 13).all()


def test_every_margin_gets_on_each_draw_what_is_expected_of_it_rounded_down_or_up():
    values = np.array([[n % 4, 4 + n % 3, 7] for n in range(120)])
    for seed in range(20):
        counts = cell_counts(np.full(120, 0.1), values, np.random.default_rng(seed))
        margins = np.bincount(values.ravel(), np.repeat(counts, 3))
        assert (np.abs(margins - [3, 3, 3, 3, 4, 4, 4, 12]) < 1e-9).all()
