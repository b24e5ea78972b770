"""The program's main places, as data: what each is called and which permission opens it."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.enums import Permission
from accounts.models import Person
from audits.models import Concern


@dataclass(frozen=True)
class Place:
    """A main place: open to people with any of `permissions`, or to everybody where there are none; and to whoever has
    something there, as `also` says."""

    text: str
    url_name: str
    permissions: frozenset[Permission] = frozenset()
    also: Callable[[Person], bool] | None = None

    def allows(self, person: Person) -> bool:
        if not self.permissions or self.permissions & person.permissions:
            return True
        return self.also is not None and self.also(person)


def _knows_a_concern(person: Person) -> bool:
    return Concern.objects.visible_to(person).exists()


NAVIGATION: tuple[Place, ...] = (
    Place("Your work", "home"),
    Place("Safeguarding", "concern_list", frozenset({Permission.SEE_EVERY_AUDIT}), _knows_a_concern),
    Place("Cycles", "cycle_list", frozenset({Permission.RUN_CYCLES})),
    Place(
        "Audits",
        "audit_list",
        frozenset(
            {
                Permission.COMPLETE_AUDITS,
                Permission.MODERATE_AUDITS,
                Permission.TAKE_PART_IN_AUDITS,
                Permission.ANSWER_FOR_ACTIONS,
                Permission.SEE_EVERY_AUDIT,
            }
        ),
    ),
    Place("Requests", "request_list", frozenset({Permission.DECIDE_REQUESTS, Permission.DECIDE_EXEMPTIONS})),
    Place("Moderation", "moderation_list", frozenset({Permission.MODERATE_AUDITS, Permission.SEE_EVERY_AUDIT})),
    Place(
        "Actions",
        "action_list",
        frozenset(
            {
                Permission.COMPLETE_AUDITS,
                Permission.MODERATE_AUDITS,
                Permission.TAKE_PART_IN_AUDITS,
                Permission.ANSWER_FOR_ACTIONS,
                Permission.SEE_EVERY_AUDIT,
            }
        ),
    ),
    Place("Conflicts", "conflict_mine", frozenset({Permission.COMPLETE_AUDITS, Permission.MODERATE_AUDITS})),
    Place("Concerns about audits", "quality_list", frozenset({Permission.SEE_EVERY_AUDIT})),
    Place("Reports", "report_list", frozenset({Permission.READ_REPORTS, Permission.WRITE_REPORTS})),
    Place("Cases", "case_list", frozenset({Permission.SEE_EVERY_AUDIT})),
    Place("People", "person_list", frozenset({Permission.IMPORT_PEOPLE})),
    Place("Imports", "import_list", frozenset({Permission.IMPORT_PEOPLE, Permission.IMPORT_CASES})),
    Place("Mail", "mail_list", frozenset({Permission.SEE_OUTBOX})),
    Place("Activity", "activity_list", frozenset({Permission.SEE_ACTIVITY})),
    Place("Audit tools", "tool_list", frozenset({Permission.DESIGN_FORMS})),
    Place("Themes", "theme_list", frozenset({Permission.DESIGN_FORMS})),
    Place("Settings", "programme_settings", frozenset({Permission.CONFIGURE})),
)
