"""The states of an audit: what may follow what, by which step, and whose turn it is.

This table is the only place that says so: `Audit.objects.take` changes a state by one of its steps, and
docs/audit-states.md is drawn from it by the command `audit_states`. Leaving the programme, as exempt or withdrawn, is
the standing of an allocation and no state of its audit.
"""

from dataclasses import dataclass
from enum import StrEnum

from audits.enums import OPEN_STATES, AuditState


class Turn(StrEnum):
    """Who has to do something before the audit moves on."""

    AUDITOR = "Auditor"
    MODERATOR = "Moderator"
    NOBODY = "Nobody"


@dataclass(frozen=True)
class Step:
    """One change of state. `name` is the verb that people see, `meaning` what happened when it has been taken."""

    name: str
    source: AuditState
    target: AuditState
    meaning: str


FIRST = AuditState.NOT_STARTED

BEGIN = Step("begin", AuditState.NOT_STARTED, AuditState.IN_PROGRESS, "the auditor saves something for the first time")
SUBMIT = Step("submit", AuditState.IN_PROGRESS, AuditState.SUBMITTED, "the auditor completes Stage 1")
RETURN = Step(
    "return", AuditState.SUBMITTED, AuditState.IN_PROGRESS, "the moderator asks the auditor to put something right"
)
SIGN_OFF = Step("sign off", AuditState.SUBMITTED, AuditState.SIGNED_OFF, "the moderator completes Stage 2")
CLOSE = tuple(
    Step("close", state, AuditState.NOT_RETURNED, "the cycle closes without the audit") for state in OPEN_STATES
)
STEPS = (BEGIN, SUBMIT, RETURN, SIGN_OFF, *CLOSE)

TURNS = {
    AuditState.NOT_STARTED: Turn.AUDITOR,
    AuditState.IN_PROGRESS: Turn.AUDITOR,
    AuditState.SUBMITTED: Turn.MODERATOR,
    AuditState.SIGNED_OFF: Turn.NOBODY,
    AuditState.NOT_RETURNED: Turn.NOBODY,
}


def next_states(state: str) -> frozenset[AuditState]:
    """The states that may follow `state`; none after the last."""
    return frozenset(step.target for step in STEPS if step.source == state)


def whose_turn(state: str) -> Turn:
    return TURNS[AuditState(state)]


def mermaid() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {state.value}: {state.label} ({_turn_note(state)})" for state in AuditState]
    lines.append(f"    [*] --> {FIRST.value}")
    lines += [f"    {step.source.value} --> {step.target.value}: {step.name}" for step in STEPS]
    lines += [f"    {state.value} --> [*]" for state in AuditState if not next_states(state)]
    return "\n".join(lines)


def _turn_note(state: AuditState) -> str:
    turn = whose_turn(state)
    return "nobody’s turn" if turn is Turn.NOBODY else f"{turn.value.lower()}’s turn"
