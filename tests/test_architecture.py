"""The floors of the house: what stands below never imports what stands above. Read from the import statements."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ["accounts", "audits", "moderation", "reporting", "config"]
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
