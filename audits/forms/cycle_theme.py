"""The forms of what a cycle is about: its focus, its questions on a theme, and the months that belong to it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from django import forms

from accounts.models import Team
from audits.forms.cohort import CohortFields, conditions_in_words
from audits.forms.cycles import PauseForm
from audits.models import Cycle, FormVersion
from audits.rules.cohorts import Cohort
from audits.rules.deadlines import add_months

MOST_MONTHS = 12
MONTHS_BACK, MONTHS_AHEAD = 12, 24
NO_SERVICE = "No service"
NO_PACK = "none"
WHAT_IS_IN_USE = "in_use"


class FocusForm(CohortFields):
    """The teams and the children that a cycle is about, and why."""

    name = forms.CharField(
        label="What do you call these children?",
        max_length=100,
        required=False,
        help_text="Such as “Children who go missing”. Left empty, what is asked above is printed.",
    )
    teams = forms.MultipleChoiceField(label="Teams", required=False)
    reason = forms.CharField(
        label="Why this focus?",
        max_length=300,
        help_text="Kept with the cycle, and printed with its draw.",
        error_messages={"required": "Say why the cycle has this focus"},
    )

    def __init__(self, data: Any = None, *, cycle: Cycle) -> None:
        initial = {**cycle.focus_cohort, "teams": cycle.focus_teams, "reason": cycle.focus_reason}
        super().__init__(data, initial=initial)
        by_service = Team.objects.select_related("service").order_by("service__name", "name", "code")
        self.groups = [
            (service, [(team.code, team.name) for team in teams])
            for service, teams in groupby(by_service, lambda team: team.service.name if team.service else NO_SERVICE)
        ]
        teams_field = self.fields["teams"]
        teams_field.choices = [choice for _, group in self.groups for choice in group]  # type: ignore[attr-defined]

    @property
    def chosen_teams(self) -> list[str]:
        return self["teams"].value() or []

    @property
    def team_groups(self) -> list[dict[str, Any]]:
        """The teams by service, with those of a chosen one open to see."""
        chosen = set(self.chosen_teams)
        return [
            {
                "service": service,
                "teams": teams,
                "id": f"id_teams_{number}",
                "chosen": sum(code in chosen for code, _ in teams),
            }
            for number, (service, teams) in enumerate(self.groups, 1)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned["teams"] and not self.asks_something():
            self.add_error("plan_types", "Choose the teams or the children that the cycle is about")
        return cleaned

    def cohort(self) -> Cohort | None:
        """None where nothing is asked of the children."""
        if not self.asks_something():
            return None
        cohort = Cohort.from_values({"name": self.cleaned_data["name"].strip(), **self.conditions()})
        return cohort if cohort.name else replace(cohort, name=conditions_in_words(cohort))


class PackForm(forms.Form):
    """Which questions on a theme the audits of a cycle ask."""

    pack = forms.ChoiceField(
        label="Questions on a theme",
        widget=forms.RadioSelect,
        error_messages={"required": "Select which questions on a theme are asked, or None"},
    )

    def __init__(self, data: Any = None, *, cycle: Cycle, packs: Iterable[FormVersion]) -> None:
        super().__init__(data, initial={"pack": str(cycle.pack_id or NO_PACK)})
        self.packs = {str(pack.pk): pack for pack in packs}
        if cycle.pack is not None:
            self.packs.setdefault(str(cycle.pack_id), cycle.pack)
        choices = [(NO_PACK, "None: only the audit tool"), *((pk, str(pack)) for pk, pack in self.packs.items())]
        self.fields["pack"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> FormVersion | None:
        return self.packs.get(self.cleaned_data["pack"])


class ToolForm(forms.Form):
    """Which audit tool the audits of a cycle are made with."""

    tool = forms.ChoiceField(
        label="Audit tool",
        widget=forms.RadioSelect,
        error_messages={"required": "Select the tool that the cycle is audited with"},
    )

    def __init__(self, data: Any = None, *, cycle: Cycle, tools: Iterable[FormVersion], in_use: FormVersion) -> None:
        super().__init__(data, initial={"tool": str(cycle.form_version_id or WHAT_IS_IN_USE)})
        self.tools = {str(tool.pk): tool for tool in tools}
        if cycle.form_version is not None:
            self.tools.setdefault(str(cycle.form_version_id), cycle.form_version)
        self.in_use = in_use
        self.fields["tool"].choices = [(value, text) for value, text, _ in self.options]  # type: ignore[attr-defined]

    @property
    def options(self) -> list[tuple[str, str, str]]:
        follows = "Whatever is in use on the day when the cycle is published"
        return [
            (WHAT_IS_IN_USE, f"The tool in use: today {self.in_use}", follows),
            *((pk, str(tool), tool.outline.purpose) for pk, tool in self.tools.items()),
        ]

    def chosen(self) -> FormVersion | None:
        return self.tools.get(self.cleaned_data["tool"])


class MonthsForm(forms.Form):
    """The last month of a cycle: a later one merges months into it, an earlier one splits them off."""

    last = forms.ChoiceField(label="Last month of the cycle")

    def __init__(self, data: Any = None, *, cycle: Cycle) -> None:
        super().__init__(data, initial={"last": f"{cycle.last_month:%Y-%m-%d}"})
        months = [add_months(cycle.first_month, ahead) for ahead in range(MOST_MONTHS)]
        self.fields["last"].choices = [  # type: ignore[attr-defined]
            (f"{month:%Y-%m-%d}", Cycle(first_month=cycle.first_month, last_month=month).name) for month in months
        ]

    def last_month(self) -> date:
        return date.fromisoformat(self.cleaned_data["last"])


class SpanForm(forms.Form):
    """From which month to which."""

    first = forms.ChoiceField(label="From", error_messages={"required": "Select the first month"})
    last = forms.ChoiceField(label="To", error_messages={"required": "Select the last month"})

    def __init__(self, data: Any = None, *, today: date, first: date | None = None) -> None:
        super().__init__(data)
        months = [add_months(today, ahead) for ahead in range(-MONTHS_BACK, MONTHS_AHEAD)]
        choices = [(f"{month:%Y-%m-%d}", f"{month:%B %Y}") for month in months]
        for name in ("first", "last"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            self.fields[name].initial = f"{first or add_months(today, 1):%Y-%m-%d}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("first") and cleaned.get("last") and cleaned["last"] < cleaned["first"]:
            self.add_error("last", "The last month must not come before the first")
        return cleaned

    def months(self) -> dict[str, date]:
        return {f"{name}_month": date.fromisoformat(self.cleaned_data[name]) for name in ("first", "last")}


class PauseSpanForm(PauseForm, SpanForm):
    """Months in which nothing is audited, why, and what is done instead."""
