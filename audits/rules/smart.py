"""What would make an action clearer: advice in the letters of SMART, which never stands in anybody's way.

Specific and Measurable: somebody does something that others can see has been done. Achievable: somebody sees to it.
Realistic, or relevant: it says what changes for the child. Timely: it has a day, and not one far beyond the rule's.

It reads plain English by its words alone, so it speaks up only where it is sure: a verb that it does not know is taken
for a good one, and one thing that can be seen to be done outweighs every vague word beside it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

SMART = "SMART"
FEWEST_WORDS = 3

# What others can see that somebody does. Past forms that are not regular stand by themselves.
_VERBS = """
    accompany add agree allocate amend appoint arrange ask assess attend audit book bring call carry chair chase check
    circulate close collect commission compile complete confirm contact convene copy cover create deliver discuss
    document draft draw email enter escalate explain feed file fill find finish follow gather get give hand hold inform
    instruct interview introduce invite issue join lead list log make meet minute name notify observe obtain offer open
    organise organize phone place plan present print produce provide put quote read reallocate receive reconvene record
    refer reply report request respond return review rewrite ring run schedule see seek send set share show sign speak
    start stop submit summarise supervise take talk teach tell text tick trace track train transfer undertake update
    upload use visit weigh withdraw write
"""
_IRREGULAR = """
    brought drew drawn fed found gave given got held led made met ran read rewrote rewritten saw seen sent set shown
    sought spoke spoken took taken taught told undertook undertaken withdrew withdrawn wrote written
"""
# Behind one of these a word such as "plan" or "record" is a thing, and "recording" is one unless it says by what means.
_THINGS_FOLLOW = """
    the a an this that these those his her its their our your my of in on for with from about each every any all no
    better good more safety care school case support
