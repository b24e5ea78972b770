import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.rules.prose import Block, Quote, Shape, blocks, quotes


def test_a_blank_line_begins_a_new_paragraph_and_a_single_line_break_does_not():
    assert blocks("One line\nand its end.\r\n\r\nThe next.") == [
        Block(Shape.PARAGRAPH, ("One line and its end.",)),
        Block(Shape.PARAGRAPH, ("The next.",)),
    ]


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "– "])
def test_lines_with_a_dash_or_bullet_are_a_list(mark):
    assert blocks(f"Do this:\n{mark}first\n{mark}second") == [
        Block(Shape.PARAGRAPH, ("Do this:",)),
        Block(Shape.BULLETS, ("first", "second")),
    ]


def test_lines_with_numbers_are_a_numbered_list():
    assert blocks("1. first\n2) second") == [Block(Shape.NUMBERS, ("first", "second"))]


@pytest.mark.parametrize("text", ["2019 was a hard year.", "-5 degrees", "3.5 visits a month", "10.30 meeting"])
def test_a_line_that_only_looks_like_a_list_is_a_paragraph(text):
    assert blocks(text) == [Block(Shape.PARAGRAPH, (text,))]


def test_nothing_written_is_nothing():
    assert blocks("  \n\n ") == []
    assert quotes(" \n") == []


def test_markup_stays_the_text_that_it_is():
    assert blocks("<b>not bold</b>") == [Block(Shape.PARAGRAPH, ("<b>not bold</b>",))]


def test_each_paragraph_is_a_quote_and_a_line_with_a_dash_says_whose():
    assert quotes("“She listened\nto us.”\n— Parent\n\nThey keep changing.\n- Young person\n\nThank you") == [
        Quote("She listened to us.", "Parent"),
        Quote("They keep changing.", "Young person"),
        Quote("Thank you"),
    ]


@given(st.text(alphabet="ab -*1.\n", max_size=60))
def test_no_word_is_lost(text):
    kept = "".join(item for block in blocks(text) for item in block.items)
    assert [letter for letter in kept if letter in "ab"] == [letter for letter in text if letter in "ab"]
