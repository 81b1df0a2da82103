"""A payment provider shaped like Stripe: checkout sessions, signed webhooks, refunds, payouts.

Requests are forms with bracketed names, answers JSON; `Idempotency-Key` on every POST: the same
key with the same form gives the same answer for a day. A callback is signed in the header
`Stripe-Signature: t=<seconds>,v1=<hex>`, HMAC-SHA256 over "<t>.<raw body>" with the endpoint's
secret; several secrets, separated by spaces, are all valid, so that they rotate. A plug-in reads no
clock: whoever took a callback in writes the moment into "x-received-at".

Source: Stripe API reference, version 2025-08-27: Idempotent requests, Checkout Sessions, Events,
Refunds, Disputes, Payouts, Balance transactions; Stripe documentation, "Verify webhook signatures".
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from usance.domain.money import LARGEST_MINOR, Money
from usance.domain.payment.checkouts import MOVES, Happened, Movement, Sort
from usance.plugins import TryLater, Unreadable
from usance.plugins._json import BROKEN
from usance.plugins._trust import authorities

from . import Ask, Back, CameTo, Forged, Outcome, Payout, Refund, Told

CONFIG: Mapping[str, str] = {
    "url": "of the interface, without /v1",
    "key": "secret key",
    "webhook_secret": "of the endpoint; several separated by spaces",
    "page": "origin of the payment pages; without it https://checkout.stripe.com",
    "timeout_seconds": "for an answer; without it 20",
}
# Two digits after the point, there and here; others are written differently in this interface.
CURRENCIES = frozenset({"CHF", "DKK", "EUR", "GBP", "NOK", "PLN", "SEK", "USD"})
VERSION = "2025-08-27.basil"
TOLERANCE_SECONDS = 300
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 100  # The most rows of a page.
LONGEST_ID = 100  # Signs; theirs have 30. Doubles are told by it.

HAPPENED = {
    "checkout.session.async_payment_succeeded": Happened.PAID,
    "checkout.session.completed": Happened.PAID,  # Only if it says that it is paid.
    "checkout.session.expired": Happened.ENDED,
    "checkout.session.async_payment_failed": Happened.ENDED,
    "charge.dispute.funds_withdrawn": Happened.TAKEN_BACK,
    "charge.dispute.funds_reinstated": Happened.GIVEN_BACK,
}
REFUNDS = frozenset({"refund.created", "refund.updated", "refund.failed"})
SORTS = {
    "charge": Sort.PAYMENT,
    "payment": Sort.PAYMENT,
    "refund": Sort.TAKEN_BACK,
    "payment_refund": Sort.TAKEN_BACK,
    "refund_failure": Sort.GIVEN_BACK,
    "payment_failure_refund": Sort.GIVEN_BACK,
    "stripe_fee": Sort.FEE,
    "tax_fee": Sort.FEE,
    "payout_failure": Sort.PAYOUT_FAILED,
}


def page(config: Mapping[str, str]) -> str:
    return config.get("page") or "https://checkout.stripe.com"


def begin(ask: Ask, config: Mapping[str, str]) -> Outcome:
    about = f"{ask.number} {ask.reference}".strip()
    form = {
        "mode": "payment",
        "client_reference_id": ask.key,
        "metadata[key]": ask.key,
        "payment_intent_data[metadata][key]": ask.key,
        "payment_intent_data[description]": about[:200],
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": ask.amount.currency.lower(),
        "line_items[0][price_data][unit_amount]": str(ask.amount.minor),
        "line_items[0][price_data][product_data][name]": about[:200],
        "locale": {"nb": "nb", "no": "nb"}.get(ask.language, ask.language or "auto"),
        "expires_at": str(int(ask.until.timestamp())),
        "success_url": f"{ask.back}{'&' if '?' in ask.back else '?'}online=done",
        "cancel_url": ask.back,
    }
    came = _post("/checkout/sessions", form, ask.key, config)
    if isinstance(came, Outcome):
        return came
    session, url = str(came.get("id", "")), str(came.get("url") or "")
    if not session or not url.startswith(("https://", "http://127.0.0.1")):
        return Outcome(came_to=CameTo.UNKNOWN, detail="The answer names no page to pay on.")
    return Outcome(came_to=CameTo.DONE, reference=session, url=url)


def close(reference: str, config: Mapping[str, str]) -> Outcome:
    place = f"/checkout/sessions/{quote(reference, safe='')}/expire"
    came = _post(place, {}, f"expire-{reference}", config)
    return came if isinstance(came, Outcome) else Outcome(came_to=CameTo.DONE, reference=reference)


def look(reference: str, config: Mapping[str, str]) -> Sequence[Told]:
    session = _get(f"/checkout/sessions/{quote(reference, safe='')}", {}, config)
    if session.get("payment_status") == "paid":
        return [_paid(session, _moment(session.get("created")))]
    if session.get("status") == "expired":
        return [_ended(session, _moment(session.get("created")))]
    return []


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> Sequence[Told]:
    _verify(body, headers, secrets=config["webhook_secret"])
    try:
        event = msgspec.json.decode(body, type=dict[str, Any])
        kind, about = str(event["type"]), dict(event["data"]["object"])
        at = _moment(event["created"])
    except (*BROKEN, KeyError, TypeError, ValueError) as broken:
        raise Unreadable(f"no event: {broken}", where="body") from broken
    if kind in REFUNDS:
        return list(_of_refund(about, at, failed=kind == "refund.failed"))
    happened = HAPPENED.get(kind)
    if happened is None:
        return []
    if happened is Happened.PAID:
        return [_paid(about, at)] if about.get("payment_status") == "paid" else []
    if happened is Happened.ENDED:
        return [_ended(about, at)]
    return [_moved(about, happened, at, f"dispute {about.get('reason') or ''}")]


def refund(back: Back, config: Mapping[str, str]) -> Outcome:
    form = {
        "payment_intent": back.payment,
        "amount": str(back.amount.minor),
        "metadata[key]": back.key,
    }
    came = _post("/refunds", form, back.key, config)
    if isinstance(came, Outcome):
        return came
    reference = str(came.get("id", ""))
    if not reference:
        return Outcome(came_to=CameTo.UNKNOWN, detail="The answer names no refund.")
    try:
        told = _of_refund({**came, "metadata": {"key": back.key}}, _moment(came.get("created")))
    except Unreadable as broken:
        return Outcome(came_to=CameTo.UNKNOWN, detail=f"{broken}"[:200])
    return Outcome(came_to=CameTo.DONE, reference=reference, told=told)


def refunds(payment: str, config: Mapping[str, str]) -> Sequence[Refund]:
    return [
        Refund(
            reference=str(one["id"]), key=_key(one),
            told=_of_refund(one, _moment(one.get("created"))),
        )
        for one in _pages("/refunds", {"payment_intent": payment}, config)
    ]  # fmt: skip


def payouts(since: date, config: Mapping[str, str]) -> Sequence[Payout]:
    start = int(datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp())
    return [
        Payout(
            id=str(one["id"]),
            amount=_money(one, "amount"),
            arrives_on=_moment(one.get("arrival_date")).date(),
            failed=one.get("status") in ("failed", "canceled"),
            marks=tuple(
                mark
                for mark in (one["id"], (one.get("trace_id") or {}).get("value") or "")
                if len(mark) >= 6
            ),
        )
        for one in _pages("/payouts", {"created[gte]": str(start)}, config)
        if one.get("status") != "pending"
    ]


def movements(payout: str, config: Mapping[str, str]) -> Sequence[Movement]:
    asked = {"payout": payout, "expand[]": "data.source"}
    rows = _pages("/balance_transactions", asked, config)
    return [_movement(one) for one in rows if one.get("type") != "payout"]


def _movement(one: Mapping[str, Any]) -> Movement:
    source = one.get("source")
    about: Mapping[str, Any] = source if isinstance(source, dict) else {}
    amount = _money(one, "amount")
    sort = SORTS.get(str(one.get("type")), Sort.OTHER)
    if one.get("type") == "adjustment" and about.get("object") == "dispute":
        sort = Sort.TAKEN_BACK if amount.minor < 0 else Sort.GIVEN_BACK
    told = f"{_payment(about)}:paid" if sort is Sort.PAYMENT else f"{about.get('id')}:{sort}"
    return Movement(
        id=str(one["id"]), sort=sort, amount=amount, fee=_money(one, "fee"),
        payment=_payment(about), key=_key(about), told=told if sort in MOVES else "",
        at=_moment(one.get("created")),
    )  # fmt: skip


def _paid(session: Mapping[str, Any], at: datetime) -> Told:
    if not _payment(session):
        raise Unreadable("it is paid by no payment", where="payment_intent")
    return Told(
        id=f"{_payment(session)}:paid", happened=Happened.PAID, at=at, key=_key(session),
        payment=_payment(session), amount=_money(session, "amount_total"),
    )  # fmt: skip


def _of_refund(about: Mapping[str, Any], at: datetime, *, failed: bool = False) -> tuple[Told, ...]:
    """What became of a refund: it left our balance, came back to it, or neither will happen. One
    that waits for its receiver has no transaction of the balance yet.

    :param failed: said so by the event, whatever of the refund came with it.
    """
    why = f"refund {about.get('failure_reason') or about.get('reason') or ''}"
    went = _moved(about, Happened.TAKEN_BACK, at, why)
    came = _moved(about, Happened.GIVEN_BACK, at, why)
    if not (failed or about.get("status") in ("failed", "canceled")):
        waits = about.get("status") == "requires_action" and not about.get("balance_transaction")
        return () if waits else (went,)
    if about.get("balance_transaction"):
        return went, came
    if "balance_transaction" in about:
        return (
            Told(
                id=f"{_id(about)}:ended", happened=Happened.ENDED, at=at, key=_key(about),
                detail=why.strip()[:40],
            ),
        )  # fmt: skip
    return (came,) if failed else ()


def _moved(about: Mapping[str, Any], happened: Happened, at: datetime, why: str) -> Told:
    return Told(
        id=f"{_id(about)}:{happened}", happened=happened, at=at, payment=_payment(about),
        amount=_money(about, "amount"), key=_key(about), detail=why.strip()[:40],
    )  # fmt: skip


def _ended(session: Mapping[str, Any], at: datetime) -> Told:
    return Told(id=f"{_id(session)}:ended", happened=Happened.ENDED, at=at, key=_key(session))


def _payment(about: Mapping[str, Any]) -> str:
    said = about.get("payment_intent")
    return str(said.get("id", "")) if isinstance(said, dict) else str(said or "")


def _key(about: Mapping[str, Any]) -> str:
    ours = about.get("metadata")
    named = ours.get("key") if isinstance(ours, dict) else None
    return str(named or about.get("client_reference_id") or "")


def _id(about: Mapping[str, Any]) -> str:
    said = about.get("id")
    if not isinstance(said, str) or not 0 < len(said) <= LONGEST_ID:
        raise Unreadable(f"{said!r:.60} is no id", where="id")
    return said


def _money(about: Mapping[str, Any], name: str) -> Money:
    minor, currency = about.get(name), str(about.get("currency", "")).upper()
    if not isinstance(minor, int) or isinstance(minor, bool) or abs(minor) > LARGEST_MINOR:
        raise Unreadable(f"{minor!r} is no amount", where=name)
    if currency not in CURRENCIES:
        raise Unreadable(f"{currency!r} is no currency that we take", where="currency")
    return Money(minor, currency)


def _moment(said: object) -> datetime:
    if not isinstance(said, int) or isinstance(said, bool) or not 0 < said < 2**33:
        raise Unreadable(f"{said!r} is no moment", where="created")
    return EPOCH + timedelta(seconds=said)


def _verify(body: bytes, headers: Mapping[str, str], *, secrets: str) -> None:
    parts = [one.partition("=") for one in headers.get("stripe-signature", "").split(",")]
    stated = next((value for name, _, value in parts if name.strip() == "t"), "")
    if not (stated.isascii() and stated.isdigit() and len(stated) <= 12):
        raise Forged("the header Stripe-Signature names no moment")
    received = datetime.fromisoformat(headers["x-received-at"]).timestamp()
    if abs(received - int(stated)) > TOLERANCE_SECONDS:
        raise Forged("signed more than 300 seconds before or after it was received")
    given = [value.strip().encode() for name, _, value in parts if name.strip() == "v1"]
    wanted = [sign(body, timestamp=int(stated), secret=one).encode() for one in secrets.split()]
    # Every pair is compared, so that the time taken tells nothing about which one fits.
    fits = [compare_digest(one, other) for one in wanted for other in given]
    if not any(fits):
        raise Forged("no signature fits")


def sign(body: bytes, *, timestamp: int, secret: str) -> str:
    """The v1 signature of these bytes; `timestamp` counts seconds since 1970."""
    return digest(secret.encode(), f"{timestamp}.".encode() + body, sha256).hex()


def _post(
    place: str, form: Mapping[str, str], key: str, config: Mapping[str, str]
) -> dict[str, Any] | Outcome:
    with _client(config) as client:
        try:
            answer = client.post(
                f"{config['url']}/v1{place}", data=dict(form), headers={"idempotency-key": key}
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as unreachable:
            return Outcome(came_to=CameTo.TRY_LATER, detail=f"{type(unreachable).__name__}")
        except httpx.HTTPError as trouble:
            return Outcome(came_to=CameTo.UNKNOWN, detail=f"{type(trouble).__name__}")
    if answer.status_code in (409, 429):  # Another call with this key is under way; too many.
        return Outcome(came_to=CameTo.TRY_LATER, detail=str(answer.status_code))
    if answer.status_code >= 500:
        return Outcome(came_to=CameTo.UNKNOWN, detail=str(answer.status_code))
    try:
        said = msgspec.json.decode(answer.content, type=dict[str, Any])
    except BROKEN:
        return Outcome(came_to=CameTo.UNKNOWN, detail="The answer cannot be read.")
    if answer.status_code >= 400:
        fault = said.get("error")
        why = (fault.get("message") if isinstance(fault, dict) else fault) or answer.status_code
        return Outcome(came_to=CameTo.REFUSED, detail=str(why)[:200])
    return said


def _pages(
    place: str, asked: Mapping[str, str], config: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    after: dict[str, str] = {}
    while True:
        found = _get(place, {**asked, **after, "limit": str(AT_ONCE)}, config)
        rows = found.get("data")
        if not isinstance(rows, list):
            raise TryLater("the answer is no list")
        yield from rows
        if not found.get("has_more") or not rows:
            return
        after = {"starting_after": str(rows[-1]["id"])}


def _get(place: str, asked: Mapping[str, str], config: Mapping[str, str]) -> dict[str, Any]:
    with _client(config) as client:
        try:
            answer = client.get(f"{config['url']}/v1{place}", params=dict(asked))
        except httpx.HTTPError as trouble:
            raise TryLater(f"{type(trouble).__name__}: {trouble}") from trouble
    if answer.status_code != 200:
        raise TryLater(f"{answer.status_code} {answer.text[:200]}")
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except BROKEN as broken:
        raise TryLater(f"the answer cannot be read: {broken}") from broken


def _client(config: Mapping[str, str]) -> httpx.Client:
    return httpx.Client(
        headers={"authorization": f"Bearer {config['key']}", "stripe-version": VERSION},
        timeout=float(config.get("timeout_seconds") or 20),
        follow_redirects=False,
        trust_env=False,
        verify=authorities(),
    )
