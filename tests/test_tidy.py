"""Properties of the code itself. Each rule has its reason beside it.

A rule looks at all files at once: thousands of tests that take a millisecond each would spend most
of their time on beginning and ending.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

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
          "plugins/bureaus", "plugins/directories", "plugins/providers", "plugins/_trust.py",
          "plugins/_digipost.py", "plugins/_kivra.py", "queries/channels.py", "api",
          "domain/capture", "plugins/scans")  # fmt: skip
DICE = {"random", "secrets", "uuid"}
NO_DICE = ("domain", "queries", "actions", "models", "law", "pipeline.py")


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    """The tree of a file, flat; the module is the first."""
    return tuple(ast.walk(ast.parse(path.read_text())))


def _lies_in(path: Path, places: tuple[str, ...]) -> bool:
    inside = path.relative_to(HOUSE).as_posix()
    return any(inside == place or inside.startswith(f"{place}/") for place in places)


def _at(path: Path, line: int, says: str = "") -> str:
    return f"{path.relative_to(ROOT)}:{line} {says}".strip()


def test_a_file_fits_on_eight_screens_and_a_function_on_one() -> None:
    faults = []
    for path in FILES + TESTS:
        if (lines := path.read_text().count("\n")) > LINES:
            faults.append(_at(path, lines, "a room that does not fit is two rooms"))
        for node in _nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > FUNCTION:
                    faults.append(_at(path, node.lineno, f"{node.name} has {length} lines"))
    assert faults == []


def test_a_file_says_what_it_is_for() -> None:
    def silent(path: Path) -> bool:
        module = _nodes(path)[0]
        assert isinstance(module, ast.Module)
        return bool(module.body) and not ast.get_docstring(module)

    assert [_at(path, 1) for path in FILES + TESTS if silent(path)] == []


def test_a_file_is_named_after_its_subject() -> None:
    named = [p for p in FILES if p.stem.strip("_") in BANNED or p.parent.name in BANNED]
    assert [_at(path, 1) for path in named] == []


def test_money_and_rates_are_never_floats() -> None:
    exact = [p for p in FILES if not _lies_in(p, FLOATS) and p.name != "settings.py"]
    assert [
        _at(path, node.lineno)
        for path in exact
        for node in _nodes(path)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ] == []


def test_only_faces_and_jobs_read_the_clock() -> None:
    def read(node: ast.AST) -> bool:
        if not (isinstance(node, ast.Attribute) and node.attr in CLOCKS):
            return False
        owner = node.value
        said = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        return said in CLOCK_MODULES

    told = [p for p in FILES if not _lies_in(p, CLOCK_READERS)]
    assert [
        _at(path, getattr(node, "lineno", 0), ast.unparse(node))
        for path in told
        for node in _nodes(path)
        if read(node)
    ] == []


def test_no_rule_throws_dice() -> None:
    """Ids come from models.ids alone; the doctor draws its sample of files by a seed it is told."""
    free = {"models/ids.py", "queries/doctor/__init__.py"}
    assert [
        _at(path, line, f"{module}.{name}")
        for path in FILES
        if _lies_in(path, NO_DICE) and path.relative_to(HOUSE).as_posix() not in free
        for module, name, line in _imports(path)
        if module in DICE and not (module == "uuid" and name == "UUID")
    ] == []


def _imports(path: Path) -> Iterator[tuple[str, str, int]]:
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.module or "", alias.name, node.lineno) for alias in node.names)


def test_nothing_is_swallowed_or_left_for_later() -> None:
    faults = []
    for path in FILES:
        source = path.read_text()
        faults += [
            _at(path, 0, word)
            for word in ("TODO", "FIXME", "raise NotImplementedError")
            if word in source
        ]
        for node in _nodes(path):
            if not isinstance(node, ast.ExceptHandler):
                continue
            if node.type is None:
                faults.append(_at(path, node.lineno, "a bare except"))
            if len(node.body) == 1 and isinstance(node.body[0], ast.Pass):
                faults.append(_at(path, node.lineno, "an error is swallowed"))
    assert faults == []


def test_a_type_that_is_ignored_has_its_reason() -> None:
    faults = []
    for path in FILES:
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            _, found, rest = line.partition("# type: ignore")
            if found and not rest.partition("]")[2].strip(" #-"):
                faults.append(_at(path, number, "no reason"))
    assert faults == []
