"""The crispy pack: Django forms in GOV.UK markup, with errors that can be followed to their control."""

from datetime import date
from typing import Any

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Column, Fieldset, Layout, Row, Submit
from django import forms
from django.core.validators import MaxValueValidator
from django.template import engines

from accounts.crispy_govuk.dates import GovDateField
from accounts.crispy_govuk.fields import form_errors
from accounts.crispy_govuk.layout import Question
from tests.accounts.pages import Element, dangling, ids, read

GRADES = [("good", "Good"), ("inadequate", "Inadequate")]
EVIL = "<img src=x onerror=alert(1)>"


class AuditForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Full name", help_text="As in the case system")
    email = forms.EmailField(label="E-mail address")
    comment = forms.CharField(label="Comments", widget=forms.Textarea, max_length=200)
    team = forms.ChoiceField(label="Team", choices=[("", "Choose"), ("North", [("elm", "Elm")])])
    grade = forms.ChoiceField(label="Grade", choices=GRADES, widget=forms.RadioSelect)
    took_part = forms.MultipleChoiceField(label="Who took part", choices=GRADES, widget=forms.CheckboxSelectMultiple)
    agreed = forms.BooleanField(label="I have read this")
    due = GovDateField(label="Due date")
    file = forms.FileField(label="Case list")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    quota = forms.IntegerField(label="Quota", min_value=0, max_value=100)
    seen = forms.ChoiceField(label="Was the child seen?", choices=GRADES, widget=forms.RadioSelect)
    version = forms.IntegerField(widget=forms.HiddenInput)


def render(source: str, **context: Any) -> Element:
    return read(engines["django"].from_string("{% load govuk crispy_forms_tags %}" + source).render(context))


@pytest.mark.parametrize("source", ["{% crispy form %}", "{{ form|crispy }}"])
def test_every_error_links_to_a_control_that_is_there(source: str) -> None:
    page = render(source, form=AuditForm({"due_day": "31", "due_month": "2", "due_year": "2026"}))
    assert dangling(page) == set()
    summary = page.one(class_="govuk-error-summary")
    assert summary.attributes["data-module"] == "govuk-error-summary"
    targets = [link.attributes["href"][1:] for link in summary.find("a")]
    assert len(targets) == 12
    controls = {one.attributes.get("id") for one in page.find() if one.tag in ("input", "select", "textarea")}
    assert set(targets) <= controls


@pytest.mark.parametrize("source", ["{% crispy form %}", "{{ form|crispy }}"])
def test_an_untouched_form_shows_every_field_once_and_no_error(source: str) -> None:
    page = render(source, form=AuditForm())
    assert dangling(page) == set()
    assert page.find(class_="govuk-error-summary") == []
    names = {one.attributes.get("name") for one in page.find() if one.tag in ("input", "select", "textarea")}
    assert names == {*AuditForm.base_fields, "due_day", "due_month", "due_year"} - {"due"}
    assert [one.attributes["name"] for one in page.find("input", type="hidden")] == ["version"]


def test_what_is_missing_is_asked_for_by_name() -> None:
    texts = {link["href"]: link["text"] for link in form_errors(AuditForm({}))}
    assert texts == {
        "#id_name": "Enter full name",
        "#id_email": "Enter e-mail address",
        "#id_comment": "Enter comments",
        "#id_team": "Select team",
        "#id_grade": "Select grade",
        "#id_took_part": "Select who took part",
        "#id_agreed": "Tick “I have read this” to go on",
        "#id_due_day": "Enter the due date",
        "#id_file": "Select case list",
        "#id_password": "Enter password",
        "#id_quota": "Enter quota",
        "#id_seen": "Answer “Was the child seen?”",
        "": "This field is required.",
    }


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("email", "maya", "“E-mail address” must be an e-mail address, like name@example.gov.uk"),
        ("comment", "x" * 201, "“Comments” must be 200 characters or fewer"),
        ("quota", "two", "“Quota” must be a whole number"),
        ("quota", "-1", "“Quota” must be 0 or more"),
        ("quota", "101", "“Quota” must be 100 or less"),
    ],
)
def test_what_is_wrong_is_said_with_the_name_of_the_field(name: str, typed: str, said: str) -> None:
    (text,) = [link["text"] for link in form_errors(AuditForm({name: typed})) if link["href"] == f"#id_{name}"]
    assert text == said


