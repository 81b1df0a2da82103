"""Do what was asked once, however often it is sent: the header Idempotency-Key.

The work and the note that it is done are one transaction, so that after a crash either both stand
or neither. An answer that changed nothing is not kept: the same key may try again.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Header
from ninja.utils import contribute_operation_args
from pydantic import BaseModel

from usance.domain.refusal import Refusal
from usance.shared.models import ApiKey, IdempotencyKey

from . import gate, uploads

NAME = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
SAYS = (
    "A key of your own, kept for the retries of this request. The same key with the same body is"
    " done once and answered alike for 35 days."
)


class KeyReused(Refusal):
    code = "idempotency_key_reused"
    todo = "Take a new key for a new request; keep a key only for the retries of one."


class StillRunning(Refusal):
    code = "idempotency_key_running"
    todo = "Wait and send it again: the first request with this key has not ended."
    retry_after = 1  # Seconds.


def keyed(*, required: bool, status: int = 201) -> Callable[..., Any]:
    """A view that returns a schema, done once for each key. `required`: it moves money."""

    def around(view: Callable[..., BaseModel]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answering(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
            key = more.pop("idempotency_key", None)

            def act() -> str:
                return view(request, *args, **more).model_dump_json()

            if key is None:
                return _answer(act(), status)
            owner = gate.caller(request).key
            assert owner is not None, "only keys write"
            return _once(request, owner, key, act, status)

        shape = {"alias": NAME, "min_length": 1, "max_length": 255, "pattern": r"^[\x21-\x7e]+$"}
        source = Header(..., description=SAYS, **shape) if required else Header(
            None, description=SAYS, **shape
        )  # fmt: skip
        kind = str if required else str | None
        contribute_operation_args(answering, "idempotency_key", kind, source)  # type: ignore[arg-type]  # It takes a union as well.
        return answering

    return around


def _once(
    request: HttpRequest, owner: ApiKey, key: str, act: Callable[[], str], status: int
) -> HttpResponse:
    """:raises KeyReused: if the key came with something else before.
    :raises StillRunning: if the first request with it has not ended.
    """
    asked = f"{request.method} {request.path}"[:300]
    digest = sha256(f"{asked}\n{request.META.get('QUERY_STRING', '')}\n".encode())
    digest.update(uploads.digest(request).encode())
    row, _ = IdempotencyKey.objects.get_or_create(
        api_key=owner,
        key=key,
        defaults={
            "asked": asked,
            "sha256": digest.hexdigest(),
            "created_at": datetime.now(UTC),
        },
    )
    if row.sha256 != digest.hexdigest():
        raise KeyReused(f"it was sent with {row.asked}, or with another body")
    try:
        with transaction.atomic():
            mine = (
                IdempotencyKey.objects.select_for_update(skip_locked=True).filter(pk=row.pk).first()
            )
            if mine is None:
                raise StillRunning(f"{asked} is at work")
            if mine.state == "done":
                return _answer(mine.answer, mine.status or status, replayed=True)
            mine.answer, mine.state, mine.status = act(), "done", status
            mine.save(update_fields=["answer", "state", "status"])
            return _answer(mine.answer, status)
    except StillRunning:
        raise
    except Exception:
        IdempotencyKey.objects.filter(pk=row.pk, state="running").delete()
        raise


def _answer(body: str, status: int, *, replayed: bool = False) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="application/json")
    if replayed:
        response[REPLAYED] = "true"
    return response
