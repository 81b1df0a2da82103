"""The ways to pay into our accounts: what is believed, and that references follow the account."""

import pytest

from tests import world
from tests.belt import receive
from usance import models
from usance.actions.ways import NoSuchAccount, NotPayable, set_ways
from usance.domain.mandate import NotAllowed, Role
from usance.domain.reference import is_kid, is_qrr

pytestmark = pytest.mark.django_db
WHO = {"role": Role.ADMIN, "at": world.NOW, "actor": "user:admin"}
QR_IBAN = "CH4431999123000889012"


def account(currency: str, iban: str) -> models.BankAccount:
    return models.BankAccount.objects.create(name="Ours", iban=iban, currency=currency)


@pytest.mark.parametrize(
    ("currency", "way", "text", "kept"),
    [
        ("SEK", "bankgiro", "5050 1055", "5050-1055"),
        ("SEK", "bankgiro", "991-2346", "991-2346"),
        ("SEK", "swish", "123 118 11 89", "1231181189"),
        ("CHF", "qr_iban", "CH44 3199 9123 0008 8901 2", QR_IBAN),
        ("SEK", "bankgiro", " ", ""),
    ],
)
def test_a_way_is_kept_as_its_kind_writes_it(currency: str, way: str, text: str, kept: str) -> None:
    account(currency, "SE4550000000058398257466" if currency == "SEK" else "CH9300762011623852957")
    row = set_ways(currency, {way: text}, **WHO)  # type: ignore[arg-type]  # All fit.
    row.refresh_from_db()
    assert getattr(row, way) == kept
    said = models.Diary.objects.get(kind="master_data.changed", subject_id=row.pk)
    assert said.particulars["after"] == {way: kept}


@pytest.mark.parametrize(
    ("currency", "way", "text"),
    [
        ("SEK", "bankgiro", "5050-1056"), ("SEK", "bankgiro", "55"), ("SEK", "swish", "0701234567"),
        ("SEK", "swish", "123118118"), ("CHF", "qr_iban", "CH9300762011623852957"),
        ("CHF", "qr_iban", "CH4431999123000889013"), ("SEK", "qr_iban", QR_IBAN),
        ("CHF", "bankgiro", "5050-1055"),
    ],
)  # fmt: skip
def test_what_cannot_be_paid_to_is_refused_and_changes_nothing(
    currency: str, way: str, text: str
) -> None:
    row = account(currency, "SE4550000000058398257466")
    with pytest.raises(NotPayable):
        set_ways(currency, {way: text}, **WHO)  # type: ignore[arg-type]  # All fit.
    row.refresh_from_db()
    assert getattr(row, way) == ""


def test_nobody_but_an_administrator_changes_where_debtors_pay() -> None:
    account("SEK", "SE4550000000058398257466")
    with pytest.raises(NotAllowed):
        set_ways("SEK", {"swish": ""}, role=Role.FINANCE, at=world.NOW, actor="user:f")
    with pytest.raises(NoSuchAccount):
        set_ways("USD", {}, **WHO)  # type: ignore[arg-type]  # All fit.


@pytest.mark.parametrize(
    ("iban", "qr_iban", "currency", "is_one"),
    [("NO9386011117947", "", "NOK", is_kid), ("CH9300762011623852957", QR_IBAN, "CHF", is_qrr)],
)
def test_references_are_issued_in_the_standard_of_the_account(
    iban: str, qr_iban: str, currency: str, is_one: object
) -> None:
    place = world.build()
    models.BankAccount.objects.create(name="Ours", iban=iban, currency=currency, qr_iban=qr_iban)
    receive(world.paper(place.acme, place.bolt, currency=currency))
    assert callable(is_one)
    assert is_one(models.Invoice.objects.get().payment_reference)
