"""Which themes of the code book invented findings are tagged with."""

from collections.abc import Mapping
from random import Random

from audits.enums import FeedbackSource, Grade, Polarity

STRENGTHS: Mapping[str, tuple[str, ...]] = {
    "assessment": ("reasoned-analysis", "family-network", "evidence-based-tools", "lived-experience"),
    "planning": ("smart-plan", "outcomes-better"),
    "intervention": ("childs-voice", "direct-work", "working-with-fathers"),
    "review": ("information-shared", "agencies-roles"),
    "reflection": ("reflective-supervision",),
}
WORRIES: Mapping[str, tuple[str, ...]] = {
    "assessment": ("voice-missing", "risk-not-identified", "network-missing"),
    "planning": ("need-not-addressed", "unrealistic-expectations", "drift-and-delay"),
    "intervention": ("not-seen-alone", "voice-missing", "change-of-worker"),
    "review": ("information-not-shared", "drift-and-delay", "change-not-evidenced"),
    "reflection": ("no-management-oversight", "workload"),
}
TAGGED = 0.7
"""How many sections are tagged at all."""


def themes_of(section: str, meant: Grade, comment: str) -> tuple[str, ...]:
    """Of one section, by what its comment says: the same comment gives the same themes."""
    fitting = (STRENGTHS if meant in (Grade.OUTSTANDING, Grade.GOOD) else WORRIES).get(section, ())
    rng = Random(f"{section} {comment}")  # noqa: S311 — invented findings, no secrets
    if not fitting or rng.random() > TAGGED:
        return ()
    return tuple(sorted(rng.sample(fitting, min(len(fitting), rng.randint(1, 2)))))


def themes_said(source: FeedbackSource, polarity: Polarity) -> tuple[str, ...]:
    """Of what a child, a family or a partner said."""
    if source in (FeedbackSource.EDUCATION, FeedbackSource.HEALTH, FeedbackSource.POLICE):
        return ("information-shared",) if polarity == Polarity.STRENGTH else ("information-not-shared",)
    if polarity == Polarity.STRENGTH:
        return ("childs-voice",) if source == FeedbackSource.CHILD else ("family-says-better",)
    return ("change-of-worker",) if source == FeedbackSource.CHILD else ()
