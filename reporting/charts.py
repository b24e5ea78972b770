"""The charts of the reports: small SVG drawings that say the same on a page, in a PDF and in black and white.

Grades are told apart by tone *and* by texture, and each part carries its number. A chart's `<title>` is a whole
sentence, because it becomes the alternative text in a tagged PDF; `<desc>` lists the numbers. Attributes only, no
`style`, so that a strict content security policy lets them through. Lengths are user units of a 680-wide drawing, as
wide as the text of an A4 page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from django.utils.safestring import SafeString, mark_safe

from audits.enums import Grade
from reporting.rules.figures import NOT_GRADED

WIDTH = 680
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
INK, QUIET, FAINT, PAPER = "#14242a", "#4a5356", "#d9e0e1", "#ffffff"
ACCENT = "#12404d"

GRADE_NAMES = {**{grade.value: str(grade.label) for grade in Grade}, NOT_GRADED: "Not graded"}


@dataclass(frozen=True)
class Ink:
    """How one grade is drawn: its tone, the texture over it, and the colour of numbers on it."""

    tone: str
    number: str
    texture: str = ""


GRADE_INK = {
    Grade.OUTSTANDING: Ink("#0b4f43", "#ffffff"),
    Grade.GOOD: Ink("#93c9b6", INK),
    Grade.REQUIRES_IMPROVEMENT: Ink(
        "#fde9bf", INK, '<path d="M-1 7L7 -1M5 9L9 5" stroke="#b98a2e" stroke-width="1.1"/>'
    ),
    Grade.INADEQUATE: Ink("#982828", "#ffffff", '<path d="M0 4H8M4 0V8" stroke="#efc4c4" stroke-width="1"/>'),
    NOT_GRADED: Ink("#ffffff", INK, '<circle cx="4" cy="4" r="0.9" fill="#4a5356"/>'),
}


@dataclass(frozen=True)
class GradeBar:
    """One bar of grades; `note` stands in place of the bar where there is nothing to draw."""

    label: str
    counts: Mapping[str, int]
    note: str = ""

    @property
    def n(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class RatePoint:
    """One cycle's percentage with what it is made of; no `rate` where there was nothing to count."""

    label: str
    rate: float | None
    detail: str = ""
    limits: tuple[float, float] | None = None
    signal: bool = False


@dataclass(frozen=True)
class Profile:
    """One audit without a name: its overall grade and how many of its sections had each grade."""

    overall: str
    counts: Mapping[str, int]


# -- Elements ------------------------------------------------------------------------------------


def _attributes(attributes: Mapping[str, object]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(f"{value:g}" if isinstance(value, float) else str(value))}"'
        for name, value in attributes.items()
    )


def _line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    return f"<line{_attributes({'x1': x1, 'y1': y1, 'x2': x2, 'y2': y2, 'stroke': FAINT, **attributes})}/>"


def _rect(x: float, y: float, width: float, height: float, **attributes: object) -> str:
    return f"<rect{_attributes({'x': x, 'y': y, 'width': width, 'height': height, **attributes})}/>"


def _text(x: float, y: float, text: str, **attributes: object) -> str:
    return f"<text{_attributes({'x': x, 'y': y, 'fill': INK, 'font_size': 12, **attributes})}>{escape(text)}</text>"


