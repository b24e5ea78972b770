"""The forms of raising a concern about an audit, and of answering it."""

from typing import Any

from django import forms

from accounts.crispy_govuk.layout import with_button

CHARACTERS = 4000


class RaiseForm(forms.Form):
    text = forms.CharField(
        label="What concerns you about the audit?",
        help_text="Say what is wrong, and in which section. Do not name the child.",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=CHARACTERS,
        error_messages={"required": "Enter what concerns you about the audit"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button("text", button="Send to quality assurance")


class AnswerForm(forms.Form):
    """`seen`: how many answers there were when the page was opened."""

    text = forms.CharField(
        label="Your answer",
        help_text="Say what you looked at, what you found, and what comes of it. Do not name the child.",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=CHARACTERS,
        error_messages={"required": "Enter your answer"},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, answered: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        button = "Send the answer"
        if answered:
            self.fields["text"].label, button = "The corrected answer", "Send the corrected answer"
            self.fields["text"].help_text = "The answer before stays on record. Do not name the child."
        self.helper = with_button("text", "seen", button=button)
