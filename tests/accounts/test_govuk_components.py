"""The components' markup: what they say, what they point at, and that nothing typed becomes markup."""

from datetime import date

import pytest
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory

from tests.accounts.pages import Element, dangling, read

YES_NO = [("yes", "Yes"), ("no", "No"), ("na", "Not applicable")]
EVIL = "<script>alert(1)</script>\"'"


def render(source: str, **context: object) -> Element:
    return read(engines["django"].from_string("{% load govuk %}" + source).render(context))


CONTROLS = [
    '{% radios name="a.b" legend=words options=options hint=words error=words %}',
    '{% checkboxes name="a.b" legend=words options=options hint=words error=words %}',
    '{% checkbox name="a.b" label=words hint=words error=words %}',
    '{% text_input name="a.b" label=words value=words hint=words error=words prefix=words suffix=words %}',
    '{% textarea name="a.b" label=words value=words hint=words error=words limit=200 %}',
    '{% select name="a.b" label=words options=options hint=words error=words %}',
    '{% date_input name="a.b" legend=words value=typed hint=words error=words %}',
    '{% file_upload name="a.b" label=words hint=words error=words accept=".csv" %}',
    '{% password_input name="a.b" label=words hint=words error=words %}',
]


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_points_only_at_what_is_there_and_escapes_every_word(control: str) -> None:
    page = render(control, words=EVIL, options=[(EVIL, EVIL, EVIL), ("b", "B")], typed=[EVIL, EVIL, EVIL])
    assert dangling(page) == set()
    assert page.find("script") == []
    assert EVIL in page.text
    assert page.find(class_="govuk-form-group--error")
    assert page.one("p", id="id_a.b-error").text == f"Error: {EVIL}"
    described = [one.attributes["aria-describedby"] for one in page.find() if "aria-describedby" in one.attributes]
    assert any("id_a.b-hint id_a.b-error" in ids for ids in described)


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_without_hint_or_error_describes_itself_by_nothing(control: str) -> None:
    page = render(control.replace("limit=200", ""), options=YES_NO, typed=None)
    assert dangling(page) == set()
    assert [one for one in page.find() if "aria-describedby" in one.attributes] == []
    assert page.find(class_="govuk-form-group--error") == []


def test_the_first_radio_has_the_fields_own_id_so_that_an_error_can_link_to_it() -> None:
    page = render('{% radios name="seen" legend="Seen?" options=options value="no" inline=True %}', options=YES_NO)
    radios = page.find("input", type="radio")
    assert [radio.attributes["id"] for radio in radios] == ["id_seen", "id_seen-2", "id_seen-3"]
    assert ["checked" in radio.attributes for radio in radios] == [False, True, False]
    assert {radio.attributes["name"] for radio in radios} == {"seen"}
    assert page.one(class_="govuk-radios--inline")


def test_a_choice_that_is_closed_says_why() -> None:
    options = [("good", "Good", "Not available: the child was not seen alone", True), ("ri", "Requires improvement")]
    page = render('{% radios name="grade" legend="Grade" options=options %}', options=options)
    closed, other = page.find("input")
    assert "disabled" in closed.attributes
    assert "disabled" not in other.attributes
    why = page.one(id=closed.attributes["aria-describedby"])
    assert why.text == "Not available: the child was not seen alone"


def test_values_are_compared_as_text() -> None:
    page = render('{% select name="team" label="Team" options=options value=7 %}', options=[(6, "Elm"), (7, "Oak")])
    assert page.one("option", selected="").text == "Oak"


def test_a_select_keeps_its_groups_apart() -> None:
    options = [("", "Any"), ("North", [(1, "Elm"), (2, "Oak")]), ("South", [(3, "Ash")])]
    page = render('{% select name="team" label="Team" options=options value="3" %}', options=options)
    groups = page.find("optgroup")
    assert [group.attributes["label"] for group in groups] == ["North", "South"]
    assert [option.text for option in groups[0].find("option")] == ["Elm", "Oak"]
    assert page.one("option", selected="").text == "Ash"


def test_a_textarea_keeps_leading_lines_and_never_ends_early() -> None:
    page = render('{% textarea name="t" label="T" value=value %}', value="\nFirst </textarea> second")
    assert page.one("textarea").parts == ["\n\nFirst </textarea> second"]  # the parser of HTML drops the first newline


def test_a_password_is_never_sent_back() -> None:
    page = render('{% password_input name="p" label="Password" %}')
    assert "value" not in page.one("input").attributes


