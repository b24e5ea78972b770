"""From Django's bound form fields to GOV.UK controls, and from form errors to links that find them."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import EmailValidator, MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.forms.formsets import BaseFormSet
from django.forms.widgets import ChoiceWidget, Input
from django.utils.safestring import SafeString

from accounts.crispy_govuk import controls
from accounts.crispy_govuk.dates import GovDateInput

Values = dict[str, Any]

# Attributes that our markup sets itself, or that GOV.UK pages do without.
OWN_ATTRIBUTES = {
    "id", "class", "placeholder", "rows", "cols", "maxlength", "required", "aria-describedby", "aria-invalid",
}  # fmt: skip

REQUIRED = forms.Field.default_error_messages["required"]
NO_EMAIL = EmailValidator.message
NO_WHOLE_NUMBER = forms.IntegerField.default_error_messages["invalid"]
LIMITS = (
    (MinValueValidator.message, "{:,} or more"),
    (MaxValueValidator.message, "{:,} or less"),
    (MaxLengthValidator.message, "{:,} characters or fewer"),
)


def render_field(field: forms.BoundField, **look: Any) -> SafeString:
    """A bound field as its GOV.UK control, by its widget.

    `look` passes what a form cannot say on to the control: `size`, `heading`, `inline`, `small`, `width`,
    `prefix`, `suffix`, `rows`, or another `label`, `legend` or `hint`.
    """
    widget = field.field.widget
    if field.is_hidden:
        return SafeString(field)
    for kind, control, values_of in BY_WIDGET:
        if isinstance(widget, kind):
            common = {
                "name": field.html_name,
                "id": field.auto_id or field.html_name,
                "hint": field.help_text,
                "error": messages(field),
                "attributes": _attributes(field),
            }
            return control(**(common | values_of(field, widget) | look))
    raise TypeError(f"No GOV.UK control for {widget.__class__.__name__}")


def _date(field: forms.BoundField, widget: Any) -> Values:
    return {"legend": field.label, "value": field.value(), "wrong_parts": wrong_parts(field)}


def _checkboxes(field: forms.BoundField, widget: Any) -> Values:
    return {"legend": field.label, "options": _options(widget), "value": widget.format_value(field.value())}


def _radios(field: forms.BoundField, widget: Any) -> Values:
    options = [option for option in _options(widget) if option[0] not in ("", None)]
    return {"legend": field.label, "options": options, "value": _one(widget.format_value(field.value()))}


def _checkbox(field: forms.BoundField, widget: Any) -> Values:
    return {"label": field.label, "value": widget.check_test(field.value())}


def _select(field: forms.BoundField, widget: Any) -> Values:
    multiple = bool(widget.allow_multiple_selected)
    chosen = widget.format_value(field.value())
    return {
        "label": field.label,
        "options": _options(widget),
        "value": chosen if multiple else _one(chosen),
        "multiple": multiple,
    }


def _textarea(field: forms.BoundField, widget: Any) -> Values:
    rows = widget.attrs.get("rows")
    return {
        "label": field.label,
        "value": widget.format_value(field.value()),
        "limit": getattr(field.field, "max_length", None),
        "rows": 4 if str(rows) == "10" else rows,  # 10 is what Django sets when nobody chose
    }


def _file(field: forms.BoundField, widget: Any) -> Values:
    return {"label": field.label}


def _password(field: forms.BoundField, widget: Any) -> Values:
    attributes = _attributes(field)
    return {
        "label": field.label,
        "autocomplete": attributes.pop("autocomplete", "current-password"),
        "attributes": attributes,
    }


def _number(field: forms.BoundField, widget: Any) -> Values:
    """A number as text with a number pad: spin buttons change values by accident."""
    attributes = {name: value for name, value in _attributes(field).items() if name not in ("min", "max", "step")}
    attributes["inputmode"] = "numeric" if isinstance(field.field, forms.IntegerField) else "decimal"
    return {
        "label": field.label,
        "value": widget.format_value(field.value()),
        "width": 5,
        "attributes": attributes,
    }


def _text(field: forms.BoundField, widget: Any) -> Values:
    attributes = _attributes(field)
    plain = isinstance(widget, forms.DateInput | forms.TimeInput)
    return {
        "label": field.label,
        "value": widget.format_value(field.value()),
        "type": attributes.pop("type", "text" if plain else widget.input_type),
        "attributes": attributes,
    }


# The first kind that fits: a widget stands before the kinds it inherits from.
BY_WIDGET: tuple[tuple[type[forms.Widget], Callable[..., SafeString], Callable[..., Values]], ...] = (
    (GovDateInput, controls.date_input, _date),
    (forms.CheckboxSelectMultiple, controls.checkboxes, _checkboxes),
    (forms.RadioSelect, controls.radios, _radios),
    (forms.CheckboxInput, controls.checkbox, _checkbox),
    (forms.Select, controls.select, _select),
    (forms.Textarea, controls.textarea, _textarea),
    (forms.FileInput, controls.file_upload, _file),
    (forms.PasswordInput, controls.password_input, _password),
    (forms.NumberInput, controls.text_input, _number),
    (Input, controls.text_input, _text),
)


def _attributes(field: forms.BoundField) -> Values:
    """The widget's attributes that are not the control's own business."""
    attributes = field.build_widget_attrs(dict(field.field.widget.attrs))
    return {name: value for name, value in attributes.items() if name not in OWN_ATTRIBUTES}


def _one(values: list[str]) -> str | None:
    return next(iter(values), None)


def _options(widget: Any) -> list[tuple]:
    """The widget's choices; a model's come with a value object around the plain value."""
    return [(getattr(value, "value", value), text) for value, text in widget.choices]


def messages(field: forms.BoundField) -> list[str]:
    """A field's errors as shown: Django's own sentences, "This field is required." first, say what there is to do."""
    return [text for error in field.errors.as_data() for text in _in_our_words(field, error)]


def _in_our_words(field: forms.BoundField, error: ValidationError) -> list[str]:
    said = error.messages
    if said == [REQUIRED]:
        return [_what_to_do(field)]
    if said == [NO_EMAIL]:
        return [f"“{field.label}” must be an e-mail address, like name@example.gov.uk"]
    if said == [NO_WHOLE_NUMBER]:
        return [f"“{field.label}” must be a whole number"]
    most = (error.params or {}).get("limit_value")
    limit = next((words for message, words in LIMITS if error.message is message), "")
    if limit and isinstance(most, int):
        return [f"“{field.label}” must be {limit.format(most)}"]
    return [str(text) for text in said]


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
        yield from ({"text": str(text), "href": ""} for text in form.non_form_errors())
        for each in form.forms:
            yield from _links(each)
        return
    for name in form.errors:
        if name == NON_FIELD_ERRORS or form[name].is_hidden:
            yield from ({"text": str(text), "href": ""} for text in form.errors[name])
        else:
            href = f"#{focus_id(form[name])}"
            yield from ({"text": text, "href": href} for text in messages(form[name]))
