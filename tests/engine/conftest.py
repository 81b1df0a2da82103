"""Servers of these tests' own, beside the one that all tests share: they get killed."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import database
from usance import engine
from usance.engine import operators


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty home that the server's account can reach; stopped and removed afterwards."""
    if operators.address():
        pytest.skip("USANCE_DATABASE_URL is set: the embedded engine is not in use")
    # Named after this process, so that a run that was killed is swept up by the next.
    place = Path(tempfile.mkdtemp(prefix=f"{database.MARK}{os.getpid()}-engine-"))
    place.chmod(0o755)
    yield place
    database.remove(place)


@pytest.fixture
def started(home: Path) -> engine.Cluster:
    return engine.start(home)
