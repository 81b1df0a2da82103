"""The same key does the same thing once."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from tests import world
from tests.api.conftest import ALL_ROLES, Program, key
from tests.api.test_operations import named, xml
from usance import models
from usance.jobs import janitor
from usance.shared.models import ApiKey, IdempotencyKey

pytestmark = pytest.mark.django_db
PARTY = {"name": "Ny Kund AB", "country": "SE"}


def test_the_same_key_gives_the_same_answer(program: Program) -> None:
    first = program.post("/v1/clients", PARTY, key="one")
    second = program.post("/v1/clients", PARTY, key="one")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert models.Client.objects.filter(name="Ny Kund AB").count() == 1


def test_files_are_known_whatever_their_boundary(program: Program, place: world.World) -> None:
    def hand_in() -> Any:
        return program.send("/v1/batches", {"files": [named(xml(place), "R-1.xml")]}, key="b")

    first, second = hand_in(), hand_in()
    assert first.said == second.said
    assert second["Idempotency-Replayed"] == "true"
    assert models.Batch.objects.count() == 1


def test_a_key_is_for_one_request(program: Program) -> None:
    program.post("/v1/clients", PARTY, key="one")
    other = program.post("/v1/clients", {**PARTY, "name": "Other AB"}, key="one")
    assert (other.status_code, other.said["code"]) == (409, "idempotency_key_reused")
    elsewhere = program.post("/v1/debtors", PARTY, key="one")
    assert (elsewhere.status_code, elsewhere.said["code"]) == (409, "idempotency_key_reused")
    assert key("read", "write", "intake").post("/v1/clients", PARTY, key="one").status_code == 201


def test_what_changed_nothing_may_be_tried_again(program: Program) -> None:
    twin = {**PARTY, "legal_id": "556000-2222"}
    made = program.post("/v1/clients", twin)
    assert made.status_code == 201
    refused = program.post("/v1/clients", {**twin, "name": "Twin AB"}, key="two")
    assert refused.status_code == 409
    assert not IdempotencyKey.objects.filter(key="two").exists()
    models.Client.objects.filter(pk=made.said["id"]).update(legal_id="")
    assert program.post("/v1/clients", {**twin, "name": "Twin AB"}, key="two").status_code == 201


@pytest.mark.parametrize("path", ["/v1/payouts/proposals", "/v1/payouts/releases"])
def test_money_takes_a_key(program: Program, path: str) -> None:
    body = {"payouts": [{"id": "0199f3a2-1c00-7000-8000-000000000001", "content": "0" * 64}]}
    answer = program.post(path, body, key=None)
    assert (answer.status_code, answer.said["code"]) == (422, "idempotency_key_missing")
    assert program.post("/v1/clients", PARTY, key=None).status_code == 201
    for wrong in ("x" * 256, "with space"):
        assert program.post(path, body, key=wrong).status_code == 422


def test_what_a_dead_process_left_is_done_by_the_next(program: Program) -> None:
    """The row is there, running, and nobody holds it: nothing of its work was committed."""
    program.post("/v1/clients", PARTY, key="one")
    models.Client.objects.filter(name="Ny Kund AB").delete()
    IdempotencyKey.objects.update(state="running", status=None, answer="")
    again = program.post("/v1/clients", PARTY, key="one")
    assert again.status_code == 201
    assert "Idempotency-Replayed" not in again


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_at_work_the_second_waits(place: world.World) -> None:
    program = key("read", "write", "intake")
    program.post("/v1/clients", PARTY, key="one")
    IdempotencyKey.objects.update(state="running", status=None, answer="")
    with transaction.atomic():
        IdempotencyKey.objects.select_for_update().get()
        answers = _at_once(1, lambda: program.post("/v1/clients", PARTY, key="one"))
    assert (answers[0].status_code, answers[0].said["code"]) == (409, "idempotency_key_running")
    assert answers[0]["Retry-After"] == "1"


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_key_do_it_once(place: world.World) -> None:
    token = key("read", "write", *ALL_ROLES).token
    data = xml(place)

    def hand_in() -> Any:
        return Program(token).send("/v1/batches", {"files": [named(data, "R-1.xml")]}, key="b")

    answers = _at_once(8, hand_in)
    assert models.Batch.objects.count() == 1
    assert models.Invoice.objects.count() == 1
    done = [one for one in answers if one.status_code == 201]
    assert len({one.content for one in done}) == 1
    assert sum("Idempotency-Replayed" not in one for one in done) == 1
    others = {one.said["code"] for one in answers if one.status_code != 201}
    assert others <= {"idempotency_key_running"}
    assert hand_in()["Idempotency-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_eight_keys_with_the_same_invoice_take_it_in_once(place: world.World) -> None:
    token = key("read", "write").token
    data = xml(place)
    number = iter(range(8))
    lock = threading.Lock()

    def hand_in() -> Any:
        with lock:
            own = f"k{next(number)}"
        return Program(token).send("/v1/batches", {"files": [named(data, "R-1.xml")]}, key=own)

    answers = _at_once(8, hand_in)
    assert models.Invoice.objects.count() == 1
    assert {one.status_code for one in answers} <= {201, 409}
    assert all(one.said["code"] == "conflict" for one in answers if one.status_code == 409)
    assert sum(one.said["invoices"] for one in answers if one.status_code == 201) == 1


def test_keys_end_after_five_weeks(program: Program) -> None:
    owner = ApiKey.objects.get()
    for days in (34, 36):
        IdempotencyKey.objects.create(
            api_key=owner, key=str(days), asked="POST /", sha256="0" * 64,
            created_at=datetime.now(UTC) - timedelta(days=days),
        )  # fmt: skip
    janitor.forget_answers()
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["34"]


def _at_once(count: int, ask: Any) -> list[Any]:
    """The answers of `count` threads that begin together."""
    barrier, answers = threading.Barrier(count), []

    def run() -> None:
        barrier.wait()
        try:
            answers.append(ask())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == count
    assert connection.is_usable()
    return answers
