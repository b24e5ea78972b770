"""Small random authorities, and an independent judge of what a draw of them must give."""

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from audits.rules.allocation import AllocationRules, AuditorFacts, Authority, CaseFacts, DrawResult, Months
from audits.rules.allocation.facts import STRATA, Held, ReauditDue
from audits.rules.cohorts import Cohort, CohortQuota

OCTOBER = Months.spanning(date(2026, 10, 1))
TEAMS = ("Ash", "Birch", "Cedar", "Damson")
AREAS = ("North", "South")
PLANS = ("EH", "CIN", "CP", "CIC", "CL")


def case(number, **facts):
    values = {"team": "Ash", "service": "Assessment", "area": "North", "opened_on": date(2026, 1, 5)}
    return CaseFacts(id=number, **(values | facts))


def auditor(name, **facts):
    return AuditorFacts(id=name, **({"area": "North"} | facts))


def authority(cases, auditors, line_managers=None, team_managers=None):
    return Authority(cases, auditors, line_managers or {}, team_managers or {})


@st.composite
def authorities(draw, most_cases=14, most_auditors=6):
    """Any small authority: awkward teams, families and workers that cut across each other, conflicts, lines."""
    workers = [f"w{n}" for n in range(draw(st.integers(1, 5)))]
    names = [f"a{n}" for n in range(draw(st.integers(1, most_auditors)))]
    heads = ["h1", "h2"]
    teams = st.sampled_from(TEAMS[: draw(st.integers(1, 4))])
    line = {}
    for person in workers:
        line[person] = draw(st.sampled_from([None, *names, *heads]))
    for person in names:
        line[person] = draw(st.sampled_from([None, *names, *workers, *heads]))
    cases = [
        CaseFacts(
            id=number,
            family=draw(st.sampled_from([None, None, "f1", "f2", "f3"])),
            worker=draw(st.sampled_from([None, *workers])),
            team=draw(teams),
            service=draw(st.sampled_from(["Assessment", "Support"])),
            area=draw(st.sampled_from([*AREAS, None])),
            plan_type=draw(st.sampled_from(["CIN", "CP", None])),
            gender=draw(st.sampled_from(["F", "M"])),
            conflicts=tuple(draw(st.lists(st.sampled_from(names), max_size=1))),
        )
        for number in range(draw(st.integers(0, most_cases)))
    ]
    auditors = [
        AuditorFacts(
            id=name,
            teams=tuple(draw(st.lists(teams, max_size=2, unique=True))),
            area=draw(st.sampled_from([*AREAS, None])),
            quota=draw(st.integers(0, 2)),
            load=draw(st.integers(0, 3)),
            recent_workers=tuple(draw(st.lists(st.sampled_from(workers), max_size=2, unique=True))),
            recent_teams=tuple(draw(st.lists(teams, max_size=1))),
        )
        for name in names
    ]
    managers = draw(st.dictionaries(teams, st.sampled_from([*names, *heads])))
    return Authority(cases, auditors, line, managers)


@st.composite
def wished_for(draw, most_cases=8, most_auditors=3):
    """Any small authority with re-audits due, cases in the cycle already, and quotas of cohorts: facts and rules."""
    facts = draw(authorities(most_cases, most_auditors))
    names = [a.id for a in facts.auditors]
    cases = [
        case._replace(
            missing=draw(st.booleans()),
            is_allocated=draw(st.integers(0, 5)) == 0,
            last_audited_on=draw(st.sampled_from([None, None, date(2026, 8, 1)])),
        )
        for case in facts.cases
    ]
    held = [Held(case.id) for case in cases if case.is_allocated and draw(st.booleans())]
    dues = [
        ReauditDue(
            case,
            f"audit of {case}",
            date(2026, 9, draw(st.integers(1, 3))),
            tuple(draw(st.lists(st.sampled_from(names), max_size=1))),
        )
        for case in draw(st.lists(st.sampled_from([*range(most_cases), "no longer held"]), max_size=4, unique=True))
    ]
    quotas = [
        CohortQuota(cohort, draw(st.integers(1, 4)))
        for cohort in (Cohort("missing", missing=True), Cohort("on a plan", plan_types=("CP",)))
        if draw(st.booleans())
    ]
    facts = facts._replace(cases=cases, reaudits=tuple(dues), held=tuple(held))
    return facts, AllocationRules(cohort_quotas=tuple(quotas))


