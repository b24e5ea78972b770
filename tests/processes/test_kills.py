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
SECONDS_A_MAIL = 0.01


def test_of_thousands_of_mails_none_is_lost_or_sent_twice_however_often_the_sweep_is_killed(deployed: Production):
    deployed.mail.seconds_a_mail = SECONDS_A_MAIL
    deployed.module("tests.processes.authority", "queue", str(MAILS))
    moments = random.Random(20261121)
    for _ in range(KILLS):
        sweep = subprocess.Popen([sys.executable, "manage.py", "run_due"], env=deployed.env, cwd=ROOT)
        enough = len(deployed.mail.taken) + moments.randint(1, 2 * MAILS // KILLS - 60)
        while len(deployed.mail.taken) < enough and sweep.poll() is None:
            time.sleep(0.001)
        time.sleep(moments.uniform(0, 2 * SECONDS_A_MAIL))
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
    assert KILLS // 4 < uncertain <= KILLS