"""

# What can always be said to be happening. At the head of a clause each of them takes the edge off whatever follows.
_VAGUE = re.compile(
    r"\b(consider|think (?:about|of)|reflect|be (?:mindful|aware|more|better)|bear in mind|keep in mind|remember"
    r"|try|aim|hope|attempt|seek to|look (?:to|into|at whether)|explore|continue|carry on|keep (?:up|an eye|going)"
    r"|ensure|make sure|monitor|oversee|support|encourage|promote|improve|strengthen|develop|enhance|address|focus"
    r"|prioriti[sz]e|work (?:on|with|towards)|help|liaise|engage|manage|maintain)\w*\b",
    re.IGNORECASE,
)
# These say of what follows that it will perhaps be done; the others of the list, that somebody sees to its being done.
_PERHAPS = re.compile(
    r"^\W*(?:(?:the|a|an|this|all)\s+)?(?:[\w’'-]+\s+){0,3}?(?:to|should|will|must|can|could)?\s*"
    r"(?:consider|think (?:about|of)|reflect on|be (?:mindful|aware)|bear in mind|keep in mind|try|aim|hope|attempt"
    r"|seek to|look (?:to|into|at whether)|explore)\w*\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;:,\n]|\b(?:and|then|so that)\b", re.IGNORECASE)
_NO_END = re.compile(
    r"\b(asap|as soon as (?:possible|practicable)|on-?going(?:ly)?|when(?:ever)? possible|in due course"
    r"|in the near future|where possible|until further notice|shortly)\b",
    re.IGNORECASE,
)
# The child, those whose life is the child's life, and what a life is made of.
_THE_CHILD = re.compile(
    r"\b(child|children|kid|baby|babies|infant|toddler|unborn|teenager|adolescent"
    r"|young (?:person|people|man|woman|parent)|boy|girl|son|daughter|brother|sister|sibling|twin|grandchild"
    r"|he|she|him|her|his|hers|they|them|their|theirs"
    r"|famil(?:y|ies)|mum|mother|dad|father|parent|carer|nan|gran\w*)(?:s|['’]s|s['’])?\b"
    r"|\b(safe\w*|heard|feel\w*|felt|voice|wish\w*|sleep\w*|school|nursery|learn\w*|friend\w*|home|health\w*|happ(?:y|ier)"
    r"|harm\w*|hurt\w*|risk\w*|calm\w*|worr\w*|trust\w*|settle\w*|lived experience|identity|belong\w*)\b",
    re.IGNORECASE,
)
# A name: a capital letter inside a sentence, or at its beginning before a word of what will be.
_A_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+|^\W*[A-Z][\w’'-]+ (?:will|can|has|is|gets|knows|understands|does)\b")


def _forms() -> tuple[set[str], set[str], set[str]]:
    """The forms of those verbs: of the present, of the past, and in -ing."""
    present, past, doing = set(), set(_IRREGULAR.split()), set()
    for verb in _VERBS.split():
        stem = verb.removesuffix("e")
        ends_in_y = verb.endswith("y") and verb[-2] not in "aeiou"
        present |= {verb, f"{verb}s", f"{verb}es", f"{verb[:-1]}ies" if ends_in_y else verb}
        past |= {f"{verb[:-1]}ied" if ends_in_y else f"{stem}ed", f"{verb}{verb[-1]}ed"}
        doing |= {f"{verb}ing", f"{stem}ing", f"{verb}{verb[-1]}ing"}
    return present, past - present, doing


_PRESENT, _PAST, _DOING = _forms()
_BEFORE_A_THING = frozenset(_THINGS_FOLLOW.split())


@dataclass(frozen=True)
class Advice:
    """What one letter of SMART still misses, in a sentence."""

    letter: str
    message: str


@dataclass(frozen=True)
class PlannedAction:
    """An action as far as it is written. `owned`: somebody sees to it. `latest`: the day by which the rule wants it."""

    text: str = ""
    impact: str = ""
    owned: bool = False
    due_on: date | None = None
    latest: date | None = None


def advice_for(action: PlannedAction) -> tuple[Advice, ...]:
    """What would make the action clearer, in the order of the letters; empty where nothing is missing."""
    return tuple(_advice(action))


def letters(advice: tuple[Advice, ...]) -> list[tuple[str, bool]]:
    """The five letters, each with whether it is there."""
    missing = {each.letter for each in advice}
    return [(letter, letter not in missing) for letter in SMART]


def _advice(action: PlannedAction) -> Iterator[Advice]:
    if len(action.text.split()) < FEWEST_WORDS:
        yield Advice("S", "Say a little more: what will be done, with whom or about what?")
    elif not _can_be_seen_to_be_done(action.text):
        yield Advice("M", _how_to_measure(action.text))
    if not action.owned:
        yield Advice("A", "Choose one person who sees to it.")
    if not _speaks_of_the_child(action.impact):
        yield Advice(
            "R", "Say what will be different for the child, such as “She knows who to call when she is worried”."
        )
    yield from _timely(action)


def _can_be_seen_to_be_done(text: str) -> bool:
    if any(_says_what_is_done(clause) for clause in _CLAUSE.split(text) if not _PERHAPS.match(clause)):
        return True
    return _VAGUE.search(text) is None


def _says_what_is_done(clause: str) -> bool:
    words = re.findall(r"[^\W\d_]+", clause.lower())
    return any(
        word in _PAST
        or (word in _PRESENT and before not in _BEFORE_A_THING)
        or (word in _DOING and before in ("", "by", "start", "begin"))
        for before, word in pairwise(["", *words])
    )


def _how_to_measure(text: str) -> str:
    found = _VAGUE.search(text)
    word = found.group().lower() if found else ""
    return (
        f"How will others see that it is done? Beside “{word}”, say what somebody does, "
        "such as visit, write, hold, send or record."
    )


def _speaks_of_the_child(impact: str) -> bool:
    if len(impact.split()) < FEWEST_WORDS:
        return False
    return bool(_THE_CHILD.search(impact) or _A_NAME.search(impact))


def _timely(action: PlannedAction) -> Iterator[Advice]:
    no_end = _NO_END.search(action.text)
    if action.due_on is None:
        yield Advice("T", "Enter the day by which it is done.")
    elif action.latest and action.due_on > action.latest:
        yield Advice("T", f"By rule it is due by {_day(action.latest)}. Is a later day right for this child?")
    elif no_end:
        yield Advice("T", f"“{no_end.group().capitalize()}” has no end: say what is done by the due date.")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
