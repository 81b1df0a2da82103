"""Static files named by their content: app.css?v=3f2a91c0. No build or collecting at install."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStorage(StaticFilesStorage):
    """Adds the first digits of a file's hash to its address: no browser shows an old one."""

    def url(self, name: str | None) -> str:
        assert name, "a static file has a name"
        return f"{super().url(quote(name))}?v={_version(name)}"


@lru_cache
def _version(name: str) -> str:
    """:raises FileNotFoundError: for a file that we do not ship, so that a test meets it first."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"no static file {name}")
    return sha256(Path(found).read_bytes()).hexdigest()[:8]
