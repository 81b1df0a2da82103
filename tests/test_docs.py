"""The documents point to what exists, and name everything that a person may meet."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from usance import plugins
from usance.cli import main
from usance.queries import doctor

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
COMMENTED = re.compile(r"<!--.*?-->", re.DOTALL)


def pages() -> list[Path]:
    """Every Markdown page of the project that is, or is about to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = listed.stdout.split() if listed.returncode == 0 else []
    found = [ROOT / name for name in names] or [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return [page for page in found if page.exists()]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for target in LINK.findall(_prose(page)):
        path, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        place = (page.parent / path).resolve() if path else page
        if not place.exists():
            lost.append(f"{target}: no such file")
        elif anchor and place.suffix == ".md" and anchor not in _anchors(place):
            lost.append(f"{target}: no such heading")
    assert not lost


def test_every_command_has_its_section_with_every_option() -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    sections = dict(re.findall(r"^## `([^`]+)`$(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE))
    missing = [
        f"{name} {option}"
        for name, options in _commands(main, "usance")
        for option in ["", *options]
        if name not in sections or (option and f"`{option}" not in sections[name])
    ]
    assert not missing, "docs/cli.md lacks these"


def test_every_variable_that_is_read_stands_in_operations() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    read = set()
    for file in (ROOT / "src").rglob("*.py"):
        read |= set(_variables(ast.parse(file.read_text())))
    assert read, "no variable was found: the search is broken"
    assert not {name for name in read if f"`{name}`" not in page}


def test_every_setting_of_a_plugin_stands_in_operations() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    for kind in plugins.KINDS:
        for name in plugins.names(kind):
            settings = getattr(plugins.load(kind, name), "CONFIG", {})
            assert not {key for key in settings if f"`{key}`" not in page}, f"{kind} {name}"


def test_every_promise_about_money_stands_where_people_look() -> None:
    for page in (ROOT / "docs" / "invariants.md", ROOT / "README.md"):
        text = page.read_text()
        missing = [
            rule
            for rule, (says, _) in doctor.QUESTIONS.items()
            if f"| {rule} | {says} |" not in text
        ]
        assert not missing, page.name


def test_every_plugin_has_its_line() -> None:
    page = (ROOT / "docs" / "plugins.md").read_text()
    all_names = [(kind, name) for kind in plugins.KINDS for name in plugins.names(kind)]
    assert not [each for each in all_names if f"| {each[0]} | `{each[1]}` |" not in page]


def test_every_dependency_says_why_it_is_here() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"]]
    for group in project["dependency-groups"].values():
        asked += group
    missing = [name for name in map(_bare, asked) if f"| {name} | {_pinned(name)} |" not in page]
    assert not missing, "docs/dependencies.md lacks these, or has another version"


def _prose(page: Path) -> str:
    return COMMENTED.sub("", CODE.sub("", page.read_text()))


def _anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", CODE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, list[str]]]:
    """What a person may type ("usance user add"), and its long options."""
    if not isinstance(command, click.Group):
        options = [one for one in command.params if isinstance(one, click.Option)]
        yield name, [word for one in options for word in one.opts if word.startswith("--")]
        return
    context = click.Context(command)
    for below in command.list_commands(context):
        found = command.get_command(context, below)
        assert found, below
        yield from _commands(found, f"{name} {below}")


def _variables(tree: ast.AST) -> Iterator[str]:
    """Names of environment variables that the code reads."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="get" | "getenv" | "setdefault", value=where),
                args=[ast.Constant(value=str(name)), *_],
            ) if "environ" in ast.dump(where) or "'os'" in ast.dump(where):
                yield name
            case ast.Subscript(value=where, slice=ast.Constant(value=str(name))) if (
                "environ" in ast.dump(where)
            ):
                yield name


def _bare(requirement: str) -> str:
    return re.split(r"[\[<>=~! ]", requirement)[0]


def _pinned(name: str) -> str:
    wanted = re.sub(r"[-_.]+", "-", name).lower()
    for file in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text().splitlines():
            pin, _, rest = line.partition("==")
            if re.sub(r"[-_.]+", "-", pin.partition("[")[0]).lower() == wanted:
                return rest.split(" ")[0]
    raise AssertionError(f"{name} is pinned nowhere: make lock")
