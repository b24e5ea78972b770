"""Publishing a draw: its allocations and audits come into being, and the auditors are told. Once for each cycle."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Coalesce

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from audits.enums import OPEN_STATES, AuditKind, CycleStatus
from audits.facts import months_of, read_authority, rules_of
from audits.facts.reaudits import due_reaudits
from audits.kept_draws.outside import outside_pairs
from audits.models import Allocation, Audit, Case, Cycle, Draw, FormVersion, Participant
from audits.rules.allocation.draw import Draw as RuleDraw
from audits.rules.allocation.result import Broken
from audits.rules.deadlines import stage_one_due
from audits.services.allocating import RELATED, frozen_auditor, frozen_case, participants_of, tell_of_allocation
from audits.services.forms import ensure_default_form

AT_ONCE = 500


class NothingDrawn(UserError):
    """A draw without a single pair. It is never published: the month would stay empty for ever."""

    def __init__(self, draw: Draw) -> None:
        super().__init__("There is no case that any auditor could be given. Nothing was published.")
        self.draw = draw


def publish(*, draw: Draw, by: Person | None, at: datetime) -> bool:
    """Publish the draw; False, with nothing changed, where its cycle has been published already.

    Raises UserError where the cycle is paused, its focus was changed, the draw is not its newest, or the facts have
    changed since it was made so that one of its pairs breaks a hard rule; NothingDrawn where it has no pair.
    """
    ensure(by is None or by.may(Permission.RUN_CYCLES), "Only QA publishes a cycle.")
    cycle = Cycle.objects.get(pk=draw.cycle_id)
    if cycle.published_at is not None:
        return False
    if cycle.status == CycleStatus.PAUSED:
        raise UserError(f"{cycle.name} is paused: {cycle.pause_reason}. Resume it before you publish.")
    if not draw.pairs:
        raise NothingDrawn(draw)
    _ensure_same_focus(draw, cycle)
    broken = _broken_by_now(draw, cycle)
    if broken:
        # Published by somebody else while we looked: then its own allocations are what is in the way.
        if Cycle.objects.filter(pk=cycle.pk, published_at__isnull=False).exists():
            return False
        raise UserError(
            f"Since the draw, {len(broken)} of its pairs came to break a rule. Draw again. "
            f"The first of them: {broken[0].rule.sentence}"
        )
    published = _publish(draw, cycle, by, at)
    draw.refresh_from_db()
    return published


@transaction.atomic
def _publish(draw: Draw, cycle: Cycle, by: Person | None, at: datetime) -> bool:
    """Take the cycle, look again at what can have changed meanwhile, and give its cases out."""
    form = ensure_default_form()
    planned = Cycle.objects.filter(pk=cycle.pk, status=CycleStatus.PLANNED, published_at=None)
    if not planned.update(
        status=CycleStatus.OPEN, published_at=at, rules=draw.rules, form_version=Coalesce("form_version", form.pk)
    ):
        return False
    if cycle.draws.of_month().filter(number__gt=draw.number).exists():
        raise UserError(f"{cycle.name} has been drawn again since. Look at the newest draw.")
    Draw.objects.filter(pk=draw.pk).update(published_at=at)
    cycle.refresh_from_db()
    _ensure_same_focus(draw, cycle)
    _ensure_nobody_is_at_work_on(draw)
    _ensure_reaudits_are_due(draw, cycle)
    audits = _make_audits(draw, cycle, cycle.form_version, at)
    tell_of_allocation(audits, cycle, at)
    record(
        by=by,
        at=at,
        verb="cycle.published",
        thing_type="cycle",
        thing_ref=cycle.key,
        summary=f"Published {cycle.name}: {len(audits)} audits",
        data={"draw": draw.number, "seed": draw.seed},
    )
    return True


def _ensure_same_focus(draw: Draw, cycle: Cycle) -> None:
    """Judged by the cycle as it is read or held just now."""
    if draw.focus != cycle.focus:
        raise UserError(f"The focus of {cycle.name} was changed after draw {draw.number}. Draw again, and say why.")


def _ensure_nobody_is_at_work_on(draw: Draw) -> None:
    """Asked again now that the cycle's row is held: whoever commissions a directed audit takes that row first."""
    at_work = Allocation.objects.live().filter(audit__state__in=OPEN_STATES, case__in=[p["case"] for p in draw.pairs])
    if at_work.exists():
        raise UserError("An audit of one of these cases was commissioned at this moment. Draw again.")


def _ensure_reaudits_are_due(draw: Draw, cycle: Cycle) -> None:
    """A re-audit can be set aside, or its grade be changed, between the draw and now."""
    drawn = [pair["reaudit_of"] for pair in draw.pairs if "reaudit_of" in pair]
    due = {reaudit.audit for reaudit in due_reaudits(cycle, draw.rules.programme)} if drawn else set()
    for reference in drawn:
        if reference not in due:
            raise UserError(f"The re-audit of {reference} is not due any more. Draw again.")


def _broken_by_now(draw: Draw, cycle: Cycle) -> list[Broken]:
    """The pairs of the draw that the facts of this moment do not allow."""
    programme = draw.rules.programme
    again = RuleDraw(
        read_authority(cycle, programme), months_of(cycle), seed=draw.seed, rules=rules_of(programme, cycle)
    )
    again.read()
    again.build()
    return again.no_longer_allowed(outside_pairs(draw))


def _make_audits(draw: Draw, cycle: Cycle, form: FormVersion | None, at: datetime) -> list[Audit]:
    """The allocations with what each case is today, their audits, and who takes part. A fixed number of queries."""
    programme = draw.rules.programme
    due_on = stage_one_due(cycle.last_month, programme.deadlines, programme.closures)
    cases = Case.objects.select_related(*RELATED).in_bulk([pair["case"] for pair in draw.pairs])
    people = Person.objects.select_related("team__area").in_bulk([pair["auditor"] for pair in draw.pairs])
    before = _audits_before(draw)
    allocations = Allocation.objects.bulk_create(
        [
            Allocation(
                cycle=cycle,
                draw=draw,
                kind=pair.get("kind", AuditKind.AUDIT),
                reaudit_of_id=before[pair["reaudit_of"]] if "reaudit_of" in pair else None,
                due_on=due_on,
                allocated_at=at,
                reason=pair["why"],
                **frozen_case(cases[pair["case"]], cycle),
                **frozen_auditor(people[pair["auditor"]], pair["why"]["auditor_area"]),
            )
            for pair in draw.pairs
        ],
        batch_size=AT_ONCE,
    )
    audits = Audit.objects.bulk_create(
        [Audit(allocation=allocation, form_version=form, pack=cycle.pack) for allocation in allocations],
        batch_size=AT_ONCE,
    )
    Participant.objects.bulk_create(
        [
            Participant(audit=audit, person=person, capacity=capacity)
            for audit in audits
            for capacity, person in participants_of(cases[audit.allocation.case_id], audit.allocation.auditor)
        ],
        batch_size=AT_ONCE,
    )
    return audits


def _audits_before(draw: Draw) -> dict[str, int]:
    """The audits that the re-audits of the draw follow, by reference."""
    references = [pair["reaudit_of"] for pair in draw.pairs if "reaudit_of" in pair]
    return dict(Audit.objects.filter(reference__in=references).values_list("reference", "pk"))
