"""Entries for the bookkeeping of others: each once, without gaps, the same bytes for good."""

import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError, connection, transaction

from tests import world
from tests.actions.test_races import at_once, kept
from tests.plugins.vouchers import sie_reading
from usance import models
from usance.actions import ledger as books
from usance.actions import vouchers
from usance.domain import ledger as recipes
from usance.domain.journal import Account, Entry, moves
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.domain.vouchers import (
    Answer,
    AnswerImpossible,
    ErrorMissing,
    State,
    TargetEnded,
    TargetUnfit,
)
from usance.plugins.vouchers import sie4
from usance.queries import vouchers as questions

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"role": Role.FINANCE, "at": world.NOW, "actor": "user:finance"}
END = date(2026, 12, 31)


def target(format: str = "sie4", chart: str = "bas", **more: Any) -> models.VoucherTarget:
    asked: dict[str, Any] = {
        "name": "Fortnox", "format": format, "chart": chart, "series": "U", "year_begins": 1,
        "since": date(2026, 1, 1), "numbers": {}, "settings": {},
    } | more  # fmt: skip
    return vouchers.set_target(**asked, **BY)


def capital(count: int, *, on: date = world.TODAY, currency: str = "SEK", of: str = "d") -> None:
    books.book(
        [recipes.capital(Money(n + 1, currency), on=on, voucher=f"{of}{n}") for n in range(count)],
        at=world.NOW,
        actor="test",
    )


def data(batch: models.VoucherBatch) -> bytes:
    digest = batch.document_id
    with storages["documents"].open(f"{digest[:2]}/{digest}") as file:
        return bytes(file.read())


def handed(**by: Any) -> set[tuple[int, str]]:
    return set(models.Voucher.objects.filter(**by).values_list("number", "state"))


def test_what_is_exported_is_every_entry_once_and_numbered_without_gaps() -> None:
    world.build()
    capital(5)
    row = target()
    (first,) = vouchers.export(row.pk, until=END, **BY)
    assert vouchers.export(row.pk, until=END, **BY) == []
    capital(2, of="later")
    (second,) = vouchers.export(row.pk, until=END, **BY)
    read = [sie_reading.read(data(one)) for one in (first, second)]
    assert [[ver.number for ver in one.vers] for one in read] == [list("12345"), list("67")]
    assert read[0].facts["VALUTA"] == ["SEK"]
    assert read[0].vers[0].rows == [
        ("1930", Decimal("0.01"), ""), ("2093", Decimal("-0.01"), ""),
    ]  # fmt: skip
    assert (first.vouchers, first.postings, first.total_minor) == (5, 5, 15)


def test_a_file_written_again_is_the_same_to_the_byte() -> None:
    world.build()
    capital(40)
    row = target()
    (batch,) = vouchers.export(row.pk, until=END, **BY)
    capital(3, of="later")
    head = questions.head(
        row, currency="SEK", year=2026, first_on=batch.first_on, last_on=batch.last_on,
        name=batch.name, made_at=batch.made_at,
    )  # fmt: skip
    again = b"".join(sie4.write(questions.of_batch(batch), head))
    assert sha256(again).hexdigest() == batch.document_id


def test_each_currency_and_each_fiscal_year_has_its_own_file_and_numbers() -> None:
    world.build()
    capital(2, on=date(2026, 4, 30), of="a")
    capital(3, on=date(2026, 5, 1), of="b")
    capital(1, on=date(2026, 5, 1), currency="EUR", of="c")
    capital(1, on=date(2025, 12, 31), of="before")
    made = vouchers.export(target(year_begins=5).pk, until=END, **BY)
    assert [(one.currency, one.year, one.vouchers) for one in made] == [
        ("EUR", 2026, 1), ("SEK", 2025, 2), ("SEK", 2026, 3),
    ]  # fmt: skip
    assert [sie_reading.read(data(one)).facts["RAR"][1] for one in made] == [
        "20260501", "20250501", "20260501",
    ]  # fmt: skip
    assert models.Voucher.objects.filter(number=1).count() == 3


