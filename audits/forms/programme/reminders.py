"""Reminders, and who is told when work is overdue."""

from typing import Any

from audits.forms.fields import NumberField, NumbersField
from audits.forms.programme.part import Group, Part
from audits.rules.deadlines import Rung
from audits.rules.programme import Programme

TOLD = "told_"


class RemindersPart(Part):
    slug = "reminders"
    title = "Reminders and escalation"
    made_of_several = ("escalation_working_days",)
    groups = (
        Group("Reminders", ("reminder_days_before", "mail_hour")),
        Group("Overdue work", tuple(TOLD + rung for rung in Rung)),
    )

    reminder_days_before = NumbersField(
        label="Days before the due date on which a reminder is sent",
        required=False,
        help_text="Separate with commas; 0 is the day itself.",
    )
    mail_hour = NumberField("Reminders are sent at", "o’clock", least=0, most=23)
    told_line_manager = NumberField("Overdue work is told to the line manager after", "working days", most=60)
    told_service_manager = NumberField("Overdue work is told to the service manager after", "working days", most=60)
    told_assistant_director = NumberField(
        "Overdue work is told to the assistant director after", "working days", most=60
    )

    @classmethod
    def initial_of(cls, programme: Programme) -> dict[str, Any]:
        told = {TOLD + rung: days for rung, days in programme.escalation_working_days.items()}
        return super().initial_of(programme) | told

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        days = [cleaned.get(TOLD + rung) for rung in Rung]
        if None not in days and days != sorted(set(days)):  # type: ignore[type-var]
            self.add_error(TOLD + Rung.SERVICE_MANAGER, "Each step must come later than the one before it.")
        return cleaned

    def values(self, base: Programme) -> dict[str, Any]:
        told = {rung.value: self.cleaned_data[TOLD + rung] for rung in Rung}
        return super().values(base) | {"escalation_working_days": told}
