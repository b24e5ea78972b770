"""A process that draws when it is told to, so that two of them can be told at the same moment.

    python -m tests.processes.drawer

Reads one command a line and answers each with one line of JSON. `allocate 2027-01` is what `manage.py allocate 2027-01`
does in a process of its own: it is the same command, without the second that Python takes to start. `tally 2027-01`
counts what there is of that cycle. `finish` ends what is at work, so that its cases can be drawn again.
"""

import json
import sys
from collections import Counter
from datetime import date
from io import StringIO

import django

django.setup()

from django.core.management import CommandError, call_command  # noqa: E402

from accounts.models import Activity, OutgoingMail  # noqa: E402
from audits.enums import AuditState  # noqa: E402
from audits.models import Allocation, Audit, Cycle, Draw  # noqa: E402


def allocate(month: str) -> dict[str, str]:
    """How the command ended: what it said, or why it refused."""
    said = StringIO()
    try:
        call_command("allocate", month, stdout=said)
    except CommandError as refused:
        return {"refused": str(refused)}
    return {"said": said.getvalue().partition("\n")[0]}


def tally(month: str) -> dict[str, object]:
    cycle = Cycle.objects.get(first_month=date.fromisoformat(f"{month}-01"))
    draws = Draw.objects.filter(cycle=cycle)
    cases = Counter(Allocation.objects.filter(cycle=cycle).values_list("case", flat=True))
    audits = Audit.objects.filter(allocation__cycle=cycle).values_list("reference", flat=True)
    mails = OutgoingMail.objects.filter(rule="audit.allocated", thing__in=[f"audit:{name}" for name in audits])
    return {
        "draws": draws.count(),
        "published": draws.filter(published_at__isnull=False).count(),
        "pairs": sum(len(draw.pairs) for draw in draws),
        "allocations": sum(cases.values()),
        "cases": len(cases),
        "audits": len(audits),
        "mails": mails.count(),
        "log": dict(Counter(Activity.objects.filter(thing_ref=cycle.key).values_list("verb", flat=True))),
    }


def finish() -> dict[str, int]:
    return {"finished": Audit.objects.update(state=AuditState.NOT_RETURNED)}


if __name__ == "__main__":
    verbs = {verb.__name__: verb for verb in (allocate, tally, finish)}
    for line in sys.stdin:
        verb, *arguments = line.split()
        print(json.dumps(verbs[verb](*arguments)), flush=True)
