"""Which cases are drawn: services, what keeps a case out, and what the sample is in proportion to."""

from collections.abc import Mapping
from typing import Any

from accounts.models import Service
from audits.forms.fields import NumberField, SeveralField
from audits.forms.programme.part import Group, Part, Row
from audits.kept_draws.why import DIMENSIONS
from audits.rules.programme import Programme

SERVICES = "included_services"


class CasesPart(Part):
    """The services are shown by what is audited, and kept by what is not: a new one is audited from its first day."""

    slug = "cases"
    title = "Which cases are drawn"
    made_of_several = ("excluded_services",)
    groups = (
        Group("Services", (SERVICES,)),
        Group(
            "What keeps a case out",
            ("cooling_off_months", "recently_closed_months", "open_working_days"),
            "Each is counted back from the first day of the cycle.",
        ),
        Group("Of one family, of one worker", ("cases_per_family", "cases_per_worker")),
        Group("Proportion", ("strata",)),
    )

    included_services = SeveralField(
        label="Services that are audited",
        required=False,
        help_text="A service that is brought in later is audited too, until somebody takes it out here.",
    )
    cooling_off_months = NumberField(
        "No second audit within", "months", least=0, most=24, help_text="Re-audits come all the same."
    )
    recently_closed_months = NumberField("Closed cases count for", "months", least=0, most=24)
    open_working_days = NumberField("A case is open long enough after", "working days", least=0, most=120)
    cases_per_family = NumberField("Cases of one family in a cycle at most", "cases", most=20)
    cases_per_worker = NumberField("Cases of one worker in a cycle at most", "cases", most=20)
    strata = SeveralField(
        label="The sample follows the population by",
        choices=list(DIMENSIONS.items()),
        error_messages={"required": "Choose at least one thing that the sample follows"},
        help_text="Of each value, as large a part of the drawn cases as of all cases that can be drawn.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = sorted(set(Service.objects.order_by().values_list("name", flat=True)))
        self.fields[SERVICES].choices = [(name, name) for name in self.services]  # type: ignore[attr-defined]
        left_out = self.initial.get("excluded_services", ())
        self.initial.setdefault(SERVICES, [name for name in self.services if name not in left_out])
        if not self.services:
            del self.fields[SERVICES]

    @classmethod
    def initial_of(cls, programme: Programme) -> dict[str, Any]:
        return super().initial_of(programme) | {"excluded_services": programme.excluded_services}

    @classmethod
    def row_of(cls, name: str, values: Mapping[str, Any]) -> Row:
        if name == SERVICES:
            return Row("Services that are not audited", "\n".join(values["excluded_services"]) or "None")
        return super().row_of(name, values)

    def clean_included_services(self) -> tuple[str, ...]:
        chosen: tuple[str, ...] = self.cleaned_data[SERVICES]
        if not chosen:
            self.add_error(SERVICES, "Choose at least one service that is audited")
        return chosen

    def values(self, base: Programme) -> dict[str, Any]:
        chosen = self.cleaned_data.get(SERVICES, ())
        taken_out = {name for name in self.services if name not in chosen}
        gone = {name for name in base.excluded_services if name not in self.services}
        return super().values(base) | {"excluded_services": tuple(sorted(taken_out | gone))}
