"""The server process: made once, started, asked whether it is there, stopped."""

import os
import shutil
import socket
import time
from pathlib import Path
from random import SystemRandom

import psycopg

from usance.engine import kept
from usance.engine.account import Account
from usance.engine.carrier import Programs
from usance.engine.cluster import as_role
from usance.engine.trouble import DidNotStart, EngineError

SETTINGS = """\
# Written by usance at every start. Change a value with ALTER SYSTEM: that one is read last.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
max_wal_size = 2GB
checkpoint_timeout = 15min
summarize_wal = on
max_slot_wal_keep_size = 4GB
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
"""
# For a database that is thrown away: tests.
CARELESS = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
PORTS = range(20000, 32000)  # Below the ports that a system lends to outgoing connections.
STALE_SECONDS = 10  # After a kill -9 the orphans hold lock and memory for a while: try again.


def data_of(home: Path) -> Path:
    return home / "postgres" / "data"


def log_of(home: Path) -> Path:
    return home / "postgres" / "server.log"


def make(home: Path, programs: Programs, account: Account, *, password: str) -> None:
    """initdb, in a draft directory: what stands under its real name is whole."""
    place = data_of(home).parent
    place.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft, secret = place / "draft", place / "initdb.password"
    shutil.rmtree(draft, ignore_errors=True)
    secret.unlink(missing_ok=True)
    secret.touch(mode=0o600)
    secret.write_text(password)
    account.give(place)
    try:
        done = account.run(
            [
                programs.bin / "initdb", "--pgdata", draft, "--username", kept.SUPERUSER,
                "--pwfile", secret, "--auth", "scram-sha-256", "--data-checksums",
                "--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin",
                "--builtin-locale", "C.UTF-8", "--no-instructions",
            ],
            within=place,
            seconds=120,
        )  # fmt: skip
    finally:
        secret.unlink()
    if done.returncode != 0:
        raise DidNotStart(
            f"initdb failed: {done.stdout.strip()}", todo=f"Look at {place} and start again."
        )
    with (draft / "postgresql.conf").open("a") as file:
        file.write("include_if_exists = 'usance.conf'\n")
    draft.rename(data_of(home))


def start(home: Path, programs: Programs, account: Account, *, durable: bool) -> int:
    """Start the server on the port of last time, or on another if that one is taken.

    It is a process group of its own: it outlives us, and Ctrl-C does not reach it.
    :return: the port.
    :raises DidNotStart: after 10 seconds of trying, with the end of the server's log.
    """
    remembered = (kept.read(home) or {}).get("port")
    port = int(remembered) if remembered else _free_port()
    until = time.monotonic() + STALE_SECONDS
    data, log = data_of(home), log_of(home)
    while True:
        if not _free(port):
            port = _free_port()
        conf = data / "usance.conf"
        conf.write_text(SETTINGS + f"port = {port}\n" + ("" if durable else CARELESS))
        account.give(conf)
        done = account.run(
            [
                programs.bin / "pg_ctl", "start", "--wait", "--timeout", "600",
                "--pgdata", data, "--log", log, "--silent",
            ],
            within=data.parent,
            seconds=630,
        )  # fmt: skip
        if done.returncode == 0:
            return port
        if time.monotonic() > until:
            raise DidNotStart(
                f"PostgreSQL did not start: {done.stdout.strip()}\n{_end_of(log)}\n",
                todo=f"The whole log is in {log}.",
            )
        time.sleep(0.1)


def stop(home: Path, programs: Programs, account: Account) -> None:
    """Stop it now: open transactions are rolled back, everything acknowledged is on the disk."""
    data = data_of(home)
    done = account.run(
        [
            programs.bin / "pg_ctl", "stop", "--mode", "fast", "--wait", "--timeout", "120",
            "--pgdata", data, "--silent",
        ],
        within=data.parent,
        seconds=130,
    )  # fmt: skip
    if done.returncode != 0 and (data / "postmaster.pid").exists():
        raise EngineError(
            f"PostgreSQL did not stop: {done.stdout.strip()}",
            todo=f"See {log_of(home)}; a transaction may still be rolling back.",
        )


def runs(home: Path) -> bool:
    """Is there a process behind the pid file? One that was killed leaves its file behind.

    A number that the system has given to another program since is not ours: a stop would hit that.
    """
    try:
        pid = int((data_of(home) / "postmaster.pid").read_text().partition("\n")[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    told = Path(f"/proc/{pid}/cmdline")  # Where there is no /proc, the number has to do.
    return not told.exists() or b"postgres" in told.read_bytes()


def answers(home: Path) -> bool:
    """Is the server of this home up? A login with our password is the proof that it is ours."""
    known = kept.read(home)
    if not known or "port" not in known or not (data_of(home) / "postmaster.pid").exists():
        return False
    url = as_role(
        f"postgresql://127.0.0.1:{known['port']}/postgres", kept.SUPERUSER, known[kept.SUPERUSER]
    )
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]).resolve() == data_of(home).resolve()


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    chosen = SystemRandom()
    for _ in range(200):
        port = chosen.choice(PORTS)
        if _free(port):
            return port
    raise DidNotStart(
        f"No port between {PORTS.start} and {PORTS.stop} is free.", todo="Close a few servers."
    )


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else ""
