"""The floors of the house and the rooms on each: who may know whom, and who may write. Read from the source."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ["accounts", "audits", "moderation", "reporting", "config"]
# What stands at the front of an app and only shows: nothing behind it knows it, and it changes nothing itself.
FRONT = {"exports", "filters", "forms", "pages", "task_list", "templatetags", "views"}
BEHIND = {"enums", "rules", "models", "permissions", "services"}
WRITES = {"save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete"}
PURE_MAY_USE = {"accounts.enums", "audits.enums", "moderation.enums", "reporting.enums", "django.db.models"}


def modules(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def imports(path: Path) -> list[tuple[int, str]]:
    """Every module that a file imports, with its line: those inside functions too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(node.lineno, name.name) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.lineno, node.module))
    return found


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_never_imports_the_floors_above_it(floor: str) -> None:
    above = set(FLOORS[FLOORS.index(floor) + 1 :])
    broken = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(floor)
        for line, name in imports(path)
        if name.split(".")[0] in above
    ]
    assert not broken


@pytest.mark.parametrize("floor", FLOORS[:-1])
def test_rules_know_no_database_and_no_clock(floor: str) -> None:
    broken = []
    for path in modules(f"{floor}/rules"):
        for line, name in imports(path):
            own = name.split(".")[0] in FLOORS
            if (own and ".rules" not in name and name not in PURE_MAY_USE) or (
                name.split(".")[0] == "django" and name not in PURE_MAY_USE
            ):
                broken.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
        source = path.read_text()
        broken += [f"{path.relative_to(ROOT)} reads the clock" for word in (".now(", ".today(") if word in source]
    assert not broken


def room(path: Path) -> str:
    """The room of an app that a file stands in: `models` for audits/models/cases.py."""
    return path.relative_to(ROOT).with_suffix("").parts[1]


@pytest.mark.parametrize("floor", FLOORS[:-1])
def test_what_decides_never_imports_what_shows(floor: str) -> None:
    assert not [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(floor)
        if room(path) in BEHIND
        for line, name in imports(path)
        if name.split(".")[0] in FLOORS and name.split(".")[1] in FRONT
    ]


@pytest.mark.parametrize("floor", FLOORS[:-1])
def test_a_view_imports_no_other_view(floor: str) -> None:
    assert not [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(f"{floor}/views")
        for line, name in imports(path)
        if name.split(".")[0] in FLOORS and ".views." in name and not name.endswith(".loading")
    ]


@pytest.mark.parametrize("floor", FLOORS[:-1])
def test_what_shows_writes_nothing(floor: str) -> None:
    assert not [
        f"{path.relative_to(ROOT)}:{line}" for path in modules(floor) if room(path) in FRONT for line in writes(path)
    ]


def writes(path: Path) -> list[int]:
    """The lines on which a file writes to the database."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    methods = [call.func for call in calls if isinstance(call.func, ast.Attribute)]
    return [
        method.lineno
        for method in methods
        if method.attr in WRITES or (method.attr == "update" and ".objects" in ast.unparse(method.value))
    ]


def test_only_one_module_imports_weasyprint() -> None:
    importers = {
        str(path.relative_to(ROOT))
        for floor in FLOORS
        for path in modules(floor)
        for _, name in imports(path)
        if name.split(".")[0] == "weasyprint"
    }
    assert importers == {"reporting/pdf.py"}


def test_business_rules_send_no_signals() -> None:
    assert not [
        str(path.relative_to(ROOT))
        for floor in FLOORS
        for path in modules(floor)
        for _, name in imports(path)
        if name in ("django.dispatch", "django.db.models.signals")
    ]
