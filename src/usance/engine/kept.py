"""What is remembered between two starts: the port and the passwords, readable by us alone."""

import json
import os
import secrets
from pathlib import Path

from usance.engine.cluster import APP, DATABASE, OWNER, READONLY, Cluster, as_role
from usance.engine.trouble import OutOfReach

SUPERUSER = "postgres"


def read(home: Path) -> dict[str, str] | None:
    """Role → password, and "port"; None when no database was ever made here.

    :raises OutOfReach: if the file is not ours to read.
    """
    try:
        kept: dict[str, str] = json.loads(_place(home).read_text())
    except FileNotFoundError:
        return None
    except PermissionError:
        raise OutOfReach(
            f"The passwords of the database in {home} belong to another user.",
            todo="Run usance as the user who started it first, or set USANCE_HOME to a directory"
            " of your own.",
        ) from None
    return kept


def invent() -> dict[str, str]:
    """Passwords for a new database; no port yet."""
    return {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP, READONLY)}


def write(home: Path, kept: dict[str, str]) -> None:
    place = _place(home)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    draft = place.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(kept, file)
        file.flush()
        os.fsync(file.fileno())
    if os.geteuid() == 0:
        # Root in somebody's home must not lock him out of his own database.
        owner = home.stat()
        for path in (place.parent, draft):
            os.chown(path, owner.st_uid, owner.st_gid)
    draft.rename(place)


def cluster(kept: dict[str, str]) -> Cluster:
    here = f"postgresql://127.0.0.1:{kept['port']}/{DATABASE}"
    return Cluster(
        owner_url=as_role(here, OWNER, kept[OWNER]),
        app_url=as_role(here, APP, kept[APP]),
        readonly_url=as_role(here, READONLY, kept[READONLY]),
        superuser_url=as_role(here, SUPERUSER, kept[SUPERUSER]),
    )


def _place(home: Path) -> Path:
    return home / "secrets" / "database.json"
