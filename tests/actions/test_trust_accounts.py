"""Debtors who are not told pay into an account that the client holds in trust for us, or we buy
nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests import world
from tests.actions import test_confidential as confidential
from tests.belt import drain, receive
from usance import models
from usance.actions import holds, trust_accounts
from usance.domain.credit.eligibility import Because
from usance.domain.finance import Product, TrustAccount
from usance.domain.mandate import ContentChanged, NotAllowed, Role, SecondPersonNeeded
from usance.domain.payee import AccountWrong
from usance.queries import availability
from usance.queries import trust_accounts as query

pytestmark = pytest.mark.django_db
IBAN = "DE89370400440532013000"
ENTERS: dict[str, Any] = {"role": Role.CREDIT, "at": world.NOW, "actor": world.OFFICER}
CHECKS: dict[str, Any] = {"role": Role.FINANCE, "at": world.NOW, "actor": world.SECOND}
DAY = timedelta(days=1)


def asking(asked: TrustAccount) -> world.World:
    place = confidential.agreed(Product.CONFIDENTIAL)
    old = place.acme.facilities.get(known_to=None)
    world.agree(place.acme, replace(old.agreement(), trust_account=asked), corrects=old.pk)
    return place


def entered(place: world.World) -> models.TrustAccount:
    return trust_accounts.enter(
        place.acme.pk, number="DE89 3704 0044 0532 0130 00", bank="Bank Süd", currency="EUR",
        **ENTERS,
    )  # fmt: skip


def stage(place: world.World, number: str) -> str:
    receive(world.paper(place.acme, place.bolt, number=number, gross="1000.00"))
    drain(send=False)
    return models.Invoice.objects.get(number=number).stage


def test_nothing_is_bought_before_a_second_person_checked_the_account() -> None:
    place = asking(TrustAccount.REQUIRED)
    assert stage(place, "R-1") == "verified"
    hold = models.Hold.objects.get(closed_at=None)
    assert [one["code"] for one in hold.findings] == ["paid_into_trust"]
    holds.release(hold.pk, remark="I want to.", **ENTERS)
    drain(send=False)
    assert models.Invoice.objects.get().stage == "verified", "nobody waives it"
    row = entered(place)
    assert entered(place) == row, "the same once more"
    for more, refusal in (
        ({"actor": world.OFFICER}, SecondPersonNeeded), ({"seen": "DE02"}, ContentChanged),
        ({"proof": " "}, trust_accounts.TrustUnproved), ({"role": Role.CASH}, NotAllowed),
    ):  # fmt: skip
        said: dict[str, Any] = {"proof": "The bank's letter", "seen": IBAN, **CHECKS, **more}
        with pytest.raises(refusal):
            trust_accounts.check(row.pk, **said)
    assert stage(place, "R-2") == "verified"
    trust_accounts.check(row.pk, proof="The bank's letter", seen=IBAN, **CHECKS)
    drain(send=False)
    assert set(models.Invoice.objects.values_list("stage", flat=True)) == {"funded"}
    with pytest.raises(trust_accounts.TrustAccountOver):
        trust_accounts.check(row.pk, proof="x", seen=IBAN, **CHECKS)

    def primary(on: int) -> Because | None:
        ledger = availability.ledger(place.acme.pk, "EUR", on=world.TODAY + on * DAY)
        assert ledger is not None
        rows, _ = availability.rows(ledger)
        return rows[0].said.primary

    assert primary(0) is None
    trust_accounts.close(row.pk, because="Moved.", **{**CHECKS, "at": world.NOW + DAY})
    assert (primary(0), primary(1)) == (None, Because.NO_TRUST_ACCOUNT)
    with pytest.raises(trust_accounts.TrustAccountOver):
        trust_accounts.close(row.pk, because="Again.", **CHECKS)
    assert [one.currency for one in query.missing(today=world.TODAY + DAY)] == ["EUR"]


def test_one_that_is_wanted_is_missing_and_stops_nothing() -> None:
    place = asking(TrustAccount.WANTED)
    assert stage(place, "R-1") == "funded"
    assert [one.client for one in query.missing(today=world.TODAY)] == [place.acme]


def test_what_is_no_account_held_for_us_alone_is_refused() -> None:
    place = asking(TrustAccount.REQUIRED)
    said = {"number": IBAN, "bank": "Bank Süd", "currency": "EUR"}
    for more, refusal in (
        ({"number": "DE00"}, AccountWrong), ({"bank": " "}, trust_accounts.TrustUnproved),
        ({"number": place.acme.accounts.get().iban}, trust_accounts.NotHeldInTrust),
        ({"role": Role.CASH}, NotAllowed),
    ):  # fmt: skip
        with pytest.raises(refusal):
            trust_accounts.enter(place.acme.pk, **{**said, **ENTERS, **more})
    entered(place)
    with pytest.raises(trust_accounts.NotHeldInTrust):
        trust_accounts.enter(place.nord.pk, **said, **ENTERS)
