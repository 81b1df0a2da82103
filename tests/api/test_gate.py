"""Who comes in, and who does not: keys, scopes, sessions, paces. Every operation is asked."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client, override_settings

from tests import world
from tests.api.conftest import ALL_ROLES, Program, key
from usance import models
from usance.api import urls
from usance.shared.models import ApiKey, User

pytestmark = pytest.mark.django_db

OPEN = {"/health/live"}
OPERATIONS = [
    (method, path, operation)
    for path, methods in urls.document()["paths"].items()
    for method, operation in methods.items()
]
CLOSED = [(method, path) for method, path, _ in OPERATIONS if path not in OPEN]
BODIES: dict[str, Any] = {
    path: operation["requestBody"]["content"]["application/json"]["example"]
    for method, path, operation in OPERATIONS
    if method == "post" and "requestBody" in operation
}
# Whoever has none of these roles is refused; where it is empty the scope "write" is enough.
TAKES = {
    "/v1/clients/{id}/eligibility": {"credit"},
    "/v1/clients/{id}/marks": {"credit"},
    "/v1/marks/{id}": {"credit"},
    "/v1/clients/{id}/over-advances": {"credit", "finance"},
    "/v1/over-advances/{id}/decisions": {"credit", "finance"},
    "/v1/clients/{id}/number-series": {"operations"},
    "/v1/clients/{id}/issuing-rules": {"operations"},
    "/v1/recurring": {"intake", "verification", "operations"},
    "/v1/recurring/{id}/stops": {"intake", "verification", "operations"},
    "/v1/drafts": {"intake", "verification", "operations"},
    "/v1/drafts/{id}/activations": {"intake", "verification", "operations"},
    "/v1/drafts/{id}/discards": {"intake", "verification", "operations"},
    "/v1/invoices/{id}/credit-drafts": {"intake", "verification", "operations"},
    "/v1/batches": set(),
    "/v1/clients/{id}/invoices": set(),
    "/v1/tables/{id}/mapping": set(),
    "/v1/verdicts": set(),
    "/v1/invoices/{id}/supporting": set(),
    "/v1/questions/{id}/askings": {"verification", "credit", "operations"},
    "/v1/questions/{id}/answers": {"verification", "credit", "operations"},
    "/v1/open-items": {"collection", "credit", "operations"},
    "/v1/open-items/differences/{id}/closings": {"collection", "credit"},
    "/v1/invoices/{id}/client-answers": {"collection", "credit"},
    "/v1/invoices/{id}/disclosures": {"collection", "credit"},
    "/v1/plans/{id}/decisions": {"collection"},
    "/v1/offers": {"finance", "operations"},
    "/v1/offers/{id}/decisions": {"credit", "finance"},
    "/v1/offers/{id}/answers": {"finance", "operations"},
    "/v1/readings/{id}/confirmations": {"intake", "verification", "operations"},
    "/v1/readings/{id}/postponements": {"intake", "verification", "operations"},
    "/v1/readings/{id}/rejections": {"intake", "verification", "operations"},
    "/v1/clients/{id}/door": {"intake", "credit", "operations"},
    "/v1/mappings/{id}": set(),
    "/v1/invoices/{id}/disputes": {"collection", "verification"},
    "/v1/invoices/{id}/disputes/current": {"collection", "verification"},
    "/v1/invoices/{id}/write-offs": {"collection", "finance"},
    "/v1/clients/{id}/claims/write-offs": {"collection", "finance"},
    "/v1/write-offs/{id}/agreements": {"collection", "finance"},
    "/v1/write-offs/{id}/refusals": {"collection", "finance"},
    "/v1/write-offs/{id}/recoveries": {"cash"},
    "/v1/write-off-authority": set(),
    "/v1/clients/{id}/buy-backs": {"finance", "operations"},
    "/v1/clients/{id}/exits": {"finance", "operations"},
    "/v1/buy-backs/{id}/executions": {"finance"},
    "/v1/buy-backs/{id}/refusals": {"finance", "operations"},
    "/v1/fee-invoices": {"finance"},
    "/v1/fee-invoices/{id}/credit-notes": {"finance"},
    "/v1/fee-invoicing": {"finance"},
    "/v1/holds/{id}/releases": {"verification", "credit", "operations"},
    "/v1/holds/{id}/rejections": {"verification", "credit"},
    "/v1/statements": {"cash", "finance"},
    "/v1/held-statements/{id}/imports": {"cash", "finance"},
    "/v1/held-statements/{id}/dismissals": {"cash", "finance"},
    "/v1/bank-lines/{id}/conversions": {"cash"},
    "/v1/bank-lines/{id}/allocations": {"cash"},
    "/v1/bank-lines/{id}/allocations/{invoice}": {"cash"},
    "/v1/bank-lines/{id}/splits": {"cash"},
    "/v1/bank-lines/{id}/explanations": {"cash"},
    "/v1/bank-lines/{id}/explanations/{explanation}": {"cash"},
    "/v1/bank-lines/{id}/short-payments": {"cash"},
    "/v1/bank-lines/{id}/debits": {"cash"},
    "/v1/bank-lines/{id}/payouts": {"cash"},
    "/v1/tolerances": {"collection", "finance"},
    "/v1/tolerances/{id}/ends": {"collection", "finance"},
    "/v1/payment-differences/{id}": {"cash"},
    "/v1/payer-rules": {"cash"},
    "/v1/payer-rules/{id}": {"cash"},
    "/v1/allocation-rule": {"operations"},
    "/v1/passing-on": {"operations"},
    "/v1/payment-advices": {"cash"},
    "/v1/payment-advices/{id}": {"cash"},
    "/v1/payment-advices/{id}/restorations": {"cash"},
    "/v1/payouts/proposals": {"finance", "operations"},
    "/v1/payouts/releases": {"finance"},
    "/v1/missing-payouts": {"finance", "operations"},
    "/v1/missing-payouts/{id}": {"finance", "operations"},
    "/v1/missing-payouts/{id}/agreements": {"finance"},
    "/v1/clients/{id}/accounts": {"intake", "credit", "operations"},
    "/v1/accounts/{id}/verifications": {"finance"},
    "/v1/accounts/{id}/withdrawals": {"intake", "credit", "finance", "operations"},
    "/v1/clients/{id}/trust-accounts": {"intake", "credit", "operations"},
    "/v1/trust-accounts/{id}/checks": {"finance"},
    "/v1/trust-accounts/{id}/closings": {"intake", "credit", "finance", "operations"},
    "/v1/bank-lines/{id}/refunds": {"cash", "finance"},
    "/v1/debtors/{id}/mandates": {"intake", "credit", "collection"},
    "/v1/mandates/{id}/confirmations": {"intake", "credit", "collection"},
    "/v1/mandates/{id}/changes": {"intake", "credit", "collection"},
    "/v1/mandates/{id}/ends": {"intake", "credit", "collection"},
    "/v1/provider-payouts/{id}/arrivals": {"cash"},
    "/v1/provider-refunds": {"cash", "finance"},
    "/v1/provider-refunds/{id}": {"cash", "finance"},
    "/v1/provider-refunds/{id}/releases": {"finance"},
    "/v1/debits/plans": {"collection", "finance", "operations"},
    "/v1/debits/{id}/announcements": {"collection", "finance", "operations"},
    "/v1/debits/{id}/cancellations": {"collection", "finance", "operations"},
    "/v1/debits/{id}/recalls": {"collection", "finance", "operations"},
    "/v1/debits/releases": {"finance"},
    "/v1/clients": {"intake", "credit", "operations"},
    "/v1/clients/{id}/facilities": {"credit"},
    "/v1/facility-proposals/{id}/approvals": {"credit"},
    "/v1/facility-proposals/{id}/withdrawals": {"credit"},
    "/v1/reference-rates": {"credit"},
    "/v1/debtors": {"intake", "credit", "operations"},
    "/v1/debtors/{id}/limits": {"credit"},
    "/v1/debtors/{id}/undertakings": {"verification", "credit"},
    "/v1/debtors/{id}/mergers": {"intake", "credit", "operations"},
    "/v1/mergers/{id}/agreements": {"intake", "credit", "operations"},
    "/v1/mergers/{id}/refusals": {"intake", "credit", "operations"},
    "/v1/mergers/{id}/reversals": {"intake", "credit", "operations"},
    "/v1/dispatches/{id}/resolutions": {"collection", "operations"},
    "/v1/dispatches/{id}/resends": {"collection", "operations"},
    "/v1/address-proposals/{id}/acceptances": {"intake", "credit", "operations"},
    "/v1/address-proposals/{id}/refusals": {"intake", "credit", "operations"},
    "/v1/suppressions/{id}/liftings": {"collection", "operations"},
    "/v1/registrations/{id}/placements": {"intake", "credit", "operations"},
    "/v1/registrations/{id}/refusals": {"intake", "credit", "operations"},
    "/v1/invoices/{id}/debtor": {"verification", "credit", "operations"},
    "/v1/debtors/{id}/spellings/{spelling}": {"verification", "credit", "operations"},
    "/v1/clients/{id}/thresholds": {"credit", "operations"},
    "/v1/bookkeepings": {"finance"},
    "/v1/bookkeepings/{id}": {"finance"},
    "/v1/bookkeepings/{id}/exports": {"finance", "operations"},
    "/v1/voucher-batches/{id}/answers": {"finance", "operations"},
    "/v1/ledger/corrections": {"finance"},
    "/v1/ledger/entries/{id}/reversals": {"finance"},
    "/v1/exchange-rates": {"finance"},
    "/v1/exchange-rates/files": {"finance"},
    "/v1/exchange-rates/{id}/agreements": {"finance"},
    "/v1/exchange-rates/{id}/refusals": {"finance"},
    "/v1/ledger/home-currency": {"finance"},
    "/v1/ledger/revaluations": {"finance"},
    "/v1/periods/{month}/closings": {"finance"},
    "/v1/periods/{month}/reopening-requests": {"finance"},
    "/v1/periods/{month}/reopenings": {"finance"},
    "/v1/fingerprints": {"credit", "operations"},
    "/v1/fingerprints/{circle}/exports": {"credit", "operations"},
}
WRITES = [(method, path) for method, path in CLOSED if method != "get"]


def ask(program: Program, method: str, path: str) -> Any:
    """The operation with an id that exists where one is needed, and the body of its example."""
    row = models.Invoice.objects.first()
    hold = models.Hold.objects.first()
    found = {"/v1/invoices": row, "/v1/holds": hold}.get("/".join(path.split("/")[:3]))
    filled = path.replace("{id}", str(found.pk if found else uuid4()))
    filled = filled.replace("{sha256}", "0" * 64).replace("{spelling}", str(uuid4()))
    filled = filled.replace("{circle}", "nordic").replace("{month}", "2026-03")
    if method == "get":
        return program.get(filled)
    return program.delete(filled) if method == "delete" else program.post(filled, BODIES.get(path))


def test_every_writing_operation_has_its_row() -> None:
    assert {path for _, path in WRITES} == set(TAKES)


def test_no_operation_is_open_but_one() -> None:
    open_ = {path for _, path, operation in OPERATIONS if not operation.get("security")}
    assert open_ == OPEN


def test_nobody_comes_in_without_a_key(place: world.World) -> None:
    strangers = (
        Program(""),
        Program("us_0000000000.wrong"),
        Program("nonsense"),
        Program("us_\N{LATIN SMALL LETTER E WITH ACUTE}.x"),
        key("read", "write", *ALL_ROLES, revoked=True),
    )
    for method, path in CLOSED:
        for stranger in strangers:
            answer = ask(stranger, method, path)
            assert answer.status_code == 401, (method, path, answer.content)
            assert answer["Content-Type"] == "application/problem+json"
            assert (answer.said["code"], answer["WWW-Authenticate"]) == ("key_unknown", "Bearer")


def test_reading_and_writing_are_scopes(place: world.World, unhurried: None) -> None:
    reads, writes = key("read", *ALL_ROLES), key("write", *ALL_ROLES)
    for method, path in CLOSED:
        answer = ask(writes if method == "get" else reads, method, path)
        assert (answer.status_code, answer.said["code"]) == (403, "scope_missing"), (method, path)


def test_each_role_does_only_its_own(place: world.World, unhurried: None) -> None:
    from tests.belt import drain, receive

    receive(world.paper(place.acme, place.bolt, gross="60000.00"))
    drain(send=False)
    nobody, of_role = key("read", "write"), {role: key("read", "write", role) for role in ALL_ROLES}
    without = {
        allowed: key("read", "write", *(set(ALL_ROLES) - allowed))
        for allowed in {frozenset(one) for one in TAKES.values()}
    }
    for method, path in WRITES:
        allowed = frozenset(TAKES[path])
        if not allowed:
            continue
        if "{id}" not in path or "holds" in path or "invoices" in path:
            for program, code in ((nobody, "scope_missing"), (without[allowed], "not_allowed")):
                refused = ask(program, method, path)
                told = (refused.status_code, refused.said["code"])
                assert told == (403, code), (method, path)
            assert refused.said["todo"]
        for role in sorted(allowed):
            with transaction.atomic():  # Each finds the book as it was.
                answer = ask(of_role[role], method, path)
                transaction.set_rollback(True)
            assert answer.status_code != 403, (method, path, role)


def test_a_key_is_marked_as_used_once_a_minute(place: world.World) -> None:
    program = key("read")
    row = ApiKey.objects.get()
    program.get("/v1/batches")
    row.refresh_from_db()
    first = row.last_used_at
    assert first is not None
    assert abs(datetime.now(UTC) - first) < timedelta(seconds=30)
    program.get("/v1/batches")
    row.refresh_from_db()
    assert row.last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    program.get("/v1/batches")
    row.refresh_from_db()
    assert row.last_used_at > first


def test_a_key_that_is_revoked_ends_at_once(place: world.World) -> None:
    program = key("read")
    assert program.get("/v1/batches").status_code == 200
    ApiKey.objects.update(revoked_at=datetime.now(UTC))
    assert program.get("/v1/batches").status_code == 401


def test_a_prefix_alone_or_another_secret_is_no_key(place: world.World) -> None:
    program = key("read")
    prefix = program.token.partition(".")[0]
    for wrong in (prefix, f"{prefix}.", f"{program.token}x", f"{prefix}.{program.token}"):
        assert Program(wrong).get("/v1/batches").status_code == 401


def test_a_colleague_reads_with_the_offices_session_and_writes_nothing(
    place: world.World,
) -> None:
    user = User.objects.create_user("anna", password="a long enough password", role="admin")
    office = Client()
    office.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert office.get("/v1/invoices").status_code == 200
    assert office.get("/health/books").status_code == 200
    party = {"name": "X", "country": "SE"}
    written = office.post("/v1/clients", party, content_type="application/json")
    assert written.status_code == 401
    assert models.Client.objects.count() == 2


def test_too_many_requests_are_told_when_to_come_back(place: world.World) -> None:
    program, other = key("read"), key("read")
    with override_settings(API_PER_MINUTE=5):
        statuses = [program.get("/v1/batches").status_code for _ in range(7)]
        assert 429 in statuses
        last = program.get("/v1/batches")
        assert (last.status_code, last.said["code"]) == (429, "too_many_requests")
        assert 1 <= int(last["Retry-After"]) <= 61
        assert other.get("/v1/batches").status_code == 200


def test_headers_of_a_proxy_change_nothing(place: world.World) -> None:
    client = Client()
    for name in ("X-User", "X-Remote-User", "Remote-User", "X-Forwarded-User"):
        assert client.get("/v1/invoices", headers={name: "admin"}).status_code == 401
