"""What auditors of the live month add to their audits: what they saw of practice, a file, an action to word better."""

from datetime import date, datetime

from django.utils import timezone

from audits.models import Audit
from audits.rules.deadlines import action_due
from audits.services import action_drafts, voices
from audits.services.evidence import add_evidence
from config.demo.paper import a_page

OBSERVED = (
    (
        "Home visit",
        "The worker sat on the floor with the children and let the older one explain the house rules. Worries were "
        "named to both parents in plain words.",
        ("childs-voice", "direct-work"),
    ),
    (
        "Core group meeting",
        "Everybody had the report in time. The health visitor’s worry was heard; nobody wrote down who takes it up.",
        ("agencies-roles-unclear",),
    ),
    (
        "Supervision",
        "The manager asked what else could explain the missed school days. They agreed to ask the grandmother.",
        ("reflective-supervision",),
    ),
)
LETTER = (
    "Wexmoor Council, children and families",
    "",
    "Minutes of the family network meeting",
    "",
    "Present: mother, grandmother, uncle, allocated worker.",
    "",
    "The grandmother has the children on Fridays, so that",
    "their mother can go to her appointments.",
    "The uncle brings them to school when the bus is late.",
    "",
    "Everybody meets again in six weeks.",
)
LETTER_NAME = "Minutes of the family network meeting.pdf"
LETTER_NOTE = "Where the grandmother’s offer comes from that the plan speaks of."
VAGUE, VAGUE_IMPACT = "Monitor the situation.", "Things get better."


def observe(audit: Audit, which: int, at: datetime) -> None:
    """The auditor was there. `which` picks the occasion."""
    setting, notes, themes = OBSERVED[which % len(OBSERVED)]
    draft = voices.ObservationDraft(timezone.localdate(at), setting, notes, themes=themes)
    voices.add_observation(audit=audit, draft=draft, by=audit.allocation.auditor, at=at)


def attach_minutes(audit: Audit, section: str, at: datetime) -> None:
    """A file beside a section."""
    add_evidence(
        audit=audit,
        content=a_page(LETTER),
        name=LETTER_NAME,
        section=section,
        note_on_it=LETTER_NOTE,
        by=audit.allocation.auditor,
        at=at,
    )


def ask_vaguely(audit: Audit, on: date, at: datetime) -> None:
    """An action that the program says could be clearer."""
    draft = action_drafts.ActionDraft(VAGUE, None, action_due(on, urgent=False), VAGUE_IMPACT)
    action_drafts.add_action(audit=audit, draft=draft, by=audit.allocation.auditor, at=at)
