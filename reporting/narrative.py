"""What QA writes into a monthly highlight beside its figures: the boxes, as data.

A box's key names its text in `Report.narrative`; the order here is the order of the report and of the form.
"""

from dataclasses import dataclass

from reporting.rules.cohorts import HIGHLIGHT_COHORTS

REFLECTION_QUESTIONS = {
    "done_well": "What do you think you have done well on this case?",
    "challenges": "What have been the challenges in this case?",
    "tools": "Do you have enough tools to enable you to undertake your role?",
    "differently": "If you had a case like this again, what would you do differently?",
}
"""The four questions of the worker's reflection, with the keys under which their answers are kept."""


@dataclass(frozen=True)
class Box:
    """One text to write. `lines` is the height of its field; one line is a plain input."""

    key: str
    label: str
    hint: str = ""
    lines: int = 6


@dataclass(frozen=True)
class Chapter:
    """The boxes of one section of the report; `key` is that section's."""

    key: str
    title: str
    boxes: tuple[Box, ...]


def theme_key(cohort: str) -> str:
    return f"theme.{cohort}"


def actions_key(cohort: str) -> str:
    return f"actions.{cohort}"


def reflection_key(question: str) -> str:
    return f"reflection.{question}"


_THEMES = tuple(
    box
    for cohort in HIGHLIGHT_COHORTS
    for box in (
        Box(theme_key(cohort.key), f"{cohort.name}: practice themes", lines=5),
        Box(actions_key(cohort.key), f"{cohort.name}: critical actions", "One a line, each beginning with “- ”.", 4),
    )
)

HIGHLIGHT_CHAPTERS = (
    Chapter(
        "programme",
        "Introduction",
        (Box("introduction", "Introduction", "What was audited and why, pauses and what was done instead."),),
    ),
    Chapter(
        "practice",
        "Practice recommendations of the period",
        (Box("practice", "Practice recommendations", "What everybody should do from now on, and why it matters."),),
    ),
    Chapter(
        "judgements",
        "Overall judgements",
        (
            Box("judgements", "What the judgements say", "The figures are printed beside this text.", 5),
            Box("sections", "What the sections say", "Where practice is strong and where it needs support.", 5),
        ),
    ),
    Chapter("themes", "Practice themes", _THEMES),
    Chapter(
        "feedback",
        "Feedback from children, families and partners",
        (
            Box("feedback.strengths", "Practice strengths", "One a line, each beginning with “- ”.", 5),
            Box("feedback.improvements", "Areas for improvement", "One a line, each beginning with “- ”.", 5),
            Box(
                "feedback.quotes",
                "Quotes",
                "Only from people who agreed to be quoted, and without names. A blank line between quotes; "
                "a last line “— Parent” says whose words they are.",
            ),
        ),
    ),
    Chapter(
        "reflection",
        "Social workers’ reflection",
        (
            *(Box(reflection_key(key), question, lines=4) for key, question in REFLECTION_QUESTIONS.items()),
            Box("reflection.recurring", "Recurring theme", "What came up again and again, in a sentence or two.", 3),
        ),
    ),
    Chapter(
        "contact",
        "Author and contact",
        (
            Box("author", "Author", "Name and title.", 1),
            Box("contact", "Contact", "An e-mail address or a telephone number for questions.", 1),
        ),
    ),
)

HIGHLIGHT_BOXES = {box.key: box for chapter in HIGHLIGHT_CHAPTERS for box in chapter.boxes}
