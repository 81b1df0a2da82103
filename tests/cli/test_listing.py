"""Commands that list: stdout holds what there is, and where there is nothing stderr says so."""

import json
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from tests import world
from usance.cli import home, main

pytestmark = pytest.mark.django_db
LISTS = frozenset({"list", "show", "corrections", "held", "lines", "mandates", "payouts",
                   "positions", "recalls", "refunds", "trial", "waiting"})  # fmt: skip


def listing(at: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    """The words of each command that lists and has to be told nothing."""
    if isinstance(at, click.Group):
        context = click.Context(at)
        for name in at.list_commands(context):
            below = at.get_command(context, name)
            assert below is not None, name
            yield from listing(below, *path, name)
    elif at.name in LISTS and not any(one.required for one in at.params):
        yield path


def test_an_empty_list_says_so_and_leaves_stdout_to_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world.build()
    monkeypatch.setattr(home, "open_home", lambda: None)
    empty = set[str]()
    for path in listing(main):
        said = CliRunner().invoke(main, path)
        assert said.exit_code in (0, 1), (path, said.output)
        assert said.stdout or said.stderr.endswith(".\n"), path
        told = CliRunner().invoke(main, [*path, "--json"])
        if told.exit_code != 2:  # It has such a switch.
            list(map(json.loads, told.stdout.splitlines()))
            assert bool(told.stdout) or told.stderr == said.stderr, path
        if not said.stdout:
            empty.add(" ".join(path))
    assert empty >= {"delivery list", "payment lines", "review list", "offer list", "fee list"}
    assert "door show" not in empty, "its world has clients"


def test_who_has_not_begun_is_told_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "open_home", lambda: None)
    said = CliRunner().invoke(main, ["payment", "order"])
    assert (said.exit_code, said.stdout) == (4, "")
    assert said.stderr.startswith("Nobody has begun here: `usance init`")
