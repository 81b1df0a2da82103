"""The belt's jobs: enqueued with what happened, parked alone, resumed by a person."""

import os
import subprocess
import sys

import pytest
from django.db import transaction

from tests import world
from tests.belt import drain, receive, waiting
from usance import models
from usance.actions import holds
from usance.domain.mandate import Role
from usance.jobs import belt
from usance.queries import doctor

pytestmark = pytest.mark.django_db


def test_a_worker_knows_all_its_tasks_each_by_a_name_of_its_own() -> None:
    """In a process of its own, as a worker starts: two tasks of one name and none would run."""
    start = "import django; django.setup(); from usance.jobs import runner"
    environment = dict(os.environ) | {"DJANGO_SETTINGS_MODULE": "usance.settings"}
    done = subprocess.run(
        [sys.executable, "-c", start], env=environment, capture_output=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_what_is_rolled_back_leaves_no_job() -> None:
    place = world.build()
    before = len(waiting())
    with transaction.atomic():
        receive(world.paper(place.acme, place.bolt))
        assert len(waiting()) == before + 1
        transaction.set_rollback(True)
    assert len(waiting()) == before
    assert not models.Invoice.objects.exists()


def test_the_one_that_fails_is_parked_alone_and_goes_on_when_released() -> None:
    place = world.build()
    receive(*(world.paper(place.acme, place.bolt, number=f"R-{n}") for n in range(4)))
    rows = list(models.Invoice.objects.order_by("number"))
    paper = models.Paper.objects.get(pk=rows[2].pk)
    whole = paper.content
    models.Paper.objects.filter(pk=paper.pk).update(content={"number": 7})  # Cannot be read back.

    belt.run("verification.verify", [row.pk for row in rows])
    stages = dict(models.Invoice.objects.values_list("number", "stage"))
    assert stages == {"R-0": "verified", "R-1": "verified", "R-2": "received", "R-3": "verified"}
    (hold,) = models.Hold.objects.filter(because="error")
    assert (hold.invoice_id, hold.step) == (rows[2].pk, "verification.verify")
    assert "ValidationError" in hold.findings[0]["says"]

    models.Paper.objects.filter(pk=paper.pk).update(content=whole)
    holds.release(hold.pk, role=Role.VERIFICATION, remark="Mended.", at=world.NOW, actor="user:v")
    drain(send=False)
    assert models.Invoice.objects.get(pk=rows[2].pk).stage == "funded"


def test_a_batch_is_decided_on_and_bought_at_once_and_reads_as_if_taken_step_by_step() -> None:
    """One is held for want of room: the debtor's limit is EUR 50 000."""
    place = world.build()
    receive(
        *(world.paper(place.acme, place.bolt, number=f"R-{n}", gross="20000") for n in range(3))
    )
    ids = list(models.Invoice.objects.order_by("pk").values_list("pk", flat=True))
    belt.run("verification.verify", ids)
    belt.run("credit.assess", ids)

    assert list(models.Invoice.objects.order_by("pk").values_list("stage", flat=True)) == [
        "funded", "funded", "verified",
    ]  # fmt: skip
    told = models.Diary.objects.filter(invoice=ids[0]).order_by("pk")
    assert list(told.values_list("kind", flat=True)) == [
        "invoice.received", "invoice.verified", "invoice.approved", "invoice.funded",
    ]  # fmt: skip
    assert "finance.fund" not in {step for _, step, _ in waiting()}
    hold = models.Hold.objects.get()
    assert (hold.invoice_id, hold.step) == (ids[2], "credit.assess")
    assert [one.rule for one in doctor.examine() if not one.kept] == []


def test_who_cannot_be_bought_is_parked_before_the_purchase_and_not_before_the_decision() -> None:
    """Its entry's key is taken by another entry, which no rule foresees."""
    place = world.build()
    receive(*(world.paper(place.acme, place.bolt, number=f"R-{n}") for n in range(3)))
    rows = list(models.Invoice.objects.order_by("pk"))
    models.Entry.objects.create(
        key=f"purchase:{rows[1].pk}", content="0" * 64, booked_on=world.NOW.date(),
        because="Another.", voucher="", at=world.NOW, actor="user:x",
    )  # fmt: skip
    ids = [row.pk for row in rows]
    belt.run("verification.verify", ids)
    belt.run("credit.assess", ids)
    assert set(models.Invoice.objects.values_list("stage", flat=True)) == {"approved"}

    belt.run("finance.fund", ids)
    assert list(models.Invoice.objects.order_by("pk").values_list("stage", flat=True)) == [
        "funded", "approved", "funded",
    ]  # fmt: skip
    hold = models.Hold.objects.get(because="error")
    assert (hold.invoice_id, hold.step) == (ids[1], "finance.fund")


def test_a_currency_in_which_we_have_no_account_is_said_in_words() -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    models.BankAccount.objects.filter(currency="EUR").delete()
    belt.run("distribution.send", models.Dispatch.objects.values_list("pk", flat=True))
    (hold,) = models.Hold.objects.all()
    (finding,) = hold.findings
    assert (hold.because, finding["code"]) == ("error", "no_account_of_ours")
    assert finding["says"] == "we have no account in EUR that a paper could name"
    assert finding["todo"] == "Enter an account of ours in this currency, then release it."


def test_an_undeliverable_invoice_is_sent_again_when_somebody_found_an_address() -> None:
    place = world.build()
    models.Debtor.objects.filter(pk=place.kaufmann.pk).update(street="", city="")
    receive(world.paper(place.acme, place.kaufmann))
    drain(send=False)
    (hold,) = models.Hold.objects.all()
    assert [finding["code"] for finding in hold.findings] == ["nobody_reached"]

    models.Debtor.objects.filter(pk=place.kaufmann.pk).update(email="rechnung@kaufmann.example")
    holds.release(hold.pk, role=Role.OPERATIONS, remark="Called.", at=world.NOW, actor="user:o")
    drain(send=False)
    assert [row.kind for row in models.Dispatch.objects.all()] == ["email"]
