"""The form of a re-audit that is not needed."""

from django import forms


class SetAsideForm(forms.Form):
    reason = forms.CharField(
        label="Why is no re-audit needed?",
        max_length=300,
        error_messages={"required": "Say why no re-audit is needed"},
        help_text="Kept with the audit. Write nothing that tells who the child is.",
    )
