"""Dates: when the month goes out, and by when each stage and action is due."""

from django import forms

from audits.forms.fields import DaysField, NumberField
from audits.forms.programme.part import Group, Part


class DatesPart(Part):
    slug = "dates"
    title = "Dates"
    groups = (
        Group("The draw", ("draw_working_days_before", "draws_by_itself")),
        Group("Stage 1", ("stage1_due_day",)),
        Group(
            "Stage 2",
            ("stage2_working_days", "stage2_latest_day", "stage2_inadequate_working_days", "return_working_days"),
        ),
        Group("Actions", ("action_days", "action_urgent_working_days")),
        Group("Closed days", ("closed_days",)),
    )

    draw_working_days_before = NumberField("The month’s audits go out before it by", "working days", least=0, most=20)
    draws_by_itself = forms.BooleanField(
        label="The program draws and publishes the month by itself on that day",
        required=False,
        help_text="A draw that somebody published before that day is left alone.",
    )
    stage1_due_day = NumberField("Stage 1 is due on day", "of the month", most=28)
    stage2_working_days = NumberField("Stage 2 is due after", "working days", most=60)
    stage2_latest_day = NumberField("Stage 2 is due at the latest on day", "of the next month", most=28)
    stage2_inadequate_working_days = NumberField("An Inadequate audit’s is due after", "working days", most=60)
    return_working_days = NumberField("An audit sent back is due again after", "working days", most=60)
    action_days = NumberField("Actions are due within", "days", most=365)
    action_urgent_working_days = NumberField("Urgent actions are due within", "working days", most=60)
    closed_days = DaysField(
        label="Days on which the authority is closed",
        required=False,
        help_text="One a line, such as 24/12/2026. Weekends and the bank holidays of England are known already.",
    )
