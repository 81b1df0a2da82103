"""Rows by COPY hold what was handed in, whatever stands in it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from usance import models
from usance.models.bulk import copy
from usance.models.ids import new_id

pytestmark = pytest.mark.django_db

TEXTS = [
    "",
    " ",
    "a\tb",
    "a\nb\r\n",
    "\\",
    r"\N",
    r"\.",
    r"\t\\n",
    "Ørsted Käse 漢 🙂",
    '{"a": "\\\\n"}',
]


@pytest.mark.parametrize("said", TEXTS)
def test_text_is_read_back_as_it_was_written(said: str) -> None:
    at = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
    key = new_id()
    columns = ["id", "key", "content", "booked_on", "because", "voucher", "at", "actor"]
    row = (key, str(key), "", date(2026, 3, 2), said, "x", at, "user:x")
    copy(models.Entry, columns, [row])
    found = models.Entry.objects.get(pk=key)
    assert (found.pk, found.because, found.booked_on, found.at) == (key, said, row[3], at)


class Word(str):
    """A text whose type is not one of those that we write ourselves."""


@pytest.mark.parametrize("value", [Word("tab\there"), "tab\there"])
def test_rows_of_other_types_go_the_way_of_the_driver(value: Any) -> None:
    columns = ["id", "kind", "subject_id", "invoice", "at", "actor", "particulars"]
    rows = [(new_id(), "note.written", new_id(), None, datetime.now(UTC), value, "{}")
            for _ in range(3)]  # fmt: skip
    copy(models.Diary, columns, rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM diary WHERE actor = E'tab\\there'")
        assert cursor.fetchone() == (3,)
