"""docker-compose.yml, .env.example and the Dockerfile agree with each other and with the program.

No Docker engine is needed: the file is read by a strict parser of the Compose specification. That the same processes
work together is proved in tests/processes.
"""

import ast
import re
from pathlib import Path

import pytest
from compose_spec import PyCompose, PyOptions

ROOT = Path(__file__).resolve().parents[2]


def parse(text: str) -> PyCompose:
    return PyOptions(apply_merge=True).from_yaml(text)


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def services(text) -> dict[str, dict]:
    return parse(text).to_dict()["services"]


def command(service: dict) -> str:
    return " ".join(service.get("command", []))


def test_every_service_of_production_is_there(services):
    assert set(services) == {"migrate", "web", "worker", "beat", "db", "redis", "cache"}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("healthcheck:", "healtcheck:"),
        ("interval: 10s", "interval: often"),
        ("condition: service_healthy", "condition: service_well"),
    ],
)
def test_the_parser_refuses_a_file_that_docker_would_refuse(text, right, wrong):
    assert right in text
    with pytest.raises(ValueError, match=r"healtcheck|often|service_well"):
        parse(text.replace(right, wrong))


def test_nothing_waits_for_a_service_that_does_not_exist(services):
    waited_for = {name for service in services.values() for name in service.get("depends_on", {})}
    assert waited_for == {"db", "redis", "migrate"}
    assert waited_for <= set(services)


def test_pages_and_tasks_start_only_after_the_migration(services):
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully", name


def test_there_is_exactly_one_beat_and_it_cannot_be_scaled(services):
    beats = [service for service in services.values() if " beat " in f" {command(service)} "]
    assert len(beats) == 1
    assert beats[0]["container_name"] == "case-audit-beat"
    assert not any(re.search(r"\s(-B|--beat)\b", command(service)) for service in services.values())


def test_the_queue_is_kept_on_disk_and_throws_nothing_away(services):
    assert "--appendonly yes" in command(services["redis"])
    assert "--maxmemory-policy noeviction" in command(services["redis"])
    assert "redis:/data" in services["redis"]["volumes"]


def test_the_cache_is_apart_from_the_queue():
    example = env_example()
    assert example["REDIS_URL"] != example["CACHE_URL"]


def test_everything_that_stays_up_is_watched(services):
    unwatched = {name for name, service in services.items() if "healthcheck" not in service}
    assert unwatched == {"migrate"}, "a migration ends by itself"


def test_only_the_pages_can_be_reached_and_only_from_this_machine(services):
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"]}


def test_every_volume_in_use_is_declared(text, services):
    used = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert used == set(parse(text).to_dict()["volumes"])


def test_the_example_names_every_setting_that_the_program_reads():
    for_the_database_itself = {"POSTGRES_PASSWORD"}
    assert set(env_example()) == names_read_by_settings() | for_the_database_itself


def test_the_image_holds_what_the_program_imports():
    kept = re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    apps = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert apps | {"static", "templates"} <= set(kept)


def env_example() -> dict[str, str]:
    """Every setting of .env.example, those left out by a # included."""
    return dict(re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))


def names_read_by_settings() -> set[str]:
    """The names given to `env.str("…")`, `env.bool("…")` and the like in the settings."""
    return {
        call.args[0].value
        for file in ("settings.py", "environment.py")
        for call in ast.walk(ast.parse((ROOT / "config" / file).read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and isinstance(call.args[0], ast.Constant)
    }