def _drawing(key: str, height: float, title: str, desc: str, parts: Iterable[str]) -> SafeString:
    """The finished drawing; `key` is unique on its page, for what refers to the title and to the textures."""
    return mark_safe(  # noqa: S308  (every text above is escaped)
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc" font-family="{FONT}">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(desc)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _textures(key: str) -> str:
    patterns = "".join(
        f'<pattern id="{key}-{grade}" patternUnits="userSpaceOnUse" width="8" height="8">'
        f'<rect width="8" height="8" fill="{ink.tone}"/>{ink.texture}</pattern>'
        for grade, ink in GRADE_INK.items()
        if ink.texture
    )
    return f"<defs>{patterns}</defs>"


def _fill(key: str, grade: str) -> str:
    ink = GRADE_INK[grade]
    return f"url(#{key}-{grade})" if ink.texture else ink.tone


def _swatch(key: str, grade: str, x: float, y: float, width: float, height: float) -> str:
    return _rect(x, y, width, height, fill=_fill(key, grade), stroke=INK, stroke_width=0.6)


def _legend(key: str, grades: Sequence[str], x: float, y: float) -> str:
    parts = []
    for grade in grades:
        parts.append(_swatch(key, grade, x, y, 14, 10) + _text(x + 20, y + 9, GRADE_NAMES[grade], font_size=11))
        x += 38 + 6.1 * len(GRADE_NAMES[grade])
    return "".join(parts)


def _number_on(grade: str, x: float, y: float, text: str) -> str:
    """A number in the middle of a part, on a plate of its own where the part is textured."""
    ink = GRADE_INK[grade]
    plate = _rect(x - 3.6 * len(text) - 3, y - 10.5, 7.2 * len(text) + 6, 14, fill=ink.tone) if ink.texture else ""
    return plate + _text(x, y, text, fill=ink.number, font_size=11, font_weight="bold", text_anchor="middle")


def _used(counts: Iterable[Mapping[str, int]]) -> list[str]:
    """The grades to explain: all four, and `not graded` where there are any."""
    return [grade for grade in GRADE_INK if grade != NOT_GRADED or any(each.get(grade) for each in counts)]


def _spoken(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{GRADE_NAMES[grade]} {counts[grade]}" for grade in GRADE_INK if counts.get(grade))


# -- Charts --------------------------------------------------------------------------------------


def grade_bars(key: str, bars: Sequence[GradeBar], *, title: str, label_width: int = 150) -> SafeString:
    """Bars of equal length, each divided as its audits were graded; the counts stand in the parts."""
    left, right, top, pitch, thick = label_width, WIDTH - 58, 44, 27, 19
    length, bottom = right - left, top + pitch * len(bars)
    parts = [_textures(key), _legend(key, _used(bar.counts for bar in bars), left, 2)]
    for share in (0, 25, 50, 75, 100):
        x = left + length * share / 100
        parts.append(_line(x, top - 6, x, bottom))
        parts.append(_text(x, top - 10, f"{share}%", font_size=10, fill=QUIET, text_anchor="middle"))
    for place, bar in enumerate(bars):
        y = top + pitch * place
        parts.append(_text(left - 10, y + 14, bar.label, text_anchor="end"))
        if bar.note or not bar.n:
            parts.append(_rect(left, y, length, thick, fill=PAPER, stroke=QUIET, stroke_dasharray="3 3"))
            parts.append(_text(left + 8, y + 14, bar.note or "No completed audits", fill=QUIET, font_style="italic"))
            continue
        parts += _parts_of(key, bar, left, y, length, thick)
        parts.append(_text(right + 8, y + 14, f"n = {bar.n}", fill=QUIET, font_size=11))
    desc = " ".join(f"{bar.label}: {bar.note or _spoken(bar.counts) or 'no completed audits'}." for bar in bars)
    return _drawing(key, bottom + 2, title, desc, parts)


def _parts_of(key: str, bar: GradeBar, x: float, y: float, length: float, thick: float) -> Iterable[str]:
    for grade in GRADE_INK:
        count = bar.counts.get(grade, 0)
        width = length * count / bar.n
        if count:
            yield _swatch(key, grade, x, y, width, thick)
            if width > 9 + 7 * len(str(count)):
                yield _number_on(grade, x + width / 2, y + 14, str(count))
        x += width


def rate_columns(key: str, points: Sequence[RatePoint], *, title: str, target: float | None = None) -> SafeString:
    """A column a cycle, its percentage above it, what it is made of below; the target as a labelled line."""
    left, right, top, bottom = 34, WIDTH - 4, 42, 188
    pitch = (right - left) / max(len(points), 1)
    width = min(pitch * 0.62, 44)

    def height(rate: float) -> float:
        return bottom - (bottom - top) * rate / 100

    parts = list(_scale(left, right, height))
    numbers = []
    for place, point in enumerate(points):
        x = left + pitch * (place + 0.5)
        parts += _below(x, bottom, point)
        if point.rate is None:
            numbers.append(_text(x, bottom - 6, "–", fill=QUIET, text_anchor="middle"))
            continue
        y = height(point.rate)
        parts.append(_rect(x - width / 2, y, width, bottom - y, fill=ACCENT))
        numbers.append(_number_above(x, y, f"{point.rate:.1f}"))
    if target is not None:
        y = height(target)
        parts.append(_line(left, y, right, y, stroke=PAPER, stroke_width=3))
        parts.append(_line(left, y, right, y, stroke=INK, stroke_width=1.4, stroke_dasharray="7 4"))
        parts.append(_line(left, 9, left + 26, 9, stroke=INK, stroke_width=1.4, stroke_dasharray="7 4"))
        parts.append(_text(left + 32, 13, f"Target {target:g}%", font_size=11))
    parts += numbers
    parts.append(_line(left, bottom, right, bottom, stroke=INK))
    return _drawing(key, bottom + 34, title, _read_out(points), parts)


def rate_line(
    key: str, points: Sequence[RatePoint], *, title: str, centre: float | None, measure: str = "Mean"
) -> SafeString:
    """A line of percentages between its control limits; a point that is a signal has a ring."""
    left, right, top, bottom = 34, WIDTH - 4, 42, 202
    pitch = (right - left) / max(len(points), 1)

    def height(rate: float) -> float:
        return bottom - (bottom - top) * rate / 100

    places = [left + pitch * (place + 0.5) for place in range(len(points))]
    parts = [*_scale(left, right, height), *_line_legend(left, measure, centre)]
    for x, point in zip(places, points, strict=True):
        for limit in point.limits or ():
            y = height(limit)
            parts.append(_line(x - pitch / 2, y, x + pitch / 2, y, stroke=QUIET, stroke_dasharray="2 3"))
        parts += _below(x, bottom, point)
    if centre is not None:
        parts.append(_line(left, height(centre), right, height(centre), stroke=INK))
    for (x1, before), (x2, after) in pairwise(zip(places, points, strict=True)):
        if before.rate is not None and after.rate is not None:  # a pause is a gap, not a line across it
            parts.append(_line(x1, height(before.rate), x2, height(after.rate), stroke=ACCENT, stroke_width=2))
    for x, point in zip(places, points, strict=True):
        if point.rate is not None:
            parts += _dot(x, height(point.rate), point)
    parts.append(_line(left, bottom, right, bottom, stroke=INK))
    return _drawing(key, bottom + 34, title, _read_out(points), parts)


def _line_legend(x: float, measure: str, centre: float | None) -> Iterable[str]:
    if centre is None:
        return
    yield _line(x, 9, x + 26, 9, stroke=INK) + _text(x + 32, 13, f"{measure} {centre:.1f}%", font_size=11)
    yield _line(x + 150, 9, x + 176, 9, stroke=QUIET, stroke_dasharray="2 3")
    yield _text(x + 182, 13, "What chance alone would give", font_size=11)
    yield _ring(x + 372, 9) + _text(x + 386, 13, "More than chance", font_size=11)


def _ring(x: float, y: float) -> str:
    return f"<circle{_attributes({'cx': x, 'cy': y, 'r': 8, 'fill': 'none', 'stroke': INK, 'stroke_width': 1.6})}/>"


def _dot(x: float, y: float, point: RatePoint) -> Iterable[str]:
    yield f"<circle{_attributes({'cx': x, 'cy': y, 'r': 4, 'fill': ACCENT})}/>"
    if point.signal:
        yield _ring(x, y)
    yield _number_above(x, y - (8 if point.signal else 4), f"{point.rate:.1f}")


def _scale(left: float, right: float, height: Callable[[float], float]) -> Iterable[str]:
    for rate in (0, 25, 50, 75, 100):
        y = height(rate)
        yield _line(left, y, right, y)
        yield _text(left - 6, y + 3.5, f"{rate}%", font_size=10, fill=QUIET, text_anchor="end")


def _number_above(x: float, y: float, text: str) -> str:
    plate = _rect(x - 3.1 * len(text) - 1, y - 14, 6.2 * len(text) + 2, 12, fill=PAPER)
    return plate + _text(x, y - 4, text, font_size=11, font_weight="bold", text_anchor="middle")


def _below(x: float, y: float, point: RatePoint) -> list[str]:
    return [
        _text(x, y + 14, point.label, font_size=10, text_anchor="middle"),
        _text(x, y + 27, point.detail, font_size=9.5, fill=QUIET, text_anchor="middle"),
    ]


def _read_out(points: Iterable[RatePoint]) -> str:
    return " ".join(
        f"{point.label}: {'none' if point.rate is None else f'{point.rate:.1f}%'} ({point.detail})." for point in points
    )


def profile_grid(key: str, profiles: Sequence[Profile], *, title: str, across: int = 40) -> SafeString:
    """A column an audit, a cell a section, grouped by the audit's overall grade. No column carries a name."""
    cell, gap, left = 15, 1.5, 8
    tallest = max((sum(profile.counts.values()) for profile in profiles), default=0)
    parts = [_textures(key), _legend(key, _used(profile.counts for profile in profiles), left, 2)]
    top = 30.0
    for start in range(0, len(profiles), across):
        band = profiles[start : start + across]
        base = top + tallest * cell
        for place, profile in enumerate(band):
            parts += _column(key, profile, left + place * (cell + gap), base, cell)
        parts += _overall_brackets(band, left, base + 5, cell + gap)
        top = base + 38
    spoken = " ".join(
        f"Overall {GRADE_NAMES[each.overall]}: {_spoken(each.counts) or 'no section graded'}." for each in profiles
    )
    return _drawing(key, top - 6, title, spoken, parts)


def _column(key: str, profile: Profile, x: float, base: float, cell: float) -> Iterable[str]:
    """The best grade stands on the ground, the weakest on top."""
    for grade in GRADE_INK:
        for _ in range(profile.counts.get(grade, 0)):
            base -= cell
            yield _swatch(key, grade, x, base, cell, cell)


def _overall_brackets(band: Sequence[Profile], left: float, y: float, pitch: float) -> Iterable[str]:
    """Under each group of columns its overall grade and how many there are; short where the group is narrow."""
    place = 0
    while place < len(band):
        overall = band[place].overall
        many = sum(1 for profile in band if profile.overall == overall)
        x1, x2 = left + place * pitch, left + (place + many) * pitch - 3
        parts = [
            _line(x1, y, x2, y, stroke=INK),
            _line(x1, y - 3, x1, y, stroke=INK),
            _line(x2, y - 3, x2, y, stroke=INK),
        ]
        initials = "".join(word[0] for word in GRADE_NAMES[overall].split()).upper()
        names = (f"{GRADE_NAMES[overall]} ({many})", f"{initials} ({many})", initials)
        name = next((name for name in names if 6.2 * len(name) < x2 - x1), initials)
        yield "".join(parts) + _text(x1, y + 14, name, font_size=11)
        place += many
