"""Money that leaves: accounts that wait, days on which banks pay, what is refused, what returns."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import DatabaseError, transaction

from tests import world
from tests.belt import drain, receive
from tests.stories.telling import Teller
from usance import models
from usance.actions import accounts, finance, parties, paying, payment, refunds
from usance.domain import payee
from usance.domain.journal import Account
from usance.domain.mandate import ContentChanged, NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.domain.payee import Scheme
from usance.domain.payment import BankLine, Statement
from usance.plugins.payouts import Answer, Verdict
from usance.plugins.statements._camt_write import write_camt053
from usance.queries import amounts, cut_offs, doctor
from usance.queries import payouts as questions
from usance.queries.parcels import stored
from usance.sandbox.pain001 import read

pytestmark = pytest.mark.django_db

NEW = "DE02100500000054540402"
DAY = timedelta(days=1)


def _funded() -> world.World:
    place = world.build()
    world.capital("50000", "EUR")
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    return place


def _entered(
    client: models.Client, number: str = NEW, *, at: datetime = world.NOW, **more: str
) -> models.ClientAccount:
    return accounts.enter(
        client.pk, number=number, currency="EUR", role=Role.ADMIN, at=at, actor="user:clerk",
        **more,
    )  # fmt: skip


def _verified(row: models.ClientAccount, *, at: datetime = world.NOW) -> models.ClientAccount:
    return accounts.verify(row.pk, world.CALLED, role=Role.FINANCE, at=at, actor="user:second")


def _proposed(*, at: datetime = world.NOW) -> models.Payout:
    (payout,) = finance.propose_payouts(at=at, actor="day")
    return payout


def _released(
    *payouts: models.Payout, at: datetime = world.NOW, pay_on: date = world.TODAY
) -> list[models.PayoutFile]:
    seen = {payout.pk: payout.content for payout in payouts}
    return finance.release_payouts(
        seen, role=Role.FINANCE, pay_on=pay_on, at=at, actor="user:releaser"
    )


def _kept() -> list[str]:
    """What is broken; deliveries that nobody judged (M24) are not what this is about."""
    return [one.rule for one in doctor.examine() if not one.kept and one.rule != "M24"]


def test_a_new_account_waits_three_days_and_then_is_paid_to() -> None:
    place = _funded()
    row = _verified(_entered(place.acme))
    assert row.wait_until == world.NOW + 3 * DAY

    for at in (world.NOW, world.NOW + 3 * DAY - timedelta(seconds=1)):
        assert finance.propose_payouts(at=at, actor="day") == []
        (due,) = questions.due(at=at)
        assert (due.account, due.unverified, due.waits_until) == ("", NEW, row.wait_until)

    payout = _proposed(at=row.wait_until)
    assert payout.iban == NEW
    _released(payout, at=row.wait_until)
    assert _kept() == []


def test_a_proposal_to_an_account_that_has_to_wait_is_not_released() -> None:
    _funded()
    payout = _proposed()
    models.ClientAccount.objects.update(wait_until=world.NOW + DAY)
    with pytest.raises(finance.AccountQuarantined):
        _released(payout)
    assert models.Payout.objects.get().state == "proposed"


def test_who_calls_writes_down_whom_and_is_not_who_entered_it() -> None:
    place = world.build()
    row = _entered(place.acme)
    with pytest.raises(SecondPersonNeeded):
        accounts.verify(
            row.pk, world.CALLED, role=Role.ADMIN, at=world.NOW, actor="user:clerk via us_1"
        )
    with pytest.raises(NotAllowed):
        accounts.verify(row.pk, world.CALLED, role=Role.CASH, at=world.NOW, actor="user:x")
    with pytest.raises(payee.CallBackMissing):
        accounts.verify(
            row.pk, replace(world.CALLED, remark=""), role=Role.ADMIN, at=world.NOW, actor="user:x"
        )
    row = _verified(row)
    assert (row.called_person, row.verified_by) == ("Anna Acme", "user:second")
    with pytest.raises(accounts.AccountOver):
        _verified(row)


def test_a_number_that_came_with_the_change_is_no_evidence() -> None:
    place = world.build()
    said = {"phone": world.CALLED.number}
    parties.edit(place.acme, said, role=Role.ADMIN, at=world.NOW - DAY, actor="user:clerk")
    row = _entered(place.acme)
    with pytest.raises(payee.NumberTooFresh):
        _verified(row)
    _verified(row, at=world.NOW + 30 * DAY)


def test_the_database_too_wants_a_second_person_and_a_call() -> None:
    place = world.build()
    row = _entered(place.acme)
    for said in ({"verified_by": "user:clerk"}, {"verified_by": "user:other"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            models.ClientAccount.objects.filter(pk=row.pk).update(verified_at=world.NOW, **said)


def test_the_old_contact_is_told_even_if_the_address_was_changed_first() -> None:
    place = world.build()
    for email, at in (("boss@acme.example", 40), ("thief@evil.example", 2)):
        said = {"email": email}
        parties.edit(place.acme, said, role=Role.ADMIN, at=world.NOW - at * DAY, actor="user:c")
    _entered(place.acme)

    told = models.AccountWarning.objects.filter(account__iban=NEW).order_by("pk")
    assert [mail.address for mail in told] == ["thief@evil.example", "boss@acme.example"]
    assert all("0402" in mail.text and NEW not in mail.text for mail in told)


def test_a_withdrawn_account_gives_way_to_the_one_before() -> None:
    place = _funded()
    row = _entered(place.acme)
    again = accounts.withdraw(
        row.pk, because="They never asked.", role=Role.FINANCE, at=world.NOW, actor="user:anna"
    )
    assert again is not None
    assert again.verified_at == world.LONG_AGO
    assert _proposed().iban == again.iban
    with pytest.raises(accounts.AccountOver):
        accounts.withdraw(row.pk, because="", role=Role.FINANCE, at=world.NOW, actor="user:anna")
    history = place.acme.accounts.order_by("pk").values_list("iban", "closed_because")
    assert list(history) == [(again.iban, ""), (NEW, "They never asked.")]


def test_the_same_account_entered_again_changes_nothing() -> None:
    place = world.build()
    row = place.acme.accounts.get()
    assert _entered(place.acme, row.iban).pk == row.pk
    assert place.acme.accounts.count() == 1


def test_a_giro_account_is_paid_through_its_giro() -> None:
    place = world.build()
    receive(world.paper(place.nord, place.tre_kronor, gross="5000.00", currency="SEK"))
    drain(send=False)
    row = accounts.enter(
        place.nord.pk, number="5050-7052", scheme=Scheme.BANKGIRO, reference="1004571",
        currency="SEK", role=Role.ADMIN, at=world.NOW, actor="user:clerk",
    )  # fmt: skip
    _verified(row)
    payout = _proposed(at=world.NOW + 3 * DAY)
    (file,) = _released(payout, at=world.NOW + 3 * DAY)
    ((order,),) = (block.orders for block in read(stored(file.document_id)))
    assert (order.account, order.scheme, order.reference) == (
        "50507052", Scheme.BANKGIRO, "1004571",
    )  # fmt: skip


@pytest.mark.parametrize("column", ["iban", "bic", "name", "reference", "amount_minor"])
def test_a_proposal_that_was_tampered_with_is_not_released(column: str) -> None:
    _funded()
    payout = _proposed()
    changed = {"amount_minor": payout.amount_minor - 1}.get(column, "DE02100500000054540402"[:11])
    models.Payout.objects.update(**{column: changed})
    with pytest.raises(ContentChanged):
        _released(payout)


@pytest.mark.parametrize(("at", "pay_on", "paid_on"), [
    ("2026-03-02T12:59", "2026-03-02", "2026-03-02"),  # 13:59 in Berlin.
    ("2026-03-02T13:00", "2026-03-02", "2026-03-03"),
    ("2026-03-06T16:00", "2026-03-06", "2026-03-09"),
    ("2026-03-02T09:00", "2026-04-03", "2026-04-07"),  # Good Friday.
])  # fmt: skip
def test_the_bank_is_asked_for_a_day_on_which_it_pays(at: str, pay_on: str, paid_on: str) -> None:
    _funded()
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    (file,) = _released(_proposed(at=moment), at=moment, pay_on=date.fromisoformat(pay_on))
    assert file.pay_on.isoformat() == paid_on


def test_cut_offs_are_set_and_cross_never() -> None:
    _funded()
    account = models.BankAccount.objects.get(currency="EUR")
    how = {"role": Role.OPERATIONS, "at": world.NOW, "actor": "user:ops"}
    paying.set_bank(account.pk, order_version="03", cut_off=time(9, 30), eve_cut_off=time(9), **how)
    with pytest.raises(paying.CutOffsCrossed):
        paying.set_bank(
            account.pk, order_version="03", cut_off=time(9), eve_cut_off=time(9, 30), **how
        )
    with pytest.raises(paying.WaitOutOfBounds):
        paying.set_wait(0, **how)
    with pytest.raises(NotAllowed):
        paying.set_bank(
            account.pk, order_version="09", cut_off=time(9), eve_cut_off=time(9),
            **how | {"role": Role.FINANCE},
        )  # fmt: skip
    (bank, _) = cut_offs.banks(at=world.NOW)  # 10:00 in Berlin.
    assert (bank.slot.on, bank.slot.missed) == (date(2026, 3, 3), True)
    (file,) = _released(_proposed())
    assert b"pain.001.001.03" in stored(file.document_id)
    assert file.pay_on == date(2026, 3, 3)


def _paid_out() -> tuple[Teller, models.Payout]:
    teller = Teller()
    world.capital("50000", "EUR")
    teller.opening["EUR"] = 5_000_000
    receive(world.paper(teller.place.acme, teller.place.bolt))
    drain(send=False)
    (file,) = _released(_proposed())
    finance.hand_over_file(file.pk, at=world.NOW, actor="bank")
    teller.executes({}, world.NOW)
    return teller, models.Payout.objects.get()


def _comes(teller: Teller, amount: Money, *, end_to_end: str = "", account: str = "") -> bytes:
    """A receipt on a statement of its own, as the bank tells of it."""
    teller.statements += 1
    opening = Money(teller.opening["EUR"], "EUR")
    teller.opening["EUR"] += amount.minor
    line = BankLine(
        amount=amount, booked_on=world.TODAY, bank_reference=f"X{teller.statements}",
        end_to_end=end_to_end, counterparty="Bolt Maschinenbau AG", counterparty_account=account,
        return_reason="AC04" if end_to_end else "",
    )  # fmt: skip
    told = Statement(
        account=world.OUR_EUR, currency="EUR", reference=f"S{teller.statements}",
        opening=opening, closing=opening + amount, opened_on=world.TODAY, closed_on=world.TODAY,
        lines=(line,),
    )  # fmt: skip
    at = world.NOW + timedelta(seconds=teller.statements)
    data = write_camt053(told, at)
    payment.import_statement("statement.xml", data, at=at, actor="bank")
    drain(send=False)
    return data


def test_a_payout_that_comes_back_is_due_again_and_a_task() -> None:
    teller, payout = _paid_out()
    assert payout.state == "paid"
    data = _comes(teller, payout.amount, end_to_end=payout.key)
    payout.refresh_from_db()
    assert (payout.state, payout.reason) == ("returned", "AC04")
    due = amounts.of_clients(Account.DUE_TO_CLIENTS, [payout.client_id], "EUR")
    assert due == {payout.client_id: 800_000}
    assert questions.to_act() == [payout]
    line = models.BankLine.objects.get(amount_minor__gt=0)
    assert (line.unapplied_minor, line.verdict) == (0, "certain")

    payment.import_statement("again.xml", data, at=world.NOW, actor="bank")
    assert models.Payout.objects.filter(state="returned").count() == 1
    assert _kept() == []

    later = world.NOW + DAY
    _released(_proposed(at=later), at=later)
    assert questions.to_act() == []


def test_what_comes_back_in_another_amount_waits_for_a_person() -> None:
    teller, payout = _paid_out()
    _comes(teller, payout.amount - Money.of("7.50", "EUR"), end_to_end=payout.key)
    assert models.Payout.objects.get().state == "paid"
    assert models.BankLine.objects.get(amount_minor__gt=0).unapplied_minor == 799_250
    assert _kept() == []


PAYER = "DE75512108001245126199"


def _receipt(amount: str = "300.00", account: str = PAYER) -> models.BankLine:
    teller = Teller()
    world.capital("50000", "EUR")
    teller.opening["EUR"] = 5_000_000
    _comes(teller, Money.of(amount, "EUR"), account=account)
    return models.BankLine.objects.get(amount_minor__gt=0)


def _refund(line: models.BankLine, amount: str, role: Role = Role.CASH) -> models.Payout:
    return refunds.propose(
        line.pk, Money.of(amount, "EUR"), because="Paid twice.", role=role, at=world.NOW,
        actor="user:cash",
    )  # fmt: skip


def test_an_overpayment_goes_back_to_the_account_that_paid_it() -> None:
    line = _receipt()
    _refund(line, "300.00")
    payout = _refund(line, "120.50")  # Said again: the proposal before is replaced.
    assert (payout.iban, payout.client_id, payout.receipt_id) == (PAYER, None, line.pk)
    finance.propose_payouts(at=world.NOW, actor="day")  # Leaves refunds alone.
    with pytest.raises(SecondPersonNeeded):
        finance.release_payouts(
            {payout.pk: payout.content}, role=Role.FINANCE, pay_on=world.TODAY, at=world.NOW,
            actor="user:cash",
        )  # fmt: skip
    (file,) = _released(payout)
    line.refresh_from_db()
    assert line.unapplied_minor == 17_950
    assert _kept() == []

    answer = Answer(file=file.name, key=payout.key, verdict=Verdict.REJECTED, code="AC04")
    assert finance.take_answers([answer], raw=b"<x/>", at=world.NOW, actor="bank") == 1
    assert finance.take_answers([answer], at=world.NOW, actor="bank") == 0
    line.refresh_from_db()
    assert line.unapplied_minor == 30_000
    assert _kept() == []


@pytest.mark.parametrize("amount", ["0", "300.01"])
def test_no_more_is_paid_back_than_is_unapplied(amount: str) -> None:
    line = _receipt()
    with pytest.raises(refunds.NothingToRefund):
        _refund(line, amount)


def test_a_refund_needs_a_payer_and_a_role_and_what_it_was_proposed_for() -> None:
    line = _receipt()
    with pytest.raises(NotAllowed):
        _refund(line, "1.00", role=Role.COLLECTION)
    payout = _refund(line, "300.00")
    models.BankLine.objects.filter(pk=line.pk).update(unapplied_minor=100)
    with pytest.raises(ContentChanged):
        _released(payout)
    models.BankLine.objects.filter(pk=line.pk).update(counterparty_account="")
    with pytest.raises(refunds.NoAccountToRefund):
        _refund(line, "1.00")


@pytest.mark.parametrize("key", [True, False])
def test_the_banks_no_to_an_order_or_to_the_whole_file_closes_it(key: bool) -> None:
    _funded()
    payout = _proposed()
    (file,) = _released(payout)
    # The bank may be quicker than our own note that it has the file.
    got = Answer(file=file.name, key="", verdict=Verdict.ACCEPTED)
    no = Answer(
        file=file.name, key=payout.key if key else "", verdict=Verdict.REJECTED, code="AM04"
    )
    assert finance.take_answers([got], at=world.NOW, actor="bank") == 0
    assert finance.take_answers([no], at=world.NOW, actor="bank") == 1
    finance.hand_over_file(file.pk, at=world.NOW, actor="bank")
    payout.refresh_from_db()
    assert payout.state == "rejected"
    assert payout.reason == ("AM04" if key else "The bank rejected the whole file: AM04")
    assert questions.to_act() == [payout]
    assert _kept() == []


@pytest.mark.parametrize(("answered", "told"), [(True, (0, 0, 0, 1)), (False, (0, 0, 1, 1))])
def test_what_no_statement_shows_for_two_banking_days_is_told(
    answered: bool, told: tuple[int, ...]
) -> None:
    """For one, where the bank has not answered the order either."""
    _funded()
    (file,) = _released(_proposed())
    assert file.pay_on == world.TODAY  # A Monday.
    if answered:
        yes = Answer(file=file.name, key="", verdict=Verdict.ACCEPTED)
        finance.take_answers([yes], at=world.NOW, actor="bank")
    assert tuple(len(cut_offs.late(at=world.NOW + day * DAY)) for day in range(4)) == told
