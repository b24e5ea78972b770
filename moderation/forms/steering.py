"""The short forms around a discussion: another moderator, or back to the auditor."""

from typing import Any

from django import forms

from accounts.crispy_govuk.layout import with_button
from accounts.models import Person


class ReassignForm(forms.Form):
    to = forms.ChoiceField(
        label="Who moderates this audit?",
        help_text="Only moderators who are independent of it, with how many they have open.",
        error_messages={"required": "Select who moderates this audit"},
    )
    reason = forms.CharField(
        label="Reason",
        help_text="This is kept. Do not name the child.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        error_messages={"required": "Enter the reason"},
    )

    def __init__(self, *args: Any, moderators: list[tuple[Person, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moderators = {str(person.pk): person for person, _ in moderators}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", "Select a moderator"),
            *((person.pk, f"{person}, {count} open") for person, count in moderators),
        ]
        self.helper = with_button(*self.fields, button="Choose this moderator")

    def clean_to(self) -> Person:
        return self.moderators[self.cleaned_data["to"]]


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="What should the auditor put right?",
        help_text="The auditor reads this at the top of the audit.",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        error_messages={"required": "Enter what the auditor should put right"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(*self.fields, button="Return to the auditor")
