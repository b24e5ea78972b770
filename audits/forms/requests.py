"""The forms of asking for something, of deciding it, and of undoing what was granted."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format

from accounts.crispy_govuk.dates import GovDateField
from accounts.crispy_govuk.layout import with_button
from accounts.models import Person
from audits.enums import RequestGround, RequestKind
from audits.models import Request
from audits.rules.requests import Situation, latest_extension, why_not_until

REASON_CHARACTERS = 2000
GRANT, REFUSE = "grant", "refuse"
# Where somebody comes from the page of the worker: in its address.
IN_LINE = "in_line"
IN_LINE_REASON = "Somebody else works with the child now, who is in my line of management."


def reason_field(label: str, missing: str, hint: str = "", **values: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=REASON_CHARACTERS,
        error_messages={"required": missing},
        **values,
    )


class ExtensionForm(forms.Form):
    wanted_until = GovDateField(label="Until when?", noun="day")
    reason = reason_field("Why do you need more time?", "Enter why you need more time")

    def __init__(
        self, *args: Any, now: Situation, latest_days: int, closures: Collection[date] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.latest_days, self.closures = now, latest_days, closures
        if now.due_on is not None:
            latest = latest_extension(now.first_due_on or now.due_on, latest_days, closures)
            self.fields["wanted_until"].help_text = f"A working day, at the latest {date_format(latest, 'j F Y')}."
        self.helper = with_button("wanted_until", "reason", button="Ask for more time")

    def clean_wanted_until(self) -> date:
        wanted: date = self.cleaned_data["wanted_until"]
        if why := why_not_until(wanted, self.now, self.latest_days, self.closures):
            raise forms.ValidationError(why)
        return wanted


class ExemptionForm(forms.Form):
    reason = reason_field("Why can you not do this audit?", "Enter why you cannot do this audit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button("reason", button="Ask to be let off")


class ReplacementForm(forms.Form):
    ground = forms.ChoiceField(
        label="What stands against it?",
        choices=RequestGround.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what stands against it"},
    )
    reason = reason_field(
        "Tell us more", "Enter a few words more", "Only you and the people who decide read this. Do not name the child."
    )

    def __init__(self, *args: Any, in_line: bool = False, **kwargs: Any) -> None:
        if in_line:
            kwargs["initial"] = {"ground": RequestGround.OTHER, "reason": IN_LINE_REASON}
        super().__init__(*args, **kwargs)
        self.helper = with_button("ground", "reason", button="Ask for another case")


class AccessForm(forms.Form):
    reason = reason_field(
        "Why do you need to see this record?", "Enter why you need to see this record", "Do not name the child."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button("reason", button="Ask for access")


class WorkerForm(forms.Form):
    """One of the people found."""

    worker = forms.ChoiceField(
        label="Who works with the child now?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select who works with the child now"},
    )

    def __init__(self, *args: Any, people: Collection[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["worker"].choices = [  # type: ignore[attr-defined]
            (key, f"{person}, {person.team}" if person.team else str(person)) for key, person in self.people.items()
        ]

    def clean_worker(self) -> Person:
        return self.people[self.cleaned_data["worker"]]


class DecideForm(forms.Form):
    """Grant or refuse; of an extension, until when."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[(GRANT, "Grant it"), (REFUSE, "Refuse it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether you grant or refuse it"},
    )
    until = GovDateField(label="Until when, if you grant it", noun="day", required=False)
    reason = reason_field(
        "Reason", "Enter the reason", "Needed where you refuse. Whoever asked reads it.", required=False
    )

    def __init__(self, *args: Any, asked: Request, may_grant: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"until": asked.wanted_until})
        super().__init__(*args, **kwargs)
        if asked.kind != RequestKind.EXTENSION:
            del self.fields["until"]
        if not may_grant:
            self.fields["decision"].choices = [(REFUSE, "Refuse it")]  # type: ignore[attr-defined]
        self.helper = with_button(*self.fields, button="Save the decision")

    def clean(self) -> dict[str, Any]:
        decision = self.cleaned_data.get("decision")
        if decision == REFUSE and not self.cleaned_data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Enter why it is refused")
        asks_until = "until" in self.fields and "until" not in self.errors
        if decision == GRANT and asks_until and not self.cleaned_data.get("until"):
            self.add_error("until", "Enter until when")
        return self.cleaned_data

    def decided(self) -> dict[str, Any]:
        """As the service takes it."""
        found = self.cleaned_data
        return {"grant": found["decision"] == GRANT, "reason": found["reason"], "until": found.get("until")}


class UndoForm(forms.Form):
    due_on = GovDateField(label="When is the audit due?", noun="day", help_text="A working day.")
    reason = reason_field("Why is it undone?", "Enter why it is undone", "Whoever asked reads it.")

    def __init__(self, *args: Any, asked: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        button = "Undo it"
        if asked.kind == RequestKind.EXEMPTION:
            button = "Ask for the audit after all"
        else:
            del self.fields["due_on"]
        self.helper = with_button(*self.fields, button=button)
