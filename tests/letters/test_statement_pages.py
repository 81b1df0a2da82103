"""Statements break so that every page has rows: their notes and sums hang on the last of them."""

from datetime import UTC, date, datetime

import pytest

from tests.letters import reading
from usance.domain.money import Money
from usance.domain.party import Address
from usance.letters import statement
from usance.letters.facts import Account, Brand, Recipient

HOME = Address(street="Sveavägen 44", postcode="111 34", city="Stockholm", country="SE")
MARCH = date(2026, 3, 31)


def paper(*, owed: int, paid: int) -> list[str]:
    """The pages of a debtor's statement with so many open items and payments."""
    cents = Money.of("5.00", "EUR")
    told = statement.Owed(
        currency="EUR", aged=(("not_due", cents),),
        account=Account(holder="Factor", iban="DE23930086110285522030", bic="COBADEFFXXX"),
        items=tuple(
            statement.Item(number=f"R-{n}", client="Acme", issued_on=MARCH, due_on=MARCH,
                           days_late=0, reference="1", outstanding=cents) for n in range(owed)
        ),
        payments=tuple(
            statement.Paid(on=MARCH, number=f"P-{n}", client="Acme", amount=cents)
            for n in range(paid)
        ),
    )  # fmt: skip
    facts = statement.DebtorStatement(
        factor=Brand(name="Factor", address=HOME), clients=("Acme",), since=date(2026, 3, 1),
        debtor=Recipient(name="Bolt", address=HOME), on=MARCH, owed=(told,) if owed or paid else (),
        made_at=datetime(2026, 3, 31, tzinfo=UTC),
    )  # fmt: skip
    return reading.pages(statement.debtor_statement("en", facts))


@pytest.mark.parametrize("paid", [1, 2, 4, 6, 43])
def test_notes_and_sums_of_payments_are_never_alone_on_a_page(paid: int) -> None:
    last = paper(owed=3, paid=paid)[-1]
    assert f"P-{paid - 1} " in last
    assert "Total" in last
    assert "Made on 31 Mar 2026" in last


@pytest.mark.parametrize(("owed", "pages"), [(0, 1), (1, 1), (12, 2), (55, 3)])
def test_notes_stay_with_what_is_to_be_paid(owed: int, pages: int) -> None:
    found = paper(owed=owed, paid=0)
    assert len(found) == pages
    assert ("Payment to Factor" in found[-1]) == (owed > 0)
    assert sum("Made on 31 Mar 2026" in page for page in found) == 1
    assert "Made on 31 Mar 2026" in found[-1]
