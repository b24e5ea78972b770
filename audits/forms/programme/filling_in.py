"""Filling in Stage 1: what may be attached to an audit."""

from audits.forms.fields import NumberField
from audits.forms.programme.part import Group, Part


class FillingInPart(Part):
    slug = "filling-in"
    title = "Filling in an audit"
    groups = (
        Group(
            "Evidence",
            ("evidence_megabytes", "evidence_files"),
            "Files that auditors attach, in audits under way too. What is attached already stays when a number becomes"
            " smaller.",
        ),
    )

    evidence_megabytes = NumberField(
        "A file may have",
        "MB",
        most=20,
        help_text="At the most. Larger files take long to send, and to make a backup of.",
    )
    evidence_files = NumberField("Files attached to one audit", "files", most=100, help_text="At the most.")
