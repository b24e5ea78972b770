"""From Django's bound form fields to GOV.UK controls, and from form errors to links that find them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.formsets import BaseFormSet
from django.forms.widgets import ChoiceWidget, Input
from django.utils.safestring import SafeString

from accounts.crispy_govuk import controls
from accounts.crispy_govuk.dates import GovDateInput

# Attributes that our markup sets itself, or that GOV.UK pages do without.
OWN_ATTRIBUTES = {
    "id", "class", "placeholder", "rows", "cols", "maxlength", "required", "aria-describedby", "aria-invalid",
}  # fmt: skip

REQUIRED = forms.Field.default_error_messages["required"]


def render_field(field: forms.BoundField, **look: Any) -> SafeString:
    """A bound field as its GOV.UK control, by its widget.

    `look` passes what a form cannot say on to the control: `size`, `heading`, `inline`, `small`, `width`,
    `prefix`, `suffix`, `rows`, or another `label`, `legend` or `hint`.
    """
    widget = field.field.widget
    if field.is_hidden:
        return field.as_hidden() if not isinstance(widget, forms.HiddenInput) else str(field)
    common = {
        "name": field.html_name,
        "id": field.auto_id or field.html_name,
        "hint": field.help_text,
        "error": messages(field),
        "attributes": {
            name: value
            for name, value in field.build_widget_attrs(dict(widget.attrs)).items()
            if name not in OWN_ATTRIBUTES
        },
    }
    for kind, render in BY_WIDGET:
        if isinstance(widget, kind):
            return render(field, widget, common | look)
    raise TypeError(f"No GOV.UK control for {widget.__class__.__name__}")


def _date(field: forms.BoundField, widget: Any, values: dict[str, Any]) -> SafeString:
    return controls.date_input(
        **({"legend": field.label, "value": field.value(), "wrong_parts": wrong_parts(field)} | values)
    )


def _checkboxes(field: forms.BoundField, widget: Any, values: dict[str, Any]) -> SafeString:
    chosen = widget.format_value(field.value())
    return controls.checkboxes(**({"legend": field.label, "options": _options(widget), "value": chosen} | values))


def _radios(field: forms.BoundField, widget: Any, values: dict[str, Any]) -> SafeString:
    chosen = next(iter(widget.format_value(field.value())), None)
    options = [option for option in _options(widget) if option[0] not in ("", None)]
    return controls.radios(**({"legend": field.label, "options": options, "value": chosen} | values))


def _checkbox(field: forms.BoundField, widget: Any, values: dict[str, Any]) -> SafeString:
    return controls.checkbox(**({"label": field.label, "value": widget.check_test(field.value())} | values))


def _select(field: forms.BoundField, widget: Any, values: dict[str, Any]) -> SafeString:
    multiple = bool(widget.allow_multiple_selected)
    chosen = widget.format_value(field.value())
    if not multiple:
        chosen = next(iter(chosen), None)
    return controls.select(
        **({"label": field.label, "options": widget.choices, "value": chosen, "multiple": multiple} | values)
    )


def _textarea(field: forms.BoundField, widget: Any, values: dict[str, Any]) -> SafeString:
    own = {"label": field.label, "value": widget.format_value(field.value())}
    own["limit"] = getattr(field.field, "max_length", None)
    if rows := widget.attrs.get("rows"):
        own["rows"] = 4 if str(rows) == "10" else rows  # 10 is what Django sets when nobody chose
    return controls.textarea(**(own | values))


def _file(field: forms.BoundField, widget: Any, values: dict[str, Any]) -> SafeString:
    return controls.file_upload(**({"label": field.label} | values))


def _password(field: forms.BoundField, widget: Any, values: dict[str, Any]) -> SafeString:
    autocomplete = values["attributes"].pop("autocomplete", "current-password")
    return controls.password_input(**({"label": field.label, "autocomplete": autocomplete} | values))


def _number(field: forms.BoundField, widget: Any, values: dict[str, Any]) -> SafeString:
    """A number as text with a number pad: spin buttons change values by accident."""
    values["attributes"] = {
        name: value for name, value in values["attributes"].items() if name not in ("min", "max", "step")
    } | {"inputmode": "numeric" if isinstance(field.field, forms.IntegerField) else "decimal"}
    return controls.text_input(
        **({"label": field.label, "value": widget.format_value(field.value()), "width": 5} | values)
    )


def _text(field: forms.BoundField, widget: Any, values: dict[str, Any]) -> SafeString:
    type_ = "text" if isinstance(widget, forms.DateInput | forms.TimeInput) else widget.input_type
    value = widget.format_value(field.value())
    return controls.text_input(**({"label": field.label, "value": value, "type": type_} | values))


# The first kind that fits: a widget stands before the kinds it inherits from.
BY_WIDGET = (
    (GovDateInput, _date),
    (forms.CheckboxSelectMultiple, _checkboxes),
    (forms.RadioSelect, _radios),
    (forms.CheckboxInput, _checkbox),
    (forms.Select, _select),
    (forms.Textarea, _textarea),
    (forms.FileInput, _file),
    (forms.PasswordInput, _password),
    (forms.NumberInput, _number),
    (Input, _text),
)


def _options(widget: Any) -> list[tuple]:
    """The widget's choices; one made by `django.forms.models` carries its own value object."""
    return [(getattr(value, "value", value), *rest) for value, *rest in widget.choices]


def messages(field: forms.BoundField) -> list[str]:
    """A field's errors as shown: Django's "This field is required." becomes what there is to do."""
    return [_what_to_do(field) if text == REQUIRED else text for text in field.errors]


def _what_to_do(field: forms.BoundField) -> str:
    label, widget = str(field.label), field.field.widget
    if label.endswith("?"):
        return f"Answer “{label}”"
    if isinstance(widget, forms.CheckboxInput):
        return f"Tick “{label}” to go on"
    thing = label if label[1:2].isupper() else f"{label[:1].lower()}{label[1:]}"
    chosen = isinstance(widget, ChoiceWidget | forms.FileInput)
    return f"Select {thing}" if chosen else f"Enter {thing}"


def wrong_parts(field: forms.BoundField) -> tuple[str, ...]:
    """Which boxes of a date the field's errors are about; none said, none returned."""
    if not field.errors:
        return ()
    said = [error.params["parts"] for error in field.errors.as_data() if error.params and "parts" in error.params]
    return tuple(part for parts in said for part in parts)


def focus_id(field: forms.BoundField) -> str:
    """The id of the element a link in the error summary should focus."""
    id = field.auto_id or field.html_name
    if isinstance(field.field.widget, GovDateInput):
        return f"{id}_{next(iter(wrong_parts(field)), 'day')}"
    return id


def form_errors(*forms_: forms.BaseForm | BaseFormSet) -> list[dict[str, str]]:
    """Every error of the forms and formsets given, as {"text", "href"}; href is "" where no field is to blame."""
    return [link for form in forms_ for link in _links(form)]


def _links(form: forms.BaseForm | BaseFormSet) -> Iterable[dict[str, str]]:
    if isinstance(form, BaseFormSet):
        yield from ({"text": text, "href": ""} for text in form.non_form_errors())
        for each in form.forms:
            yield from _links(each)
        return
    for name in form.errors:
        if name == NON_FIELD_ERRORS or form[name].is_hidden:
            yield from ({"text": text, "href": ""} for text in form.errors[name])
        else:
            href = f"#{focus_id(form[name])}"
            yield from ({"text": text, "href": href} for text in messages(form[name]))
