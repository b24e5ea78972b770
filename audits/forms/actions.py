"""The short forms of an action's life: it is done, it is signed off, it gets another owner."""

from typing import Any

from django import forms

from accounts.crispy_govuk.layout import with_button
from accounts.models import Person

NOTE_CHARACTERS = 2000
SIGN_OFF, SEND_BACK = "sign_off", "send_back"


class CompleteForm(forms.Form):
    note = forms.CharField(
        label="What was done?",
        help_text="Somebody else must be able to see from this that the action is complete.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=NOTE_CHARACTERS,
        error_messages={"required": "Enter what was done"},
    )


class SignOffForm(forms.Form):
    decision = forms.ChoiceField(
        label="Is the action complete?",
        choices=[(SIGN_OFF, "Yes, sign it off"), (SEND_BACK, "No, send it back to its owner")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether the action is complete"},
    )
    note = forms.CharField(
        label="Note",
        help_text="If you send it back: what is still to be done.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=NOTE_CHARACTERS,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        sent_back = self.cleaned_data.get("decision") == SEND_BACK
        if sent_back and not self.cleaned_data.get("note") and "note" not in self.errors:
            self.add_error("note", "Enter what is still to be done")
        return self.cleaned_data


class HandOverForm(forms.Form):
    to = forms.EmailField(
        label="E-mail address of the new owner",
        error_messages={"required": "Enter the e-mail address of the new owner"},
    )
    reason = forms.CharField(
        label="Why does somebody else do it?",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Enter why somebody else does it"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(*self.fields, button="Give it to this person")

    def clean_to(self) -> Person:
        found = Person.objects.active().filter(email=self.cleaned_data["to"].lower()).first()
        if found is None:
            raise forms.ValidationError("Nobody here has that e-mail address")
        return found
