"""As whom the server runs. PostgreSQL refuses root, so root lends it a system account."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from usance.engine.trouble import DidNotStart, OutOfReach

# A bare number will not do: the server looks its own name up and gives up without one.
CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The system account of the server; `lent` when we are root and hand things over to it."""

    name: str
    uid: int
    gid: int
    lent: bool

    def give(self, path: Path) -> None:
        """Make the path, and all below it, the account's own."""
        if not self.lent:
            return
        os.chown(path, self.uid, self.gid)
        for folder, folders, files in os.walk(path):
            for name in folders + files:
                os.chown(Path(folder, name), self.uid, self.gid, follow_symlinks=False)

    def run(
        self, argv: Sequence[str | Path], *, within: Path, seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, with a bare environment (no PGDATA, no PGPORT…)."""
        return subprocess.run(  # noqa: S603 - our own arguments, no shell
            [str(word) for word in argv],
            cwd=within,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            user=self.uid if self.lent else None,
            group=self.gid if self.lent else None,
            extra_groups=[] if self.lent else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )


def of(data: Path) -> Account:
    """The account for this data directory: its owner, or for a new one a system account.

    :raises OutOfReach: if the directory belongs to someone else and we are not root.
    """
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if me != 0:
        if owner not in (None, me):
            raise OutOfReach(
                f"The database in {data} belongs to {_name(owner or 0)}.",
                todo="Run usance as that user, or set USANCE_HOME to a directory of your own.",
            )
        return Account(name=_name(me), uid=me, gid=os.getegid(), lent=False)
    for entry in pwd.getpwall():
        if (owner and entry.pw_uid == owner) or (not owner and entry.pw_name == CANDIDATES[0]):
            return _lend(entry)
    for entry in pwd.getpwall():
        if not owner and entry.pw_name in CANDIDATES:
            return _lend(entry)
    raise DidNotStart(
        "PostgreSQL does not run as root, and there is no account to run it as.",
        todo="Make one (useradd --system postgres), or start usance as an ordinary user.",
    )


def reach(account: Account, path: Path) -> None:
    """Make sure that the account can walk to this directory; nobody's rights are changed.

    :raises OutOfReach: naming the first directory that is closed to it.
    """
    if not account.lent:
        return
    for step in [*reversed(path.parents), path]:
        # A shell of the account's own has to walk there: asking the mode bits would miss ACLs.
        walk = ["/bin/sh", "-c", 'cd "$1"', "sh", str(step)]
        if account.run(walk, within=Path("/"), seconds=10).returncode != 0:
            raise OutOfReach(
                f"PostgreSQL runs as {account.name}, who may not enter {step}.",
                todo="Set USANCE_HOME to a directory that every user can reach (such as"
                f" /var/lib/usance), or open this one: chmod o+x {step}",
            )


def _lend(entry: pwd.struct_passwd) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, lent=True)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
