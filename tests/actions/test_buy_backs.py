"""What is bought back: as quoted or not at all, once, and debtors are told whom they pay then."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import close_old_connections, connections, transaction

from tests import world
from tests.actions.test_races import at_once
from tests.belt import drain, receive
from tests.crosswise import until_waited_for
from tests.letters.reading import flowing
from tests.stories.telling import Teller
from usance import models
from usance.actions import (
    allocations,
    buy_backs,
    credit,
    explained,
    finance,
    holds,
    terms,
    verification,
)
from usance.domain.journal import Account
from usance.domain.mandate import ContentChanged, NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.domain.payment import Was
from usance.domain.settlement.buy_backs import NotCovered, SubstituteTooSmall, Way
from usance.engine import Cluster
from usance.queries import amounts, buy_out, doctor, parcels
from usance.queries import explained as what_else

AT = world.NOW + timedelta(days=1)
WORD = "Anna Acme, by mail."


def who(role: Role = Role.FINANCE, name: str = "f") -> dict[str, Any]:
    return {"role": role, "at": AT, "actor": f"user:{name}"}


def bought(*numbers: str) -> tuple[list[models.Invoice], Teller]:
    """Acme's invoices of 10 000.00 EUR each, bought with 8 000.00, at 150.00."""
    teller = Teller()
    place = teller.place
    receive(*[world.paper(place.acme, place.bolt, number=one) for one in numbers])
    drain(send=False)
    return list(models.Invoice.objects.order_by("number")), teller


def quoted(*rows: models.Invoice, **more: Any) -> models.BuyBack:
    pks = [row.pk for row in rows]
    return buy_backs.quote(rows[0].client_id, pks, reason=WORD, **more, **who())


@pytest.mark.django_db
def test_nobody_buys_back_without_a_word_a_right_or_what_was_seen() -> None:
    (row, other), teller = bought("R-1", "R-2")
    ask = partial(buy_backs.quote, row.client_id)
    with pytest.raises(NotAllowed):
        ask([row.pk], reason=WORD, **who(Role.CASH))
    with pytest.raises(buy_backs.WordMissing):
        ask([row.pk], reason=" ", **who())
    with pytest.raises(buy_backs.NothingToBuyBack):
        ask([], reason=WORD, **who())
    with pytest.raises(buy_backs.NothingToBuyBack):
        buy_backs.quote(teller.place.nord.pk, [row.pk], reason=WORD, **who())
    made = quoted(row)
    assert made.price == Money.of("8150.00", "EUR")
    with pytest.raises(buy_backs.NotReturnable) as no:
        quoted(row, other)
    assert [one.code for one in no.value.findings] == ["buy_back_quoted"]
    with pytest.raises(NotAllowed):
        buy_backs.execute(made.pk, seen=made.content, **who(Role.OPERATIONS))
    with pytest.raises(ContentChanged):
        buy_backs.execute(made.pk, seen="0" * 64, **who())
    buy_backs.execute(made.pk, seen=made.content, **who())
    with pytest.raises(buy_backs.QuoteOver):
        buy_backs.decline(made.pk, **who())
    with pytest.raises(buy_backs.NotReturnable) as no:
        quoted(row)
    assert [one.code for one in no.value.findings] == ["buy_back_wrong_stage"]


@pytest.mark.django_db
def test_what_would_cost_another_amount_by_now_is_refused() -> None:
    (row,), teller = bought("R-1")
    made = quoted(row)
    teller.pays({"": "1000.00 EUR", "quoting": "R-1"}, AT)
    drain(send=False, at=AT)
    with pytest.raises(buy_backs.QuoteChanged, match=r"8150\.00 EUR was quoted, it would be 7150"):
        buy_backs.execute(made.pk, seen=made.content, **who())
    buy_backs.decline(made.pk, remark="Quoted anew.", **who())
    again = quoted(row, way=Way.RECEIPT)
    with pytest.raises(NotCovered):
        buy_backs.execute(again.pk, seen=again.content, **who())
    teller.pays({"": "7149.99 EUR"}, AT)
    drain(send=False, at=AT)
    line = models.BankLine.objects.get(unapplied_minor=7_149_99)
    with pytest.raises(NotCovered):
        buy_backs.execute(again.pk, seen=again.content, receipt=line.pk, **who())


