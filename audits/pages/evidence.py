"""The files of an audit as pages list them."""

from collections import defaultdict

from django.template.defaultfilters import filesizeformat

from audits.evidence_files import NAMES, Kind
from audits.models import Audit, Evidence


def of_section(audit: Audit, key: str) -> list[Evidence]:
    """What is attached to one section; to the audit as a whole where `key` is empty."""
    return [in_words(evidence) for evidence in audit.evidence.filter(section=key, removed_at=None)]


def by_section(audit: Audit) -> dict[str, list[Evidence]]:
    """Everything that is attached, by the key of its section."""
    found = defaultdict(list)
    for evidence in audit.evidence.filter(removed_at=None):
        found[evidence.section].append(in_words(evidence))
    return dict(found)


def in_words(evidence: Evidence) -> Evidence:
    """The same, with `what_it_is` for the page: its kind and its size."""
    kind = NAMES[Kind(evidence.kind)]
    evidence.what_it_is = f"{kind}, {filesizeformat(evidence.size)}"  # type: ignore[attr-defined]
    return evidence
