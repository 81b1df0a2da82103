"""A demo's commits do not wait for the disk; nobody else's are so hasty."""

import pytest
from django.db import connection, transaction

from tests import world
from usance import clock
from usance.cli.demo import season
from usance.shared import address
from usance.shared.models import Book

URL = "postgresql://usance_app:word@127.0.0.1:20001/usance?sslmode=require"


def test_only_who_is_told_to_be_hasty_is() -> None:
    careful = address.database(URL, search_path="book_main,public")
    hasty = address.database(URL, search_path="book_main,public", hasty=True)
    assert careful["OPTIONS"] == {
        "sslmode": "require",
        "options": "-c search_path=book_main,public",
    }
    assert hasty["OPTIONS"] == {
        "sslmode": "require",
        "options": "-c search_path=book_main,public -c synchronous_commit=off",
    }


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_hastily_is_on_the_disk_when_the_day_turns() -> None:
    Book.objects.create(
        slug="main", name="Factor", country="SE", simulated_at=world.NOW, created_at=world.NOW
    )
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        with transaction.atomic():
            Book.objects.update(name="Nord")
        cursor.execute("SELECT pg_current_wal_insert_lsn()")
        (written,) = cursor.fetchone()
        season.keep(world.NOW)
        cursor.execute("SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn", [written])
        assert cursor.fetchone() == (True,)
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("off",)  # Only that one commit waited.
        cursor.execute("RESET synchronous_commit")
    assert clock.now() == world.NOW
