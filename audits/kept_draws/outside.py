"""A kept draw in the words of the outside: case numbers and e-mail addresses instead of primary keys."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Person
from audits.models import Case, Draw

HIDDEN = ("excluded_cases", "out_of_reach", "focus", "digest")


def outside_figures(draw: Draw) -> dict[str, Any]:
    """The figures of a kept draw, as a draw itself gives them."""
    emails = dict(Person.objects.order_by().values_list("pk", "email"))
    figures = {key: value for key, value in draw.summary.items() if key not in HIDDEN}
    figures["unfilled"] = [{**place, "auditor": emails[place["auditor"]]} for place in figures["unfilled"]]
    figures["left_out"] = {emails[int(person)]: rule for person, rule in figures["left_out"].items()}
    return figures | {"pairs": [list(pair) for pair in outside_pairs(draw)]}


def outside_pairs(draw: Draw) -> list[tuple[str, str]]:
    """Case number and auditor's address of each pair; a case that is no longer held has none."""
    numbers = _numbers(pair["case"] for pair in draw.pairs)
    emails = dict(Person.objects.order_by().values_list("pk", "email"))
    return [(numbers.get(pair["case"], ""), emails[pair["auditor"]]) for pair in draw.pairs]


def _numbers(cases: Iterable[int]) -> dict[int, str]:
    return {case.pk: case.case_id for case in Case.objects.only("case_id").in_bulk(list(cases)).values()}
