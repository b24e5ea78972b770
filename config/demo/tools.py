"""The audit tools beside the one in use: an example to choose, a draft that somebody works on, one that was retired."""

from datetime import date

from accounts.models import Person
from audits.models import FormVersion
from audits.rules.form_definition import Section
from audits.rules.form_editing import AddSection, ChangeAbout
from audits.rules.working_days import add_working_days
from audits.services import form_design, form_publishing
from audits.services.forms import read_tool
from audits.services.themes import code_book, retire_theme
from config.demo.clock import moment

RETIRED_THEME = "waiting-for-services"
NEXT = "Tries out a section of its own on the chronology. Not agreed yet."
CHRONOLOGY = Section(
    key="chronology",
    name="Chronology",
    intro="Looks at whether the chronology helps to understand what has happened to the child.",
)


def load_tools(form: FormVersion, by: Person, as_of: date) -> None:
    """`form` is the tool in use. `by`: somebody of quality assurance."""
    practice = form_design.start_from(
        definition=read_tool("practice_categories.json"), by=by, at=moment(_ago(as_of, 60), 10)
    )
    form_publishing.publish(draft=practice, seen=practice.revision, in_use=False, by=by, at=moment(_ago(as_of, 58), 15))
    _retire_one(practice, by, as_of)
    _begin_a_draft(form, by, as_of)
    theme = next(theme for theme in code_book() if theme.key == RETIRED_THEME)
    retire_theme(theme=theme, by=by, at=moment(_ago(as_of, 30), 11))


def _retire_one(practice: FormVersion, by: Person, as_of: date) -> None:
    """What was tried in one team before the sixteen categories were agreed."""
    pilot = form_design.start_copy(
        of=practice,
        key="practice_categories_pilot",
        title="Practice categories, pilot",
        by=by,
        at=moment(_ago(as_of, 57), 9),
    )
    form_publishing.publish(draft=pilot, seen=pilot.revision, in_use=False, by=by, at=moment(_ago(as_of, 56), 9))
    form_publishing.retire(version=pilot, by=by, at=moment(_ago(as_of, 40), 9))


def _begin_a_draft(form: FormVersion, by: Person, as_of: date) -> None:
    day = _ago(as_of, 2)
    draft = form_design.start_copy(of=form, by=by, at=moment(day, 14))
    about = draft.outline
    for minute, edit in enumerate(
        (ChangeAbout(about.title, NEXT, about.disclosure, about.lookback_months), AddSection(CHRONOLOGY))
    ):
        form_design.edit_draft(draft=draft, edit=edit, seen=draft.revision, by=by, at=moment(day, 14, 5 + minute))
        draft.refresh_from_db()


def _ago(as_of: date, working_days: int) -> date:
    return add_working_days(as_of, -working_days)
