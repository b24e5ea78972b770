import pytest

from audits.rules.action_sign_off import who_signs_off

LINE_MANAGER, SERVICE_MANAGER, DIRECTOR, SOMEBODY = 1, 2, 3, 9
LINE = (LINE_MANAGER, SERVICE_MANAGER, DIRECTOR)


@pytest.mark.parametrize(
    ("owner", "doer", "signer"),
    [
        (SOMEBODY, SOMEBODY, LINE_MANAGER),
        (None, SOMEBODY, LINE_MANAGER),
        (LINE_MANAGER, LINE_MANAGER, SERVICE_MANAGER),
        (LINE_MANAGER, SOMEBODY, SERVICE_MANAGER),
        (SOMEBODY, LINE_MANAGER, SERVICE_MANAGER),
        (LINE_MANAGER, SERVICE_MANAGER, DIRECTOR),
    ],
)
def test_the_line_manager_signs_off_unless_they_own_or_did_it(owner: int | None, doer: int, signer: int) -> None:
    assert who_signs_off(LINE, not_by=(owner, doer)) == signer


def test_nobody_signs_off_their_own_action_even_at_the_top() -> None:
    assert who_signs_off((DIRECTOR,), not_by=(DIRECTOR, DIRECTOR)) is None