def test_what_was_typed_comes_back_as_text_never_as_markup() -> None:
    form = AuditForm({"name": EVIL, "comment": EVIL, "password": EVIL, "due_day": EVIL, "quota": EVIL})
    page = render("{{ form|crispy }}", form=form)
    assert page.find("img") == []
    assert page.one(id="id_name").attributes["value"] == EVIL
    assert page.one("textarea").text == EVIL
    assert "value" not in page.one(id="id_password").attributes


def test_labels_that_carry_markup_are_escaped() -> None:
    class Form(forms.Form):
        name = forms.CharField(label=EVIL, help_text=EVIL)

    assert render("{{ form|crispy }}", form=Form({})).find("img") == []


def test_hint_and_error_both_describe_the_control() -> None:
    page = render("{% field form.name %}", form=AuditForm({}))
    assert page.one("input").attributes["aria-describedby"] == "id_name-hint id_name-error"


def test_a_length_limit_becomes_a_count_down() -> None:
    page = render("{% field form.comment %}", form=AuditForm())
    assert page.one(class_="govuk-character-count").attributes["data-maxlength"] == "200"
    assert page.one("textarea").attributes["aria-describedby"] == "id_comment-info"
    assert "maxlength" not in page.one("textarea").attributes


def test_an_email_is_asked_for_as_one_and_a_number_as_text_with_a_number_pad() -> None:
    page = render("{% field form.email %}{% field form.quota %}", form=AuditForm())
    assert page.one(id="id_email").attributes["type"] == "email"
    quota = page.one(id="id_quota").attributes
    assert (quota["type"], quota["inputmode"]) == ("text", "numeric")


def test_a_prefix_and_a_formset_keep_ids_apart() -> None:
    class Row(forms.Form):
        grade = forms.ChoiceField(choices=GRADES, widget=forms.RadioSelect)
        due = GovDateField(label="Due date")

    rows = forms.formset_factory(Row, extra=0, min_num=2, validate_min=True)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-grade": "good", "form-1-due_day": "1"}
    formset = rows(data)
    page = render("{{ formset|crispy }}", formset=formset)
    assert dangling(page) == set()
    assert {link["href"] for link in form_errors(formset)} == {
        "#id_form-0-due_day",
        "#id_form-1-grade",
        "#id_form-1-due_month",
    }


def test_the_summary_is_of_several_forms_and_of_plain_errors() -> None:
    first, second = AuditForm({}, prefix="a"), AuditForm({}, prefix="b")
    page = render(
        "{% error_summary first second errors=more %}",
        first=first,
        second=second,
        more=[{"text": "Stale", "href": "#x"}],
    )
    links = [link.attributes["href"] for link in page.find("a")]
    assert (links[0], links[-1]) == ("#id_a-name", "#x")
    assert "#id_b-name" in links


def test_a_hidden_fields_error_is_said_without_a_link() -> None:
    class Form(forms.Form):
        version = forms.IntegerField(widget=forms.HiddenInput)

    assert form_errors(Form({"version": "x"})) == [{"text": "Enter a whole number.", "href": ""}]


def test_a_layout_becomes_grid_fieldset_and_buttons() -> None:
    helper = FormHelper()
    helper.layout = Layout(
        Fieldset("About", "name", Question("grade", inline=True, size="m")),
        Row(Column("team"), Column("quota")),
        ButtonHolder(Submit("save", "Save"), Submit("later", "Save for later", css_class="govuk-button--secondary")),
    )
    page = render("{% crispy form helper %}", form=AuditForm(), helper=helper, csrf_token="token")
    assert dangling(page) == set()
    assert page.one("form").attributes == {"method": "post", "enctype": "multipart/form-data", "novalidate": ""}
    assert page.one("input", name="csrfmiddlewaretoken").attributes["value"] == "token"
    assert [legend.text for legend in page.find("legend", class_="govuk-fieldset__legend--m")] == ["About", "Grade"]
    assert len(page.find(class_="govuk-grid-column-one-half")) == 2
    assert page.one(class_="govuk-radios--inline")
    assert [button.attributes["class"] for button in page.find("button")] == [
        "govuk-button",
        "govuk-button govuk-button--secondary",
    ]


