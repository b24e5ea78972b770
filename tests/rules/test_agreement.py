from fractions import Fraction

from moderation.rules.agreement import Agreement, agreement


def test_agreement_is_counted_with_its_direction() -> None:
    counted = agreement(
        [
            ("good", "good"),
            ("good", "requires_improvement"),
            ("outstanding", "inadequate"),
            ("inadequate", "good"),
            ("good", "good"),
        ]
    )
    assert counted == Agreement(agreed=2, stricter=2, more_lenient=1)
    assert counted.n == 5
    assert counted.rate == Fraction(2, 5)


def test_a_pair_without_both_grades_is_not_counted() -> None:
    assert agreement([("", "good"), ("good", "")]).n == 0


def test_of_nothing_there_is_no_rate() -> None:
    assert agreement([]).rate is None
