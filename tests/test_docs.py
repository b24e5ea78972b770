"""The documentation is about the program as it is: links lead somewhere, and what it names exists."""

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands, load_command_class

from audits.models import Audit, Case
from tests.pictures import LARGEST, SCENES

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [README, *DOCS]
IMAGES = ROOT / "docs" / "images"

# Read by the shell or by a container, not by the program.
NOT_OF_THE_PROGRAM = {"PORT", "POSTGRES_PASSWORD"}


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def without_code(text: str) -> str:
    return re.sub(r"`[^`]*`", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code(pages: Iterable[Path]) -> Iterator[str]:
    """Every line of code and every piece of code inside a sentence."""
    for page in pages:
        text = text_of(page)
        blocks = re.findall(r"```(.*?)```", text, flags=re.DOTALL)
        yield from (line.strip() for block in blocks for line in block.splitlines())
        yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(text_of(page))):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if path.startswith(("http:", "https:")):
            continue
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)
    assert lost == []


def test_pictures_say_what_they_show() -> None:
    unsaid = [page.name for page in PAGES if re.search(r"!\[\s*\]", text_of(page))]
    assert unsaid == []


def test_every_picture_is_small_shown_somewhere_and_can_be_taken_again() -> None:
    shown = {Path(name).name for page in PAGES for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", text_of(page))}
    there = {path.name for path in IMAGES.iterdir()}
    assert there == shown == {f"{name}.png" for name in SCENES}
    assert [path.name for path in IMAGES.iterdir() if path.stat().st_size >= LARGEST] == []


@pytest.mark.parametrize("line", sorted({line for line in code(DOCS) if "manage.py " in line}))
def test_every_command_can_be_called_as_it_is_written(line: str) -> None:
    name, *arguments = shlex.split(line.partition("manage.py ")[2].partition("<")[0])
    app = get_commands()[name]
    assert isinstance(app, str)
    parser = load_command_class(app, name).create_parser("manage.py", name)
    parser.parse_args(arguments)  # raises CommandError where an argument is not known


def test_the_readme_names_commands_that_exist() -> None:
    listed = re.search(r"## Commands\n+```(.*?)```", text_of(README), flags=re.DOTALL)
    assert listed
    named = re.findall(r"(?:manage\.py |\s{3,})([a-z]\w+)", listed[1])
    assert len(named) > 8
    assert set(named) <= set(get_commands())


def test_every_script_exists_and_can_be_run() -> None:
    named = {match for piece in code(PAGES) for match in re.findall(r"\bscript/[\w-]+", piece)}
    assert {"script/run", "script/test", "script/setup", "script/bench"} <= named
    for name in named:
        assert (ROOT / name).stat().st_mode & 0o100, name


def test_every_setting_is_read_by_the_program_and_every_one_is_described() -> None:
    settings = "".join(text_of(ROOT / "config" / name) for name in ("settings.py", "environment.py"))
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', settings))
    rows = re.findall(r"^\| `([A-Z_]+)` \|", text_of(ROOT / "docs" / "operations.md"), flags=re.MULTILINE)
    assert set(rows) == read
    example = re.findall(r"^#?([A-Z_]+)=", text_of(ROOT / ".env.example"), flags=re.MULTILINE)
    assert set(example) == set(rows) | {"POSTGRES_PASSWORD"}
    mentioned = {word for piece in code(PAGES) for word in re.findall(r"\b([A-Z]{2,}(?:_[A-Z]+)+)\b(?==|$)", piece)}
    assert mentioned <= set(rows) | NOT_OF_THE_PROGRAM


@pytest.mark.django_db
def test_the_examples_of_files_are_taken_in_as_they_stand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = text_of(ROOT / "docs" / "files.md")
    for command in ("import_teams", "import_people", "import_cases", "import_audits"):
        section = page.partition(f"manage.py {command} FILE")[2]
        file = tmp_path / f"{command}.csv"
        file.write_text(section.partition("```")[2].partition("```")[0].strip(), encoding="utf-8")
        call_command(command, str(file))
        assert " 0 refused" in capsys.readouterr().out
    assert set(Case.objects.values_list("case_id", flat=True)) == {"500123", "500124"}
    assert Audit.objects.filter(imported=True).count() == 2
