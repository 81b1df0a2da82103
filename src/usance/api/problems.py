"""What a no looks like: application/problem+json (RFC 9457) with the Refusal's own code."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import ValidationError as Malformed

from usance.domain.refusal import Refusal

MEDIA_TYPE = "application/problem+json"
CONFLICT = 409

# Every refusal not named here is a 409: the request was understood, and the books say no.
STATUS = {
    "not_allowed": 403,
    "scope_missing": 403,
    "not_for_clients": 403,
    "second_person_needed": 403,
    "nobody_behind_key": 403,
    "too_many_requests": 429,
    "too_large": 413,
    "statement_broken": 422,
    "bank_account_unknown": 422,
    "outside_not_configured": 503,
    "report_unknown": 404,
    "party_unknown": 404,
    "filter_unknown": 422,
    "filter_missing": 422,
    "day_unreadable": 422,
    "day_ahead": 422,
    "period_empty": 422,
    "inspector_unreachable": 503,
    "document_infected": 403,
}
MISSING_KEY = "idempotency-key"
log = logging.getLogger(__name__)


class TooLarge(Refusal):
    code = "too_large"
    todo = "Send files as multipart/form-data, and large batches in several requests."


def problem(
    status: int,
    code: str,
    detail: str,
    todo: str = "",
    *,
    errors: Sequence[dict[str, str]] = (),
    retry_after: int | None = None,
) -> HttpResponse:
    """`errors` says of each field what is wrong; `retry_after` is in seconds."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "todo": todo,
    }
    if errors:
        body["errors"] = list(errors)
    reference = structlog.contextvars.get_contextvars().get("request_id")
    if reference:
        body["reference"] = str(reference)
    response = JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def refused(no: Refusal) -> HttpResponse:
    wait = getattr(no, "retry_after", None)
    says = str(no) or no.code.replace("_", " ")
    return problem(STATUS.get(no.code, CONFLICT), no.code, says, no.todo, retry_after=wait)


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problem(404, "not_found", "There is no such thing.", "Look at /v1/docs.")


def not_offered(allowed: str) -> HttpResponse:
    response = problem(
        405, "method_not_allowed", "This address does not take that.", f"It takes {allowed}."
    )
    response["Allow"] = allowed
    return response


def unauthenticated() -> HttpResponse:
    return problem(
        401,
        "key_unknown",
        "No key in force came with the request.",
        "Send it as “Authorization: Bearer us_….…”; `usance key add` makes one.",
    )


def malformed(errors: Sequence[Any]) -> HttpResponse:
    """What the request's shape got wrong: every field at once."""
    said = [
        {"where": ".".join(str(part) for part in one["loc"]), "says": str(one["msg"])}
        for one in errors
    ]
    if any(one["where"].lower().endswith(MISSING_KEY) for one in said):
        return problem(
            422,
            "idempotency_key_missing",
            "This moves money and is done once: it takes an Idempotency-Key.",
            "Send a key of 1 to 255 characters that you keep for the retries of this request.",
            errors=said,
        )
    return problem(
        422, "invalid_request", "The request is not of the shape described.", errors=said,
        todo="Mend the fields named; /v1/docs shows the shape.",
    )  # fmt: skip


def _spoiled(no: SuspiciousOperation) -> HttpResponse:
    if isinstance(no, RequestDataTooBig):
        return refused(TooLarge("the request is too large"))
    return problem(400, "unreadable_request", str(no) or "The request cannot be read.")


def _collided(clash: IntegrityError) -> HttpResponse:
    log.warning("two requests met: %s", type(clash.__cause__).__name__)
    return problem(
        CONFLICT, "conflict", "Another request wrote the same at the same moment.",
        "Send it again: it then sees what the other wrote.", retry_after=1,
    )  # fmt: skip


def _database_away(trouble: OperationalError) -> HttpResponse:
    log.error("the database refused: %s", type(trouble.__cause__).__name__)
    return problem(
        503, "try_again", "The database is busy or away; nothing was changed.",
        "Send it again in a moment.", retry_after=2,
    )  # fmt: skip


def _broken(failure: Exception) -> HttpResponse:
    log.exception("the API failed", exc_info=failure)
    return problem(
        500, "broken", "Something of ours failed; nothing was changed.",
        "Send it again; if it fails again, tell us the reference.",
    )  # fmt: skip


def attach(api: NinjaAPI) -> None:
    """Give every exception its answer."""
    answers: dict[type[Exception], Any] = {
        Refusal: refused,
        ObjectDoesNotExist: lambda _: nothing_here(HttpRequest()),
        Http404: lambda _: nothing_here(HttpRequest()),
        AuthenticationError: lambda _: unauthenticated(),
        ValidationError: lambda no: malformed(no.errors),
        Malformed: lambda no: malformed(no.errors(include_url=False, include_context=False)),
        HttpError: lambda no: problem(no.status_code, "unreadable_request", str(no)),
        MultiPartParserError: lambda no: problem(400, "unreadable_request", str(no)),
        SuspiciousOperation: _spoiled,
        IntegrityError: _collided,
        OperationalError: _database_away,
        Exception: _broken,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, lambda request, no, answer=answer: answer(no))
