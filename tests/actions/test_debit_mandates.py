"""What debtors sign: two people and a paper, changes, ends, one collection or all; our own name."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import world
from tests.actions.test_debits import (
    BOLTS,
    CREDITOR,
    DAY,
    DUE,
    OTHER,
    announced,
    collects,
    confirmed,
    entered,
    planned,
    ready,
    release,
    sent,
)
from tests.belt import drain, receive
from usance import models
from usance.actions import debit_files, debit_mandates, debits, paying
from usance.domain.collection import signed
from usance.domain.collection.debits import Finality
from usance.domain.collection.signed import Scheme
from usance.domain.mandate import ContentChanged, NotAllowed, Role, SecondPersonNeeded
from usance.plugins.payouts import Answer, Verdict
from usance.queries.parcels import stored
from usance.sandbox import pain008

pytestmark = pytest.mark.django_db


def test_a_mandate_takes_two_people_and_a_paper() -> None:
    place = world.build()
    with pytest.raises(NotAllowed):
        entered(place, role=Role.CASH)
    with pytest.raises(debit_mandates.NoEvidence):
        entered(place, evidence=" ")
    with pytest.raises(signed.SignedAhead):
        entered(place, signed_on=world.TODAY + DAY)
    row = entered(place)
    with pytest.raises(SecondPersonNeeded):
        debit_mandates.confirm(
            row.pk, seen=row.iban, role=Role.CREDIT, at=world.NOW, actor="user:clerk via us_1"
        )
    with pytest.raises(ContentChanged):
        debit_mandates.confirm(
            row.pk, seen=OTHER, role=Role.CREDIT, at=world.NOW, actor="user:second"
        )
    with pytest.raises(debit_mandates.ReferenceTaken):
        entered(place, reference="m-2026/17")
    with pytest.raises(debit_mandates.MandateOpen):
        entered(place, reference="M-2")
    assert confirmed(row).state == "live"
    with pytest.raises(debit_mandates.MandateOver):
        confirmed(row)
    with pytest.raises(DatabaseError), transaction.atomic():
        models.DebitMandate.objects.update(confirmed_by="user:clerk")


def test_nothing_is_collected_without_a_creditor_identifier_or_a_confirmed_mandate() -> None:
    place = ready()
    models.BankAccount.objects.update(creditor_id="")
    assert planned() == []
    with pytest.raises(debits.NoCreditor):
        debits.plan(role=Role.FINANCE, at=world.NOW, actor="user:x")
    collects()
    models.DebitMandate.objects.update(confirmed_at=None, confirmed_by="")
    assert planned() == []
    assert place.bolt.debit_mandates.count() == 1


def test_an_amended_mandate_tells_the_bank_once() -> None:
    ready(count=2)
    first, second = announced()
    release({first.pk: first.content})
    old = models.DebitMandate.objects.get()
    how = {"role": Role.COLLECTION, "at": world.NOW, "actor": "user:clerk"}
    row = debit_mandates.amend(
        old.pk, iban=OTHER, reference="M-NEW", evidence="Letter of 2 March", **how
    )
    with pytest.raises(debit_mandates.MandateOver):
        debit_mandates.amend(old.pk, iban=OTHER, evidence="Again", **how)
    assert planned() == []  # As it was, until a second person agrees.
    confirmed(row)
    assert models.Debit.objects.get(pk=second.pk).state == "cancelled"
    file = sent()
    ((block,),) = [pain008.read(stored(file.document_id))]
    (debit,) = block.debits
    assert (debit.account, debit.mandate, debit.amended) == (OTHER, "M-NEW", "M-2026/17 SMNDA")
    past = debit_files.query.past([row.pk, old.pk])
    assert (past[row.pk].reference, past[row.pk].iban) == ("M-NEW", OTHER)  # And not again.
    assert past[old.pk].reference == "M-2026/17"


def test_a_mandate_that_ends_collects_once_more_and_a_lapsed_one_never() -> None:
    ready(count=2)
    row = models.DebitMandate.objects.get()
    how = {"role": Role.COLLECTION, "at": world.NOW, "actor": "user:clerk"}
    debit_mandates.cancel(row.pk, because="They leave.", after_next=True, **how)
    first, second = announced()
    (file,) = release({first.pk: first.content})
    assert [one.sequence for one in pain008.read(stored(file.document_id))] == ["FNAL"]
    row.refresh_from_db()
    assert row.state == "closed"
    assert models.Debit.objects.get(pk=second.pk).state == "cancelled"
    with pytest.raises(debit_mandates.MandateOver):
        debit_mandates.cancel(row.pk, because="", **how)


def test_a_mandate_lapses_after_36_months_without_a_collection() -> None:
    ready(signed_on=date(2023, 3, 10))
    assert planned() == []  # It would lapse before the day of the collection.
    assert debit_mandates.lapse(at=world.NOW + 7 * DAY, actor="day") == 0
    assert debit_mandates.lapse(at=world.NOW + 8 * DAY, actor="day") == 1
    assert models.DebitMandate.objects.get().closed_because == debit_mandates.LAPSED


def test_a_mandate_for_one_invoice_collects_that_one() -> None:
    place = world.build()
    collects()
    receive(*(world.paper(place.acme, place.bolt, number=f"R-{n}", due_on=DUE) for n in range(2)))
    drain(send=False)
    wanted = models.Invoice.objects.get(number="R-1")
    confirmed(entered(place, invoice=wanted.pk, scheme=Scheme.B2B))
    with pytest.raises(debit_mandates.NotItsInvoice):
        debit_mandates.enter(
            place.kaufmann.pk, reference="M-9", scheme=Scheme.CORE, iban=OTHER,
            signed_on=date(2026, 1, 1), evidence="x", invoice=wanted.pk, role=Role.ADMIN,
            at=world.NOW, actor="user:x",
        )  # fmt: skip
    file = sent()
    ((block,),) = [pain008.read(stored(file.document_id))]
    assert (block.scheme, block.sequence, len(block.debits)) == ("B2B", "OOFF", 1)
    assert models.Debit.objects.get().invoice_id == wanted.pk
    assert models.DebitMandate.objects.get().state == "closed"


def test_the_bank_is_told_how_it_collects_and_never_two_names_at_once() -> None:
    ready()
    how = {"role": Role.OPERATIONS, "at": world.NOW, "actor": "user:ops"}
    account = models.BankAccount.objects.get(currency="EUR")
    kronor = models.BankAccount.objects.get(currency="SEK")
    said = {"version": "02", "finality": Finality.UNAUTHORISED}
    with pytest.raises(NotAllowed):
        paying.set_debits(account.pk, creditor_id=CREDITOR, **said, **how | {"role": Role.CASH})
    with pytest.raises(signed.CreditorWrong):
        paying.set_debits(account.pk, creditor_id="DE99ZZZ09999999999", **said, **how)
    with pytest.raises(paying.NoEuro):
        paying.set_debits(kronor.pk, creditor_id=CREDITOR, **said, **how)
    paying.set_debits(account.pk, creditor_id="DE 98 ZZZ 09999999999", **said, **how)
    file = sent()
    assert b"pain.008.001.02" in stored(file.document_id)
    with pytest.raises(paying.CreditorInUse):
        paying.set_debits(account.pk, creditor_id="AT61ZZZ01234567890", **said, **how)


def _asked_for(count: int) -> tuple[int, int, int]:
    """Questions to plan and to release so many debits, each under a mandate of its own, and to let
    the bank reject them."""
    rows = models.Invoice.objects.filter(debits=None).order_by("pk")[:count]
    place = models.Debtor.objects.get(pk=rows[0].debtor_id)
    for row in rows:
        said = {"reference": f"M-{row.number}", "scheme": Scheme.CORE, "iban": BOLTS}
        how = {"signed_on": date(2026, 1, 15), "evidence": "Folder 7", "role": Role.COLLECTION}
        confirmed(
            debit_mandates.enter(
                place.pk, invoice=row.pk, at=world.NOW, actor="user:clerk", **said, **how
            )
        )
    with CaptureQueriesContext(connection) as planning:
        made = announced()
    with CaptureQueriesContext(connection) as releasing:
        (file,) = release({row.pk: row.content for row in made})
    answers = [
        Answer(file=file.name, key=row.key, verdict=Verdict.REJECTED, code="AC04") for row in made
    ]
    with CaptureQueriesContext(connection) as answering:
        assert debit_files.take_answers(answers, at=world.NOW, actor="bank") == count
    return len(planning), len(releasing), len(answering)


def test_many_debits_ask_no_more_questions_than_few() -> None:
    place = world.build()
    collects()
    receive(*(world.paper(place.acme, place.bolt, number=f"R-{n}", gross="100.00", due_on=DUE)
              for n in range(8)))  # fmt: skip
    drain(send=False)
    assert _asked_for(2) == _asked_for(6)
