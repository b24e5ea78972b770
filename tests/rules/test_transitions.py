import pytest

from audits.enums import AuditState
from audits.management.commands.audit_states import PAGE, page
from audits.rules.transitions import FIRST, STEPS, Turn, next_states, whose_turn
from config.environment import BASE_DIR

ALLOWED = {
    ("not_started", "in_progress"),
    ("in_progress", "submitted"),
    ("submitted", "in_progress"),
    ("submitted", "signed_off"),
    ("not_started", "not_returned"),
    ("in_progress", "not_returned"),
}


@pytest.mark.parametrize("source", AuditState.values)
@pytest.mark.parametrize("target", AuditState.values)
def test_an_audit_takes_exactly_the_allowed_steps(source, target):
    assert (target in next_states(source)) == ((source, target) in ALLOWED)


@pytest.mark.parametrize(
    ("state", "turn"),
    [
        ("not_started", Turn.AUDITOR),
        ("in_progress", Turn.AUDITOR),
        ("submitted", Turn.MODERATOR),
        ("signed_off", Turn.NOBODY),
        ("not_returned", Turn.NOBODY),
    ],
)
def test_every_state_says_whose_turn_it_is(state, turn):
    assert whose_turn(state) == turn


def test_nobody_waits_in_a_last_state_and_somebody_in_every_other():
    for state in AuditState:
        assert (whose_turn(state) == Turn.NOBODY) == (not next_states(state))


def test_every_state_can_be_reached():
    reached = {FIRST}
    while further := {step.target for step in STEPS if step.source in reached} - reached:
        reached |= further
    assert reached == set(AuditState)


def test_the_diagram_in_the_documentation_is_the_table():
    drawn = (BASE_DIR / PAGE).read_text(encoding="utf-8")
    assert drawn == page(), "Run: python manage.py audit_states"
