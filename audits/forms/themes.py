"""A theme of the code book."""

from django import forms

from audits.enums import ThemeKind


class ThemeForm(forms.Form):
    """What a theme is called. Its key is the program's own, and never changes."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="As auditors will read it: a few plain words.",
        error_messages={"required": "Enter the name of the theme"},
    )
    kind = forms.ChoiceField(
        label="What kind of finding is it?",
        choices=ThemeKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what kind of finding it is"},
    )
    hint = forms.CharField(
        label="Hint", max_length=200, required=False, help_text="Stands under the name. You can leave it empty."
    )
