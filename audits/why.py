"""Why this case and why this auditor, in plain English, from what was kept with an allocation."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from audits.enums import PlanType
from audits.rules.allocation.reasons import AuditorRule, CapRule, CaseRule, PairRule, SoftRule

DIMENSIONS = {
    "service": "Service",
    "plan_type": "Plan",
    "age_band": "Age",
    "gender": "Gender",
    "ethnicity": "Ethnicity",
}
SENTENCES = {str(rule): rule.sentence for kind in (CaseRule, PairRule, CapRule, AuditorRule, SoftRule) for rule in kind}
INDEPENDENT = "The auditor is independent of the case."
HARD_RULES = (
    "The case is not in a team that the auditor belongs to or manages.",
    "The auditor is not in the line management of the case’s worker, and the worker is not in theirs.",
    "Nobody has recorded that the auditor was involved with the case or has a conflict of interest.",
)


class Why(NamedTuple):
    """The answer to "why?", in parts. `case`, `auditor`: sentences. `stratum`: (dimension, value) in words."""

    case: list[str]
    stratum: list[tuple[str, str]]
    auditor: list[str]
    given_up: list[str]


def explain(reason: Mapping[str, Any]) -> Why | None:
    """The reason in words; None where none was kept (an audit that was brought in from a file)."""
    if not reason:
        return None
    return Why(
        case=_about_the_case(reason),
        stratum=[(DIMENSIONS.get(name, name), value_in_words(name, v)) for name, v in reason["stratum"].items()],
        auditor=_about_the_auditor(reason),
        given_up=[_sentence(rule) for rule in reason["given_up"]],
    )


def reason_in_a_line(reason: Mapping[str, Any]) -> str:
    why = explain(reason)
    return " ".join([*why.case, INDEPENDENT, *why.auditor, *why.given_up]) if why else ""


def value_in_words(dimension: str, value: str) -> str:
    """A value as people read it: `CIN` is Child in need."""
    return PlanType(value).label if dimension == "plan_type" and value in PlanType.values else value


def _about_the_case(reason: Mapping[str, Any]) -> list[str]:
    sentences = [
        "The case was drawn at random from all cases that the rules allow. "
        f"Each of them had a chance of about {reason['chance']:.1%}."
    ]
    if reason["is_replacement"]:
        sentences.append(
            "It came in for another case, either because no auditor was free to take that one, "
            "or to keep the sample in proportion."
        )
    return sentences


def _about_the_auditor(reason: Mapping[str, Any]) -> list[str]:
    load = reason["auditor_load"]
    audits = "no audits" if load == 0 else "1 audit" if load == 1 else f"{load} audits"
    given = f"The auditor had been given {audits} in the months before."
    if reason["same_area"]:
        return [f"The auditor works in the same area ({reason['case_area']}).", given]
    return [given]


def _sentence(rule: str) -> str:
    return SENTENCES[rule]
