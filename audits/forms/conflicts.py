"""Declaring a conflict of interest: for oneself, or for somebody else."""

from typing import Any

from django import forms

from accounts.crispy_govuk.layout import Question, with_button
from accounts.models import Person
from accounts.tables.values import tidy
from audits.services.conflicts import NUMBER_CHARACTERS, REASON_CHARACTERS


class ConflictForm(forms.Form):
    number = forms.CharField(
        label="Case number",
        help_text="As it stands in the case system. It need not be a case that is held here.",
        max_length=NUMBER_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the case number"},
    )
    reason = forms.CharField(
        label="Reason",
        help_text="In a few words, such as “I chaired a conference” or “I know the family”. Do not name the child.",
        max_length=REASON_CHARACTERS,
        error_messages={"required": "Enter the reason"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = [Question(name, width=20) if name == "number" else Question(name) for name in self.fields]
        self.helper = with_button(*fields, button="Declare it")

    def clean_number(self) -> str:
        number = tidy(self.cleaned_data["number"])
        if not number:
            raise forms.ValidationError("Enter the case number")
        return number


class ConflictOfForm(ConflictForm):
    """The same, by QA for somebody."""

    person = forms.EmailField(
        label="Whose conflict is it?",
        help_text="Their e-mail address.",
        error_messages={"required": "Enter the e-mail address of the person"},
    )
    field_order = ("person", "number", "reason")

    def clean_person(self) -> Person:
        found = Person.objects.active().filter(email=self.cleaned_data["person"].lower()).first()
        if found is None:
            raise forms.ValidationError("Nobody here has that e-mail address")
        return found
