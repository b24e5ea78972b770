"""Drawing a cycle: trying it out, and drawing it. Every draw is kept; nobody can edit one."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from audits.enums import CycleStatus
from audits.facts import by_other_settings, months_of, read_authority, rules_of
from audits.models import Cycle, Draw, ProgrammeRules
from audits.rules.allocation import Authority, DrawResult
from audits.rules.allocation import draw as draw_cases
from audits.rules.allocation.population import Excluded
from audits.rules.allocation.result import Pair
from audits.rules.programme import Programme

LARGEST_SEED = 2**31


def new_seed() -> int:
    return secrets.randbelow(LARGEST_SEED)


def dry_run(*, cycle: Cycle, seed: int | None = None, programme: Programme | None = None) -> DrawResult:
    """What a draw would give, by the rules of today or by `programme`. Nothing is kept: the cycle need not be stored
    either."""
    programme = programme or ProgrammeRules.objects.current().programme
    seed = new_seed() if seed is None else seed
    return draw_cases(read_authority(cycle, programme), months_of(cycle), seed=seed, rules=rules_of(programme, cycle))


def dry_runs(*, cycle: Cycle, seed: int, programmes: Iterable[Programme]) -> Iterator[DrawResult]:
    """What a draw would give by each of these settings, from the same cases: they are read once."""
    authority: Authority | None = None
    for programme in programmes:
        if authority is None:
            authority = read_authority(cycle, programme)
        else:
            authority = by_other_settings(authority, cycle, programme)
        yield draw_cases(authority, months_of(cycle), seed=seed, rules=rules_of(programme, cycle))


def draw(*, cycle: Cycle, by: Person | None, at: datetime, seed: int | None = None, reason: str = "") -> Draw:
    """Draw the cycle and keep the draw, unpublished. Drawing again takes a reason.

    Raises UserError where the cycle is not planned, the reason is missing, or somebody else drew at the same moment.
    """
    ensure(by is None or by.may(Permission.RUN_CYCLES), "Only QA draws a cycle.")
    number = _next_number(cycle)
    if number > 1 and not reason.strip():
        raise UserError("Say why the cycle is drawn again.")
    rules = ProgrammeRules.objects.kept()
    result = dry_run(cycle=cycle, seed=seed, programme=rules.programme)
    summary, pairs = keep(result)
    summary["focus"] = cycle.focus
    try:
        with transaction.atomic():
            kept = Draw.objects.create(
                cycle=cycle,
                number=number,
                seed=result.seed,
                drawn_at=at,
                drawn_by=by,
                reason=reason.strip(),
                rules=rules,
                summary=summary,
                pairs=pairs,
            )
            record(
                by=by,
                at=at,
                verb="cycle.drawn",
                thing_type="cycle",
                thing_ref=cycle.key,
                summary=f"Drew {cycle.name}, draw {number}: {result.filled} of {result.places} places filled",
                data={"draw": number, "seed": result.seed, "reason": kept.reason},
            )
    except IntegrityError as error:
        raise UserError("Somebody else drew this cycle at the same moment. Look at their draw.") from error
    return kept


def why_settled(cycle: Cycle) -> str:
    """Why nothing is left to draw, in a sentence; empty where the cycle may still be drawn."""
    if cycle.published_at is not None:
        return f"{cycle.name} has been published already."
    if cycle.status == CycleStatus.CLOSED:
        return f"The audits of {cycle.name} were brought in from a file, after the month had ended."
    return ""


def _next_number(cycle: Cycle) -> int:
    """The number of the cycle's next draw. Judged on what is stored now, not on what the caller was shown."""
    stored = Cycle.objects.get(pk=cycle.pk)
    if stored.status == CycleStatus.PAUSED:
        raise UserError(f"{stored.name} is paused: {stored.pause_reason}. Resume it before you draw.")
    if why := why_settled(stored):
        raise UserError(f"{why} It cannot be drawn any more.")
    return (stored.draws.order_by("-number").values_list("number", flat=True).first() or 0) + 1


def keep(result: DrawResult) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The figures and the pairs of a draw as they are stored: cases and people by primary key, so that a draw that is
    kept for ever holds no case number. For every case that a rule kept out, the figures say which rule; their digest
    shows whether another draw was made from the same cases."""
    excluded = result.excluded_cases
    if not isinstance(excluded, Excluded):
        raise TypeError("only a draw from the database can be kept")
    people = dict(Person.objects.order_by().values_list("email", "pk"))
    figures = result.as_json()
    del figures["pairs"]
    figures["unfilled"] = [{**place, "auditor": people[place["auditor"]]} for place in figures["unfilled"]]
    figures["left_out"] = {str(people[auditor]): rule for auditor, rule in figures["left_out"].items()}
    figures["excluded_cases"] = {str(rule): keys for rule, keys in excluded.keys_by_rule().items()}
    figures["out_of_reach"] = excluded.cases.keys_of(result.out_of_reach)
    figures["digest"] = result.digest
    cases = excluded.cases.keys_of([pair.case for pair in result.pairs])
    return figures, [_pair(pair, case, people) for pair, case in zip(result.pairs, cases, strict=True)]


def _pair(pair: Pair, case: int, people: Mapping[Any, int]) -> dict[str, Any]:
    kept = {"case": case, "auditor": people[pair.auditor], "kind": pair.kind, "why": pair.why.as_json()}
    return kept if pair.reaudit_of is None else {**kept, "reaudit_of": pair.reaudit_of}
