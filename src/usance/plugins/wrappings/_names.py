"""Names in wrappings: what may be a name, and what a file is by it."""

import re
from pathlib import PurePosixPath

from usance.domain.finding import Finding

LONGEST = 200  # Characters; the name of the wrapping stands before it in ours.
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_DRIVE = re.compile(r"^[A-Za-z]:")
_BY_ENDING = {
    "xml": "application/xml", "pdf": "application/pdf", "csv": "text/csv", "txt": "text/plain",
    "json": "application/json", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    "tif": "image/tiff", "tiff": "image/tiff", "eml": "message/rfc822", "zip": "application/zip",
    "gz": "application/gzip", "msg": "application/vnd.ms-outlook",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
# What programs leave beside the files that people mean.
_LEFT_BY_PROGRAMS = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


def trouble(name: str) -> str:
    """Why no file may be called so; empty if it may. Nothing is written under it, but people and
    other programs read it."""
    if not name:
        return "it has no name"
    if len(name) > LONGEST:
        return f"its name is longer than {LONGEST} characters"
    if _CONTROL.search(name):
        return "its name has control characters"
    if name.startswith("/") or "\\" in name or _DRIVE.match(name):
        return "its name is an absolute path, or one of another system"
    if ".." in PurePosixPath(name).parts:
        return "its name leads out of the archive"
    return ""


def is_left_by_a_program(name: str) -> bool:
    """Such as the folders of a Macintosh beside each file: nobody means them."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1].lower() in _LEFT_BY_PROGRAMS)


def media_type(name: str) -> str:
    return _BY_ENDING.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def shown(name: str) -> str:
    """A name that may be anything, as it can be said in a finding."""
    return _CONTROL.sub("?", name)[:80]


def refused(code: str, name: str, because: str, todo: str) -> Finding:
    return Finding(
        code=code, says=f"“{shown(name)}” was not taken: {because}.", where=shown(name), todo=todo
    )
