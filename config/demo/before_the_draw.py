"""What quality assurance settled before the live month was drawn: a quota of cases, and which re-audits are needed."""

from dataclasses import replace
from datetime import date

from accounts.models import Person
from audits.facts.reaudits import due_reaudits
from audits.models import Audit, Case, ProgrammeRules
from audits.rules.cohorts import Cohort
from audits.services import cycles, reaudits
from audits.services.programme import change_programme
from config.demo.clock import moment
from config.demo.people import People
from config.demo.structure import DOMAIN

YOUNG_AND_PROTECTED = Cohort("Child protection, under 5", plan_types=("CP",), younger_than=5)
QUOTA_REASON = "The improvement board asked to hear more about the youngest children with a protection plan"
EMERGENCY_DUTY = {
    "emergency_duty_name": "Wexmoor emergency duty team",
    "emergency_duty_phone": "01632 960999",
    "emergency_duty_email": f"emergency.duty@{DOMAIN}",
}
CLOSED = "The case was closed before the re-audit came round; its service has talked about what was found."


def settle_before_the_draw(people: People, admin: Person, live: date, on: date) -> None:
    """The settings of the draw are a second version. Of the re-audits whose case has been closed since, all but the
    newest are set aside: that one is still to be looked after."""
    current = ProgrammeRules.objects.kept()
    quota = {"cohort": YOUNG_AND_PROTECTED.to_values(), "cases": 3}
    wanted = replace(current.programme, cohort_quotas=(quota,), **EMERGENCY_DUTY)
    change_programme(programme=wanted, reason=QUOTA_REASON, seen=current.number, by=admin, at=moment(on, 10))
    due = due_reaudits(cycles.get_or_plan(live), wanted)
    closed = set(Case.objects.filter(closed_on__isnull=False).values_list("case_id", flat=True))
    for reaudit in [each for each in due if each.case in closed][:-1]:
        audit = Audit.objects.get(reference=reaudit.audit)
        reaudits.set_aside(audit=audit, reason=CLOSED, by=people.qa[0], at=moment(on, 11))
