"""The processes of docker-compose.yml together: gunicorn, a Celery worker, beat, PostgreSQL, Redis, a mail server."""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.makers.mail_server import HESITATES
from tests.processes.production import ROOT, Production

pytestmark = pytest.mark.processes

A_MINUTE_AND_A_SWEEP = 120


def eventually(what: Callable[[], bool], seconds: float = A_MINUTE_AND_A_SWEEP) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.5)


def tally(deployed: Production) -> dict:
    return deployed.module("tests.processes.authority", "tally")


def test_beat_wakes_a_worker_and_the_month_opens_by_itself(deployed):
    made = deployed.module("tests.processes.authority", "make")
    with ExitStack() as processes:
        for start in (deployed.web, deployed.worker, deployed.beat):
            processes.enter_context(start())
        assert deployed.get("/healthz").status == 200
        assert deployed.get("/account/sign-in/").status == 200
        eventually(lambda: tally(deployed)["mail_states"].get("sent", 0) > 0)
        eventually(lambda: set(tally(deployed)["mail_states"]) == {"sent"}, 60)
    result = tally(deployed)
    assert result["failed"] == []
    assert result["told_twice"] == []
    allocated = sum(result["allocated"].values()) - made["overdue"]
    assert allocated >= made["auditors"]
    assert result["mails"]["audit.allocated"] == allocated
    assert result["mails"]["audit.overdue"] == made["overdue"]
    assert len(deployed.mail.taken) == sum(result["mails"].values())


def test_many_sweeps_at_once_do_what_one_does(deployed):
    deployed.module("tests.processes.authority", "make")
    sweeps = [subprocess.Popen([sys.executable, "manage.py", "run_due"], env=deployed.env, cwd=ROOT) for _ in range(4)]
    assert [sweep.wait(120) for sweep in sweeps] == [0, 0, 0, 0]
    together = tally(deployed)
    assert together["told_twice"] == []
    assert set(together["mail_states"]) == {"sent"}
    assert len(deployed.mail.taken) == sum(together["mails"].values())
    deployed.manage("run_due")
    assert tally(deployed) == together


def test_a_process_killed_while_it_sends_leaves_one_mail_uncertain_and_sends_none_twice(deployed):
    deployed.module("tests.processes.authority", "make")
    deployed.mail.manner = HESITATES
    sweep = subprocess.Popen([sys.executable, "manage.py", "run_due"], env=deployed.env, cwd=ROOT)
    eventually(lambda: bool(deployed.mail.taken))
    sweep.kill()
    sweep.wait()
    deployed.mail.manner = ""
    deployed.manage("run_due")
    assert tally(deployed)["mail_states"].get("sending") == 1, "not given up before ten minutes have passed"
    deployed.module("tests.processes.authority", "wait_ten_minutes")
    deployed.manage("run_due")
    result = tally(deployed)
    assert result["mail_states"]["uncertain"] == 1
    assert set(result["mail_states"]) == {"sent", "uncertain"}
    assert len(deployed.mail.taken) == sum(result["mails"].values())


def test_production_refuses_to_start_on_defaults(deployed):
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"):
        without = {**deployed.env, name: ""}
        done = subprocess.run(
            [sys.executable, "manage.py", "check"], env=without, cwd=ROOT, check=False, capture_output=True, text=True
        )
        assert done.returncode != 0
        assert name in done.stderr
