"""Open a home: its secrets, its database, then Django. Every command that works with data does."""

import atexit
import gc
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import click

from usance import engine
from usance.engine import Cluster, operators
from usance.engine.trouble import EngineError

BRING_TABLES = ("django", "procrastinate", "django-allauth", "django-axes")
CANNOT_RUN = 4
REFUSED = 3


def path() -> Path:
    return Path(os.environ.get("USANCE_HOME", "var")).resolve()


def open_home(*, environment: str | None = None) -> Cluster:
    """Start the database if it is not running, bring its tables up to date, set Django up.

    Ends the command with exit code 4 and the next step if usance cannot run here.
    """
    cluster = wake(environment=environment)

    _set_up()
    from usance.shared import schema

    schema.prepare(cluster.owner_url)
    _prepared(path()).write_text(_tables())
    return cluster


def _set_up() -> None:
    """Django and all of ours. What is loaded stays: looking through it for garbage meanwhile, and
    again with each later look, is a seventh of the start."""
    import django

    gc.disable()
    django.setup()
    gc.freeze()
    gc.enable()


def is_prepared() -> bool:
    """Were the tables of this home brought up to date by just this version? Told without Django,
    so that a server may start beside us instead of after us."""
    note = _prepared(path())
    return not operators.address() and note.exists() and note.read_text() == _tables()


def wake(*, environment: str | None = None) -> Cluster:
    """Start the database if it is not running; say in the environment where everything is."""
    home = path()
    os.environ["USANCE_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "usance.settings")
    os.environ.setdefault("USANCE_ENVIRONMENT", environment or _environment(home))
    try:
        home.mkdir(parents=True, exist_ok=True)
        found_running = engine.running(home)
        cluster = engine.start(home)
    except EngineError as trouble:
        raise _cannot(str(trouble)) from trouble
    except OSError as trouble:
        raise _cannot(
            f"{home}: {trouble.strerror}. Set USANCE_HOME to a folder of yours."
        ) from None
    if not found_running:
        atexit.register(_leave_as_found, home, cluster)
    if "USANCE_SECRET_KEY" not in os.environ:
        os.environ["USANCE_SECRET_KEY"] = signing_key(home / "secrets" / "django.key")
    os.environ["USANCE_APP_URL"] = cluster.app_url
    return cluster


def signing_key(place: Path) -> str:
    """The key that signs sessions, made once for each home."""
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f"{place.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        # Whole from its first moment on, and of several that start at once the first one's stays.
        with suppress(FileExistsError):
            place.hardlink_to(draft)
        draft.unlink()
    return place.read_text()


def say(text: str) -> None:
    """Talk goes to stderr, so that stdout holds data alone."""
    click.echo(text, err=True)


@contextmanager
def listing(none: str) -> Iterator[Callable[[str], None]]:
    """What puts a line of a list on stdout. Where none was put, the sentence `none` is said: an
    empty list is no command that did nothing."""
    count = 0

    def put(text: str) -> None:
        nonlocal count
        count += 1
        click.echo(text)

    yield put
    if not count:
        say(none)


def set_environment(environment: str) -> None:
    """Remember what this home is for; the ribbon of the office says it."""
    place = path() / "secrets" / "environment"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(environment)
    os.environ["USANCE_ENVIRONMENT"] = environment


def _leave_as_found(home: Path, cluster: Cluster) -> None:
    """Whoever started the database ends it, unless somebody else works with it by now."""
    from django.db import connections

    connections.close_all()
    engine.stop_if_alone(home, cluster)


def _environment(home: Path) -> str:
    place = home / "secrets" / "environment"
    return place.read_text().strip() if place.exists() else "live"


def _prepared(home: Path) -> Path:
    return home / "secrets" / "prepared"


def _tables() -> str:
    """A fingerprint of everything that brings tables: our migrations, and who else has some."""
    ours = Path(__file__).parents[1]
    places = (ours / "migrations", ours / "shared" / "migrations")
    said = [f"{file.name} {file.stat().st_size}" for at in places for file in at.glob("0*.py")]
    said += [f"{name} {version(name)}" for name in BRING_TABLES]
    return sha256("\n".join(sorted(said)).encode()).hexdigest()


def _cannot(says: str) -> SystemExit:
    print(f"usance cannot run here: {says}", file=sys.stderr)
    return SystemExit(CANNOT_RUN)
