"""Properties of the code itself. Each rule has its reason beside it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "src" / "usance"
FILES = sorted(p for p in HOUSE.rglob("*.py") if "migrations" not in p.parts)
TESTS = sorted(p for place in ("tests", "bench") for p in (ROOT / place).rglob("*.py"))

LINES, FUNCTION = 400, 60
BANNED = {"utils", "helpers", "common", "manager", "base", "constants", "misc", "service"}
CLOCKS = {"now", "today", "utcnow", "localdate", "localtime", "time", "monotonic", "fromtimestamp"}
CLOCK_MODULES = {"datetime", "date", "time", "timezone", "clock"}
# Who may know what time it is: faces and jobs. The engine waits for a server to come up; what is
# signed for a carrier carries the machine's time.
CLOCK_READERS = ("clock.py", "cli", "jobs", "web", "api", "sandbox", "engine", "shared",
                 "plugins/_machine_time.py")  # fmt: skip
# Seconds, shares of a simulation, places on a page. Nothing here is money.
FLOATS = ("engine", "sandbox", "letters", "cli", "jobs", "web", "plugins/channels", "plugins/banks",
          "plugins/bureaus", "plugins/directories", "plugins/_trust.py", "plugins/_digipost.py",
          "plugins/_kivra.py", "queries/channels.py", "api", "domain/capture",
          "plugins/scans")  # fmt: skip
DICE = {"random", "secrets", "uuid"}
NO_DICE = ("domain", "queries", "actions", "models", "law", "pipeline.py")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _lies_in(path: Path, places: tuple[str, ...]) -> bool:
    inside = path.relative_to(HOUSE).as_posix()
    return any(inside == place or inside.startswith(f"{place}/") for place in places)


@pytest.mark.parametrize("path", FILES + TESTS, ids=_name)
def test_a_file_fits_on_eight_screens_and_a_function_on_one(path: Path) -> None:
    source = path.read_text()
    assert source.count("\n") <= LINES, "a room that does not fit is two rooms"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", FILES + TESTS, ids=_name)
def test_a_file_says_what_it_is_for(path: Path) -> None:
    source = path.read_text()
    assert not source.strip() or ast.get_docstring(ast.parse(source)), "no docstring"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_file_is_named_after_its_subject(path: Path) -> None:
    assert path.stem.strip("_") not in BANNED
    assert path.parent.name not in BANNED


@pytest.mark.parametrize(
    "path", [p for p in FILES if not _lies_in(p, FLOATS) and p.name != "settings.py"], ids=_name
)
def test_money_and_rates_are_never_floats(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            pytest.fail(f"line {node.lineno}: a float")
        if isinstance(node, ast.Name) and node.id == "float":
            pytest.fail(f"line {node.lineno}: a float")


@pytest.mark.parametrize("path", [p for p in FILES if not _lies_in(p, CLOCK_READERS)], ids=_name)
def test_only_faces_and_jobs_read_the_clock(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Attribute) and node.attr in CLOCKS):
            continue
        owner = node.value
        said = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        if said in CLOCK_MODULES:
            pytest.fail(f"line {node.lineno}: {said}.{node.attr}")


@pytest.mark.parametrize("path", [p for p in FILES if _lies_in(p, NO_DICE)], ids=_name)
def test_no_rule_throws_dice(path: Path) -> None:
    """Ids come from models.ids alone; the doctor draws its sample of files by a seed it is told."""
    if path.relative_to(HOUSE).as_posix() in {"models/ids.py", "queries/doctor/__init__.py"}:
        return
    for module, name in _imports(ast.parse(path.read_text())):
        if module in DICE and not (module == "uuid" and name == "UUID"):
            pytest.fail(f"{module}.{name}")


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.module or "", alias.name) for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_nothing_is_swallowed_or_left_for_later(path: Path) -> None:
    source = path.read_text()
    for word in ("TODO", "FIXME", "raise NotImplementedError"):
        assert word not in source, word
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: a bare except"
            only = node.body[0] if len(node.body) == 1 else None
            assert not isinstance(only, ast.Pass), f"line {node.lineno}: an error is swallowed"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_type_that_is_ignored_has_its_reason(path: Path) -> None:
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        _, found, rest = line.partition("# type: ignore")
        if found:
            assert rest.partition("]")[2].strip(" #-"), f"line {number}: no reason"
