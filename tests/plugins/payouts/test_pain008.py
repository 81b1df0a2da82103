"""Direct debits are valid against the official schemas and say what the mandate says."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from lxml import etree

from tests.plugins.packs import pack
from usance.domain.collection.signed import Amendment, Scheme, Sequence
from usance.domain.money import Money
from usance.plugins.payouts import Address, Payer, pain008
from usance.plugins.payouts.pain001 import NoIban
from usance.sandbox import pain008 as bank

MADE_AT = datetime(2026, 4, 28, 9, 30, tzinfo=UTC)
US = Payer(
    name="Usance Finans AB", account="DE89370400440532013000", bic="COBADEFFXXX",
    address=Address(street="Sveavägen 44", postcode="111 34", town="Stockholm", country="SE"),
)  # fmt: skip
ONE = pain008.Collection(
    key="d0" * 16, amount=Money.of("10000.00", "EUR"), mandate="M-2026/17",
    signed_on=date(2026, 1, 15), name="Bolt & Söhne AG", account="DE75512108001245126199",
    address=Address(street="Industrieweg 9", postcode="80331", town="München", country="DE"),
    text="Rechnung R-1; Acme",
)  # fmt: skip
TWO = replace(
    ONE, key="d1" * 16, amount=Money.of("0.01", "EUR"), bic="SSKMDEMMXXX",
    amendment=Amendment(reference="M-OLD", account=True),
)  # fmt: skip
BATCHES = [
    pain008.Batch(sequence=Sequence.FRST, collect_on=date(2026, 4, 30), collections=(ONE,)),
    pain008.Batch(sequence=Sequence.RCUR, collect_on=date(2026, 5, 4), collections=(TWO,)),
]


def _written(
    version: str = "08", scheme: Scheme = Scheme.CORE, us: Payer = US, name: str = "COL1"
) -> bytes:
    return pain008.write(
        name, BATCHES, scheme=scheme, creditor=us, identifier="DE98ZZZ09999999999",
        made_at=MADE_AT, version=version,
    )  # fmt: skip


@pytest.mark.parametrize("version", pain008.VERSIONS)
@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("us", [US, replace(US, bic="", address=Address())])
def test_debits_are_valid(version: str, scheme: Scheme, us: Payer) -> None:
    name = f"php-sepa-xml__tests__fixtures__xsd__pain.008.001.{version}.xsd"
    schema = etree.XMLSchema(etree.parse(pack("payments") / name))

    schema.assertValid(etree.fromstring(_written(version, scheme, us)))


@pytest.mark.parametrize("version", pain008.VERSIONS)
def test_a_bank_reads_what_was_agreed(version: str) -> None:
    first, second = bank.read(_written(version, Scheme.B2B))

    assert (first.name, first.account, first.scheme, first.sequence, first.creditor) == (
        "COL1", US.account, "B2B", "FRST", "DE98ZZZ09999999999",
    )  # fmt: skip
    assert (first.collect_on, second.collect_on) == (date(2026, 4, 30), date(2026, 5, 4))
    assert first.debits == (
        bank.Debit(
            key=ONE.key, amount=ONE.amount, name="Bolt + Soehne AG", account=ONE.account,
            mandate="M-2026/17", amended="", text="Rechnung R-1, Acme",
        ),
    )  # fmt: skip
    assert (second.sequence, second.debits[0].amended) == ("RCUR", "M-OLD SMNDA")


def test_the_sums_are_those_of_the_file_and_of_each_batch() -> None:
    root = etree.fromstring(_written())

    assert [x.text for x in root.iter("{*}CtrlSum")] == ["10000.01", "10000.00", "0.01"]
    assert [x.text for x in root.iter("{*}NbOfTxs")] == ["2", "1", "1"]
    assert [x.text for x in root.iter("{*}PmtInfId")] == ["COL1-1", "COL1-2"]


def test_an_account_that_is_no_iban_is_refused() -> None:
    with pytest.raises(NoIban):
        _written(us=replace(US, account="DE89370400440532013001"))