@pytest.mark.django_db
def test_a_client_pays_its_claim_and_no_more_than_it() -> None:
    (row,), teller = bought("R-1")
    made = quoted(row)
    buy_backs.execute(made.pk, seen=made.content, **who())
    teller.pays({"": "9000.00 EUR", "from": "DE02120300000000202051"}, AT)
    drain(send=False, at=AT)
    line = models.BankLine.objects.get(unapplied_minor=9_000_00)
    (said,) = [one for one in what_else.suggestions(line) if one.was is Was.CLAIM_PAID]
    assert said.amount == Money.of("8150.00", "EUR")
    pays = partial(explained.explain, line.pk, Was.CLAIM_PAID, client=row.client_id)
    with pytest.raises(allocations.NotOpen):
        pays(Money.of("8150.01", "EUR"), **who(Role.CASH))
    pays(said.amount, **who(Role.CASH))
    assert _claim(row) == 0


@pytest.mark.django_db
def test_a_client_that_has_nothing_to_pay_waits_for_no_receipt() -> None:
    (row,), teller = bought("R-1")
    teller.pays({"": "9000.00 EUR", "quoting": "R-1"}, AT)
    drain(send=False, at=AT)
    made = quoted(row, way=Way.RECEIPT)
    assert (made.price, made.way) == (Money.of("-850.00", "EUR"), Way.SET_OFF)
    buy_backs.execute(made.pk, seen=made.content, **who())
    due = amounts.of_clients(Account.DUE_TO_CLIENTS, [row.client_id], "EUR")
    assert due == {row.client_id: 8000_00 + 850_00}


@pytest.mark.django_db
def test_one_takes_the_place_of_another_by_two_people_and_into_the_room_it_makes() -> None:
    teller = Teller()
    place = teller.place
    models.CreditLimit.objects.update(limit_minor=10_000_00)  # Of Bolt: room for one.
    receive(*[world.paper(place.acme, place.bolt, number=one) for one in ("R-1", "R-2")])
    receive(world.paper(place.acme, place.bolt, number="R-3", gross="9999.99"))
    drain(send=False)
    first, second, small = models.Invoice.objects.order_by("number")
    assert (first.stage, second.stage, small.stage) == ("funded", "verified", "verified")
    with pytest.raises(SubstituteTooSmall):
        quoted(first, instead=small.pk)
    made = quoted(first, instead=second.pk)
    with pytest.raises(SecondPersonNeeded):
        buy_backs.execute(made.pk, seen=made.content, **who())
    buy_backs.execute(made.pk, seen=made.content, **who(name="g"))
    stages = models.Invoice.objects.order_by("number").values_list("stage", flat=True)
    assert list(stages) == ["repurchased", "funded", "verified"]
    assert not second.holds.filter(closed_at=None).exists()
    assert [one.rule for one in doctor.examine() if not one.kept] == []


@pytest.mark.django_db
def test_what_was_bought_back_is_not_bought_again() -> None:
    (row,), teller = bought("R-1")
    made = quoted(row)
    buy_backs.execute(made.pk, seen=made.content, **who())
    receive(world.paper(teller.place.acme, teller.place.bolt, number="R-1"))
    drain(send=False)
    assert [one.stage for one in models.Invoice.objects.all()] == ["repurchased"]
    for one in models.Hold.objects.filter(closed_at=None):
        holds.release(one.pk, remark="Again.", **who(Role.CREDIT))
    drain(send=False)
    assert models.Funding.objects.count() == 1


