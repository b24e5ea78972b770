"""Actions of a draft with what would make them clearer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from audits.models import Action
from audits.rules.smart import Advice, PlannedAction, advice_for, letters
from audits.services.action_drafts import planned


@dataclass(frozen=True)
class DraftLine:
    """One action of the table, with its advice."""

    action: Action
    advice: tuple[Advice, ...]

    @property
    def missing(self) -> str:
        """The letters, such as "M and R"."""
        return " and ".join(each.letter for each in self.advice)


def draft_lines(actions: Iterable[Action]) -> list[DraftLine]:
    return [DraftLine(action, advice_for(planned(action))) for action in actions]


def smart_panel(action: PlannedAction) -> dict[str, Any]:
    """The five letters, each with whether it is there, and advice; `smart_begun`: something is typed to advise on."""
    begun = bool(action.text.strip() or action.impact.strip())
    advice = advice_for(action) if begun else ()
    return {"smart_begun": begun, "smart_letters": letters(advice), "smart_advice": advice}
