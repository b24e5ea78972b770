"""Why a case, or an auditor, was or was not drawn: the answer that the kept draw gives."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from accounts.models import Person
from audits.enums import AuditKind
from audits.kept_draws.exclusions import facts_behind
from audits.kept_draws.why import INDEPENDENT, SENTENCES, explain, percent
from audits.models import Allocation, Case, Draw
from audits.rules.allocation.reasons import CapRule, CaseRule


class Answer(NamedTuple):
    """`verdict`: in a few words. `because`: sentences. `against`: how many of the cases that are left are kept from an
    auditor, by which rule. `audits`: our references of what was given out."""

    verdict: str
    because: list[str]
    against: Sequence[tuple[int, str]] = ()
    audits: Sequence[str] = ()


def about_case(draw: Draw, case: Case) -> Answer:
    """The case with its team and service."""
    pair = next((pair for pair in draw.pairs if pair["case"] == case.pk), None)
    if pair is not None:
        return _drawn(draw, case, pair)
    later = _given_otherwise(draw, case)
    rule = _excluded_by(draw, case)
    if rule is not None:
        fact = facts_behind(rule, [case], draw).get(case.pk, "")
        return Answer("Left out by a rule", [rule.sentence, *([fact] if fact else [])], audits=later)
    if case.pk in draw.summary["out_of_reach"]:
        return Answer(
            "Eligible, but out of reach",
            ["No auditor who has a place in this cycle may take it: each of them is barred by a rule of independence."],
            audits=later,
        )
    if not _was_held(draw, case):
        return Answer("Not known then", ["The case was brought in after this draw."], audits=later)
    return Answer("Eligible, but not drawn", [_chance(draw), *_beside(draw, case)], audits=later)


def about_auditor(draw: Draw, auditor: Person) -> Answer:
    """What the auditor was given, and what became of their other places."""
    pairs = [pair for pair in draw.pairs if pair["auditor"] == auditor.pk]
    empty = [place for place in draw.summary["unfilled"] if place["auditor"] == auditor.pk]
    because = []
    if pairs:
        case = "1 case" if len(pairs) == 1 else f"{len(pairs)} cases"
        load = max(pair["why"]["auditor_load"] for pair in pairs)
        because.append(f"The draw gave them {case}. In the months before they had been given {load}.")
    if empty:
        because.append(f"{len(empty)} of their places stayed empty. {empty[0]['sentence']}")
        against = [(count, SENTENCES[rule]) for rule, count in empty[0]["against"].items()]
        given = _references(draw, auditor=auditor)
        verdict = "Placed, but not on every place" if pairs else "Without a case"
        return Answer(verdict, because, sorted(against, reverse=True), given)
    if pairs:
        return Answer("Placed", because, audits=_references(draw, auditor=auditor))
    rule = draw.summary["left_out"].get(str(auditor.pk))
    if rule is not None:
        return Answer("Left out by a rule", [SENTENCES[rule]], audits=_references(draw, auditor=auditor))
    return Answer("Not in this draw", ["They were not an auditor when it was drawn."])


def _drawn(draw: Draw, case: Case, pair: Mapping[str, Any]) -> Answer:
    why = explain(pair["why"])
    auditor = Person.objects.get(pk=pair["auditor"])
    because = [*(why.case if why else []), f"It was given to {auditor}. {INDEPENDENT}"]
    because += [*(why.auditor if why else []), *(why.given_up if why else [])]
    verdict = "Seated as a re-audit" if pair.get("kind") == AuditKind.REAUDIT else "Drawn"
    return Answer(verdict, because, audits=_references(draw, case=case))


def _references(draw: Draw, **whose: object) -> list[str]:
    """The audits that came of this very draw, whatever became of them since."""
    given = Allocation.objects.filter(draw=draw, **whose).order_by("pk")
    return [reference for reference in given.values_list("audit__reference", flat=True) if reference]


def _given_otherwise(draw: Draw, case: Case) -> list[str]:
    """The audits of the case in the same cycle that this draw did not give out: directed ones and replacements."""
    given = Allocation.objects.filter(cycle=draw.cycle, case=case).exclude(draw=draw).order_by("pk")
    return [reference for reference in given.values_list("audit__reference", flat=True) if reference]


def _excluded_by(draw: Draw, case: Case) -> CaseRule | None:
    kept_out = draw.summary["excluded_cases"]
    return next((rule for rule in CaseRule if case.pk in kept_out.get(str(rule), ())), None)


def _was_held(draw: Draw, case: Case) -> bool:
    """Cases are never deleted and their keys grow: those of the draw's population are the first so many."""
    return Case.objects.filter(pk__lte=case.pk).count() <= draw.summary["population"]


def _chance(draw: Draw) -> str:
    sample = sum(pair.get("kind", AuditKind.AUDIT) == AuditKind.AUDIT for pair in draw.pairs)
    eligible = draw.summary["eligible"]
    said = (
        f"No rule kept it out. Of {eligible:,} eligible cases {sample:,} were drawn at random, so its chance was about "
        f"{percent(sample / max(eligible, 1))}. Lots decided."
    )
    if draw.summary.get("cohort_quotas"):
        said += " That is the average: cases of a cohort with a quota have a higher chance, the others a lower one."
    return said


def _beside(draw: Draw, case: Case) -> list[str]:
    """The limits that the drawn cases left it no room under: once they were drawn, it could not be."""
    drawn = [pair["case"] for pair in draw.pairs]
    found = []
    programme = draw.rules.programme
    if case.family_id and _of(drawn, family_id=case.family_id) >= programme.cases_per_family:
        found.append(CapRule.FAMILY.sentence)
    worker = {"worker": case.worker_id} if case.worker_id else {"worker": None, "worker_label": case.worker_label}
    if any(worker.values()) and _of(drawn, **worker) >= programme.cases_per_worker:
        found.append(CapRule.WORKER.sentence)
    return found


def _of(drawn: list[int], **same: object) -> int:
    """How many of the drawn cases are of that family or worker. Compared here: a draw can be larger than a query."""
    return len(set(Case.objects.filter(**same).order_by().values_list("pk", flat=True)).intersection(drawn))
