"""Why this case and why this auditor, in plain English, from what was kept with an allocation."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format

from audits.enums import AuditKind, PlanType
from audits.models import Allocation
from audits.rules.allocation.reasons import AuditorRule, CapRule, CaseRule, PairRule, ReauditRule, SoftRule
from audits.rules.programme import Programme

DIMENSIONS = {
    "service": "Service",
    "plan_type": "Plan",
    "age_band": "Age",
    "gender": "Gender",
    "ethnicity": "Ethnicity",
}
SENTENCES = {
    str(rule): rule.sentence
    for kind in (CaseRule, PairRule, CapRule, ReauditRule, AuditorRule, SoftRule)
    for rule in kind
}
INDEPENDENT = "The auditor is independent of the case."
INDEPENDENCE = {
    "own_team": "The case is not in a team that the auditor belongs to or manages.",
    "line_management": (
        "The auditor is not in the line management of the case’s worker, and the worker is not in theirs."
    ),
    "involved": "Nobody has recorded that the auditor was involved with the case or has a conflict of interest.",
}


class Why(NamedTuple):
    """The answer to "why?", in parts. `case`, `auditor`: sentences. `stratum`: (dimension, value) in words."""

    case: list[str]
    stratum: list[tuple[str, str]]
    auditor: list[str]
    given_up: list[str]


def hard_rules(programme: Programme) -> list[str]:
    """The rules of independence that nothing overrode, as they were set for the draw."""
    return [sentence for rule, sentence in INDEPENDENCE.items() if getattr(programme, rule) == "hard"]


def explain(reason: Mapping[str, Any]) -> Why | None:
    """The reason in words; None where none was kept (an audit that was brought in from a file)."""
    if not reason:
        return None
    return Why(
        case=_about_the_case(reason),
        stratum=[
            (DIMENSIONS.get(name, name), value_in_words(name, value))
            for name, value in reason.get("stratum", {}).items()
        ],
        auditor=_about_the_auditor(reason),
        given_up=[SENTENCES[rule] for rule in reason.get("given_up", ())],
    )


def reason_in_a_line(allocation: Allocation) -> str:
    """Everything in one line, for a table. The allocation comes with what it replaces and follows."""
    why = explain(allocation.reason)
    of_draw = [*why.case, INDEPENDENT, *why.auditor, *why.given_up] if why else []
    return " ".join([*how_it_came(allocation), *of_draw])


def how_it_came(allocation: Allocation) -> list[str]:
    """What brought the allocation about, where that was not the draw of a month: sentences without the child's facts,
    but for the reason of a directed audit."""
    sentences = []
    if allocation.reaudit_of is not None:
        sentences.append(
            f"This is a re-audit: audit {allocation.reaudit_of.reference} of the same case calls for another one, "
            "by somebody else."
        )
    if allocation.kind == AuditKind.DIRECTED:
        who = allocation.commissioned_by or "Quality assurance"
        sentences.append(
            f"{who} commissioned this audit of this very case. It is no part of the sample, and counts in none of its "
            f"figures. The reason: {allocation.directed_reason}"
        )
    if allocation.replaces is not None:
        sentences.append(
            f"It came in for audit {allocation.replaces.audit.reference}, which could not be done: one place was drawn "
            "anew, by the same rules, from the cases that keep the sample in proportion."
        )
    return sentences


def value_in_words(dimension: str, value: str) -> str:
    """A value as people read it: `CIN` is Child in need."""
    return PlanType(value).label if dimension == "plan_type" and value in PlanType.values else value


def percent(chance: float) -> str:
    return "less than 0.1%" if 0 < chance < 0.001 else f"{chance:.1%}"


def _about_the_case(reason: Mapping[str, Any]) -> list[str]:
    sentences = []
    if due_on := reason.get("due_on"):
        sentences.append(
            f"The re-audit was due from {date_format(date.fromisoformat(due_on), 'j F Y')}: no lots decided."
        )
    elif "chance" in reason:
        sentences.append(
            "The case was drawn at random from all cases that the rules allow. "
            f"It had a chance of about {percent(reason['chance'])}."
        )
    if reason.get("quota"):
        sentences.append(f"It counts towards the quota of {' and of '.join(reason['quota'])}.")
    if reason.get("is_replacement"):
        sentences.append(
            "It came in for another case, either because no auditor was free to take that one, "
            "or to keep the sample in proportion."
        )
    return sentences


def _about_the_auditor(reason: Mapping[str, Any]) -> list[str]:
    sentences = []
    if reason.get("same_area"):
        area = reason.get("case_area") or reason.get("auditor_area")
        sentences.append(f"The auditor works in the same area ({area}).")
    if "auditor_load" in reason:
        load = reason["auditor_load"]
        audits = "no audits" if load == 0 else "1 audit" if load == 1 else f"{load} audits"
        sentences.append(f"The auditor had been given {audits} in the months before.")
    if handed_over := reason.get("handed_over"):
        day = date_format(date.fromisoformat(handed_over["on"]), "j F Y")
        by_lot = "; the program chose by the same wishes and by lot" if handed_over.get("by_lot") else ""
        sentences.append(f"The audit was handed over to them on {day}{by_lot}.")
    return sentences
