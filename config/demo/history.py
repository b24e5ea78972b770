"""Two years of audits, month by month, up to what the last of these months leaves to do."""

from datetime import date, timedelta
from itertools import chain

from audits.enums import AuditState, Capacity, CycleStatus, Grade
from audits.models import Allocation, Case, Cycle, FormVersion
from audits.services.forms import packs_to_choose
from config.demo.clock import stream
from config.demo.leftovers import Leftovers
from config.demo.past_months import Matchmaker, past_cycles
from config.demo.past_stage1 import Stage1
from config.demo.past_stage2 import Stage2
from config.demo.people import People
from config.demo.records import Record, save

READERS = (Capacity.WORKER, Capacity.LINE_MANAGER, Capacity.PRACTICE_MANAGER)


def load_history(people: People, cases: list[Case], form: FormVersion, live: date, as_of: date) -> None:
    rng = stream("history")
    cycles = Cycle.objects.bulk_create(past_cycles(live, form, packs_to_choose()[0]))
    matchmaker = Matchmaker(people, cases, rng)
    stage1 = Stage1(form, as_of, rng)
    stage2 = Stage2(stage1.definition, people, as_of, rng)

    def month(cycle: Cycle, progress: float) -> list[Record]:
        records = [stage1.begin(allocation) for allocation in matchmaker.allocate(cycle)]
        set_aside = Leftovers(stage1, stage2, people, records, as_of) if cycle.status == CycleStatus.OPEN else None
        quality = rng.gauss(0, 0.12)
        for record in records:
            if set_aside and record in set_aside:
                continue
            stage1.live_through(record, progress, quality)
            if record.audit.state == AuditState.SUBMITTED:
                stage2.moderate(record)
                stage2.agree_actions(record)
                _remember(record, matchmaker)
                if cycle.status == CycleStatus.CLOSED:
                    _read(record)
        if set_aside:
            set_aside.leave()
        return records

    audited = [cycle for cycle in cycles if cycle.status != CycleStatus.PAUSED]
    save(list(chain.from_iterable(month(cycle, place / (len(audited) - 1)) for place, cycle in enumerate(audited))))
    for again, first in matchmaker.followed:
        again.reaudit_of = first.audit
    Allocation.objects.bulk_update((again for again, _ in matchmaker.followed), ["reaudit_of"])


def _remember(record: Record, matchmaker: Matchmaker) -> None:
    inadequate = record.audit.grade == Grade.INADEQUATE
    matchmaker.completed(record.allocation, record.audit.completed_on, calls_for_reaudit=inadequate)


def _read(record: Record) -> None:
    """Everybody whose work it was about has read it; what is still to be read is last month's."""
    at = record.audit.submitted_at + timedelta(days=2)
    for person in dict.fromkeys(part.person for part in record.participants if part.capacity in READERS):
        record.note("audit.read", "{} was read", by=person, at=at)
