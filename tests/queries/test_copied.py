"""Rows by COPY hold what was handed in, whatever stands in it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from usance import models
from usance.models import bulk
from usance.models.bulk import change, copy, copy_new
from usance.models.ids import new_id, new_text

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


@pytest.mark.parametrize("said", TEXTS)
def test_changed_rows_hold_what_they_were_given(said: str) -> None:
    at = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
    rows = [
        models.Period.objects.create(
            first_on=date(2026, month, 1), last_on=date(2026, month, 20), state="open", checks=[],
            closed_at=at,
        )
        for month in (1, 2, 3)
    ]  # fmt: skip
    first, second, untouched = rows
    first.remark, first.checks, first.closed_at = said, [{"code": said}], None
    first.last_on = date(2026, 1, 31)
    second.remark, untouched.remark = "other", "never written"
    fields = ["remark", "checks", "closed_at", "last_on"]
    change([first, second], fields)
    told = {row.pk: row for row in models.Period.objects.all()}
    for row in (first, second):
        for name in fields:
            assert getattr(told[row.pk], name) == getattr(row, name), name
    assert told[untouched.pk].remark == ""


def test_rows_that_say_the_same_are_changed_at_once(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(bulk, "ALIKE", 2)
    rows = [
        models.Period.objects.create(
            first_on=date(2026, month, 1), last_on=date(2026, month, 20), state="open", checks=[]
        )
        for month in range(1, 7)
    ]
    for row, said in zip(rows, ("one", "one", "two", "three", "two", ""), strict=True):
        row.remark, row.checks = said, [{"code": said}] if said else []
    with django_assert_num_queries(3):  # Of those of each kind, and of the two that are alone.
        change(rows[:5], ["remark", "checks"])
    told = {row.pk: (row.remark, row.checks) for row in models.Period.objects.all()}
    assert told == {row.pk: (row.remark, row.checks) for row in rows}


@pytest.mark.parametrize("there", [(), ("b",), ("c", "a")])
def test_what_hardly_any_was_there_of_is_added_once(there: tuple[str, ...]) -> None:
    columns = ["id", "key", "content", "booked_on", "because", "voucher", "at", "actor"]

    def rows(keys: Any, said: str) -> list[Any]:
        at = datetime(2026, 3, 2, tzinfo=UTC)
        return [(new_text(), key, "", date(2026, 3, 2), said, "x", at, "user:x") for key in keys]

    copy(models.Entry, columns, rows(there, "first"))
    added = copy_new(
        models.Entry, columns, rows("cab", "second"), conflict=["key"], returning="key",
        hardly_any=True,
    )  # fmt: skip
    assert added == set("abc") - set(there)
    told = dict(models.Entry.objects.values_list("key", "because"))
    assert told == {key: "first" if key in there else "second" for key in "abc"}


def test_a_bank_line_is_put_together_as_any_row_is() -> None:
    fields = models.BankLine._meta.concrete_fields
    names = [field.attname for field in fields]
    values = [f"value of {name}" for name in names]
    quick = models.BankLine.from_db("default", names, values)
    told = models.BankLine(*values)
    assert {**vars(quick), "_state": None} == {**vars(told), "_state": None}
    assert (quick._state.adding, quick._state.db) == (False, "default")
    few = models.BankLine.from_db("default", names[:2], values[:2])
    assert few.get_deferred_fields() == set(names[2:])


def test_no_rows_change_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        change([], ["remark"])
