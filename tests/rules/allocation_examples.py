"""Small random authorities, and an independent judge of what a draw of them must give."""

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from audits.rules.allocation import AllocationRules, AuditorFacts, Authority, CaseFacts, DrawResult, Months

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


def drawn_cases(facts: Authority, result: DrawResult):
    by_id = {case.id: case for case in facts.cases}
    return [by_id[pair.case] for pair in result.pairs]
