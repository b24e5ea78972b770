"""What pages show of concerns about the quality of audits."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accounts.models import Person
from audits.enums import QualityConcernState
from audits.models import Audit, QualityConcern
from audits.permissions import closed_to
from audits.quality_permissions import may_raise

TAGS = {
    QualityConcernState.OPEN: ("Waiting for an answer", "yellow"),
    QualityConcernState.ANSWERED: ("Answered", "green"),
    QualityConcernState.WITHDRAWN: ("Taken back", "grey"),
}
RESTRICTED = "Of a restricted record"


@dataclass(frozen=True)
class Line:
    """A concern as a line of a page shows it. Who raised it can tell whose case it is: of a restricted record it shows
    only to those who know the record."""

    concern: QualityConcern
    tag: tuple[str, str]
    is_own: bool
    raised_by: str


@dataclass(frozen=True)
class AboutQuality:
    """What the page of an audit says to one reader."""

    lines: list[Line]
    may_raise: bool


def about_quality(audit: Audit, person: Person) -> AboutQuality:
    """Three queries, or four."""
    visible = QualityConcern.objects.visible_to(person).filter(audit=audit).select_related("raised_by")
    lines = lines_of(list(visible), person, closed_to(person, [audit]))
    waits = any(line.is_own and line.concern.state == QualityConcernState.OPEN for line in lines)
    return AboutQuality(lines, may_raise=not waits and may_raise(person, audit))


def lines_of(concerns: Iterable[QualityConcern], person: Person, closed: Collection[int]) -> list[Line]:
    """`closed`: the audits, by primary key, whose record the person may not know."""
    return [_line(concern, person, concern.audit_id in closed) for concern in concerns]


def _line(concern: QualityConcern, person: Person, is_closed: bool) -> Line:
    is_own = concern.raised_by_id == person.pk
    raised_by = "You" if is_own else RESTRICTED if is_closed else str(concern.raised_by)
    return Line(concern, TAGS[QualityConcernState(concern.state)], is_own, raised_by)
