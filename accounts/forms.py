"""Forms about people."""

from datetime import date
from typing import Any

from django import forms
from django.forms.models import ModelChoiceField

from accounts.crispy_govuk.dates import GovDateField
from accounts.crispy_govuk.layout import Question, with_button
from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Person, Team
from accounts.services.people import CHANGED_MEANWHILE, Details


class PersonForm(forms.Form):
    """Everything about a person but their absences. `seen` tells whether somebody else was quicker."""

    name = forms.CharField(label="Name", max_length=200)
    roles = forms.MultipleChoiceField(
        label="Roles", choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    team = ModelChoiceField(Team.objects.all(), label="Team", to_field_name="code", required=False, empty_label="None")
    line_manager = forms.EmailField(
        label="Line manager", help_text="Their e-mail address. Leave it empty for somebody at the top.", required=False
    )
    agency = forms.CharField(
        label="Agency", help_text="Leave it empty for children’s social care.", max_length=100, required=False
    )
    phone = forms.CharField(
        label="Phone number",
        help_text="Shown to colleagues when a child may be at risk and somebody has to be phoned at once.",
        max_length=40,
        required=False,
    )
    quota = forms.IntegerField(
        label="Cases in a cycle",
        help_text="Leave it empty for the number of their role, or the programme’s usual one.",
        min_value=0,
        max_value=100,
        required=False,
    )
    active = forms.BooleanField(
        label="Works here and can sign in",
        help_text="Somebody who has left is given no audits. What they did is kept.",
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    @classmethod
    def showing(cls, details: Details) -> "PersonForm":
        """The form as it opens."""
        shown = {name: getattr(details, name) for name in cls.base_fields if name != "seen"}
        return cls(initial=shown | {"seen": details.fingerprint})

    def clean_line_manager(self) -> str:
        email = str(self.cleaned_data["line_manager"]).lower()
        if email and not Person.objects.active().filter(email=email).exists():
            raise forms.ValidationError("There is no active person with this address.")
        return email

    def ensure_seen(self, now: Details) -> None:
        """Raise UserError where the page showed something other than what is stored now."""
        if self.cleaned_data["seen"] != now.fingerprint:
            raise UserError(CHANGED_MEANWHILE)

    def details(self, *, absences: tuple[tuple[str, str], ...]) -> Details:
        """What the person asked for. The absences are not this form's business."""
        values: dict[str, Any] = {name: self.cleaned_data[name] for name in self.cleaned_data if name != "seen"}
        values["team"] = values["team"].code if values["team"] else ""
        return Details(**values, absences=absences)


class OwnPhoneForm(forms.Form):
    phone = forms.CharField(
        label="Your phone number",
        help_text="The one on which you are reached at work. Leave it empty to take it out.",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(Question("phone", width=20), button="Save")

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"]).strip()
        if phone and not any(character.isdigit() for character in phone):
            raise forms.ValidationError("Enter a phone number, such as 01632 960 001")
        return phone


class AbsenceForm(forms.Form):
    """A time in which a person is given no new audits, both days included."""

    starts_on = GovDateField(label="First day away", noun="first day away")
    ends_on = GovDateField(
        label="Last day away", noun="last day away", help_text="Leave it empty while it is not known.", required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "The last day away cannot be before the first.")
        return cleaned

    def absence(self) -> tuple[str, str]:
        """The pair of ISO dates that a person's details hold."""
        start: date = self.cleaned_data["starts_on"]
        end: date | None = self.cleaned_data["ends_on"]
        return start.isoformat(), end.isoformat() if end else ""
