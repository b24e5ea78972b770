"""The form of the programme's settings: every number and switch with its plain words and its limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from accounts.tables import values as cells
from audits.models import ProgrammeRules
from audits.rules.deadlines import Rung
from audits.rules.programme import Programme
from audits.why import DIMENSIONS

RUNG_PREFIX = "told_"
SEPARATORS = str.maketrans({",": " ", ";": " ", "\n": " ", "\r": " "})


class NumbersField(forms.CharField):
    """Whole numbers from 0 to 60, separated by commas: "7, 2, 0"."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else ", ".join(str(number) for number in value)

    def clean(self, value: Any) -> tuple[int, ...]:
        words = super().clean(value).translate(SEPARATORS).split()
        if not all(word.isascii() and word.isdecimal() and int(word) <= 60 for word in words):
            raise forms.ValidationError("Enter whole numbers of days from 0 to 60, such as 7, 2, 0")
        return tuple(sorted({int(word) for word in words}, reverse=True))


class DaysField(forms.CharField):
    """Dates, one a line, as 24/12/2026 or 2026-12-24; kept as ISO dates."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(f"{date.fromisoformat(day):%d/%m/%Y}" for day in value)

    def clean(self, value: Any) -> tuple[str, ...]:
        days = set()
        for word in super().clean(value).translate(SEPARATORS).split():
            try:
                days.add(cells.day(word).isoformat())
            except cells.Unreadable as error:
                raise forms.ValidationError(
                    f"“{word}” is not a date. Write each day as 24/12/2026, one a line"
                ) from error
        return tuple(sorted(days))


class NumberField(forms.IntegerField):
    """A whole number with its unit, which stands behind the box."""

    def __init__(self, label: str, unit: str, *, most: int, least: int = 1, help_text: str = "") -> None:
        limits = f"“{label}” must be a whole number from {least} to {most}"
        messages = dict.fromkeys(("required", "invalid", "min_value", "max_value"), limits)
        super().__init__(label=label, min_value=least, max_value=most, help_text=help_text, error_messages=messages)
        self.unit = unit


class ProgrammeForm(forms.Form):
    """Every setting of the programme under its own name, and why it is changed."""

    authority_name = forms.CharField(label="Name of the authority", max_length=100, help_text="Printed on reports.")
    contact = forms.CharField(
        label="Contact for questions", max_length=200, required=False, help_text="Printed on reports."
    )

    quota = NumberField(
        "Cases for an auditor", "a cycle", least=0, most=20, help_text="Where nothing else is set for the person."
    )
    cooling_off_months = NumberField("No second audit within", "months", least=0, most=24)
    recently_closed_months = NumberField("Closed cases count for", "months", least=0, most=24)
    open_working_days = NumberField("A case is open long enough after", "working days", least=0, most=120)
    cases_per_family = NumberField("Cases of one family", "a cycle at most", most=20)
    cases_per_worker = NumberField("Cases of one worker", "a cycle at most", most=20)
    strata = forms.MultipleChoiceField(
        label="The sample follows the population by",
        choices=list(DIMENSIONS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing that the sample follows"},
    )
    load_months = NumberField("Even load is judged over", "months", most=36)
    team_repeat_months = NumberField(
        "An auditor does not get the same team again for", "months where possible", least=0, most=12
    )
    draw_working_days_before = NumberField("The month’s audits go out", "working days before it", least=0, most=20)
    draws_by_itself = forms.BooleanField(
        label="The program draws and publishes the month by itself on that day",
        required=False,
        help_text="A draw that somebody published before that day is left alone.",
    )

    stage1_due_day = NumberField("Stage 1 is due on day", "of the month", most=28)

    stage2_working_days = NumberField("Stage 2 is due after", "working days", most=60)
    stage2_latest_day = NumberField("Stage 2 is due at the latest on day", "of the next month", most=28)
    stage2_inadequate_working_days = NumberField("An Inadequate audit’s is due after", "working days", most=60)
    return_working_days = NumberField("An audit sent back is due again after", "working days", most=60)

    action_days = NumberField("Actions are due within", "days", most=365)
    action_urgent_working_days = NumberField("Urgent actions are due within", "working days", most=60)

    reminder_days_before = NumbersField(
        label="Reminders are sent so many days before",
        required=False,
        help_text="Separate with commas; 0 is the day itself.",
    )
    mail_hour = NumberField("Reminders are sent at", "o’clock", least=0, most=23)
    told_line_manager = NumberField("Overdue work is told to the line manager after", "working days", most=60)
    told_service_manager = NumberField("Overdue work is told to the service manager after", "working days", most=60)
    told_assistant_director = NumberField(
        "Overdue work is told to the assistant director after", "working days", most=60
    )
    closed_days = DaysField(
        label="Days on which the authority is closed",
        required=False,
        help_text="One a line, such as 24/12/2026. Weekends and the bank holidays of England are known already.",
    )

    small_number = NumberField(
        "Counts are hidden below", "children", least=0, most=20, help_text="In documents that leave the authority."
    )
    compliance_target = NumberField("Audits that should come back", "%", least=0, most=100)

    reason = forms.CharField(
        label="Why you are changing this", max_length=300, error_messages={"required": "Say why you are changing this"}
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def showing(cls, rules: ProgrammeRules) -> "ProgrammeForm":
        """The form as it opens on a version of the rules."""
        values = rules.programme.to_values()
        rungs = {RUNG_PREFIX + rung: days for rung, days in values["escalation_working_days"].items()}
        return cls(initial=values | rungs | {"seen": rules.number})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        days = [cleaned.get(RUNG_PREFIX + rung) for rung in Rung]
        if None not in days and days != sorted(set(days)):  # type: ignore[type-var]
            self.add_error(RUNG_PREFIX + Rung.SERVICE_MANAGER, "Each step must come later than the one before it.")
        return cleaned

    def programme(self) -> Programme:
        """The settings asked for."""
        cleaned = self.cleaned_data
        values = {name: value for name, value in cleaned.items() if name in Programme.__dataclass_fields__}
        values["escalation_working_days"] = {rung.value: cleaned[RUNG_PREFIX + rung] for rung in Rung}
        return Programme.from_values(values)


FIELDS: Mapping[str, forms.Field] = ProgrammeForm.base_fields


@dataclass(frozen=True)
class Group:
    """Settings that belong together on the page."""

    title: str
    names: tuple[str, ...]


GROUPS = (
    Group("Words", ("authority_name", "contact")),
    Group(
        "Drawing the month",
        (
            "quota",
            "cooling_off_months",
            "recently_closed_months",
            "open_working_days",
            "cases_per_family",
            "cases_per_worker",
            "strata",
            "load_months",
            "team_repeat_months",
            "draw_working_days_before",
            "draws_by_itself",
        ),
    ),
    Group("Stage 1", ("stage1_due_day",)),
    Group(
        "Stage 2",
        ("stage2_working_days", "stage2_latest_day", "stage2_inadequate_working_days", "return_working_days"),
    ),
    Group("Actions", ("action_days", "action_urgent_working_days")),
    Group(
        "Reminders and escalation",
        ("reminder_days_before", "mail_hour", *(RUNG_PREFIX + rung for rung in Rung), "closed_days"),
    ),
    Group("Reports", ("small_number", "compliance_target")),
)


def in_words(programme: Programme) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every setting as its label and its value in words, group by group."""
    values = programme.to_values()
    values |= {RUNG_PREFIX + rung: days for rung, days in values["escalation_working_days"].items()}
    return [
        (group.title, [(str(FIELDS[name].label), _words(FIELDS[name], values[name])) for name in group.names])
        for group in GROUPS
    ]


def label_of(name: str) -> str:
    """A setting's label; the escalation steps have one between them."""
    return str(FIELDS[name].label) if name in FIELDS else "Escalation"


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return "Yes" if value else "No"
    if isinstance(field, forms.MultipleChoiceField):
        labels: dict[Any, Any] = dict(field.choices)  # type: ignore[arg-type]
        return "\n".join(str(labels[choice]) for choice in value) or "None"
    if isinstance(field, NumbersField | DaysField):
        return field.prepare_value(value) or "None"
    if isinstance(field, NumberField):
        unit = field.unit.removesuffix("s") if value == 1 else field.unit
        return f"{value}{unit}" if unit == "%" else f"{value} {unit}"
    return str(value) or "None"
