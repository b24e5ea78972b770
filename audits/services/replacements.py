"""Another case for the same place: when a drawn case cannot be audited by the person who was given it.

The new case is drawn by the cycle's own rules, with a seed that follows from the seed of its published draw; nobody
picks it. Each such draw is kept like any other, and what comes of it is published at once.
"""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.links import absolute
from accounts.models import Person
from accounts.permissions import ensure
from audits.enums import OPEN_STATES, AuditKind, DrawKind, Standing
from audits.facts import months_of, read_authority, rules_of
from audits.models import Allocation, Audit, Case, Cycle, Draw
from audits.rules.allocation import DrawResult
from audits.rules.allocation.replacement import replace
from audits.rules.allocation.seeds import derive
from audits.rules.working_days import add_working_days
from audits.services.allocating import RELATED, allocate, tell_of_allocation
from audits.services.draws import keep
from audits.services.meetings import call_off_meeting
from audits.services.requests.endings import drop_moot
from audits.services.trail import note, tell
from audits.services.waiting import wait_for_givers_of

ATTEMPTS = 5
NOT_DRAWN = "This case was not drawn at random. Give the audit to another auditor instead."
OF_A_PLACE = ("audit", "case", "auditor__team__area", "worker", "cycle__rules", "cycle__form_version", "cycle__pack")


class _OvertakenError(Exception):
    """Something else was drawn or given in this cycle while we drew: draw again from what is true now."""


def replace_allocation(*, allocation: Allocation, reason: str, by: Person, at: datetime) -> Allocation | None:
    """Withdraw the allocation and draw another case for its place; the new allocation, or None where no case could be
    given and the place stays empty. Its auditor is told either way, and QA where it stays empty.

    Raises UserError where the case was not drawn at random (then another auditor must be found), Stage 1 has been
    submitted or is no longer open, or somebody else was quicker.
    """
    ensure(by.may(Permission.RUN_CYCLES), "Only QA has a case replaced.")
    if not reason.strip():
        raise UserError("Enter why the case is replaced")
    for _ in range(ATTEMPTS):
        place = _Place(allocation, at)
        try:
            with transaction.atomic():
                return place.give_another(reason.strip(), by)
        except _OvertakenError:
            continue
    raise UserError("Other cases of this cycle are being drawn at this moment. Try again.")