def test_two_bookkeepings_each_get_everything() -> None:
    world.build()
    capital(3, currency="EUR")
    datev = {"consultant": "29098", "client_number": "55003"}
    for row in (target(), target("datev", "skr03", name="Steuerberater", settings=datev)):
        (batch,) = vouchers.export(row.pk, until=END, **BY)
        assert batch.vouchers == 3
    assert models.Voucher.objects.count() == 6
    assert kept() == []


def test_a_whole_fiscal_year_reads_back_with_its_balances() -> None:
    world.build()
    earlier = date(2025, 11, 1)
    fee = Entry(
        key="x", booked_on=earlier, because="Fee", voucher="x",
        moves=moves((Account.BANK, Account.FEE_INCOME, Money(700, "SEK"))),
    )  # fmt: skip
    books.book([fee], at=world.NOW, actor="test")
    capital(2, on=earlier, of="old")
    capital(3)
    loss = Entry(
        key="y", booked_on=world.TODAY, because="Loss", voucher="y",
        moves=moves((Account.CREDIT_LOSSES, Account.BANK, Money(250, "SEK"))),
    )  # fmt: skip
    books.book([loss], at=world.NOW, actor="test")
    row = target()
    head = questions.head(
        row, currency="SEK", year=2026, first_on=date(2026, 1, 1), last_on=END, name="year",
        made_at=world.NOW, with_standings=True,
    )  # fmt: skip
    found = sie_reading.read(b"".join(sie4.write(questions.of_year(row, "SEK", 2026), head)))
    assert found.opening == {"1930": Decimal("7.03"), "2093": Decimal("-0.03"),
                             "2098": Decimal("-7.00")}  # fmt: skip
    assert found.results == {"6351": Decimal("2.50")}
    assert len(found.vers) == 4


def test_what_the_other_side_says_is_kept_by_voucher() -> None:
    world.build()
    capital(4)
    (batch,) = vouchers.export(target().pk, until=END, **BY)

    def say(*answers: Answer) -> int:
        return vouchers.take_answers(batch.pk, answers, **BY)

    assert say(Answer(state=State.EXPORTED, external="ext-9")) == 4
    assert say(Answer(state=State.EXPORTED, external="ext-9")) == 0
    assert (
        say(
            Answer(state=State.BOOKED, number=1, their_series="A", their_number="771"),
            Answer(state=State.FAILED, number=2, error="Account 2093 is locked."),
        )
        == 2
    )
    assert say(Answer(state=State.BOOKED, number=1, their_series="A", their_number="771")) == 0
    assert say(Answer(state=State.PENDING, number=2)) == 1
    assert say(Answer(state=State.BOOKED)) == 3
    assert handed() == {(1, "booked"), (2, "booked"), (3, "booked"), (4, "booked")}
    theirs = models.Voucher.objects.order_by("number").values_list("their_number", "error")
    assert list(theirs) == [("771", ""), ("2", ""), ("3", ""), ("4", "")]
    assert set(models.Voucher.objects.values_list("external", flat=True)) == {"ext-9"}


@pytest.mark.parametrize(("answer", "refusal"), [
    (Answer(state=State.FAILED), ErrorMissing),
    (Answer(state=State.BOOKED, their_number="1"), AnswerImpossible),
    (Answer(state=State.BOOKED, number=99), AnswerImpossible),
    (Answer(state=State.EXPORTED, number=1), AnswerImpossible),
    (Answer(state=State.BOOKED, number=1, their_number="another"), AnswerImpossible),
])  # fmt: skip
def test_an_answer_that_cannot_be_is_refused(answer: Answer, refusal: type[Exception]) -> None:
    world.build()
    capital(1)
    (batch,) = vouchers.export(target().pk, until=END, **BY)
    vouchers.take_answers(batch.pk, [Answer(state=State.BOOKED, number=1)], **BY)
    with pytest.raises(refusal):
        vouchers.take_answers(batch.pk, [answer], **BY)
    assert handed() == {(1, "booked")}