@pytest.mark.parametrize(
    ("value", "texts"),
    [(date(2026, 10, 5), ["5", "10", "2026"]), (["5", "x", ""], ["5", "x", ""]), (None, ["", "", ""])],
)
def test_date_boxes_show_a_date_or_what_was_typed(value: object, texts: list[str]) -> None:
    page = render('{% date_input name="due" legend="Due" value=value %}', value=value)
    boxes = page.find("input")
    assert [box.attributes.get("value", "") for box in boxes] == texts
    assert [box.attributes["name"] for box in boxes] == ["due_day", "due_month", "due_year"]


def test_only_the_wrong_part_of_a_date_is_marked() -> None:
    page = render('{% date_input name="due" legend="Due" error="No such month" wrong_parts=parts %}', parts=["month"])
    assert [box.attributes["id"] for box in page.find("input", class_="govuk-input--error")] == ["id_due_month"]


@pytest.mark.parametrize(
    ("grade", "words", "css"),
    [
        ("outstanding", "Outstanding", "app-grade--outstanding"),
        ("good", "Good", "app-grade--good"),
        ("requires_improvement", "Requires improvement", "app-grade--requires-improvement"),
        ("inadequate", "Inadequate", "app-grade--inadequate"),
        ("", "Not graded", "app-grade--none"),
        (None, "Not graded", "app-grade--none"),
    ],
)
def test_a_grade_is_always_its_word(grade: str | None, words: str, css: str) -> None:
    assert render("{% grade_tag grade %}", grade=grade).one(class_=css).text == words


def test_tags_buttons_and_links_escape_their_words() -> None:
    page = render(
        "{% tag words %}{% button words name=words %}{% button_link words words %}{% inset words %}", words=EVIL
    )
    assert page.find("script") == []
    assert page.one("strong").text == EVIL
    assert page.one("button").attributes["data-prevent-double-click"] == "true"
    assert page.one("a").attributes["href"] == EVIL


def test_a_summary_list_keeps_line_breaks_and_names_its_links() -> None:
    rows = [
        ("Notes", "One\n<b>two"),
        {"key": "Due date", "value": "5 October 2026", "actions": [{"text": "Change", "href": "/change"}]},
    ]
    page = render("{% summary_list rows %}", rows=rows)
    assert page.find("b") == []
    assert len(page.find("br")) == 1
    assert page.one("a", href="/change").text == "Change Due date"


def test_a_task_that_cannot_start_yet_is_no_link() -> None:
    tasks = [
        {"text": "Planning", "href": "/planning", "status": "In progress", "colour": "blue", "hint": "10 minutes"},
        {"text": "Submit", "status": "Cannot start yet"},
    ]
    page = render('{% task_list tasks id="stage-1" %}', tasks=tasks)
    assert dangling(page) == set()
    assert page.one("a").text == "Planning"
    assert page.one("strong", class_="govuk-tag--blue").text == "In progress"
    assert page.one(class_="govuk-task-list__status--cannot-start-yet").text == "Cannot start yet"


def test_pages_keep_the_rest_of_the_query() -> None:
    pages = Paginator(range(200), 20)
    request = RequestFactory().get("/audits/", {"team": "7", "page": "5"})
    page = render("{% pagination page %}", page=pages.page(5), request=request)
    assert page.one("a", rel="next").attributes["href"] == "?team=7&page=6"
    assert page.one("a", aria_current="page").text == "5"
    assert [item.text for item in page.find("li")] == ["1", "⋯", "4", "5", "6", "⋯", "10"]


def test_a_single_page_needs_no_links() -> None:
    assert render("{% pagination page %}", page=Paginator(range(5), 20).page(1)).find() == []


def test_breadcrumbs_end_at_this_page() -> None:
    page = render('{% breadcrumbs "Your work" "/" "Cycles" "/cycles/" "October 2026" %}')
    assert [(link.text, link.attributes["href"]) for link in page.find("a")] == [
        ("Your work", "/"),
        ("Cycles", "/cycles/"),
    ]
    assert page.one("li", aria_current="page").text == "October 2026"


@pytest.mark.parametrize(("done", "total", "width"), [(87, 120, "72.5"), (0, 0, "0"), (130, 120, "100.0")])
def test_progress_says_its_counts_and_never_leaves_its_track(done: int, total: int, width: str) -> None:
    page = render('{% progress done total "returned" %}', done=done, total=total)
    assert page.one(class_="app-progress__done").attributes["width"] == width
    assert page.one(class_="app-progress__text").text == f"{done} of {total} returned"


def test_no_component_needs_inline_style_or_script() -> None:
    page = render(
        '{% progress 1 2 %}<ul>{% tile 3 "audits" "/" hint="2 due" %}</ul>'
        '{% notification "Saved" success=True %}{% warning "Now" %}'
    )
    assert [one for one in page.find() if "style" in one.attributes or one.tag in ("style", "script")] == []
    assert dangling(page) == set()