class _Place:
    """One place of a published cycle, and another case drawn for it, from what is stored at this moment."""

    def __init__(self, allocation: Allocation, at: datetime) -> None:
        self.at = at
        self.old = Allocation.objects.select_related(*OF_A_PLACE).get(pk=allocation.pk)
        case, auditor, why = self.old.case, self.old.auditor, why_not(self.old)
        if case is None or auditor is None or why:
            raise UserError(why or NOT_DRAWN)
        self.case, self.auditor = case, auditor
        self.audit, self.cycle = self.old.audit, self.old.cycle
        self.follows = self.cycle.draws.of_month().get(published_at__isnull=False)
        self.number = self.cycle.draws.order_by("-number").values_list("number", flat=True)[0] + 1
        self.result = self._draw()

    def _draw(self) -> DrawResult:
        programme = self.cycle.programme
        facts = read_authority(self.cycle, programme)
        return replace(
            facts._replace(held=tuple(held for held in facts.held if held.case != self.case.case_id)),
            months_of(self.cycle),
            seed=derive(self.follows.seed, "replacement", self.number - self.follows.number),
            rules=rules_of(programme, self.cycle),
            auditor=self.auditor.email,
        )

    def give_another(self, reason: str, by: Person) -> Allocation | None:
        self._withdraw(reason)
        draw = self._keep(by)
        new = self._publish(draw) if draw.pairs else None
        summary = f"Withdrew audit {self.audit}; " + (f"{new.audit} replaces it" if new else "its place stays empty")
        data = {"draw": draw.number, "seed": draw.seed, "replaced_by": new.audit.reference if new else ""}
        note(self.audit, "allocation.replaced", summary, by, self.at, data)
        if new is None:
            self._tell_of_empty_place()
        return new

    def _withdraw(self, reason: str) -> None:
        """The audit's row first, then its allocation, as everywhere."""
        is_open = Audit.objects.filter(pk=self.audit.pk, state__in=OPEN_STATES, completed_on=None)
        taken = is_open.update(version=F("version")) and Allocation.objects.filter(
            pk=self.old.pk, standing=Standing.LIVE, auditor=self.auditor, due_on=self.old.due_on
        ).update(standing=Standing.WITHDRAWN, withdrawn_reason=reason)
        if not taken:
            raise UserError("Somebody else has changed this audit in the meantime. Look at it again.")
        self.audit.refresh_from_db()
        self.old.refresh_from_db(fields=["standing", "withdrawn_reason"])
        call_off_meeting(audit=self.audit, at=self.at)
        drop_moot(at=self.at, allocation=self.old)

    def _keep(self, by: Person) -> Draw:
        """Of two that are drawn in a cycle at once, one has the next number; the other is drawn again after it."""
        summary, pairs = keep(self.result)
        try:
            with transaction.atomic():
                return Draw.objects.create(
                    cycle=self.cycle,
                    number=self.number,
                    kind=DrawKind.REPLACEMENT,
                    follows=self.follows,
                    seed=self.result.seed,
                    drawn_at=self.at,
                    drawn_by=by,
                    reason=f"Another case for audit {self.audit}.",
                    rules=self.follows.rules,
                    summary=summary | {"focus": self.cycle.focus},
                    pairs=pairs,
                    published_at=self.at,
                )
        except IntegrityError as error:
            raise _OvertakenError from error

    def _publish(self, draw: Draw) -> Allocation:
        [pair] = draw.pairs
        self._hold_case(pair["case"])
        case = Case.objects.select_related(*RELATED).get(pk=pair["case"])
        audit = allocate(
            case=case,
            cycle=self.cycle,
            auditor=self.auditor,
            area=pair["why"]["auditor_area"],
            at=self.at,
            draw=draw,
            kind=AuditKind.AUDIT,
            replaces=self.old,
            due_on=due_day(self.old, timezone.localdate(self.at)),
            reason=pair["why"],
        )
        tell_of_allocation([audit], self.cycle, self.at, replaces=self.audit.reference)
        return audit.allocation

    def _hold_case(self, case: int) -> None:
        """Nobody directs an audit of the case while we give it, and nobody has since we drew it."""
        wait_for_givers_of(case)
        if Allocation.objects.live().filter(case=case, audit__state__in=OPEN_STATES).exists():
            raise _OvertakenError

    def _tell_of_empty_place(self) -> None:
        _tell(self.auditor, "audit.not_replaced", self.audit, self.cycle, self.at)
        for person in Person.objects.active().holding(Permission.RUN_CYCLES):
            _tell(person, "cycle.place_empty", self.audit, self.cycle, self.at)


def why_not(allocation: Allocation) -> str:
    """Why no other case can be drawn for the place of this allocation, in a sentence; empty where one can."""
    audit = allocation.audit
    if allocation.kind != AuditKind.AUDIT or allocation.draw_id is None:
        return NOT_DRAWN
    if allocation.standing != Standing.LIVE:
        return "This audit does not count any more, so its case cannot be replaced."
    if audit.completed_on is not None or audit.state not in OPEN_STATES:
        return "Stage 1 of this audit is not open any more, so its case cannot be replaced."
    return ""


def due_day(allocation: Allocation, on: date) -> date:
    """When the audit of another case is due: with the one that it replaces, or later where too little time is left."""
    programme = allocation.cycle.programme
    earliest = add_working_days(on, programme.replacement_working_days, programme.closures)
    return max(allocation.due_on or earliest, earliest)


def _tell(person: Person, rule: str, audit: Audit, cycle: Cycle, at: datetime) -> None:
    url = absolute(reverse("cycle_detail", args=[cycle.slug]))
    tell(audit, person, rule, at, cycle=cycle.name, auditor=audit.allocation.auditor, url=url)
