"""The VAT in what came back unpaid: to the cent, and owed again when it is paid."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tests import world
from tests.api.conftest import key
from tests.belt import drain, receive
from tests.letters.reading import flowing
from tests.stories.telling import Teller
from usance import models
from usance.actions import explained, write_offs
from usance.domain.invoice.document import Tax
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.payment import Was
from usance.domain.settlement.losses import Cause
from usance.queries import vat_relief
from usance.shared.models import ApiKey, Book, User
from usance.shared.models import Role as Staff

AT = world.NOW + timedelta(hours=5)
BY = {"role": Role.ADMIN, "at": AT, "actor": "user:chief"}
TAXES = (
    Tax(taxable=Decimal("8000.00"), tax=Decimal("1520.00"), category="S", rate=Decimal(19)),
    Tax(taxable=Decimal("448.60"), tax=Decimal("31.40"), category="S", rate=Decimal(7)),
)


def charged_back(cause: Cause = Cause.INSOLVENT, *, taxes: tuple[Tax, ...] = TAXES) -> Teller:
    """Acme's invoice over 10 000.00, of which 1 000.00 were paid before it came back."""
    teller = Teller()
    place = teller.place
    written = world.paper(place.acme, place.bolt)
    net, tax = (
        sum((getattr(one, name) for one in taxes), Decimal(0)) for name in ("taxable", "tax")
    )
    lines = tuple(
        replace(written.lines[0], number=str(nth), net=one.taxable, price=one.taxable,
                tax_category="S", tax_rate=one.rate)
        for nth, one in enumerate(taxes, 1)
    )  # fmt: skip
    totals = replace(written.totals, lines=net, net=net, tax=tax)
    receive(replace(written, lines=lines, taxes=taxes, totals=totals))
    drain(send=False)
    teller.pays({"": "1000.00 EUR", "by": "bolt", "quoting": "R-1"}, AT)
    drain(send=False, at=AT)
    row = models.Invoice.objects.get()
    assert row.stage == "funded"
    made = write_offs.propose(row.pk, cause=cause, reason="Bankrupt.", **BY)
    if made.state == "proposed":
        other = BY | {"actor": "user:other"}
        write_offs.agree(made.pk, seen=write_offs.digest(made), **other)
    row.refresh_from_db()
    assert row.stage == "repurchased"
    return teller


@pytest.mark.django_db
def test_a_loss_has_its_vat_and_what_is_paid_later_makes_it_owed_again() -> None:
    teller = charged_back()
    acme = teller.place.acme
    told = vat_relief.of_client(acme, on=AT.date())
    (line,) = told.lines
    assert line.loss.amount == Money.of("9000.00", "EUR")
    # 9/10 of 8 000.00 + 1 520.00 and of 448.60 + 31.40.
    assert [(cut.net.decimal, cut.tax.decimal) for cut in line.found.slices] == [
        (Decimal("7200.00"), Decimal("1368.00")), (Decimal("403.74"), Decimal("28.26")),
    ]  # fmt: skip
    assert (line.found.tax, line.found.again.minor) == (Money.of("1396.26", "EUR"), 0)
    assert (line.found.state, line.found.earliest) == ("ready", AT.date())

    teller.pays({"": "500.00 EUR", "by": "bolt", "quoting": "R-1"}, AT)
    drain(send=False, at=AT)
    receipt = models.BankLine.objects.get(unapplied_minor=500_00)
    explained.explain(receipt.pk, Was.MISDIRECTED, Money.of("500.00", "EUR"), client=acme.pk, **BY)
    told = vat_relief.of_client(acme, on=AT.date())
    (line,) = told.lines
    # 8 500.00 are lost still: 1 292.00 + 26.69 of tax in them.
    assert line.found.left == Money.of("1318.69", "EUR")
    assert line.found.again == Money.of("77.57", "EUR")
    (sums,) = told.sums
    assert (sums.ready, sums.again) == (line.found.left, line.found.again)
    paper = flowing(vat_relief.paper(told, made_at=AT))
    for words in ("Umsatzsteuer auf nicht Bezahltes", "1.396,26", "77,57", "UStG section 17"):
        assert words in paper, words
    (cells,) = vat_relief.cells(told)
    assert dict(zip(vat_relief.COLUMNS, cells, strict=True))["vat_owed_again"] == Decimal("77.57")

    book = Book.objects.create(
        slug="main", name="Main", country="SE", simulated_at=AT, created_at=world.NOW
    )
    said = key("read").get(f"/v1/clients/{acme.pk}/vat-relief").said
    assert said["lines"][0]["vat"] == {"minor": 139_626, "currency": "EUR"}
    program = key("read", name="acme")
    ApiKey.objects.filter(name="acme").update(book=book, client_id=acme.pk)
    assert program.get("/v1/vat-relief").said == said
    assert program.get(f"/v1/clients/{acme.pk}/vat-relief").status_code == 403
    _pages(acme, book)


def _pages(acme: models.Client, book: Book) -> None:
    """The office and the client itself see the same, as a page, a table and a paper."""
    ellen = User.objects.create_user("ellen", role=Staff.CLIENT, book=book, client_id=acme.pk)
    office = User.objects.create_user("fay", role=Staff.FINANCE)
    for who, path in ((office, f"/clients/{acme.pk}/vat-relief"), (ellen, "/client/vat-relief")):
        browser = Client()
        browser.force_login(who, "allauth.account.auth_backends.AuthenticationBackend")
        page = browser.get(path).content.decode()
        for words in ("1,396.26", "77.57", "May be corrected", "Debtor insolvent"):
            assert words in page, (path, words)
        table = b"".join(browser.get(f"{path}?format=csv").streaming_content).decode()
        assert "19 %: 7200.00 + 1368.00; 7 %: 403.74 + 28.26" in table
        assert browser.get(f"{path}?format=pdf").content.startswith(b"%PDF")
    assert browser.get(f"/clients/{acme.pk}/vat-relief").status_code == 404


@pytest.mark.django_db
def test_before_it_came_back_nothing_is_lost_and_a_payment_without_a_name_is_shown_apart() -> None:
    teller = charged_back(Cause.DEFAULT)
    acme = teller.place.acme
    assert vat_relief.of_client(acme, on=AT.date() - timedelta(days=1)).lines == ()
    teller.pays({"": "70.00 EUR"}, AT)
    drain(send=False, at=AT)
    receipt = models.BankLine.objects.get(unapplied_minor=70_00)
    explained.explain(receipt.pk, Was.MISDIRECTED, Money.of("70.00", "EUR"), client=acme.pk, **BY)
    told = vat_relief.of_client(acme, on=AT.date())
    assert [one.amount.minor for one in told.unplaced] == [70_00]
    assert [(one.found.state, one.found.earliest) for one in told.lines] == [("uncertain", None)]
    assert vat_relief.of_client(teller.place.nord, on=date(2027, 1, 1)).lines == ()
