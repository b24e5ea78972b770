"""What a home page is made of: each app offers the tasks that wait for a person, the roof shows them together."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Task:
    """One thing that waits for a person: what, where to do it, by when, and how it stands. `alarm`: it cannot wait, and
    its status says so in its own words."""

    title: str
    url: str
    status: str
    group: str
    due_on: date | None = None
    hint: str = ""
    urgent: bool = False
    alarm: bool = False
