"""The charts: their numbers in words, nothing that a strict policy refuses, readable without colour."""

from xml.etree import ElementTree

import pytest

from reporting import charts

SVG = "{http://www.w3.org/2000/svg}"
COUNTS = {"outstanding": 2, "good": 25, "requires_improvement": 14, "inadequate": 5, "not_graded": 2}
POINTS = [
    charts.RatePoint("Sep 26", 87.5, "35/40", limits=(40.0, 90.0)),
    charts.RatePoint("Oct 26", None),
    charts.RatePoint("Nov 26", 95.0, "38/40", limits=(40.0, 90.0), signal=True),
]
DRAWN = {
    "bars": charts.grade_bars(
        "bars", [charts.GradeBar("Oct 26", COUNTS), charts.GradeBar("Sep 26", {}, "Paused")], title="Bars & all"
    ),
    "columns": charts.rate_columns("columns", POINTS, title="Columns & all", target=90),
    "line": charts.rate_line("line", POINTS, title="Line & all", centre=80.0),
    "profiles": charts.profile_grid("profiles", [charts.Profile("good", {"good": 5})], title="Profiles & all"),
    "nothing": charts.rate_line("nothing", [], title="Nothing & all", centre=None),
}


def read(name):
    return ElementTree.fromstring(DRAWN[name])  # noqa: S314  (drawn here)


def words(name):
    return [text.text for text in read(name).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_has_a_title_and_a_description_that_it_refers_to(name):
    drawing = read(name)
    title, desc = drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc")
    assert title.text == f"{name.capitalize()} & all"
    assert drawing.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert drawing.get("role") == "img"


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_has_no_style_and_its_own_ids(name):
    ids = [element.get("id") for element in read(name).iter() if element.get("id")]
    assert not any(element.get("style") for element in read(name).iter())
    assert len(ids) == len(set(ids))
    assert all(one.startswith(f"{name}-") for one in ids)


def test_bars_say_every_count_in_the_drawing_or_its_description():
    assert {"25", "14", "5", "n = 48"} <= set(words("bars"))
    assert read("bars").find(f"{SVG}desc").text == (
        "Oct 26: Outstanding 2, Good 25, Requires improvement 14, Inadequate 5, Not graded 2. Sep 26: Paused."
    )


def test_a_paused_cycle_says_so_in_place_of_a_bar():
    assert "Paused" in words("bars")


def test_the_parts_of_a_bar_are_as_long_as_their_counts():
    swatches = [rect for rect in read("bars").iter(f"{SVG}rect") if rect.get("height") == "19" and rect.get("fill")]
    lengths = [float(rect.get("width")) for rect in swatches if not rect.get("stroke-dasharray")]
    assert [round(length / sum(lengths), 3) for length in lengths] == [
        round(count / 48, 3) for count in COUNTS.values()
    ]


def test_grades_are_told_apart_by_texture_as_well_as_tone():
    plain = [ink for ink in charts.GRADE_INK.values() if not ink.texture]
    textures = [ink.texture for ink in charts.GRADE_INK.values() if ink.texture]
    assert len(set(textures)) == len(textures) == 3
    dark, light = sorted(_lightness(ink.tone) for ink in plain)
    assert light - dark > 0.4


def _lightness(tone):
    """From 0, black, to 1, white, as a grey printer sees it."""
    red, green, blue = (int(tone[place : place + 2], 16) for place in (1, 3, 5))
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def test_columns_say_rate_and_counts_and_draw_no_column_for_a_pause():
    assert {"87.5", "35/40", "95.0", "38/40", "Target 90%", "–"} <= set(words("columns"))
    columns = [rect for rect in read("columns").iter(f"{SVG}rect") if rect.get("fill") == charts.ACCENT]
    assert len(columns) == 2


def test_a_line_does_not_run_across_a_pause():
    lines = [line for line in read("line").iter(f"{SVG}line") if line.get("stroke") == charts.ACCENT]
    assert lines == []


def test_a_signal_has_a_ring_beside_the_one_in_the_legend():
    rings = [circle for circle in read("line").iter(f"{SVG}circle") if circle.get("fill") == "none"]
    assert len(rings) == 2


def test_profiles_carry_the_overall_grade_and_no_name():
    assert words("profiles")[-1] == "G"  # a single column is as wide as an initial


def test_labels_are_escaped():
    bar = charts.GradeBar("<script>", COUNTS)
    assert "<script>" not in charts.grade_bars("x", [bar], title='"><script>')
