"""The container files and what they speak of: settings, commands and programs that exist."""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from usance.engine import operators

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: told for name, told in COMPOSE["services"].items() if told["image"] == "usance"}
PROGRAMS = {"granian", *tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]}


@pytest.mark.parametrize("service", OURS)
def test_each_command_starts_something_that_exists(service: str) -> None:
    image = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert image
    told = OURS[service]
    for words in (told.get("command", yaml.safe_load(image[1])),
                  told.get("healthcheck", {}).get("test", ["CMD", "usance"])[1:]):  # fmt: skip
        if words[:2] == ["python", "-m"]:
            assert find_spec(words[2])
        else:
            assert words[0] in PROGRAMS


def test_every_setting_handed_on_is_one_that_is_documented() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text()
    for told in OURS.values():
        for name in told["environment"]:
            assert name in operations


def test_no_value_is_handed_on_empty() -> None:
    # `NAME: ${NAME:-}` would set it to nothing where it is not set: settings then read "".
    for told in OURS.values():
        for name, value in told["environment"].items():
            assert value is None or (value and ":-" not in value), name


def test_the_database_outlives_whoever_works_with_it() -> None:
    # What is stopped last is what the others name; `tables` has ended by then.
    for name, told in OURS.items():
        assert told["depends_on"]["database"] == {"condition": "service_healthy"}, name


def test_the_image_runs_as_a_user_of_its_own() -> None:
    user = re.search(r"--uid (\d+)", DOCKERFILE)
    assert user
    assert int(user[1]) > 0
    assert DOCKERFILE.rindex("USER usance") > DOCKERFILE.rindex("RUN ")


def test_the_images_are_versions_that_we_run_on() -> None:
    python = re.search(r"^FROM python:(\d+\.\d+)", DOCKERFILE, re.MULTILINE)
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert python
    assert f">={python[1]}" == needs
    image, _, major = COMPOSE["services"]["database"]["image"].partition(":")
    assert image == "postgres"
    assert int(major) >= operators.LEAST
