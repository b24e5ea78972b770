"""The 24 months before the live one: which cycles there were, and who audited which case in each.

This is a record of what has been, written straight to the tables; only the live month is drawn by the program itself.
It keeps to the rules of the draw that a reader would miss: no case of the auditor's own team, no conflict of interest,
no case twice in a quarter, one child a family and two cases a worker in a cycle.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random

from accounts.models import Person
from audits.enums import AuditKind, CycleStatus
from audits.models import Allocation, Case, CaseConflict, Cycle, FormVersion, ProgrammeRules
from audits.rules.allocation.eligibility import age_band
from audits.rules.allocation.facts import AGE_BANDS
from audits.rules.deadlines import add_months, draw_publication, stage_one_due, stage_two_latest
from config.demo.clock import PAST_MONTHS, moment
from config.demo.people import People
from config.demo.structure import SERVICES, team_code

PAUSE_REASON = "A new case recording system was brought in, and records could not be read reliably during the move"
SUBSTITUTE = "Managers checked the visits and plans of every child with a child protection plan"
THEME_MONTHS_BACK = 5
THEME_SERVICES = ("assessment", "family-support-east", "family-support-west")
THEME_REASON = "More children came back within a year of being closed than in the year before"


def past_cycles(live: date, form: FormVersion, pack: FormVersion | None = None) -> list[Cycle]:
    """Oldest first: one summer merged, one month paused, one about re-referrals with the questions of `pack`, the last
    one still open for what comes late."""
    rules = ProgrammeRules.objects.kept()
    months = [add_months(live, -back) for back in range(PAST_MONTHS, 0, -1)]
    summer = next(month for month in months if month.month == 7 and add_months(month, 1) < months[-1])
    paused = next(month for month in reversed(months[:-9]) if month.month not in (7, 8))
    cycles = []
    for month in months:
        if month == add_months(summer, 1):
            continue
        last = add_months(month, 1) if month == summer else month
        cycle = Cycle(first_month=month, last_month=last, status=CycleStatus.CLOSED, rules=rules)
        if month == paused:
            cycle.status, cycle.pause_reason, cycle.substitute_activity = CycleStatus.PAUSED, PAUSE_REASON, SUBSTITUTE
        else:
            cycle.form_version = form
            cycle.published_at = moment(draw_publication(month), 8)
            cycle.closed_at = moment(stage_two_latest(last) + timedelta(days=1), 8)
        if month == months[-THEME_MONTHS_BACK]:
            cycle.pack, cycle.focus_reason = pack, THEME_REASON
            teams = (name for plan in SERVICES if plan.code in THEME_SERVICES for name, _ in plan.teams)
            cycle.focus_teams = sorted(map(team_code, teams))
        if month == months[-1]:
            cycle.status, cycle.closed_at = CycleStatus.OPEN, None
        cycles.append(cycle)
    return cycles


class Matchmaker:
    """Hands out the cases of past months."""

    def __init__(self, people: People, cases: list[Case], rng: Random) -> None:
        self.people = people
        self.cases = [case for case in cases if case.team]
        self.rng = rng
        self.audited: dict[int, date] = {}
        self.reaudits: dict[date, list[Allocation]] = defaultdict(list)
        self.followed: list[tuple[Allocation, Allocation]] = []
        """Each re-audit, and the allocation of the audit before."""
        self.conflicts = set(CaseConflict.objects.values_list("case_id", "person_id"))

    def allocate(self, cycle: Cycle) -> Iterator[Allocation]:
        """The allocations of the cycle: the re-audits that have come round first, then cases from every team."""
        slots = self._slots(cycle)
        self.rng.shuffle(slots)
        for first in self._due_in(cycle):
            others = [auditor for auditor in slots if auditor != first.auditor]
            if auditor := self._auditor_for(first.case, others):
                slots.remove(auditor)
                again = self._allocation(cycle, first.case, auditor, AuditKind.REAUDIT)
                self.followed.append((again, first))
                yield again
        for case in self._sample(cycle, len(slots)):
            if auditor := self._auditor_for(case, slots):
                slots.remove(auditor)
                yield self._allocation(cycle, case, auditor, AuditKind.AUDIT)

    def completed(self, allocation: Allocation, on: date, *, calls_for_reaudit: bool) -> None:
        """Remember when a case was audited, and that it will be audited again three months on."""
        self.audited[allocation.case_id] = on
        if calls_for_reaudit and allocation.kind == AuditKind.AUDIT:
            self.reaudits[add_months(on, 3)].append(allocation)

    def _due_in(self, cycle: Cycle) -> list[Allocation]:
        """What is to be audited again by the end of the cycle, and can be: a case closed long ago cannot."""
        months = [month for month in sorted(self.reaudits) if month <= cycle.last_month]
        due = [first for month in months for first in self.reaudits.pop(month)]
        return [first for first in due if _is_held(first.case, cycle)]

    def _slots(self, cycle: Cycle) -> list[Person]:
        last_day = add_months(cycle.last_month, 1) - timedelta(days=1)
        away = {
            absence.person_id
            for auditor in self.people.auditors
            for absence in auditor.absences.all()
            if absence.starts_on <= last_day and (absence.ends_on is None or absence.ends_on >= cycle.first_month)
        }
        return [each for each in self.people.auditors if each.pk not in away for _ in range(each.quota or 1)]

    def _sample(self, cycle: Cycle, places: int) -> list[Case]:
        """So many eligible cases, spread evenly over the teams."""
        eligible = [case for case in self.cases if self._is_eligible(case, cycle)]
        self.rng.shuffle(eligible)
        eligible.sort(key=lambda case: case.team_id)
        families: set[str] = set()
        workers: Counter[int | None] = Counter()
        chosen: list[Case] = []
        step = len(eligible) / places
        for place in range(places):
            start = int(place * step)
            for case in eligible[start:]:
                if case in chosen or case.family_id in families or (case.worker_id and workers[case.worker_id] == 2):
                    continue
                chosen.append(case)
                families |= {case.family_id} - {""}
                workers[case.worker_id] += 1
                break
        return chosen

    def _is_eligible(self, case: Case, cycle: Cycle) -> bool:
        first = cycle.first_month
        return (
            case.opened_on <= first - timedelta(days=28)
            and _is_held(case, cycle)
            and (not cycle.focus_teams or case.team.code in cycle.focus_teams)
            and self.audited.get(case.pk, date.min) < add_months(first, -3)
        )

    def _auditor_for(self, case: Case, slots: Iterable[Person]) -> Person | None:
        """Somebody from another team without a conflict, from the same area where there is one."""
        allowed = [
            auditor
            for auditor in dict.fromkeys(slots)
            if auditor.team_id != case.team_id and (case.pk, auditor.pk) not in self.conflicts
        ]
        nearby = [auditor for auditor in allowed if auditor.team.area_id == case.team.area_id]
        return next(iter(nearby or allowed), None)

    def _allocation(self, cycle: Cycle, case: Case, auditor: Person, kind: AuditKind) -> Allocation:
        first = cycle.first_month
        born = case.date_of_birth
        return Allocation(
            cycle=cycle,
            case=case,
            auditor=auditor,
            worker=case.worker,
            kind=kind,
            due_on=stage_one_due(cycle.last_month),
            allocated_at=cycle.published_at,
            team=case.team.name,
            team_code=case.team.code,
            service=case.service.name,
            area=case.team.area.name,
            auditor_team=auditor.team.name,
            auditor_area=auditor.team.area.name,
            plan_type=case.plan_type,
            statuses=case.statuses,
            gender=case.gender,
            ethnicity=case.ethnicity,
            age_band=age_band(born, AGE_BANDS, first),
            age=first.year - born.year - ((first.month, first.day) < (born.month, born.day)),
            cp_category=case.cp_category,
            cse_level=case.cse_level,
            missing_last_6_months=case.missing_last_6_months,
        )


def _is_held(case: Case, cycle: Cycle) -> bool:
    """Open, or closed not long before."""
    return case.closed_on is None or case.closed_on >= add_months(cycle.first_month, -3)
