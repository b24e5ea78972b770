"""Re-audits, and what follows when somebody asks for an exemption or for another case."""

from audits.enums import Decider, Grade
from audits.forms.fields import NumberField, OneField, SeveralField
from audits.forms.programme.part import Group, Part


class RequestsPart(Part):
    slug = "reaudits"
    title = "Re-audits and requests"
    groups = (
        Group(
            "Re-audits",
            ("reaudit_grades", "reaudit_months"),
            "The same case, by another auditor. Re-audits that are due take places of the cycle before the draw.",
        ),
        Group(
            "Requests",
            ("exemption_decided_by", "extension_latest_days", "request_working_days", "replacement_working_days"),
        ),
    )

    reaudit_grades = SeveralField(
        label="Overall grades that call for a re-audit",
        choices=Grade.choices,
        required=False,
        help_text="As moderated, where the audit has been. None: no audit does.",
    )
    reaudit_months = NumberField("A re-audit is due after", "months", most=24)
    exemption_decided_by = OneField(
        label="Exemptions are decided by",
        choices=Decider.choices,
        help_text="More time, another case and access to a record are decided by quality assurance.",
    )
    extension_latest_days = NumberField(
        "More time can be given for up to",
        "days",
        most=120,
        help_text="After the day on which the audit was first due.",
    )
    request_working_days = NumberField(
        "Whoever decides is reminded after",
        "working days",
        most=20,
        help_text="Once, of a request that nobody has decided; before the due day in any case.",
    )
    replacement_working_days = NumberField(
        "A replacement is due after",
        "working days",
        most=60,
        help_text="At the earliest: where the cycle’s own day is later, it counts.",
    )