class DateForm(forms.Form):
    audited = GovDateField(label="Date of audit", validators=[MaxValueValidator(date(2026, 12, 31))])


def typed(day: str, month: str, year: str) -> DateForm:
    return DateForm({"audited_day": day, "audited_month": month, "audited_year": year})


@pytest.mark.parametrize(
    ("parts", "cleaned"),
    [
        (("5", "10", "2026"), date(2026, 10, 5)),
        (("05", "02", "2026"), date(2026, 2, 5)),
        ((" 29 ", "2", "2024"), date(2024, 2, 29)),
        (("1", "March", "2026"), date(2026, 3, 1)),
        (("1", "sep", "2026"), date(2026, 9, 1)),
    ],
)
def test_a_date_is_read_from_three_boxes(parts: tuple[str, str, str], cleaned: date) -> None:
    form = typed(*parts)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["audited"] == cleaned


@pytest.mark.parametrize(
    ("parts", "message", "focus"),
    [
        (("", "", ""), "Enter the date of audit", "day"),
        (("5", "", "2026"), "The date of audit must include a month", "month"),
        (("5", "", ""), "The date of audit must include a month and year", "month"),
        (("31", "2", "2026"), "The date of audit must be a real date: 31 February 2026 does not exist", "day"),
        (("29", "2", "2026"), "The date of audit must be a real date: 29 February 2026 does not exist", "day"),
        (("32", "1", "2026"), "The date of audit must have a day from 1 to 31", "day"),
        (("0", "1", "2026"), "The date of audit must have a day from 1 to 31", "day"),
        (("5", "13", "2026"), "The date of audit must have a month from 1 to 12", "month"),
        (("5", "Octember", "2026"), "The date of audit must have a month from 1 to 12", "month"),
        (("5", "10", "26"), "The date of audit must have a year of 4 numbers, for example 2026", "year"),
        (("5", "10", "0000"), "The date of audit must have a year of 4 numbers, for example 2026", "year"),
        (("٥", "10", "2026"), "The date of audit must have a day from 1 to 31", "day"),
        (("1", "1", "2027"), "Ensure this value is less than or equal to 2026-12-31.", "day"),
    ],
)
def test_a_wrong_date_says_which_part_and_links_to_it(parts: tuple[str, str, str], message: str, focus: str) -> None:
    form = typed(*parts)
    assert form_errors(form) == [{"text": message, "href": f"#id_audited_{focus}"}]
    page = render("{% error_summary form %}{% field form.audited %}", form=form)
    assert dangling(page) == set()
    assert f"id_audited_{focus}" in ids(page)
    assert [box.attributes.get("value", "") for box in page.find("input")] == list(parts)


def test_a_date_that_is_not_required_may_be_left_out_whole_but_not_in_part() -> None:
    class Form(forms.Form):
        ends_on = GovDateField(label="Last day", required=False)

    assert Form({}).is_valid()
    assert not Form({"ends_on_day": "1"}).is_valid()


def test_a_date_with_its_own_words_uses_them() -> None:
    class Form(forms.Form):
        met = GovDateField(label="When did you meet?", noun="date you met")
        told = GovDateField(label="When?", error_messages={"required": "Say when you told the worker"})

    assert [error["text"] for error in form_errors(Form({}))] == [
        "Enter the date you met",
        "Say when you told the worker",
    ]


@pytest.mark.parametrize(
    ("initial", "parts", "changed"),
    [
        (date(2026, 10, 5), ("05", "10", "2026"), False),
        (date(2026, 10, 5), ("6", "10", "2026"), True),
        (None, ("", "", ""), False),
        (None, ("1", "", ""), True),
    ],
)
def test_a_date_has_changed_only_when_its_day_has(
    initial: date | None, parts: tuple[str, str, str], changed: bool
) -> None:
    assert DateForm.base_fields["audited"].has_changed(initial, list(parts)) is changed
