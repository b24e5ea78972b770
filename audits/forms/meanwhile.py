"""Forms that know what they showed, so that what another tab has saved meanwhile is not overwritten unseen."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self, cast

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.formats import date_format

from audits.forms.fields import in_words
from audits.services.meanwhile import ChangedMeanwhile


class SeenForm(forms.Form):
    """`seen`: the mark of what is stored, as it was when the page was made."""

    seen = forms.CharField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}), required=False)

    def of(self, data: QueryDict) -> Self:
        """The same form with other data."""
        return type(self)(data)

    def mine(self) -> Mapping[str, Any]:
        """What was typed, by the name under which it is stored."""
        return self.cleaned_data

    def beside(self, changed: ChangedMeanwhile) -> Self:
        """What was typed once more, ready to be saved over what was stored meanwhile, with that beside each field."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = changed.state
        again, mine = self.of(data), self.mine()
        again.is_valid()
        again.add_error(None, f"{changed} Yours is below and not saved yet: compare, then save again.")
        for name in self.fields:
            theirs = getattr(changed.stored, name, None)
            if hasattr(changed.stored, name) and theirs != mine.get(name):
                again.say_theirs(name, theirs)
        return again

    def say_theirs(self, name: str, theirs: Any) -> None:
        self.add_error(name, f"Saved in the meantime: {_said(self.fields[name], theirs)}")


def _said(field: forms.Field, value: Any) -> str:
    """What is stored, as the form's page would show it."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, Model):
        return str(value)
    return date_format(value, "j F Y") if isinstance(value, date) else in_words(field, value)
