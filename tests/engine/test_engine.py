"""The embedded PostgreSQL: made, started, killed, refused."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from usance import engine
from usance.engine import NoSpace, OutOfReach, WrongVersion, server
from usance.engine.cluster import Cluster


def postmaster(home: Path) -> int:
    return int((server.data_of(home) / "postmaster.pid").read_text().splitlines()[0])


def test_every_role_gets_in_and_is_who_it_says(started: Cluster) -> None:
    for url, role in [
        (started.owner_url, "usance_owner"),
        (started.app_url, "usance_app"),
        (started.readonly_url, "usance_readonly"),
        (started.superuser_url, "postgres"),
    ]:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_user, current_database()").fetchone() == (
                role,
                "usance",
            )


def test_it_writes_safely_and_listens_to_this_machine_only(started: Cluster) -> None:
    with psycopg.connect(started.superuser_url) as connection:
        for name, value in [
            ("fsync", "on"),
            ("data_checksums", "on"),
            ("full_page_writes", "on"),
            ("summarize_wal", "on"),
            ("listen_addresses", "127.0.0.1"),
            ("unix_socket_directories", ""),
            ("password_encryption", "scram-sha-256"),
            ("TimeZone", "UTC"),
        ]:
            assert (name, connection.execute(f"SHOW {name}").fetchone()) == (name, (value,))
        assert connection.execute(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'usance'"
        ).fetchone() == ("b", "C.UTF-8")


def test_nobody_gets_in_without_the_password(started: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(started.app_url.replace("usance_app:", "usance_app:x"))


def test_the_passwords_are_for_our_eyes_only(home: Path, started: Cluster) -> None:
    assert stat.S_IMODE((home / "secrets" / "database.json").stat().st_mode) == 0o600


def test_a_start_when_it_runs_reuses_the_server(home: Path, started: Cluster) -> None:
    pid = postmaster(home)
    assert engine.start(home) == started
    assert postmaster(home) == pid
    assert engine.known(home) == started


def test_stopped_it_is_gone_and_a_second_stop_is_no_fault(home: Path, started: Cluster) -> None:
    assert engine.running(home)
    assert engine.stop(home) is True
    assert not engine.running(home)
    assert engine.stop(home) is False


def test_it_stays_for_others_and_waits_for_who_is_about_to_go(home: Path, started: Cluster) -> None:
    with psycopg.connect(started.app_url) as other:
        assert engine.stop_if_alone(home, started) is False
        assert engine.running(home)
        leaves = threading.Timer(0.3, other.close)
        leaves.start()
        assert engine.stop_if_alone(home, started) is True
        leaves.join()
    assert not engine.running(home)


def test_a_stop_after_a_kill_is_no_fault_and_harms_nobody_else(
    home: Path, started: Cluster
) -> None:
    os.kill(postmaster(home), signal.SIGKILL)
    pid_file = server.data_of(home) / "postmaster.pid"
    while engine.running(home):
        time.sleep(0.01)
    assert pid_file.exists()
    assert engine.stop(home) is False
    with subprocess.Popen(["sleep", "60"]) as stranger:  # It was given the number since.
        pid_file.write_text("\n".join([str(stranger.pid), *pid_file.read_text().split("\n")[1:]]))
        assert engine.stop(home) is False
        assert stranger.poll() is None
        stranger.kill()


def test_another_port_is_taken_when_the_old_one_is(home: Path, started: Cluster) -> None:
    import socket

    engine.stop(home)
    port = int(started.app_url.rpartition(":")[2].partition("/")[0])
    with socket.create_server(("127.0.0.1", port)):
        moved = engine.start(home)
        assert moved.app_url != started.app_url
        with psycopg.connect(moved.app_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_it_outlives_the_process_that_started_it(home: Path) -> None:
    program = (
        "import sys, pathlib; from usance import engine; engine.start(pathlib.Path(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-c", program, home],
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": "src"},
    )
    assert engine.running(home)


def test_two_starts_at_once_make_one_server(home: Path) -> None:
    found: list[Cluster] = []
    threads = [threading.Thread(target=lambda: found.append(engine.start(home))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] == found[1]


@pytest.mark.parametrize("children_too", [False, True])
def test_after_a_kill_every_acknowledged_row_is_there(
    home: Path, started: Cluster, children_too: bool
) -> None:
    with psycopg.connect(started.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE told (n int PRIMARY KEY)")
    acknowledged: list[int] = []

    def write() -> None:
        with psycopg.connect(started.owner_url, autocommit=True) as connection:
            for n in range(1_000_000):
                try:
                    connection.execute("INSERT INTO told VALUES (%s)", [n])
                except psycopg.OperationalError:
                    return
                acknowledged.append(n)

    writer = threading.Thread(target=write)
    writer.start()
    until = time.monotonic() + 20
    while len(acknowledged) < 300 and time.monotonic() < until:
        time.sleep(0.01)
    master = postmaster(home)
    victims = [master, *(_children(master) if children_too else [])]
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    writer.join()

    again = engine.start(home)

    with psycopg.connect(again.owner_url) as connection:
        kept = {row[0] for row in connection.execute("SELECT n FROM told")}
    assert len(acknowledged) >= 300
    assert kept >= set(acknowledged)


def _children(master: int) -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(path) == master]


def _parent(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def test_data_of_another_major_version_is_refused_untouched(home: Path) -> None:
    data = server.data_of(home)
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    with pytest.raises(WrongVersion, match="written by PostgreSQL 14"):
        engine.start(home)
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_a_nearly_full_disk_is_refused_before_anything_is_written(home: Path) -> None:
    with pytest.raises(NoSpace, match="999 MB left"):
        engine.start(home, free=lambda _: 999_999_999)
    assert not server.data_of(home).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server another account")
def test_as_root_a_closed_directory_is_named_and_left_closed(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir()
    closed.chmod(0o700)
    with pytest.raises(OutOfReach, match=f"may not enter {closed}"):
        engine.start(closed / "var")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server another account")
def test_as_root_the_server_is_somebody_else(home: Path, started: Cluster) -> None:
    assert Path(f"/proc/{postmaster(home)}").stat().st_uid != 0
    assert server.data_of(home).stat().st_uid != 0


def test_lost_passwords_are_said(home: Path, started: Cluster) -> None:
    engine.stop(home)
    (home / "secrets" / "database.json").rename(home / "aside.json")
    with pytest.raises(OutOfReach, match="passwords are gone"):
        engine.start(home)
