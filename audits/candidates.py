"""Who could audit a given case, the best first, and why others must not: for an audit that is given by hand.

The facts of a cycle are read once for all of its audits; of the cases only those that are asked about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from accounts.models import Person
from audits.enums import Capacity, Standing
from audits.facts import read_authority, rules_of
from audits.models import Allocation, Audit, Case, Cycle, Draw, Participant
from audits.rules.allocation import Months
from audits.rules.allocation.candidates import candidates
from audits.rules.allocation.reasons import AuditorRule, PairRule, SoftRule
from audits.rules.allocation.seeds import derive

MODERATES_IT = "They moderate this audit."
AUDITS_IT = "They have it now."
AWAY = "They are away for some or all of the time until it is due."


class Candidate(NamedTuple):
    """An auditor for a case. `bar`: why they must not audit it, blank where they may. `load`: audits in the months
    before; `held`: places of the cycle that they have; `is_full`: all of them are taken; `is_let_off`: they said that
    they cannot audit in this cycle, and were exempted."""

    person: Person
    bar: str
    area: str | None
    same_area: bool
    given_up: tuple[PairRule | SoftRule, ...]
    load: int
    held: int
    is_full: bool
    is_let_off: bool


@dataclass(frozen=True)
class Wanted:
    """A case that needs an auditor from one day to another. `name`: ours for what it is about, the same each time, so
    that the lot among equals falls the same way. `worker`: where it is another than the case file says. `not_by`: who
    audited the case before. `bars`: people who must not have it, with the reason."""

    name: str
    case: Case
    cycle: Cycle
    first_day: date
    due_on: date
    worker: str = ""
    not_by: tuple[str, ...] = ()
    bars: tuple[tuple[int, str], ...] = ()


def candidates_for(wanted: Sequence[Wanted]) -> dict[str, list[Candidate]]:
    """By name, the auditors of each case: those who may audit it and have a place to spare, those who may and have
    none, those who were let off in this cycle, those who must not; the best of each first."""
    found: dict[str, list[Candidate]] = {}
    for cycle in {each.cycle.pk: each.cycle for each in wanted}.values():
        found |= _of_cycle(cycle, [each for each in wanted if each.cycle.pk == cycle.pk])
    return found


def wanted_for(audits: Iterable[Audit], today: date) -> list[Wanted]:
    """Open audits as something that needs another auditor, from today to its due day."""
    audits = list(audits)
    bars = _bars(audits)
    before = _auditors_before(audits)
    return [
        Wanted(
            name=audit.reference,
            case=case,
            cycle=audit.allocation.cycle,
            first_day=today,
            due_on=max(today, audit.due_on or today),
            worker=audit.allocation.worker.email if audit.allocation.worker else "",
            not_by=before.get(audit.pk, ()),
            bars=tuple(bars.get(audit.pk, ())),
        )
        for audit in audits
        if (case := audit.allocation.case) is not None
    ]


def seed_for(cycle: Cycle, name: str) -> int:
    """The seed of the lot among equals. It follows from that of the month's draw, so that nobody can try again until
    they like what comes out; nought stands for a month without one."""
    drawn = Draw.objects.filter(cycle__first_month=cycle.first_month, published_at__isnull=False).order_by("number")
    seed = drawn.values_list("seed", flat=True).first() or 0
    return derive(seed, "auditor", cycle.key, name)


def _of_cycle(cycle: Cycle, wanted: Sequence[Wanted]) -> dict[str, list[Candidate]]:
    programme = cycle.programme
    cases = Case.objects.filter(pk__in=[each.case.pk for each in wanted])
    authority = read_authority(cycle, programme, cases)
    authority = authority._replace(auditors=list(authority.auditors))
    facts = {case.id: case for case in authority.cases}
    areas = {auditor.id: auditor.area for auditor in authority.auditors}
    people = {person.email: person for person in _people([str(auditor) for auditor in areas])}
    rules = rules_of(programme, cycle)
    let_off = set(Allocation.objects.filter(cycle=cycle.pk, standing=Standing.EXEMPT).values_list("auditor", flat=True))
    month_seed = seed_for(cycle, "")
    found = {}
    for each in wanted:
        case, bars = facts[each.case.case_id], dict(each.bars)
        if each.worker:
            case = case._replace(worker=each.worker, worker_is_known=True)
        ranked = candidates(
            authority._replace(cases=[case]),
            Months(each.first_day, each.due_on),
            case=case.id,
            rules=rules,
            seed=derive(month_seed, each.name),
            not_by=each.not_by,
        )
        rows = [
            Candidate(
                person=(person := people[str(one.auditor)]),
                bar=bars.get(person.pk) or _sentence(one.barred_by),
                area=areas[one.auditor],
                same_area=case.area is not None and case.area == areas[one.auditor],
                given_up=tuple(one.given_up),
                load=one.load,
                held=one.held,
                is_full=one.is_full,
                is_let_off=person.pk in let_off,
            )
            for one in ranked
        ]
        found[each.name] = sorted(rows, key=lambda row: (bool(row.bar), row.is_let_off, row.is_full))
    return found


def _sentence(rule: PairRule | AuditorRule | None) -> str:
    if rule is None:
        return ""
    return AWAY if rule == AuditorRule.ABSENT else rule.sentence


def _people(emails: Sequence[str]) -> list[Person]:
    return list(Person.objects.filter(email__in=emails).select_related("team"))


def _bars(audits: Sequence[Audit]) -> dict[int, list[tuple[int, str]]]:
    """Audit → who has it now, and who moderates it: the rules of a draw know of neither."""
    bars = {audit.pk: [(audit.allocation.auditor_id, AUDITS_IT)] for audit in audits if audit.allocation.auditor_id}
    moderators = Participant.objects.filter(audit__in=[audit.pk for audit in audits], capacity=Capacity.MODERATOR)
    for audit, person in moderators.values_list("audit_id", "person_id"):
        bars.setdefault(audit, []).append((person, MODERATES_IT))
    return bars


def _auditors_before(audits: Sequence[Audit]) -> dict[int, tuple[str, ...]]:
    """Re-audit → who did the audits that led to it: it is somebody else's."""
    found: dict[int, tuple[str, ...]] = {}
    link = {audit.allocation.reaudit_of_id: audit.pk for audit in audits if audit.allocation.reaudit_of_id}
    while link:
        before = Allocation.objects.filter(audit__in=link).values_list("audit", "auditor__email", "reaudit_of")
        earlier = {}
        for audit, email, reaudit_of in before:
            if email:
                found[link[audit]] = (*found.get(link[audit], ()), email)
            if reaudit_of:
                earlier[reaudit_of] = link[audit]
        link = earlier
    return found
