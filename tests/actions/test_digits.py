"""Payouts in currencies of no and of three digits: from the order to the export."""

import pytest

from tests import world
from tests.actions.test_money_out import _kept, _proposed, _released
from tests.actions.test_vouchers import BY, END, data, target
from tests.belt import drain, receive
from tests.letters.reading import flowing
from usance import models
from usance.actions import accounts, finance, parties, payment, vouchers
from usance.actions.vouchers import TargetUnfit
from usance.domain.journal import Account
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.payment import BankLine, Statement
from usance.plugins.payouts import Answer, Verdict
from usance.plugins.statements._camt_write import write_camt053
from usance.queries import amounts
from usance.queries.parcels import stored
from usance.queries.reports import catalogue, papers

CAPITAL = "9000000"
pytestmark = pytest.mark.django_db
IBANS = {
    "JPY": "DE02100500000054540402",
    "KWD": "DE02300209000106531065",
    "TND": "DE02200505501015871393",
}


@pytest.mark.parametrize(
    ("currency", "face", "advance", "minor"),
    [
        ("JPY", "1000001", "800000", 800_000),  # 800 000.8: no yen is split.
        ("KWD", "1234.567", "987.653", 987_653),
        ("TND", "9999.999", "7999.999", 7_999_999),
    ],
)
def test_a_payout_has_the_digits_of_its_currency(
    currency: str, face: str, advance: str, minor: int
) -> None:
    ours = _traded(currency, face)
    payout = _proposed()
    (file,) = _released(payout)
    order = stored(file.document_id).decode()
    assert f'<InstdAmt Ccy="{currency}">{advance}</InstdAmt>' in order
    assert order.count(f"<CtrlSum>{advance}</CtrlSum>") == 2

    finance.hand_over_file(file.pk, at=world.NOW, actor="bank")
    said = Answer(file=file.name, key=payout.key, verdict=Verdict.ACCEPTED)
    finance.take_answers([said], at=world.NOW, actor="bank")
    line = BankLine(
        amount=Money(-minor, currency), booked_on=world.TODAY, end_to_end=payout.key, texts=("x",)
    )
    owned = Money.of(CAPITAL, currency)
    told = Statement(
        account=ours, currency=currency, reference="1", lines=(line,), opened_on=world.TODAY,
        opening=owned, closing=owned - payout.amount, closed_on=world.TODAY,
    )  # fmt: skip
    camt = write_camt053(told, world.NOW)
    assert f'<Amt Ccy="{currency}">{advance}</Amt>'.encode() in camt
    payment.import_statement("s.xml", camt, at=world.NOW, actor="bank")
    payout.refresh_from_db()
    assert payout.state == "paid"
    assert amounts.of_clients(Account.DUE_TO_CLIENTS, [payout.client_id], currency) == {
        payout.client_id: 0
    }
    _exported(currency, advance)
    asked = catalogue.ask(
        catalogue.report("client-statement"), {"client": str(payout.client_id)}, at=world.NOW
    )
    grouped = f"{Money(minor, currency).decimal:,}"
    assert grouped in flowing(papers.client(asked, language="en", at=world.NOW))
    assert _kept() == []


def _traded(currency: str, face: str) -> str:
    """An invoice in this currency, bought; our account in it."""
    place, ours = world.build(), IBANS[currency]
    models.BankAccount.objects.create(name="Factor Nord AB", iban=ours, currency=currency)
    world.capital(CAPITAL, currency)
    limit = Money.of("5000000", currency)
    parties.set_limit(
        place.bolt.pk, limit, source="Bureau", role=Role.ADMIN, at=world.NOW, actor=world.OFFICER
    )
    entered = accounts.enter(
        place.acme.pk, number="DE02500105170137075030", currency=currency, role=Role.ADMIN,
        at=world.LONG_AGO, actor=world.OFFICER,
    )  # fmt: skip
    accounts.verify(
        entered.pk, world.CALLED, role=Role.ADMIN, at=world.LONG_AGO, actor=world.SECOND
    )
    world.agree(place.acme, world.agreement(limit))
    receive(world.paper(place.acme, place.bolt, currency=currency, gross=face))
    drain(send=False)
    return ours


def _exported(currency: str, advance: str) -> None:
    """As a table to the digit; the formats that have two digits refuse three, and say so."""
    row = target("csv_vouchers", chart="own")
    (batch,) = [one for one in vouchers.export(row.pk, until=END, **BY) if one.currency == currency]
    assert advance in data(batch).decode()
    for format, settings in (("sie4", {}), ("datev", {"consultant": "1001", "client_number": "1"})):
        row = target(format, chart="own", name=format, settings=settings)
        if Money(1, currency).decimal == 1:
            assert vouchers.export(row.pk, until=END, **BY)
        else:
            with pytest.raises(TargetUnfit, match=f"two decimals, {currency} has 3"):
                vouchers.export(row.pk, until=END, **BY)
