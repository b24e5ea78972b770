"""Draw and publish a cycle's allocations from the command line."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.errors import UserError
from audits.enums import CycleStatus
from audits.kept_draws.outside import outside_figures
from audits.kept_draws.why import SENTENCES
from audits.management.commands._months import month
from audits.models import Cycle
from audits.services import cycles
from audits.services.draws import dry_run, why_settled
from audits.services.publishing import NothingDrawn


class Command(BaseCommand):
    help = "Draw and publish the audits of a cycle. A cycle that has been published is left as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", metavar="YYYY-MM", help="the cycle's month")
        parser.add_argument("--seed", type=int, help="draw with this seed: the same facts give the same draw")
        parser.add_argument("--dry-run", action="store_true", help="show what a draw would give, and keep nothing")
        parser.add_argument("--json", action="store_true", help="print the figures and the pairs as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seed"] is not None and not 0 <= options["seed"] < 2**63:
            raise CommandError("The seed must be a whole number from 0 to 9223372036854775807.")
        try:
            words, figures = self._run(options)
        except NothingDrawn as error:
            self._print(outside_figures(error.draw), as_json=options["json"])
            raise CommandError(str(error)) from error
        except UserError as error:
            raise CommandError(str(error)) from error
        (self.stderr if options["json"] else self.stdout).write(words)
        self._print(figures, as_json=options["json"])

    def _run(self, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """What happened in a sentence, and the figures of the draw."""
        first = month(options["month"])
        cycle = cycles.find(first)
        if cycle is not None and (why := why_settled(cycle)):
            return f"{why} Nothing was changed.", _kept(cycle)
        if options["dry_run"]:
            cycle = cycle or Cycle(first_month=first, last_month=first)
            if cycle.status == CycleStatus.PAUSED:
                raise UserError(f"{cycle.name} is paused: {cycle.pause_reason}.")
            result = dry_run(cycle=cycle, seed=options["seed"])
            return f"What a draw for {cycle.name} would give. Nothing was kept.", result.as_json()
        cycle = cycle or cycles.get_or_plan(first)
        published = cycles.draw_and_publish(cycle=cycle, by=None, at=timezone.now(), seed=options["seed"])
        if published is None:
            cycle.refresh_from_db()
            return f"{why_settled(cycle)} Nothing was changed.", _kept(cycle)
        return f"Drew and published {cycle.name}.", outside_figures(published)

    def _print(self, figures: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=2))
            return
        if not figures:
            return
        lines = [f"Population: {figures['population']}"]
        lines += [f"  {SENTENCES[rule]:<72} {n:>7}" for rule, n in figures["excluded"].items()]
        lines += [f"  {'Eligible':<72} {figures['eligible']:>7}", f"Places: {figures['places']}"]
        lines += [f"Filled: {figures['filled']}"]
        lines += _reaudits(figures.get("reaudits")) + _quotas(figures.get("cohort_quotas", ()))
        lines += [f"Unfilled: {len(figures['unfilled'])}"]
        lines += [f"  {place['auditor']}: {place['sentence']}" for place in figures["unfilled"]]
        lines += [f"Without a place: {len(figures['left_out'])}"]
        lines += [f"  {person}: {SENTENCES[rule]}" for person, rule in figures["left_out"].items()]
        lines += [f"Seed: {figures['seed']}"]
        self.stdout.write("\n".join(lines))


def _kept(cycle: Cycle) -> dict[str, Any]:
    """The figures of the draw that was published; none where the cycle was brought in from a file."""
    draw = cycle.draws.of_month().filter(published_at__isnull=False).first()
    return outside_figures(draw) if draw else {}


def _reaudits(reaudits: dict[str, Any] | None) -> list[str]:
    """Older draws knew none."""
    if not reaudits or not reaudits["due"]:
        return []
    unmet = [f"  {unmet['audit']}: {unmet['sentence']}" for unmet in reaudits["unmet"]]
    return [f"Re-audits due: {reaudits['due']}, with an auditor: {reaudits['seated']}", *unmet]


def _quotas(quotas: Iterable[dict[str, Any]]) -> list[str]:
    lines = []
    for quota in quotas:
        lines.append(f"Quota of {quota['name']}: {quota['drawn']} of {quota['wanted']}, {quota['population']} eligible")
        lines += [f"  {quota['sentence']}"] if quota["sentence"] else []
    return lines
