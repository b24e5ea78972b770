"""What is committed under static/: made from the versions that package.json names, and ours to use."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage

STATIC = Path(settings.BASE_DIR) / "static"
PACKAGES = json.loads((STATIC / "src/package.json").read_text())["dependencies"]


@pytest.mark.parametrize(
    ("file", "mark"),
    [
        ("app.css", f'--govuk-frontend-version: "{PACKAGES["govuk-frontend"]}"'),
        ("govuk/govuk-frontend.min.js", f'"{PACKAGES["govuk-frontend"]}"'),
    ],
)
def test_what_was_built_is_of_the_version_that_package_json_names(file: str, mark: str) -> None:
    assert mark.replace(" ", "") in (STATIC / file).read_text().replace(" ", "")


def test_nothing_of_gov_uks_own_identity_is_used() -> None:
    styles = (STATIC / "app.css").read_text()
    assert "GDS Transport" not in styles
    assert "@font-face" not in styles
    assert "url(" not in styles
    assert not list(STATIC.rglob("*crown*"))
    assert not list(STATIC.rglob("*.woff*"))


def test_every_reference_between_files_can_be_resolved_for_production(tmp_path: Path) -> None:
    storage = ManifestStaticFilesStorage(location=tmp_path, base_url="/static/")
    source = FileSystemStorage(location=STATIC)
    files = {}
    for path in (path for path in STATIC.rglob("*") if path.is_file()):
        name = str(path.relative_to(STATIC))
        with path.open("rb") as content:
            storage.save(name, content)
        files[name] = (source, name)
    problems = [result for *_, result in storage.post_process(files) if isinstance(result, Exception)]
    assert problems == []


def test_scripts_need_no_permission_to_evaluate_text() -> None:
    for script in STATIC.rglob("*.js"):
        source = script.read_text()
        assert "eval(" not in source
        assert "new Function" not in source
