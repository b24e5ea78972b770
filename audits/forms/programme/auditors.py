"""Who audits a case: independence, and what is wished for among those who may."""

from audits.forms.fields import NumberField, OneField
from audits.forms.programme.part import Group, Part
from audits.rules.allocation.facts import Strength

STRENGTHS = (
    (Strength.HARD.value, "Never: a place stays empty rather than break this"),
    (Strength.SOFT.value, "Only where no other auditor is free: it outweighs the wishes below"),
)


def _weight(label: str, help_text: str = "") -> NumberField:
    return NumberField(label, "points", least=0, most=100, help_text=help_text)


class AuditorsPart(Part):
    slug = "auditors"
    title = "Who audits a case"
    groups = (
        Group("Independence", ("own_team", "line_management", "line_management_depth", "involved")),
        Group(
            "What is wished for",
            (
                "weight_same_area",
                "weight_even_load",
                "weight_repeat_worker",
                "weight_repeat_team",
                "load_months",
                "team_repeat_months",
            ),
            "Wishes choose the auditor of a drawn case, never the case. Each has points from 0 to 100: where not all "
            "can be met, the one with more points is given up later. A wish with 0 points is not looked at.",
        ),
    )

    own_team = OneField(label="A case of the auditor’s own team", choices=STRENGTHS)
    line_management = OneField(label="A case whose worker is in the auditor’s line of management", choices=STRENGTHS)
    line_management_depth = NumberField(
        "The line of management reaches",
        "managers up",
        least=0,
        most=20,
        nought="No limit",
        help_text="1 is the worker’s own manager, 2 that manager’s manager too. Left empty, there is no limit.",
    )
    involved = OneField(
        label="A case that the auditor was involved with",
        choices=STRENGTHS,
        help_text="As recorded in the case file, or declared as a conflict of interest.",
    )

    weight_same_area = _weight("An auditor from the same area")
    weight_even_load = _weight(
        "Even load", "For each audit that an auditor has had more than another, measured by their quotas."
    )
    weight_repeat_worker = _weight("Not the same auditor and worker again")
    weight_repeat_team = _weight("Not the same auditor and team again")
    load_months = NumberField(
        "Load and repeated workers are looked at over", "months", most=36, help_text="Before the cycle."
    )
    team_repeat_months = NumberField("Repeated teams are looked at over", "months", least=0, most=12)
