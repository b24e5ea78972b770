"""What the auditor writes down beside the sections: feedback, and observations of practice."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.crispy_govuk.dates import GovDateField
from audits.enums import FeedbackSource, Polarity
from audits.forms.meanwhile import SeenForm
from audits.forms.stage1 import long_text
from audits.models import Feedback, Observation, Theme
from audits.services.themes import themes_by_key, themes_to_choose
from audits.services.voices import FeedbackDraft, ObservationDraft, state_of


class FindingForm(SeenForm):
    """What every finding has: the themes it is tagged with. Its page shows them with audits/themes/_choose.html."""

    themes = forms.Field(widget=forms.SelectMultiple, required=False)

    def __init__(self, *args: Any, finding: Feedback | Observation | None = None, **kwargs: Any) -> None:
        if finding:
            stored = {name: getattr(finding, name) for name in self.base_fields if name != "seen"}
            shown = {name: value for name, value in stored.items() if value not in ("", None)}
            kwargs.setdefault("initial", shown | {"seen": state_of(finding)})
        super().__init__(*args, **kwargs)

    def say_theirs(self, name: str, theirs: Any) -> None:
        if name != "themes":
            return super().say_theirs(name, theirs)
        names = ", ".join(theme.name for theme in themes_by_key(theirs or ()).values())
        self.add_error(None, f"Themes saved in the meantime: {names or 'none'}")

    def typed(self) -> dict[str, Any]:
        """What the finding says, as its draft takes it."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return found | {"themes": tuple(found["themes"])}

    @property
    def chosen(self) -> Sequence[str]:
        """The keys of the themes that are ticked."""
        return self["themes"].value() or ()

    @property
    def themes_to_choose(self) -> list[Theme]:
        return themes_to_choose(self.chosen)


class FeedbackForm(FindingForm):
    """What a child, parent, carer or partner agency said."""

    source = forms.ChoiceField(
        label="Who said it?",
        choices=FeedbackSource.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select who said it"},
    )
    polarity = forms.ChoiceField(
        label="Is it a strength or an area for improvement?",
        choices=Polarity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether it is a strength or an area for improvement"},
    )
    text = long_text(
        rows=4,
        label="What was said?",
        help_text="As far as possible in their own words.",
        error_messages={"required": "Enter what was said"},
    )
    score = forms.IntegerField(
        label="Score from 0 to 10, if one was given",
        required=False,
        min_value=0,
        max_value=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "The score must be a whole number from 0 to 10",
            "min_value": "The score must be from 0 to 10",
            "max_value": "The score must be from 0 to 10",
        },
    )
    scale_question = forms.CharField(
        label="The question that the score answers",
        required=False,
        max_length=200,
        initial="Have we helped to make things better?",
    )
    may_quote = forms.BooleanField(
        label="They agree to be quoted", help_text="Quotes are always anonymous.", required=False
    )
    in_confidence = forms.BooleanField(
        label="They said it in confidence",
        help_text="It is then left out of the copy for the child’s file.",
        required=False,
    )

    def draft(self) -> FeedbackDraft:
        found = self.typed()
        if found["score"] is None:
            found["scale_question"] = ""
        return FeedbackDraft(**found)


class ObservationForm(FindingForm):
    """What the auditor saw of practice."""

    observed_on = GovDateField(label="Date of the observation", noun="date of the observation")
    setting = forms.CharField(
        label="What did you observe?",
        max_length=200,
        help_text="For example, a home visit, a core group or a supervision. No names.",
        error_messages={"required": "Enter what you observed"},
    )
    notes = long_text(
        rows=6,
        label="What did you see?",
        help_text="How the worker was with the child and the family, what they did, and what it changed.",
        error_messages={"required": "Enter what you saw"},
    )

    def clean_observed_on(self) -> Any:
        day = self.cleaned_data["observed_on"]
        if day > timezone.localdate():
            raise ValidationError("The date of the observation must be today or earlier")
        return day

    def draft(self) -> ObservationDraft:
        return ObservationDraft(**self.typed())
