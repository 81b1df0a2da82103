"""The bank's connection, with the sandbox's bank: what is sent, and what it says in the end."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages

from tests import world
from tests.belt import drain, receive
from usance import models, sandbox
from usance.actions import accounts, finance
from usance.domain.mandate import Role
from usance.jobs import bank, notices
from usance.queries import doctor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[sandbox.Running]:
    told = sandbox.Settings(seed=7, failing=0, at=world.NOW)
    with sandbox.start(told) as running:
        found = {
            "kinds": {"email": "hybrid"},
            "carriers": {
                "hybrid": {"plugin": "hybrid", "config": running.config("channels", "hybrid")}
            },
            "bank": {"plugin": "rest", "config": {"url": running.ready["bank"], "token": ""}},
        }
        Path(settings.OUTSIDE).write_text(json.dumps(found))
        yield running


def _released(outside: sandbox.Running, *, balance: int) -> models.PayoutFile:
    place = world.build()
    asked = {"name": "Factor Nord AB", "balance_minor": balance, "currency": "EUR"}
    outside.http.put(f"/bank/{world.OUR_EUR}", json=asked).raise_for_status()
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    (payout,) = finance.propose_payouts(at=world.NOW, actor="day")
    (file,) = finance.release_payouts(
        {payout.pk: payout.content}, role=Role.FINANCE, pay_on=world.TODAY, at=world.NOW,
        actor="user:second",
    )  # fmt: skip
    return file


def test_the_bank_is_asked_until_it_has_said_what_came_of_every_order(
    outside: sandbox.Running,
) -> None:
    """It takes the order at once and finds later that the balance is too low."""
    _released(outside, balance=1_000)
    assert bank.hand_over_files(at=world.NOW) == 1
    assert bank.hand_over_files(at=world.NOW) == 0
    first = bank.fetch_answers(at=world.NOW)
    later = world.NOW + timedelta(days=1)
    outside.clock(later)
    assert first + bank.fetch_answers(at=later) == 1
    payout = models.Payout.objects.get()
    assert (payout.state, payout.reason[:4]) == ("rejected", "AM04")
    assert bank.fetch_answers(at=later) == 0
    assert [one.rule for one in doctor.examine() if not one.kept] == []


def test_a_file_that_is_not_what_was_released_is_not_sent(outside: sandbox.Running) -> None:
    file = _released(outside, balance=5_000_000)
    place = Path(storages["documents"].path(f"{file.document_id[:2]}/{file.document_id}"))
    said = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(said.replace(b"8000.00", b"9000.00"))
    assert bank.hand_over_files(at=world.NOW) == 0
    place.write_bytes(said)
    assert bank.hand_over_files(at=world.NOW) == 1


def test_the_contact_of_a_client_is_told_once_of_a_new_account(outside: sandbox.Running) -> None:
    place = world.build()
    models.AccountWarning.objects.all().delete()
    models.Client.objects.filter(pk=place.acme.pk).update(email="boss@acme.example")
    accounts.enter(
        place.acme.pk, number="DE02100500000054540402", currency="EUR", role=Role.ADMIN,
        at=world.NOW, actor="user:clerk",
    )  # fmt: skip
    assert notices.warn_due(at=world.NOW) == 1
    assert notices.warn_due(at=world.NOW) == 0
    mail = models.AccountWarning.objects.get()
    assert (mail.state, mail.address) == ("sent", "boss@acme.example")

    # A worker that died while it sent is no reason for silence.
    models.AccountWarning.objects.update(state="calling", called_at=world.NOW)
    assert notices.warn_due(at=world.NOW + timedelta(minutes=9)) == 0
    assert notices.warn_due(at=world.NOW + timedelta(minutes=11)) == 1
