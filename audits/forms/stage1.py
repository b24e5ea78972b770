"""The ordinary forms of Stage 1: what stands around the sections."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Self

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Div, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.crispy_govuk.dates import GovDateField
from accounts.crispy_govuk.layout import Question, saved_by_itself, with_button
from accounts.models import Person
from audits.enums import Capacity, WorkerInvolvement
from audits.forms.meanwhile import SeenForm
from audits.models import Action, Audit
from audits.rules.answers import LONG_TEXT_CHARACTERS
from audits.rules.requests import A_YEAR
from audits.rules.smart import PlannedAction
from audits.services.action_drafts import (
    ActionDraft,
    draft_problems,
    due_in_words,
    latest_due,
    practice_manager,
    state_of,
    stored_as,
)
from audits.services.checks import Meeting
from audits.services.voices import QUESTIONS


def long_text(rows: int = 4, **values: Any) -> forms.CharField:
    return forms.CharField(
        widget=forms.Textarea(attrs={"rows": rows}), validators=[MaxLengthValidator(LONG_TEXT_CHARACTERS)], **values
    )


class DetailsForm(forms.Form):
    """The date of the audit and how it was done with the worker. A draft may leave anything out."""

    audit_on = GovDateField(label="Date of audit", required=False)
    worker_involvement = forms.ChoiceField(
        label="How did you do the audit with the allocated worker?",
        choices=WorkerInvolvement.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    not_involved_reason = long_text(rows=3, label="If the worker was not involved, why not?", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, audit: Audit, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "audit_on": audit.audit_on,
                "worker_involvement": audit.worker_involvement,
                "not_involved_reason": audit.not_involved_reason,
                "version": audit.version,
            },
        )
        super().__init__(*args, **kwargs)
        self.helper = saved_by_itself(
            "version",
            Question("audit_on", size="m"),
            Question("worker_involvement", size="m"),
            Div(
                Question("not_involved_reason", size="m"),
                data_shown_when="worker_involvement",
                data_shown_answers=WorkerInvolvement.NOT_INVOLVED.value,
            ),
            button="Save and continue",
            to=reverse("audit_details_autosave", args=[audit.reference]),
        )


class MeetingForm(forms.Form):
    """When and where auditor and worker meet."""

    day = GovDateField(label="Date", noun="date of the meeting")
    time = forms.TimeField(
        label="Time",
        input_formats=["%H:%M", "%H.%M", "%H"],
        help_text="For example, 14:30",
        error_messages={
            "required": "Enter the time of the meeting",
            "invalid": "Enter the time of the meeting in hours and minutes, such as 14:30",
        },
    )
    place = forms.CharField(
        label="Place",
        max_length=200,
        help_text="A room, a video call or a phone call",
        error_messages={"required": "Enter the place of the meeting"},
    )

    def __init__(self, *args: Any, audit: Audit, **kwargs: Any) -> None:
        if audit.meeting_at:
            local = timezone.localtime(audit.meeting_at)
            kwargs.setdefault("initial", {"day": local.date(), "time": f"{local:%H:%M}", "place": audit.meeting_place})
        super().__init__(*args, **kwargs)
        self.helper = with_button("day", Question("time", width=5), Question("place"), button="Save the meeting")

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if abs(day - timezone.localdate()) > A_YEAR:
            raise ValidationError("The date of the meeting must be within a year")
        return day

    def meeting(self) -> Meeting:
        day, at = self.cleaned_data["day"], self.cleaned_data["time"] or time()
        return Meeting(timezone.make_aware(datetime.combine(day, at)), self.cleaned_data["place"])


class ActionForm(SeenForm):
    """One action: SMART, with an owner, a day and what it changes for the child."""

    text = long_text(
        rows=3,
        label="What will be done?",
        help_text="Specific and measurable: somebody else must be able to see that it has been done.",
        error_messages={"required": "Enter what will be done"},
    )
    impact = long_text(
        rows=3,
        label="What will this change for the child?",
        error_messages={"required": "Enter what this will change for the child"},
    )
    owner = forms.ModelChoiceField(
        label="Who sees to it?", queryset=Person.objects.none(), required=False, empty_label="Nobody yet"
    )
    other_owner = forms.EmailField(label="Or the e-mail address of somebody else", required=False)
    urgent = forms.BooleanField(label="This is a safeguarding concern", required=False)
    due_on = GovDateField(label="Due date")

    def __init__(self, *args: Any, audit: Audit, action: Action | None = None, **kwargs: Any) -> None:
        today = timezone.localdate()
        recorded_on = timezone.localdate(action.recorded_at) if action else today
        default_owner = action.owner if action else practice_manager(audit)
        kwargs.setdefault(
            "initial",
            {
                "text": action.text if action else "",
                "impact": action.impact if action else "",
                "owner": default_owner,
                "urgent": action.urgent if action else False,
                "due_on": action.due_on if action else latest_due(audit, urgent=False, on=today),
                "seen": state_of(action) if action else "",
            },
        )
        super().__init__(*args, **kwargs)
        self.audit, self.action, self.recorded_on = audit, action, recorded_on
        urgent_limit = latest_due(audit, urgent=True, on=recorded_on)
        self.fields["owner"].queryset = likely_owners(audit, default_owner)  # type: ignore[attr-defined]
        self.fields["urgent"].help_text = f"It must then be due by {date_format(urgent_limit, 'j F Y')}."
        if standard := practice_manager(audit):
            self.fields["owner"].help_text = f"{standard}, the practice manager, unless you choose somebody else."
        self.fields["due_on"].help_text = due_in_words(audit, on=recorded_on)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "seen",
            "text",
            "impact",
            "owner",
            "other_owner",
            "urgent",
            "due_on",
            ButtonHolder(
                Submit("save", "Save the action"),
                Submit("check", "Check it first", css_class="govuk-button--secondary"),
            ),
        )
        self.helper.form_id = "action-form"

    def clean_other_owner(self) -> Person | None:
        email = self.cleaned_data["other_owner"].lower()
        if not email:
            return None
        found = Person.objects.active().filter(email=email).first()
        if found is None:
            raise ValidationError("Nobody here has that e-mail address. Check it, or choose from the list.")
        return found

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            for problem in draft_problems(self.audit, self.draft(), recorded_on=self.recorded_on):
                self.add_error(problem.field, problem.message)
        return self.cleaned_data

    def of(self, data: QueryDict) -> Self:
        return type(self)(data, audit=self.audit, action=self.action)

    def mine(self) -> Mapping[str, Any]:
        return stored_as(self.audit, self.draft())

    def planned(self) -> PlannedAction:
        """The action as far as it is typed, for advice on it; what cannot be read counts as missing."""
        self.is_valid()
        found = self.cleaned_data
        urgent = found.get("urgent", False)
        return PlannedAction(
            text=found.get("text", ""),
            impact=found.get("impact", ""),
            owned=bool(found.get("other_owner") or found.get("owner") or practice_manager(self.audit)),
            due_on=found.get("due_on"),
            latest=latest_due(self.audit, urgent=urgent, on=self.recorded_on),
        )

    def draft(self) -> ActionDraft:
        found = self.cleaned_data
        return ActionDraft(
            text=found["text"],
            owner=found["other_owner"] or found["owner"],
            due_on=found["due_on"],
            impact=found["impact"],
            urgent=found["urgent"],
        )


def likely_owners(audit: Audit, also: Person | None) -> QuerySet[Person]:
    """The people of this audit and of the case's team: a short list, instead of everybody."""
    capacities = [Capacity.AUDITOR, Capacity.WORKER, Capacity.LINE_MANAGER, Capacity.PRACTICE_MANAGER]
    likely = Q(participations__audit=audit, participations__capacity__in=capacities)
    case = audit.allocation.case
    if case and case.team_id:
        likely |= Q(team_id=case.team_id) | Q(managed_teams=case.team_id)
    if also:
        likely |= Q(pk=also.pk)
    return Person.objects.active().filter(likely).distinct()


class ReflectionForm(forms.Form):
    """The four questions to the worker."""

    version = forms.IntegerField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, audit: Audit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in QUESTIONS.items():
            self.fields[name] = long_text(rows=5, label=text, required=False)
        self.helper = saved_by_itself(
            "version",
            *(Question(name, size="m") for name in QUESTIONS),
            button="Save the reflection",
            to=reverse("audit_reflection_autosave", args=[audit.reference]),
        )