@pytest.mark.parametrize("wrong", [
    {"format": "xml"}, {"chart": "ifrs"}, {"series": "u"}, {"series": "UUUUU"}, {"year_begins": 13},
    {"format": "datev", "chart": "skr03"}, {"numbers": {"1200": "1930"}},
    {"numbers": {"1200": "12"}},
])  # fmt: skip
def test_a_bookkeeping_that_cannot_work_is_not_set_up(wrong: dict[str, Any]) -> None:
    world.build()
    with pytest.raises(TargetUnfit):
        target(**wrong)
    assert not models.VoucherTarget.objects.exists()


def test_what_numbers_follow_from_stays_once_there_are_vouchers() -> None:
    world.build()
    capital(1)
    row = target()
    assert target(numbers={"1200": "1519"}).pk == row.pk
    vouchers.export(row.pk, until=END, **BY)
    with pytest.raises(TargetUnfit, match="stay"):
        target(year_begins=7)
    vouchers.end_target(row.pk, **BY)
    with pytest.raises(TargetEnded):
        vouchers.export(row.pk, until=END, **BY)


def test_only_those_who_may_export_and_answer() -> None:
    world.build()
    row = target()
    with pytest.raises(NotAllowed):
        vouchers.export(row.pk, until=END, role=Role.CASH, at=world.NOW, actor="user:cash")
    with pytest.raises(NotAllowed):
        vouchers.take_answers(row.pk, [], role=Role.CREDIT, at=world.NOW, actor="user:credit")


@pytest.mark.parametrize("sql", [
    "UPDATE voucher SET entry_id = entry_id", "UPDATE voucher SET number = number + 1",
    "DELETE FROM voucher", "UPDATE voucher_batch SET name = name", "DELETE FROM voucher_batch",
])  # fmt: skip
def test_what_was_handed_over_cannot_be_changed(sql: str) -> None:
    world.build()
    capital(1)
    vouchers.export(target().pk, until=END, **BY)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_an_entry_that_the_format_cannot_say_stops_the_export_whole() -> None:
    world.build()
    capital(1, currency="EUR")
    capital(1, currency="BHD", of="dinar")
    row = target()
    with pytest.raises(TargetUnfit, match="two decimals"):
        vouchers.export(row.pk, until=END, **BY)
    assert not models.Voucher.objects.exists()


def test_a_long_export_becomes_several_files() -> None:
    world.build()
    capital(10)
    row = target()
    with connection.cursor() as cursor:
        cursor.execute(vouchers.WAITING)
        cursor.execute(vouchers.GATHER.format(rates=questions.RATES, **questions.taken(False)), {
            "most": 4, "shift": 0, "since": row.since, "until": END, "target": row.pk,
        })  # fmt: skip
        cursor.execute(vouchers.FILES)
        assert [(place, count) for _, _, _, place, count, *_ in cursor.fetchall()] == [
            (1, 4), (5, 4), (9, 2),
        ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_eight_who_export_at_once_hand_over_every_entry_once() -> None:
    world.build()
    capital(400)
    row = target()
    stop = datetime.now(UTC) + timedelta(seconds=20)

    def book() -> None:
        for n in range(20):
            capital(5, of=f"meanwhile {n} ")
            assert datetime.now(UTC) < stop

    done = at_once(
        book, *(lambda: [vouchers.export(row.pk, until=END, **BY) for _ in range(3)],) * 7
    )
    assert not [one for one in done if isinstance(one, Exception)]
    vouchers.export(row.pk, until=END, **BY)
    numbers = sorted(models.Voucher.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 501))
    read = [sie_reading.read(data(one)) for one in models.VoucherBatch.objects.order_by("pk")]
    assert sorted(int(ver.number) for one in read for ver in one.vers) == numbers
    assert kept() == []


@pytest.mark.django_db(transaction=True)
def test_the_memory_of_a_file_does_not_grow_with_its_vouchers() -> None:
    world.build()
    row = target()
    head = questions.head(
        row, currency="SEK", year=2026, first_on=row.since, last_on=END, name="x",
        made_at=world.NOW,
    )  # fmt: skip
    peaks = []
    for count in (5_000, 20_000):
        capital(count, of=f"of {count} ")
        with transaction.atomic():
            tracemalloc.start()
            size = sum(map(len, sie4.write(questions.of_year(row, "SEK", 2026), head)))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert size > count * 100
    assert peaks[1] < peaks[0] * 1.5
