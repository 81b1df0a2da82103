"""Where material that others wrote lies, if it is there."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def pack(name: str) -> Path:
    """The folder of a pack beside the project or in $USANCE_PACKS; skips the test without it."""
    for base in (os.environ.get("USANCE_PACKS"), ROOT.parent / "shared" / "packs",
                 ROOT.parent.parent / "shared" / "packs"):  # fmt: skip
        if base and (Path(base) / name).is_dir():
            return Path(base) / name
    pytest.skip(f"pack {name!r} is not there: set USANCE_PACKS to the folder that holds it")
