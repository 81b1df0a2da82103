"""Business numbers: the next of a series, without gaps."""

from django.db import connection


def take(name: str, count: int = 1) -> int:
    """The first of `count` new numbers of the series. The series is locked until commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO counter (name, value) VALUES (%s, %s) ON CONFLICT (name)"
            " DO UPDATE SET value = counter.value + EXCLUDED.value RETURNING value",
            [name, count],
        )
        return int(cursor.fetchone()[0]) - count + 1
