"""Each class that a template, a script or a chart names stands in app.css; else it has no look."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
SOURCES = HOUSE / "src/usance"
ASSETS = SOURCES / "static/usance"
UI = HOUSE / "ui"

# Names that say what a thing is to a script or a test, and have no look of their own.
NO_LOOK = {"htmx-request", "waits", "pick", "ax", "state-plain"}
IN_PYTHON = [SOURCES / "web/charts.py", SOURCES / "web/canvas.py"]


def _known() -> set[str]:
    css = (ASSETS / "app.css").read_text(encoding="utf-8")
    return {
        name.replace("\\", "") for name in re.findall(r"\.((?:[A-Za-z_-]|\\.)(?:[\w-]|\\.)*)", css)
    }


def _words(text: str) -> set[str]:
    """Class names in a class attribute, without what Django will put there."""
    bare = re.sub(r"{%.*?%}", " ", text)
    bare = re.sub(r"[\w-]*{{.*?}}", " ", bare)
    return {word for word in bare.split() if re.fullmatch(r"[a-z][\w:./-]*", word)}


def _used() -> dict[str, set[str]]:
    """File → the classes it names."""
    used: dict[str, set[str]] = {}
    for path in sorted(SOURCES.rglob("templates/**/*.html")):
        html = path.read_text(encoding="utf-8")
        classes = re.findall(r'class="((?:{%.*?%}|{{.*?}}|[^"{])*)"', html)
        used[str(path.relative_to(HOUSE))] = set().union(*map(_words, classes))
    for path in sorted(ASSETS.glob("*.js")):
        classes = re.findall(r'className: "([^"]*)"', path.read_text(encoding="utf-8"))
        used[path.name] = set().union(*map(_words, classes))
    for path in IN_PYTHON:
        classes = re.findall(r'(?:class_|look)=f?"([^"]*)"', path.read_text(encoding="utf-8"))
        used[path.name] = set().union(*map(_words, classes))
    tags = (SOURCES / "web/templatetags/usance.py").read_text(encoding="utf-8")
    used["tags"] = set().union(*map(_words, re.findall(r'class="([^"]*)"', tags)))
    return used


def test_every_class_in_use_has_a_look() -> None:
    known = _known() | NO_LOOK
    missing = {path: names - known for path, names in _used().items() if names - known}
    assert not missing, "Write it into ui/app.in.css, or run: cd ui && npm install && npm run css"


def test_every_tone_shape_and_chart_colour_has_a_look() -> None:
    from usance.web.charts import BY_AGE
    from usance.web.templatetags.usance import LOOKS, SHAPES

    words = " ".join([*BY_AGE, *LOOKS.values()]).split()
    assert {*words, *(f"state-{tone}" for tone in SHAPES if tone != "plain")} <= _known()


def test_every_icon_in_use_is_in_the_sprite() -> None:
    from usance.web.shell import PLACES
    from usance.web.templatetags.usance import SHAPES

    sprite = (ASSETS / "icons.svg").read_text(encoding="utf-8")
    here = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    used = {*SHAPES.values(), *(place.icon for place in PLACES)}
    for path in SOURCES.rglob("templates/**/*.html"):
        used |= set(re.findall(r'{% icon "([\w-]+)"', path.read_text(encoding="utf-8")))
    assert used <= here


def test_no_template_has_a_style_or_a_script_of_its_own() -> None:
    """The policy would refuse them; better to hear it here than from a page without a look."""
    for path in SOURCES.rglob("templates/**/*.html"):
        html = path.read_text(encoding="utf-8")
        assert not re.search(r"""\sstyle=|\son[a-z]+=|hx-on|hx-vals=['"]js:|<style""", html), path
        assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", html), path


def test_the_assets_were_made_from_the_inputs_that_are_here() -> None:
    for line in (ASSETS / "app.css.inputs").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ")
        now = hashlib.sha256((HOUSE / name).read_bytes()).hexdigest()
        assert now == digest, f"{name} changed: cd ui && npm install && npm run css"


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (UI / "package-lock.json").read_text(encoding="utf-8")


def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    if shutil.which("node") is None or not (UI / "node_modules/@tailwindcss/cli").exists():
        pytest.skip("NOT REBUILT: node or ui/node_modules is not here (cd ui && npm install)")
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=UI, check=True, timeout=100)
    for made in sorted(tmp_path.iterdir()):
        assert made.read_bytes() == (ASSETS / made.name).read_bytes(), made.name
