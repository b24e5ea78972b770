"""What pages show of requests: those of one audit, and the facts that one is decided on."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Person
from audits.enums import OPEN_STATES, RequestKind, RequestState
from audits.models import Allocation, Audit, Request
from audits.rules.deadlines import add_months

TAGS = {
    RequestState.PENDING: ("Waiting for a decision", "yellow"),
    RequestState.GRANTED: ("Granted", "green"),
    RequestState.REFUSED: ("Refused", "red"),
    RequestState.WITHDRAWN: ("Taken back", "grey"),
    RequestState.UNDONE: ("Undone", "grey"),
}
FELL_AWAY = ("Fell away", "grey")
OUTCOMES = {
    RequestState.GRANTED: "granted",
    RequestState.UNDONE: "granted and undone",
    RequestState.REFUSED: "refused",
    RequestState.WITHDRAWN: "taken back",
    RequestState.PENDING: "waiting",
}
MONTHS_OF_LOAD = 12


@dataclass(frozen=True)
class Asked:
    """A request as a line of a page shows it."""

    request: Request
    title: str
    tag: tuple[str, str]
    may_take_back: bool


def asked_about(audit: Audit, person: Person) -> list[Asked]:
    """The requests about this audit that the person sees, the newest first. One query."""
    visible = Request.objects.visible_to(person).filter(allocation=audit.allocation)
    return [in_short(request, person) for request in visible.select_related("asked_by")]


def in_short(request: Request, person: Person) -> Asked:
    own_and_pending = request.asked_by_id == person.pk and request.state == RequestState.PENDING
    return Asked(request, title_of(request), tag_of(request), own_and_pending)


def tag_of(request: Request) -> tuple[str, str]:
    if request.state == RequestState.WITHDRAWN and request.decision_reason:
        return FELL_AWAY
    return TAGS[RequestState(request.state)]


def title_of(request: Request) -> str:
    """What is asked for; of an extension, until when it was granted or asked for."""
    until = request.granted_until or request.wanted_until
    return f"{request.get_kind_display()} until {_day(until)}" if until else request.get_kind_display()


def facts_of(request: Request, on: date) -> list[tuple[str, str]]:
    """What the request is about, for whoever decides it."""
    allocation, audit = request.allocation, request.allocation.audit
    rows = [
        (
            "Asked by",
            f"{request.asked_by}, {request.asked_by.team}" if request.asked_by.team else request.asked_by.name,
        ),
        ("Asked on", f"{_day(request.asked_at)}, {ago(request.asked_at, on)}"),
        ("What stands against it", request.get_ground_display() if request.ground else ""),
        ("Asked until", _day(request.wanted_until)),
        ("Kind of audit", f"{allocation.get_kind_display()}, {allocation.cycle.name}"),
        ("Due", _day(audit.due_on)),
        ("Due at first", _day(allocation.first_due_on)),
        ("How far it is", audit.get_state_display()),
        ("Started", _day(audit.started_at)),
        ("Actions in the draft", _actions_of_the_draft(audit)),
    ]
    return [(name, value) for name, value in rows if value]


def _actions_of_the_draft(audit: Audit) -> str:
    """How many, and no more: a draft is its auditor's alone. Nobody is asked for them unless it is submitted."""
    if audit.state not in OPEN_STATES:
        return ""
    urgent = list(audit.actions.values_list("urgent", flat=True))
    if not urgent:
        return ""
    concerns = f", {sum(urgent)} of them for a safeguarding concern" if any(urgent) else ""
    return f"{len(urgent)}{concerns}. They bind nobody unless the audit is submitted: ask who has been told."


def load_of(person: Person, on: date) -> list[tuple[str, str]]:
    """How much the person has been given. Two queries."""
    own = Allocation.objects.live().filter(auditor=person)
    since = add_months(on, -MONTHS_OF_LOAD)
    return [
        ("Audits to complete now", str(Audit.objects.of_auditor(person).open_stage1().count())),
        (f"Audits given in the last {MONTHS_OF_LOAD} months", str(own.filter(cycle__first_month__gt=since).count())),
    ]


def earlier_of(request: Request) -> list[tuple[str, str]]:
    """What this person has asked for before, kind by kind, with how often it was granted, refused and so on."""
    before = Request.objects.filter(asked_by=request.asked_by_id).exclude(pk=request.pk).order_by()
    counts = {(row["kind"], row["state"]): row["n"] for row in before.values("kind", "state").annotate(n=Count("pk"))}
    rows = [
        (kind.label, [f"{counts[kind, state]} {word}" for state, word in OUTCOMES.items() if (kind, state) in counts])
        for kind in RequestKind
    ]
    return [(label, ", ".join(outcomes)) for label, outcomes in rows if outcomes]


def _day(day: date | None) -> str:
    if isinstance(day, datetime):
        day = timezone.localdate(day)
    return date_format(day, "j F Y") if day else ""


def ago(at: datetime, on: date) -> str:
    """How long before the day `on` that was."""
    days = (on - timezone.localdate(at)).days
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
