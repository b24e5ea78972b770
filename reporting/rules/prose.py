"""Text that people write into a report, read as paragraphs and simple lists.

Nothing but plain text goes in, so nothing has to be made safe on the way out: a blank line ends a paragraph, lines
that begin with a dash or a bullet are a list, lines that begin with "1." a numbered one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

_BULLET = re.compile(r"^\s*[-*•–]\s+(?=\S)")
_NUMBER = re.compile(r"^\s*\d{1,2}[.)]\s+(?=\S)")
_ATTRIBUTION = re.compile(r"^\s*[—–-]{1,2}\s*(?=\S)")


class Shape(StrEnum):
    PARAGRAPH = "paragraph"
    BULLETS = "bullets"
    NUMBERS = "numbers"


@dataclass(frozen=True)
class Block:
    """A paragraph (its lines joined into one item) or a list (an item each)."""

    shape: Shape
    items: tuple[str, ...]


@dataclass(frozen=True)
class Quote:
    """What somebody said, and who in general words ("Parent"), if the writer said."""

    words: str
    source: str = ""


def blocks(text: str) -> list[Block]:
    """The paragraphs and lists of a text, in order."""
    found = []
    for shape, lines in groupby(text.strip().splitlines(), key=_shape):
        if shape is None:
            continue
        if shape is Shape.PARAGRAPH:
            found.append(Block(shape, (" ".join(line.strip() for line in lines),)))
        else:
            mark = _BULLET if shape is Shape.BULLETS else _NUMBER
            found.append(Block(shape, tuple(mark.sub("", line).strip() for line in lines)))
    return found


def _shape(line: str) -> Shape | None:
    """None for a blank line, which ends what came before it."""
    if not line.strip():
        return None
    if _BULLET.match(line):
        return Shape.BULLETS
    return Shape.NUMBERS if _NUMBER.match(line) else Shape.PARAGRAPH


def quotes(text: str) -> list[Quote]:
    """One quote a paragraph; a last line that begins with a dash says whose words they are."""
    return [_quote(paragraph.splitlines()) for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph.strip()]


def _quote(lines: Iterable[str]) -> Quote:
    *words, last = [line.strip() for line in lines]
    if words and _ATTRIBUTION.match(last):
        return Quote(_unquoted(" ".join(words)), _ATTRIBUTION.sub("", last))
    return Quote(_unquoted(" ".join([*words, last])))


def _unquoted(words: str) -> str:
    """Without the writer's own quotation marks: the page sets them."""
    return words.strip().strip("\"“”‘’'").strip() if words[:1] in "\"“‘'" else words
