"""How many cases: the places of a cycle, and the cohorts that some of them are kept for."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from accounts.enums import Role
from audits.forms.cohort import CohortFields, conditions_in_words
from audits.forms.fields import NumberField, in_words
from audits.forms.programme.part import Group, Part, Row
from audits.rules.cohorts import Cohort, CohortQuota
from audits.rules.programme import Programme

# The roles that people who audit hold beside it.
BESIDE_AUDITOR = (Role.MODERATOR, Role.PRACTICE_MANAGER, Role.SOCIAL_WORKER, Role.IRO, Role.QA)
OF_A_ROLE = "quota_of_"
ROWS = "cohorts"
MOST_ROWS = 20


def _for_role(role: Role) -> NumberField:
    label = f"Auditors who are also: {role.label}"
    return NumberField(label, "cases", least=0, most=20, blank="As for every auditor")


class CohortRow(CohortFields):
    """One cohort and its number of cases; a row without anything in it is none."""

    name = forms.CharField(label="Name", max_length=60, required=False, help_text="Left empty, it is made of the rest.")
    cases = NumberField("Cases in a cycle at least", "cases", most=500, blank="None")

    field_order = ("name", "cases", "plan_types", "younger_than", "cp_category", "cse", "missing")

    @property
    def is_blank(self) -> bool:
        return not (self.cleaned_data.get("name") or self.cleaned_data.get("cases") or self.asks_something())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors or self.is_blank or cleaned.get("DELETE"):
            return cleaned
        if not cleaned.get("cases"):
            self.add_error("cases", "Say how many cases of the cohort a cycle has at least")
        if not self.asks_something():
            self.add_error("plan_types", "Choose what makes the cohort: a plan, an age, or one of the others")
        return cleaned

    def quota(self) -> CohortQuota:
        conditions = Cohort.from_values({"name": "", **self.conditions()})
        name = self.cleaned_data["name"].strip() or conditions_in_words(conditions)
        return CohortQuota(Cohort.from_values({**self.conditions(), "name": name}), self.cleaned_data["cases"])


class Rows(BaseFormSet):
    """The cohorts that have places of their own, and room for one more."""

    def clean(self) -> None:
        if any(self.errors):
            return
        names = set()
        for row in self._kept():
            name = row.quota().cohort.name
            if name.casefold() in names:
                row.add_error("name", f"Another cohort is called “{name}” already")
            names.add(name.casefold())

    def quotas(self) -> list[CohortQuota]:
        """The rows that hold something and are not to be removed, in their order."""
        return [row.quota() for row in self._kept()]

    def _kept(self) -> list[CohortRow]:
        return [
            row for row in self.forms if row.cleaned_data and not row.cleaned_data.get("DELETE") and not row.is_blank
        ]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Remove this cohort"

    def as_typed(self) -> "Rows":
        """The rows as they were typed, not judged yet, and room for one more."""
        typed = [
            {
                name: field.widget.value_from_datadict(row.data, {}, row.add_prefix(name))
                for name, field in row.fields.items()
            }
            for row in self.forms
        ]
        return CohortRows(initial=[row for row in typed if any(row.values())], prefix=ROWS)


CohortRows = cast(
    type[Rows],
    formset_factory(
        CohortRow,
        formset=Rows,
        extra=1,
        can_delete=True,
        can_delete_extra=False,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
    ),
)


def quota_in_words(quota: CohortQuota) -> str:
    """`Babies: 6 cases (Child protection, under 1)`."""
    asked, cases = conditions_in_words(quota.cohort), in_words(CohortRow.base_fields["cases"], quota.cases)
    return f"{quota.cohort.name}: {cases}" + ("" if asked == quota.cohort.name else f" ({asked})")


class PlacesPart(Part):
    slug = "places"
    title = "How many cases"
    made_of_several = ("quota_by_role", "cohort_quotas")
    groups = (
        Group(
            "Cases for each auditor",
            ("quota", *(OF_A_ROLE + role for role in BESIDE_AUDITOR)),
            "A number that is set for a person comes before all of these. "
            "Of several roles with a number, the smallest counts.",
        ),
    )

    quota = NumberField("Every auditor in a cycle", "cases", least=0, most=20)
    quota_of_moderator = _for_role(Role.MODERATOR)
    quota_of_practice_manager = _for_role(Role.PRACTICE_MANAGER)
    quota_of_social_worker = _for_role(Role.SOCIAL_WORKER)
    quota_of_iro = _for_role(Role.IRO)
    quota_of_qa = _for_role(Role.QA)

    def __init__(
        self, *args: Any, quotas: Sequence[dict[str, Any]] = (), rows: Rows | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows or CohortRows(self.data if self.is_bound else None, prefix=ROWS, initial=quotas)

    @classmethod
    def showing(cls, rules: Any) -> "PlacesPart":
        programme = rules.programme
        quotas = [{**quota.cohort.to_values(), "cases": quota.cases} for quota in programme.quotas]
        return cls(initial=cls.initial_of(programme) | {"seen": rules.number}, quotas=quotas)

    @classmethod
    def initial_of(cls, programme: Programme) -> dict[str, Any]:
        by_role = {OF_A_ROLE + role: programme.quota_by_role.get(role) for role in BESIDE_AUDITOR}
        return super().initial_of(programme) | by_role

    @classmethod
    def in_words(cls, programme: Programme) -> list[tuple[str, list[Row]]]:
        quotas = "\n".join(quota_in_words(quota) for quota in programme.quotas)
        return [*super().in_words(programme), ("Cohorts", [Row("Cohorts with places of their own", quotas or "None")])]

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.rows.is_valid()])

    def as_typed(self) -> "PlacesPart":
        return type(self)(initial=super().as_typed().initial, rows=self.rows.as_typed())

    def values(self, base: Programme) -> dict[str, Any]:
        typed = {role: self.cleaned_data[OF_A_ROLE + role] for role in BESIDE_AUDITOR}
        other = {role: number for role, number in base.quota_by_role.items() if role not in typed}
        by_role = {str(role): number for role, number in typed.items() if number is not None}
        quotas = tuple({"cohort": quota.cohort.to_values(), "cases": quota.cases} for quota in self.rows.quotas())
        return super().values(base) | {"quota_by_role": other | by_role, "cohort_quotas": quotas}

    @property
    def also(self) -> BaseFormSet:
        return self.rows