@pytest.mark.django_db
def test_each_debtor_is_told_once_of_all_its_invoices_and_of_a_verified_account() -> None:
    rows, teller = bought("R-1", "R-2")
    receive(world.paper(teller.place.acme, teller.place.kaufmann, number="R-3", gross="900.00"))
    drain(send=False)
    made = quoted(*rows, models.Invoice.objects.get(number="R-3"))
    buy_backs.execute(made.pk, seen=made.content, **who())
    letters = models.ReleaseLetter.objects.order_by("debtor__name")
    assert [(one.debtor.name[:4], one.dispatch.kind, one.dispatch.paper) for one in letters] == [
        ("Bolt", "email", "release"), ("Kauf", "letter", "release"),
    ]  # fmt: skip
    row = parcels.queued([letters[0].dispatch_id])[0]
    parcel = parcels.made(row, parcels.ours())
    said = flowing(parcel.attachments[0].content)
    assert "Rückabtretung: bitte zahlen Sie an Acme Feinblech GmbH" in said
    assert "DE02 1203 0000 0000 2020 51" in said
    assert [one for one in ("R-1", "R-2", "R-3") if one in said] == ["R-1", "R-2"]
    assert "Acme Feinblech GmbH" in parcel.subject
    assert "/i/" not in parcel.text, "no page of ours asks for money that is not ours"


@pytest.mark.django_db
def test_a_new_account_of_the_client_is_not_told_to_debtors() -> None:
    (row,), _ = bought("R-1")
    models.ClientAccount.objects.update(wait_until=AT + timedelta(days=1))
    made = quoted(row)
    buy_backs.execute(made.pk, seen=made.content, **who())
    letter = models.ReleaseLetter.objects.get()
    assert letter.account is None
    parcel = parcels.made(parcels.queued([letter.dispatch_id])[0], parcels.ours())
    assert "IBAN" not in parcel.text
    assert "das Konto nennt Ihnen Acme Feinblech GmbH selbst" in " ".join(parcel.text.split())


@pytest.mark.django_db
def test_a_client_leaves_by_two_people_and_nothing_of_it_is_bought_any_more() -> None:
    _, teller = bought("R-1", "R-2")
    acme = teller.place.acme
    said = world.agreement(Money.of("300000", "EUR"), valid_from=AT.date() + timedelta(days=30))
    waiting = terms.propose(acme.pk, said, role=Role.CREDIT, at=AT, actor="user:officer")
    made = buy_backs.quote_exit(acme.pk, "EUR", reason=WORD, **who())
    # 2 × 8 150.00, less the 16 000.00 that were not paid out yet.
    assert (made.to_pay, made.way) == (Money.of("300.00", "EUR"), Way.RECEIPT)
    with pytest.raises(buy_backs.NotReturnable):
        buy_backs.quote_exit(acme.pk, "EUR", reason=WORD, **who())
    paper = flowing(buy_out.paper(made))
    assert "Ablöseabrechnung" in paper
    assert "300,00" in paper
    assert "IBAN" in paper
    rows = list(buy_out.cells(made))
    assert [row[0] for row in rows] == ["R-1", "R-2", "total", "claims", "due", "to pay"]
    teller.pays({"": "300.00 EUR"}, AT)
    drain(send=False, at=AT)
    line = models.BankLine.objects.get(unapplied_minor=300_00)
    do = partial(buy_backs.execute, made.pk, seen=made.content, receipt=line.pk)
    with pytest.raises(SecondPersonNeeded):
        do(**who())
    do(**who(name="g"))
    made.refresh_from_db()
    after = flowing(buy_out.paper(made))
    assert "Bezahlt" in after
    assert "IBAN" not in after  # Nobody pays it a second time.
    for account in (Account.CLIENT_CLAIMS, Account.DUE_TO_CLIENTS):
        assert amounts.of_clients(account, [acme.pk], "EUR").get(acme.pk, 0) == 0
    assert not models.Facility.objects.filter(client=acme, known_to=None, valid_to=None).exists()
    with pytest.raises(terms.ProposalDecided):
        terms.put_in_force(
            waiting.pk, seen=waiting.digest, role=Role.CREDIT, at=AT, actor="user:second"
        )
    receive(world.paper(acme, teller.place.bolt, number="R-9", issued_on=AT.date()))
    drain(send=False, at=AT)
    assert not models.Funding.objects.filter(invoice__number="R-9").exists()
    assert [one.rule for one in doctor.examine() if not one.kept] == []


