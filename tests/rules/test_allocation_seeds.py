from audits.rules.allocation.seeds import derive


def test_a_seed_that_follows_from_another_is_always_the_same():
    assert derive(20261101, "replacement", 1) == 6_119_349_391_328_795_483
    assert derive(20261101, "replacement", "1") == derive(20261101, "replacement", 1)


def test_each_thing_has_a_seed_of_its_own_that_any_database_can_hold():
    seeds = {derive(seed, what, n) for seed in range(20) for what in ("replacement", "directed") for n in range(20)}
    assert len(seeds) == 800
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert derive(1, "a", "b") != derive(1, "ab") != derive(1, "a, b")
