"""`usance peppol look-up` asks the network and says yes, no or unknown, without a database."""

import json
import subprocess
import sys
from typing import Any

from click.testing import CliRunner

from usance import sandbox
from usance.cli.peppol import peppol


def options(world: sandbox.Running) -> list[str]:
    config = world.config("directories", "peppol")
    return [
        "--plain-http",
        *("--resolver", config["resolver"]),
        *("--smp-authorities", config["smp_authorities"]),
        *("--timeout", "10"),
    ]


def test_each_participant_is_one_line_of_json_in_the_order_asked() -> None:
    with sandbox.start() as world:
        words = ["look-up", "--json", "0007:nobody", "0007:5560001111", *options(world)]
        result = CliRunner().invoke(peppol, words)

    said: list[dict[str, Any]] = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [(one["identifier"], one["receives"]) for one in said] == [
        ("0007:nobody", False),
        ("0007:5560001111", True),
    ]
    assert len(said[1]["documents"]) == 3


def test_people_read_what_is_taken_and_why_not() -> None:
    with sandbox.start() as world:
        yes = CliRunner().invoke(peppol, ["look-up", "0007:5560001111", *options(world)])
        no = CliRunner().invoke(peppol, ["look-up", "0007:down", *options(world)])
        bare = ["look-up", "0007:5560001111", *options(world)[:3], *options(world)[5:]]
        unchecked = CliRunner().invoke(peppol, bare)

    assert yes.exit_code == 0
    assert yes.stdout.splitlines()[0] == "0007:5560001111  yes"
    assert yes.stdout.count("  takes busdox-docid-qns::") == 3
    assert "--smp-authorities" not in bare
    assert (unchecked.exit_code, "not checked" in unchecked.stdout) == (0, True), unchecked.output
    assert no.exit_code == 1
    assert no.stdout.startswith("0007:down  unknown  127.0.0.1:")


def test_it_starts_without_django() -> None:
    asked = "import sys; import usance.cli.peppol; assert 'django' not in sys.modules"

    subprocess.run([sys.executable, "-c", asked], check=True)