@dataclass
class Judge:
    """Says from the facts alone which pairs are allowed. Written without a look at the engine's own structures."""

    facts: Authority

    def managers_of(self, person):
        chain, current = [], self.facts.line_managers.get(person)
        while current is not None and current not in chain and current != person:
            chain.append(current)
            current = self.facts.line_managers.get(current)
        return chain

    def allows(self, case, auditor):
        person = case.worker if case.worker is not None else self.facts.team_managers.get(case.team)
        return not (
            case.team in auditor.teams
            or auditor.id in case.conflicts
            or auditor.id == person
            or auditor.id in self.managers_of(person)
            or person in self.managers_of(auditor.id)
        )

    def most_pairs(self, rules=AllocationRules()):  # noqa: B008
        """The most places that any choice of cases fills, by trying every choice (with what cannot help cut off)."""
        cases = list(self.facts.cases)
        slots = [auditor for auditor in self.facts.auditors for _ in range(auditor.quota)]
        seats = {case.id: [n for n, slot in enumerate(slots) if self.allows(case, slot)] for case in cases}
        best = 0

        def place(case, held, tried):
            for seat in seats[case.id]:
                if seat not in tried:
                    tried.add(seat)
                    if seat not in held or place(held[seat], held, tried):
                        held[seat] = case
                        return True
            return False

        def search(rest, held, families, workers):
            nonlocal best
            best = max(best, len(held))
            if len(held) + len(rest) <= best or best == len(slots):
                return
            for at, case in enumerate(rest):
                if case.family is not None and families.count(case.family) >= rules.cases_per_family:
                    continue
                if case.worker is not None and workers.count(case.worker) >= rules.cases_per_worker:
                    continue
                more = dict(held)
                if place(case, more, set()):
                    search(rest[at + 1 :], more, [*families, case.family], [*workers, case.worker])

        search(cases, {}, [], [])
        return best


@dataclass
class Umpire(Judge):
    """A judge who knows re-audits and quotas, and tries every draw there is."""

    rules: AllocationRules

    def __post_init__(self):
        self.due = {due.case: due for due in self.facts.reaudits}
        self.held = [c for c in self.facts.cases if c.id in {held.case for held in self.facts.held}]
        self.reaudits = [c for c in self.facts.cases if c.id in self.due and not c.is_allocated]
        self.eligible = [
            c for c in self.facts.cases if c.id not in self.due and not c.is_allocated and c.last_audited_on is None
        ]

    def allows(self, case, auditor):
        before = self.due[case.id].not_by if case.id in self.due else ()
        return auditor.id not in before and super().allows(case, auditor)

    def keeps_caps(self, cases):
        families = [c.family for c in [*cases, *self.held] if c.family is not None]
        workers = [c.worker for c in [*cases, *self.held] if c.worker is not None]
        return all(families.count(c.family) <= self.rules.cases_per_family for c in cases if c.family) and all(
            workers.count(c.worker) <= self.rules.cases_per_worker for c in cases if c.worker
        )

    def goals(self, cases):
        """What a draw of these cases reaches of each goal, the first goal first; more is better."""
        sample = [c for c in cases if c.id not in self.due]
        return len(cases), len(cases) - len(sample), -self.missing(cases), -self.excess(sample)

    def missing(self, cases):
        return sum(
            max(quota.cases - sum(in_cohort(quota.cohort, c) for c in cases), 0) for quota in self.rules.cohort_quotas
        )

    def excess(self, sample):
        """By how many cases the values of all dimensions are more than rounding away from their share."""
        amiss, whole = 0, max(len(self.eligible), 1)
        for dimension in STRATA:
            values = [getattr(c, dimension, None) for c in self.eligible]
            for value in set(values):
                share = len(sample) * values.count(value)
                drawn = sum(getattr(c, dimension, None) == value for c in sample)
                amiss += max(drawn - -(-share // whole), 0) + max(share // whole - drawn, 0)
        return amiss

    def best(self):
        """The most that any draw reaches, goal by goal."""
        slots = [auditor for auditor in self.facts.auditors for _ in range(auditor.quota)]
        everything = [*self.reaudits, *self.eligible]
        seats = {c.id: [n for n, slot in enumerate(slots) if self.allows(c, slot)] for c in everything}
        best = self.goals([])

        def search(rest, taken, held):
            nonlocal best
            best = max(best, self.goals(taken))
            for at, case in enumerate(rest):
                if len(taken) + len(rest) - at < best[0]:
                    return
                more = dict(held)
                if self.keeps_caps([*taken, case]) and seat(case, more, seats, set()):
                    search(rest[at + 1 :], [*taken, case], more)

        search(everything, [], {})
        return best


def seat(case, held, seats, tried):
    """Find the case a seat, moving others along."""
    for n in seats[case.id]:
        if n not in tried:
            tried.add(n)
            if n not in held or seat(held[n], held, seats, tried):
                held[n] = case
                return True
    return False


def in_cohort(cohort, case):
    return (not cohort.missing or case.missing) and (not cohort.plan_types or case.plan_type in cohort.plan_types)


def drawn_cases(facts: Authority, result: DrawResult):
    by_id = {case.id: case for case in facts.cases}
    return [by_id[pair.case] for pair in result.pairs]
