"""A kept draw in the words of the outside: case numbers and e-mail addresses instead of primary keys."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Person
from audits.models import Case

HIDDEN = ("excluded_cases", "out_of_reach")


def outside_figures(summary: dict[str, Any], pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """The figures of a draw as `allocate --json` prints them. `pairs`: (case, auditor) by primary key."""
    pairs = list(pairs)
    emails = dict(Person.objects.order_by().values_list("pk", "email"))
    numbers = case_numbers(case for case, _ in pairs)
    figures = {key: value for key, value in summary.items() if key not in HIDDEN}
    figures["unfilled"] = [{**place, "auditor": emails[place["auditor"]]} for place in summary["unfilled"]]
    figures["left_out"] = {emails[int(person)]: rule for person, rule in summary["left_out"].items()}
    figures["pairs"] = [[numbers[case], emails[auditor]] for case, auditor in pairs]
    return figures


def case_numbers(cases: Iterable[int]) -> dict[int, str]:
    return {case.pk: case.case_id for case in Case.objects.only("case_id").in_bulk(list(cases)).values()}
