"""Layout objects for crispy forms that the GOV.UK pack adds to crispy's own."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout, LayoutObject, Submit
from crispy_forms.utils import TEMPLATE_PACK, render_field
from django.utils.safestring import SafeString


class Question(LayoutObject):
    """One field with its look: `Question("grade", inline=True, size="m")`.

    Takes what `accounts.crispy_govuk.fields.render_field` takes beside the field.
    """

    def __init__(self, name: str, **look: Any) -> None:
        self.fields = [name]
        self.look = look

    def render(self, form: Any, context: Any, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        return render_field(
            self.fields[0], form, context, template_pack=template_pack, extra_context={"look": self.look}
        )


def with_button(*layout: Any, button: str, **look: Any) -> FormHelper:
    """How a form is laid out: its fields, by name or as questions, and one button below."""
    helper = FormHelper()
    helper.layout = Layout(*layout, Submit("save", button, **look))
    return helper


SAVE_STATUS = HTML('<p class="app-saved" data-save-status role="status"></p>')
CONFLICT = HTML('{% if differences %}{% include "autosave/_conflict.html" %}{% endif %}')


def saved_by_itself(*layout: Any, button: str, to: str) -> FormHelper:
    """How a form is laid out that saves while somebody types, `to` an address of its own: first what differs from what
    somebody else has saved, last how far it is saved."""
    helper = FormHelper()
    helper.attrs = {"data-autosave": to}
    buttons = Div(Submit("save", button), SAVE_STATUS, css_class="app-sticky-actions")
    helper.layout = Layout(CONFLICT, *layout, buttons)
    return helper
