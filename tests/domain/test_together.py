"""Direct debits that a bank books as one sum: surely these ones, or none."""

from datetime import date

import pytest

from usance.domain.collection.together import Asked, Credit, collected
from usance.domain.money import Money

DAY = date(2026, 3, 20)
FILE, OTHER = "COL260302-00000001", "COL260303-00000002"


def asked(key: str, minor: int, *, batch: int = 1, file: str = FILE, day: date = DAY) -> Asked:
    amount = Money(minor, "EUR")
    return Asked(key=key, amount=amount, file=file, batch=f"{file}-{batch}", collect_on=day)


ALL = [
    asked("a", 100_00), asked("b", 250_01), asked("c", 30_00, batch=2), asked("d", 7_00, batch=10),
    asked("e", 350_01, file=OTHER),
]  # fmt: skip


@pytest.mark.parametrize(("minor", "said", "keys"), [
    (350_01, {"says": [f"{FILE}-1"]}, "ab"),  # The batch that it names; another has its amount.
    (350_01, {"says": [f"EREF {FILE.lower()}-1 Lastschriften"]}, "ab"),
    (350_01, {"says": [OTHER]}, "e"),
    (387_01, {"says": [FILE]}, "abcd"),
    (380_01, {"says": [f"{FILE}-1 {FILE}-2"]}, "abc"),
    (350_00, {"says": [f"{FILE}-1"]}, ""),  # A cent less.
    (100_00, {"says": [f"{FILE}-1"]}, ""),  # One of two: that "b" was rejected nobody has said.
    (30_00, {"says": [FILE]}, ""),  # A batch, or what is left of the file.
    (350_01, {"says": [f"{FILE}-3"], "is_issued": True}, ""),  # Of which nothing is asked.
    (350_01, {"says": [f"{FILE}-12"]}, ""),
    (350_01, {"says": [f"X{FILE}-1"]}, ""),
    (737_02, {}, ""),
    (737_02, {"is_issued": True}, "abcde"),
    (350_01, {"is_issued": True}, ""),
    (737_02, {"is_issued": True, "booked_on": date(2026, 3, 26)}, ""),
    (350_01, {"says": [OTHER], "booked_on": date(2026, 3, 26)}, "e"),
    (350_01, {"says": [OTHER], "booked_on": date(2026, 3, 19)}, ""),  # Before its day.
    (350_01, {"keys": ["a", "b"]}, "ab"),
    (130_00, {"keys": ["a", "c"], "says": [f"{FILE}-1"]}, "ac"),
    (130_00, {"keys": ["a", "c", "x"]}, ""),  # One that is none of ours.
    (100_00, {"keys": ["a", "c"]}, ""),
])  # fmt: skip
def test_a_sum_is_what_makes_it_to_the_cent_and_in_one_way_only(
    minor: int, said: dict[str, object], keys: str
) -> None:
    credit = Credit(**{"amount": Money(minor, "EUR"), "booked_on": DAY, **said})  # type: ignore[arg-type]  # A table of what differs.
    assert "".join(sorted(collected(credit, ALL))) == keys


def test_what_was_rejected_is_not_in_the_sum() -> None:
    credit = Credit(amount=Money(250_01, "EUR"), booked_on=DAY, says=[f"{FILE}-1"])
    assert collected(credit, ALL) == ()
    assert collected(credit, ALL[1:]) == ("b",)


def test_another_currency_is_never_it() -> None:
    credit = Credit(amount=Money(350_01, "SEK"), booked_on=DAY, says=[f"{FILE}-1"])
    assert collected(credit, ALL) == ()
