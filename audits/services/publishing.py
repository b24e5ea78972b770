"""Publishing a draw: its allocations and audits come into being, and the auditors are told. Once for each cycle."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.links import absolute
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from accounts.services.mail import queue_mails
from audits.cycle_figures import outside_pairs
from audits.enums import AuditKind, Capacity, CycleStatus
from audits.facts import months_of, read_authority, rules_of
from audits.models import Allocation, Audit, Case, Cycle, Draw, FormVersion, Participant
from audits.rules.allocation.draw import Draw as RuleDraw
from audits.rules.allocation.eligibility import age_band, full_years
from audits.rules.allocation.facts import AGE_BANDS
from audits.rules.allocation.result import Broken
from audits.rules.deadlines import stage_one_due
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
    with transaction.atomic():
        form = ensure_default_form()
        planned = Cycle.objects.filter(pk=cycle.pk, status=CycleStatus.PLANNED, published_at=None)
        if not planned.update(
            status=CycleStatus.OPEN, published_at=at, rules=draw.rules, form_version=cycle.form_version or form
        ):
            return False
        if cycle.draws.filter(number__gt=draw.number).exists():
            raise UserError(f"{cycle.name} has been drawn again since. Look at the newest draw.")
        Draw.objects.filter(pk=draw.pk).update(published_at=at)
        cycle.refresh_from_db()
        _ensure_same_focus(draw, cycle)
        audits = _make_audits(draw, cycle, cycle.form_version, at)
        _tell_auditors(audits, cycle, at)
        record(
            by=by,
            at=at,
            verb="cycle.published",
            thing_type="cycle",
            thing_ref=cycle.key,
            summary=f"Published {cycle.name}: {len(audits)} audits",
            data={"draw": draw.number, "seed": draw.seed},
        )
    draw.refresh_from_db()
    return True


def _ensure_same_focus(draw: Draw, cycle: Cycle) -> None:
    """A list that was drawn for something else is not published, whoever changed what the cycle is about."""
    if draw.summary.get("focus", {}) != cycle.focus:
        raise UserError(f"The focus of {cycle.name} was changed after draw {draw.number}. Draw again, and say why.")


def _broken_by_now(draw: Draw, cycle: Cycle) -> list[Broken]:
    """The pairs of the draw that the facts of this moment do not allow."""
    programme = draw.rules.programme
    again = RuleDraw(read_authority(cycle, programme), months_of(cycle), seed=draw.seed, rules=rules_of(programme))
    again.read()
    again.build()
    return again.no_longer_allowed(outside_pairs(draw))


def _make_audits(draw: Draw, cycle: Cycle, form: FormVersion | None, at: datetime) -> list[Audit]:
    """The allocations with what each case is today, their audits, and who takes part. A fixed number of queries."""
    programme = draw.rules.programme
    due_on = stage_one_due(cycle.last_month, programme.deadlines, programme.closures)
    related = ("team__service", "team__area", "team__manager", "service", "worker__line_manager")
    cases = Case.objects.select_related(*related).in_bulk([pair["case"] for pair in draw.pairs])
    people = Person.objects.select_related("team__area").in_bulk([pair["auditor"] for pair in draw.pairs])
    followed = [pair["reaudit_of"] for pair in draw.pairs if pair.get("reaudit_of")]
    before = dict(Audit.objects.filter(reference__in=followed).values_list("reference", "pk"))
    allocations = Allocation.objects.bulk_create(
        [
            _allocation(draw, cycle, cases[pair["case"]], people[pair["auditor"]], pair, before, due_on, at)
            for pair in draw.pairs
        ],
        batch_size=AT_ONCE,
    )
    audits = Audit.objects.bulk_create(
        [Audit(allocation=allocation, form_version=form, pack=cycle.pack) for allocation in allocations],
        batch_size=AT_ONCE,
    )
    Participant.objects.bulk_create(
        [part for audit in audits for part in _participants(audit, cases[audit.allocation.case_id])],
        batch_size=AT_ONCE,
    )
    return audits


def _allocation(
    draw: Draw,
    cycle: Cycle,
    case: Case,
    auditor: Person,
    pair: dict[str, Any],
    before: dict[str, int],
    due_on: date,
    at: datetime,
) -> Allocation:
    """`before`: reference → primary key of the audits that re-audits follow."""
    born, first_day = case.date_of_birth, cycle.first_month
    team, service = case.team, case.service or (case.team and case.team.service)
    return Allocation(
        cycle=cycle,
        draw=draw,
        case=case,
        auditor=auditor,
        worker=case.worker,
        kind=pair.get("kind", AuditKind.AUDIT),
        reaudit_of_id=before[pair["reaudit_of"]] if pair.get("reaudit_of") else None,
        due_on=due_on,
        allocated_at=at,
        team=team.name if team else "",
        team_code=team.code if team else "",
        service=service.name if service else "",
        area=team.area.name if team and team.area else "",
        auditor_team=auditor.team.name if auditor.team else "",
        auditor_area=pair["why"]["auditor_area"] or "",
        plan_type=case.plan_type,
        statuses=case.statuses,
        gender=case.gender,
        ethnicity=case.ethnicity,
        age_band=age_band(born, AGE_BANDS, first_day),
        age=None if born is None else full_years(born, first_day),
        cp_category=case.cp_category,
        cse_level=case.cse_level,
        missing_last_6_months=case.missing_last_6_months,
        reason=pair["why"],
    )


def _participants(audit: Audit, case: Case) -> Iterator[Participant]:
    people: dict[Capacity, Person | None] = {
        Capacity.AUDITOR: audit.allocation.auditor,
        Capacity.WORKER: case.worker,
        Capacity.LINE_MANAGER: case.worker.line_manager if case.worker else None,
        Capacity.PRACTICE_MANAGER: case.team.manager if case.team else None,
    }
    for capacity, person in people.items():
        if person is not None:
            yield Participant(audit=audit, person=person, capacity=capacity)


def _tell_auditors(audits: list[Audit], cycle: Cycle, at: datetime) -> None:
    queue_mails(
        rule="audit.allocated",
        at=at,
        mails=[
            (
                audit.allocation.auditor,
                f"audit:{audit.reference}",
                {
                    "name": audit.reference,
                    "cycle": cycle.name,
                    "due_on": audit.allocation.due_on,
                    "has_worker": audit.allocation.worker_id is not None,
                    "url": absolute(reverse("audit_detail", args=[audit.reference])),
                },
            )
            for audit in audits
            if audit.allocation.auditor is not None
        ],
    )
