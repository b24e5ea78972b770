"""Immediate safeguarding concerns: how fast they climb, and whom to phone when the office is closed."""

from typing import Any

from django import forms

from audits.forms.fields import NumberField
from audits.forms.programme.part import Group, Part


class ConcernsPart(Part):
    slug = "concerns"
    title = "Safeguarding concerns"
    groups = (
        Group(
            "While nobody takes a concern on",
            ("concern_next_manager_hours", "concern_assistant_director_hours"),
            "These are hours on the clock, at night and at weekends as well.",
        ),
        Group(
            "Office hours",
            ("office_opens", "office_closes"),
            "On working days. At any other time the emergency duty contact is told at once; where nobody has taken a "
            "concern on when the office closes, then.",
        ),
        Group(
            "Emergency duty contact",
            ("emergency_duty_name", "emergency_duty_phone", "emergency_duty_email"),
            "Who looks after children at risk when the office is closed. They have no account here: the page gives "
            "their phone number, and they get a mail with the number of whoever raised the concern.",
        ),
    )

    concern_next_manager_hours = NumberField("The next manager is told after", "hours", most=24)
    concern_assistant_director_hours = NumberField("The assistant director is told after", "hours", most=72)
    office_opens = NumberField("The office opens at", "o’clock", least=0, most=23)
    office_closes = NumberField("The office closes at", "o’clock", most=24)
    emergency_duty_name = forms.CharField(
        label="Name", max_length=100, required=False, help_text="Such as Emergency duty team."
    )
    emergency_duty_phone = forms.CharField(label="Phone number", max_length=40, required=False)
    emergency_duty_email = forms.EmailField(label="E-mail address", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        opens, closes = cleaned.get("office_opens"), cleaned.get("office_closes")
        if opens is not None and closes is not None and closes <= opens:
            self.add_error("office_closes", "The office must close later than it opens")
        first, second = cleaned.get("concern_next_manager_hours"), cleaned.get("concern_assistant_director_hours")
        if first and second and second <= first:
            self.add_error("concern_assistant_director_hours", "Each step must come later than the one before it.")
        self._check_duty(cleaned)
        return cleaned

    def _check_duty(self, cleaned: dict[str, Any]) -> None:
        """All of it can be empty; of a contact, the name and the number are needed."""
        name, phone = cleaned.get("emergency_duty_name"), cleaned.get("emergency_duty_phone")
        if not (name or phone or cleaned.get("emergency_duty_email")):
            return
        if not name and "emergency_duty_name" not in self.errors:
            self.add_error("emergency_duty_name", "Enter what the emergency duty contact is called")
        if not any(character.isdigit() for character in phone or ""):
            self.add_error("emergency_duty_phone", "Enter the phone number of the emergency duty contact")
