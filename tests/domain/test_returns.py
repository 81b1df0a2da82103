"""Which receipt a movement takes back."""

from datetime import date
from uuid import UUID

from usance.domain.money import Money
from usance.domain.payment import BankLine, Movement, Reference, taken_back

PAYER = "FI4250001510000023"


def _line(minor: int, reference: str, **said: object) -> BankLine:
    return BankLine(
        amount=Money(minor, "EUR"), booked_on=date(2026, 3, 2), bank_reference=reference,
        counterparty_account=PAYER, **said,  # type: ignore[arg-type]  # Of the caller.
    )  # fmt: skip


def test_of_two_that_fit_the_one_that_the_bank_names_is_taken_back() -> None:
    first, second = (
        Movement(id=UUID(int=n), line=_line(5000, reference))
        for n, reference in enumerate(("2603025UTZ1", "2603025UTZ2"))
    )
    told = Reference(scheme="other", value="2603025UTZ2")

    assert taken_back(_line(-5000, "X", reversal=True), [first, second]) is None
    named = _line(-5000, "X", reversal=True, references=(told,))
    assert taken_back(named, [first, second]) is second
    assert taken_back(named, [first]) is first, "by its account, as the named one is not there"
