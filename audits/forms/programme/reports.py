"""Whose programme it is, and what its reports print."""

from django import forms

from audits.forms.fields import NumberField
from audits.forms.programme.part import Group, Part


class ReportsPart(Part):
    slug = "reports"
    title = "Authority and reports"
    groups = (
        Group("Authority", ("authority_name", "contact")),
        Group("Reports", ("small_number", "compliance_target")),
    )

    authority_name = forms.CharField(label="Name of the authority", max_length=100, help_text="Printed on reports.")
    contact = forms.CharField(
        label="Contact for questions", max_length=200, required=False, help_text="Printed on reports."
    )
    small_number = NumberField(
        "Counts are hidden below", "children", least=0, most=20, help_text="In documents that leave the authority."
    )
    compliance_target = NumberField("Audits that should come back", "%", least=0, most=100)
