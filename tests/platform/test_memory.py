"""What a process that serves pages has in memory: the large libraries come with the work that needs them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITH_THE_WORK = ["ortools", "openpyxl", "weasyprint", "docx", "docxtpl", "scipy"]
LOADED = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import config.wsgi
from django.urls import get_resolver
assert get_resolver().url_patterns
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The packages that the web program has loaded once it knows all its pages."""
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_the_web_program_knows_its_pages(loaded: set[str]) -> None:
    assert {"django", "audits", "moderation", "reporting"} <= loaded


@pytest.mark.parametrize("library", WITH_THE_WORK)
def test_a_large_library_is_not_loaded_before_somebody_needs_it(loaded: set[str], library: str) -> None:
    assert library not in loaded
