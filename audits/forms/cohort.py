"""The fields that describe a cohort of children: for a quota, for the focus of a cycle."""

from typing import Any

from django import forms

from audits.enums import PlanType
from audits.forms.fields import NumberField, SeveralField
from audits.rules.cohorts import Cohort


class CohortFields(forms.Form):
    """What is asked of a child; a field left empty asks nothing."""

    plan_types = SeveralField(label="On one of these plans", choices=PlanType.choices, required=False)
    younger_than = NumberField("Younger than", "years", most=25, blank="Any age")
    cp_category = forms.CharField(
        label="Category of abuse",
        max_length=60,
        required=False,
        help_text="A word of it, such as “sexual” or “neglect”.",
    )
    cse = forms.BooleanField(label="At risk of sexual exploitation", required=False)
    missing = forms.BooleanField(label="Missing in the last 6 months", required=False)

    def conditions(self) -> dict[str, Any]:
        """What was asked for, as the values of a Cohort without its name."""
        cleaned = self.cleaned_data
        return {
            "plan_types": list(cleaned.get("plan_types") or ()),
            "younger_than": cleaned.get("younger_than"),
            "cp_category": (cleaned.get("cp_category") or "").strip(),
            "cse": bool(cleaned.get("cse")),
            "missing": bool(cleaned.get("missing")),
        }

    def asks_something(self) -> bool:
        """Whether any child is outside the cohort."""
        conditions = self.conditions()
        return any(conditions[name] for name in conditions)


def conditions_in_words(cohort: Cohort) -> str:
    """What a cohort asks of a child: `Child protection, under 5`."""
    asked = [" or ".join(str(PlanType(plan).label) for plan in cohort.plan_types)]
    asked.append("" if cohort.younger_than is None else f"under {cohort.younger_than}")
    asked.append(f"category of abuse with “{cohort.cp_category}”" if cohort.cp_category else "")
    asked.append("at risk of sexual exploitation" if cohort.cse else "")
    asked.append("missing in the last 6 months" if cohort.missing else "")
    words = ", ".join(words for words in asked if words)
    return words[:1].upper() + words[1:]
