"""The sweep killed again and again, at any moment, while it sends: no mail lost, none sent twice."""

import random
import subprocess
import sys
import time
from collections import Counter

import pytest

from tests.processes.production import ROOT, Production

pytestmark = [pytest.mark.processes, pytest.mark.long]

KILLS = 40
MAILS = 2000


def test_of_thousands_of_mails_none_is_lost_or_sent_twice_however_often_the_sweep_is_killed(deployed: Production):
    deployed.mail.seconds_a_mail = 0.02
    deployed.module("tests.processes.authority", "queue", str(MAILS))
    moments = random.Random(20261121)
    for _ in range(KILLS):
        sweep = subprocess.Popen([sys.executable, "manage.py", "run_due"], env=deployed.env, cwd=ROOT)
        time.sleep(moments.uniform(0.5, 3))
        sweep.kill()
        sweep.wait()
    deployed.module("tests.processes.authority", "wait_ten_minutes")
    deployed.mail.seconds_a_mail = 0
    deployed.manage("run_due")

    taken = Counter(deployed.mail.subjects())
    states = deployed.module("tests.processes.authority", "mail_states")
    assert len(states) == MAILS
    assert set(states.values()) <= {"sent", "uncertain"}
    assert [subject for subject, count in taken.items() if count > 1] == [], "sent twice"
    assert [subject for subject, state in states.items() if state == "sent" and not taken[subject]] == [], "lost"
    uncertain = sum(state == "uncertain" for state in states.values())
    assert 0 < uncertain <= KILLS
