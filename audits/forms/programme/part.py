"""What every part of the settings has: its fields in groups, their values in words, and the settings they make."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.forms.formsets import BaseFormSet

from audits.forms.fields import in_words
from audits.models import ProgrammeRules
from audits.rules.programme import DECIDE_THE_DRAW, Programme


class Group(NamedTuple):
    """Settings that belong together on the page. `hint`: what they have in common, in a sentence or two."""

    title: str
    names: tuple[str, ...]
    hint: str = ""


class Row(NamedTuple):
    """One setting in words."""

    label: str
    value: str


class Part(forms.Form):
    """One subject of the settings, on a page of its own: its settings under their own names, and why they are changed.

    `seen` is the number of the version that the page shows. A setting that takes several fields, or whose field reads
    the other way round, is named in `made_of_several`, and made in `initial_of` and `values`.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    groups: ClassVar[tuple[Group, ...]]
    made_of_several: ClassVar[tuple[str, ...]] = ()

    reason = forms.CharField(
        label="Why you are changing this", max_length=300, error_messages={"required": "Say why you are changing this"}
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for group in self.groups for name in group.names), "reason"])

    @classmethod
    def settings(cls) -> tuple[str, ...]:
        """The names of the settings that this part holds."""
        names = (name for group in cls.groups for name in group.names if name in Programme.__dataclass_fields__)
        return (*names, *cls.made_of_several)

    @classmethod
    def showing(cls, rules: ProgrammeRules) -> "Part":
        """The form as it opens on a version of the rules."""
        return cls(initial=cls.initial_of(rules.programme) | {"seen": rules.number})

    @classmethod
    def initial_of(cls, programme: Programme) -> dict[str, Any]:
        """The value of every field."""
        return {
            name: getattr(programme, name) for group in cls.groups for name in group.names if hasattr(programme, name)
        }

    @classmethod
    def in_words(cls, programme: Programme) -> list[tuple[str, list[Row]]]:
        """Every setting in words, group by group."""
        values = cls.initial_of(programme)
        return [(group.title, [cls.row_of(name, values) for name in group.names]) for group in cls.groups]

    @classmethod
    def row_of(cls, name: str, values: Mapping[str, Any]) -> Row:
        field = cls.base_fields[name]
        return Row(str(field.label), in_words(field, values[name]))

    def as_typed(self) -> "Part":
        """The form with what was typed, not judged yet: for a page that is to grow before it is sent."""
        typed = {name: field.widget.value_from_datadict(self.data, {}, name) for name, field in self.fields.items()}
        return type(self)(initial=typed)

    def shown_groups(self) -> list[tuple[Group, list[forms.BoundField]]]:
        return [(group, [self[name] for name in group.names if name in self.fields]) for group in self.groups]

    @classmethod
    def decides_the_draw(cls) -> bool:
        return not DECIDE_THE_DRAW.isdisjoint(cls.settings())

    def values(self, base: Programme) -> dict[str, Any]:
        """The settings asked for; `base` has what the page did not show."""
        return {name: value for name, value in self.cleaned_data.items() if name in Programme.__dataclass_fields__}

    def programme(self, base: Programme) -> Programme:
        """`base` with the settings asked for."""
        return replace(base, **self.values(base))

    @property
    def also(self) -> BaseFormSet | None:
        """Rows that are typed beside the fields."""
        return None
