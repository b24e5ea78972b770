"""Feedback and observations as pages show them: each with its themes."""

from collections.abc import Iterable
from dataclasses import dataclass

from audits.models import Feedback, Observation, Theme
from audits.services.themes import themes_by_key


@dataclass(frozen=True)
class TaggedFinding:
    """One finding, and the themes it is tagged with, retired ones too."""

    finding: Feedback | Observation
    tags: tuple[Theme, ...]


def with_tags(findings: Iterable[Feedback | Observation]) -> list[TaggedFinding]:
    """The findings in their order; one query for the themes of all of them."""
    found = list(findings)
    themes = themes_by_key(key for finding in found for key in finding.themes)
    return [TaggedFinding(finding, tuple(themes[key] for key in finding.themes if key in themes)) for finding in found]
