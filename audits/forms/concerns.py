"""What is typed about an immediate safeguarding concern. In fright little is asked for, and nothing twice."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone

from accounts.models import Person
from audits.rules.answers import LONG_TEXT_CHARACTERS

DUTY, OTHER = "duty", "other"
EVENING, SMALL_HOURS = 18, 6
SPOKEN_TO_CHARACTERS = 200


def long_text(label: str, **values: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[MaxLengthValidator(LONG_TEXT_CHARACTERS)],
        **values,
    )


class CallForm(forms.Form):
    """Who was spoken to, when, and what was said. `people`: (key, name and part) of those who were told."""

    who = forms.ChoiceField(
        label="Who did you speak to?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who you spoke to", "invalid_choice": "Choose who you spoke to"},
    )
    name = forms.CharField(label="Their name", max_length=100, required=False)
    time = forms.TimeField(
        label="At what time?",
        help_text="Today, such as 14:35. Leave it empty for now.",
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H%M"],
        error_messages={"invalid": "Enter a time such as 14:35"},
    )
    text = long_text("What did you agree?", required=False)
    took_it_on = forms.BooleanField(
        label="They have taken it on: they are acting on it now",
        help_text="Of the emergency duty contact only. It then goes no further up by itself.",
        required=False,
    )

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], duty: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_duty = [(DUTY, duty)] if duty else []
        self.fields["who"].choices = [*people, *on_duty, (OTHER, "Somebody else")]  # type: ignore[attr-defined]
        self.duty = duty

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("who") in (DUTY, OTHER) and not cleaned.get("name", "").strip():
            self.add_error("name", "Enter the name of the person you spoke to")
        if self.is_acknowledged and cleaned.get("who") != DUTY:
            self.add_error("took_it_on", "A colleague says on this page themselves that they have it")
        return cleaned

    @property
    def is_acknowledged(self) -> bool:
        """Whether the emergency duty contact has taken it on."""
        return bool(self.cleaned_data.get("took_it_on"))

    def spoken_to(self) -> str:
        who, name = self.cleaned_data["who"], self.cleaned_data["name"].strip()
        if who == OTHER:
            return name
        spoken_to = f"{name}, {self.duty}" if who == DUTY else dict(self.fields["who"].choices)[who]  # type: ignore[attr-defined]
        return spoken_to[:SPOKEN_TO_CHARACTERS]

    def spoken_at(self, now: datetime) -> datetime:
        """The moment on the day of `now`; of an evening hour written down in the small hours, the day before."""
        told = self.cleaned_data.get("time")
        if told is None:
            return now
        at = datetime.combine(timezone.localdate(now), told, timezone.get_default_timezone())
        is_of_last_night = timezone.localtime(now).hour < SMALL_HOURS and told.hour >= EVENING
        return at - timedelta(days=1) if is_of_last_night else at


class DescribeForm(forms.Form):
    about = long_text(
        "What is the concern?",
        help_text="What you saw or heard, when, and about whom. Everybody who was told reads it.",
        error_messages={"required": "Enter what the concern is"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))


class NoteForm(forms.Form):
    note = long_text("Note", error_messages={"required": "Enter a note"})


class TellForm(forms.Form):
    person = forms.EmailField(
        label="Who else has to know?",
        help_text="Their e-mail address. They are told at once and read everything on this page.",
        error_messages={"required": "Enter the e-mail address of the person"},
    )

    def clean_person(self) -> Person:
        found = Person.objects.active().filter(email=self.cleaned_data["person"].lower()).first()
        if found is None:
            raise forms.ValidationError("Nobody who works here has that e-mail address")
        return found


class EndForm(forms.Form):
    """The words that close a concern, take it back or open it again."""

    text = long_text("")

    def __init__(self, *args: Any, label: str, missing: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].error_messages["required"] = missing


class LeaveOutForm(forms.Form):
    """Who must not be told, and why. `people`: everybody who would be told, with their part."""

    withheld = forms.MultipleChoiceField(
        label="Who must not be told?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose who must not be told. To tell everybody, go back to the audit and press there",
            "invalid_choice": "The people who would be told have changed. Choose again",
        },
    )
    reason = forms.CharField(
        label="Why must they not be told?",
        help_text="For example, the concern is about them. They never read this.",
        max_length=500,
        error_messages={"required": "Enter why they must not be told"},
    )

    def __init__(self, *args: Any, people: Iterable[tuple[Person, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person, _ in people}
        choices = [(str(person.pk), f"{person.name}, {part}") for person, part in people]
        self.fields["withheld"].choices = choices  # type: ignore[attr-defined]

    def left_out(self) -> dict[Person, str]:
        return {self.people[key]: self.cleaned_data["reason"] for key in self.cleaned_data["withheld"]}