@pytest.mark.django_db(transaction=True)
def test_what_is_bought_while_a_client_leaves_keeps_it_from_leaving(cluster: Cluster) -> None:
    _, teller = bought("R-1")
    made = buy_backs.quote_exit(teller.place.acme.pk, "EUR", reason=WORD, **who())
    teller.pays({"": "150.00 EUR"}, AT)
    drain(send=False, at=AT)
    line = models.BankLine.objects.get(unapplied_minor=150_00)
    receive(world.paper(teller.place.acme, teller.place.bolt, number="R-2"))
    other = models.Invoice.objects.get(number="R-2").pk
    verification.verify([other], at=AT, actor="belt")
    credit.assess([other], at=AT, actor="belt")
    do = partial(buy_backs.execute, made.pk, seen=made.content, receipt=line.pk, **who(name="g"))
    with ThreadPoolExecutor(1, initializer=close_old_connections) as hand:
        with transaction.atomic():
            finance.fund([other], at=AT, actor="belt")
            left = hand.submit(do)
            until_waited_for(cluster)
        assert isinstance(left.exception(60), buy_backs.QuoteChanged)
        hand.submit(connections.close_all).result()
    stages = models.Invoice.objects.order_by("number").values_list("stage", flat=True)
    assert list(stages) == ["funded", "funded"]
    assert models.Facility.objects.filter(
        client=teller.place.acme, known_to=None, valid_to=None
    ).exists()


@pytest.mark.django_db(transaction=True)
def test_four_who_do_it_and_a_payment_at_once_do_it_once_or_not_at_all() -> None:
    (row,), teller = bought("R-1")
    made = quoted(row)
    do = partial(buy_backs.execute, made.pk, seen=made.content, **who(name="g"))

    def pay() -> None:
        teller.pays({"": "1000.00 EUR", "quoting": "R-1"}, AT)
        drain(send=False, at=AT)

    at_once(do, pay, do, do, do)
    made.refresh_from_db()
    left = amounts.of_invoices(Account.FACTORED_RECEIVABLES, [row.pk]).get(row.pk, 0)
    assert (made.state, _claim(row), left) in {
        ("done", 8_150_00, 0), ("quoted", 0, 9_000_00),
    }  # fmt: skip
    assert models.ReleaseLetter.objects.count() == (made.state == "done")
    assert [one.rule for one in doctor.examine() if not one.kept] == []


@pytest.mark.django_db(transaction=True)
def test_a_client_leaves_while_money_arrives_and_another_executes_it_too() -> None:
    """Either all of it ended with the contract and the money is the client's, or the money paid the
    invoice and the buy-out is quoted anew."""
    _, teller = bought("R-1", "R-2")
    acme = teller.place.acme
    made = buy_backs.quote_exit(acme.pk, "EUR", reason=WORD, **who())
    teller.pays({"": "300.00 EUR"}, AT)
    drain(send=False, at=AT)
    line = models.BankLine.objects.get(unapplied_minor=300_00)
    do = partial(buy_backs.execute, made.pk, seen=made.content, receipt=line.pk, **who(name="g"))

    def pay() -> None:
        teller.pays({"": "10000.00 EUR", "quoting": "R-1"}, AT)

    at_once(do, pay, do)
    drain(send=False, at=AT)
    made.refresh_from_db()
    stages = dict(models.Invoice.objects.values_list("number", "stage"))
    left = models.BankLine.objects.get(amount_minor=10_000_00).unapplied_minor
    assert (made.state, stages["R-1"], left) in {
        ("done", "repurchased", 0), ("done", "repurchased", 10_000_00), ("quoted", "settled", 0),
    }  # fmt: skip
    assert [one.rule for one in doctor.examine() if not one.kept] == []


def _claim(row: models.Invoice) -> int:
    return amounts.of_clients(Account.CLIENT_CLAIMS, [row.client_id], "EUR").get(row.client_id, 0)
