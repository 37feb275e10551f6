"""The examples of a deployment hold together: they parse, their commands and settings exist, their files are there."""

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from gateway.cli import gateway
from gateway.config import load
from gateway.jobs.brokers import broker_of

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
COMPOSE = yaml.safe_load((EXAMPLES / "compose.yaml").read_text(encoding="utf-8"))
UNITS = ("gateway-serve.service", "gateway-work@.service")
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}


def parsed(words: list[str]) -> click.Context:
    """A command line as the gateway reads it. Raises click.UsageError where it has no such command or option."""
    command = gateway.get_command(click.Context(gateway), words[0])
    assert command is not None, words
    return command.make_context(words[0], words[1:])


def unit(name: str) -> list[tuple[str, str]]:
    lines = (EXAMPLES / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("=", 1)) for line in lines if "=" in line and not line.startswith("#")]


def test_compose_has_a_database_web_servers_and_workers():
    assert {"web", "worker"} == set(OURS)
    assert parsed(OURS["web"]["command"]).params["no_worker"]
    assert parsed(OURS["worker"]["command"]).info_name == "work"
    assert OURS["worker"]["deploy"]["replicas"] > 1


@pytest.mark.parametrize("name", sorted(OURS))
def test_compose_settings_are_the_gateway_s_and_the_same_for_all(name, tmp_path):
    given = OURS[name]["environment"]
    assert given == OURS["web"]["environment"]
    read = {}
    for key, value in given.items():
        secret = key.endswith("_FILE")
        assert not secret or Path(value).name in OURS[name]["secrets"]
        read[key.removesuffix("_FILE")] = value if not secret else "postgresql://gateway@database/gateway"
    settings = load(read)
    assert settings.host == "0.0.0.0"
    assert broker_of(settings).url.startswith("pgmq://")


def test_compose_names_only_secrets_and_volumes_that_it_declares():
    for service in COMPOSE["services"].values():
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        assert {volume.partition(":")[0] for volume in service.get("volumes", ())} <= set(COMPOSE["volumes"])
        assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])


def test_the_image_is_made_of_files_that_exist_and_calls_the_gateway():
    for service in OURS.values():
        context = (EXAMPLES / service["build"]["context"]).resolve()
        assert context == ROOT
        recipe = (context / service["build"]["dockerfile"]).read_text(encoding="utf-8")
    copied = [word for line in re.findall(r"^COPY (.+)$", recipe, re.MULTILINE) for word in line.split()[:-1]]
    assert len(copied) == 5
    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert 'ENTRYPOINT ["python", "-m", "gateway"]' in recipe
    folder = re.search(r"GATEWAY_DATA=(\S+)", recipe)[1]
    assert all(f"data:{folder}" in service["volumes"] for service in OURS.values())


@pytest.mark.parametrize("name", UNITS)
def test_units_call_commands_that_exist_and_may_write_where_the_data_lies(name):
    lines = unit(name)
    (command,) = [value for key, value in lines if key == "ExecStart"]
    words = shlex.split(command)
    assert words[0].endswith("/.venv/bin/gateway")
    assert parsed(words[1:]).info_name == name.removeprefix("gateway-").partition(".")[0].rstrip("@")
    assert ("EnvironmentFile", "/etc/gateway.env") in lines


def test_the_environment_file_is_a_set_of_settings():
    given = dict(unit("gateway.env"))
    settings = load(given)
    for name in UNITS:
        assert ("ReadWritePaths", str(settings.data)) in unit(name)
    assert settings.sender_names
    assert settings.secret_key


def test_the_examples_are_shown_on_the_page():
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"\(examples/([^)]+)\)", page))
    assert shown == {"compose.yaml", "Dockerfile", *UNITS, "gateway.env"}
