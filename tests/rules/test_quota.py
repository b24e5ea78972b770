"""Which number of cases counts for a person, and why."""

import pytest

from audits.rules.quota import Quota, quota_of


@pytest.mark.parametrize(
    ("own", "roles", "found"),
    [
        (None, ["auditor"], Quota(2)),
        (3, ["auditor", "moderator"], Quota(3, is_own=True)),
        (0, ["moderator"], Quota(0, is_own=True)),
        (None, ["auditor", "moderator"], Quota(1, role="moderator")),
        (None, ["auditor", "moderator", "qa"], Quota(0, role="qa")),
        (None, [], Quota(2)),
    ],
)
def test_the_own_number_comes_first_then_the_smallest_of_the_roles_then_everybodys(
    own: int | None, roles: list[str], found: Quota
) -> None:
    assert quota_of(own, roles, usual=2, by_role={"moderator": 1, "qa": 0}) == found
