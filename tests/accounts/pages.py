"""Reading rendered HTML in tests: elements by tag and attribute, their text, and what points at what."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "br", "hr", "img", "input", "link", "meta", "rect", "path", "source", "wbr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parts: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says, with runs of white space as one space."""
        return " ".join(self._words().split())

    def _words(self) -> str:
        return "".join(part if isinstance(part, str) else part._words() for part in self.parts)

    def find(self, tag: str = "", **wanted: str) -> "list[Element]":
        """Elements below this one by tag and attributes; `class_` matches one of the classes."""
        return [one for one in self._below() if one._is(tag, wanted)]

    def one(self, tag: str = "", **wanted: str) -> "Element":
        (found,) = self.find(tag, **wanted)
        return found

    def _below(self) -> "list[Element]":
        elements = [part for part in self.parts if isinstance(part, Element)]
        return [below for element in elements for below in (element, *element._below())]

    def _is(self, tag: str, wanted: dict[str, str]) -> bool:
        if tag and self.tag != tag:
            return False
        for name, value in wanted.items():
            has = self.attributes.get(name.rstrip("_").replace("_", "-"))
            if has is None or (value not in has.split() if name == "class_" else value != has):
                return False
        return True


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        assert len(element.attributes) == len(attrs), f"an attribute twice in {self.get_starttag_text()}"
        self.open[-1].parts.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


def read(html: str) -> Element:
    """The tree of `html`. Fails on a tag closed out of turn, on an attribute or an id given twice."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    assert len(tree.open) == 1, f"<{tree.open[-1].tag}> is never closed"
    ids = [element.attributes["id"] for element in tree.open[0].find() if "id" in element.attributes]
    assert len(ids) == len(set(ids)), f"the same id twice among {ids}"
    return tree.open[0]


def ids(page: Element) -> set[str]:
    return {element.attributes["id"] for element in page.find() if "id" in element.attributes}


def dangling(page: Element) -> set[str]:
    """What labels, descriptions and links inside the page point at without it being there."""
    wanted: set[str] = set()
    for element in page.find():
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            wanted |= set(element.attributes.get(name, "").split())
        if element.attributes.get("href", "").startswith("#"):
            wanted.add(element.attributes["href"][1:])
    return wanted - ids(page)
