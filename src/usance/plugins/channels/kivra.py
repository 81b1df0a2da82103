"""Letters and payable invoices into Kivra's mailboxes, for people and companies in Sweden.

Kivra has no key, but it compares: a payload that it has had, byte for byte, is answered as if it
were new and delivered once. So the same parcel may be sent again as long as the same bytes go out;
a PDF that was printed anew would be a second delivery. The last letters of our key stand in the
file's name, so that an invoice that a person sends once more on purpose is delivered once more.
(Kivra's own sandbox does not compare.) There is no question what became of a content, and no call
back: 201 means that it lies in the mailbox: with the answer it is delivered. How long a payload is
remembered is not said.

People can pay an invoice inside the mailbox (`invoice` with `payment_multiple_options`): in
kronor, to a bankgiro. Companies get a letter; the payable kind for companies
(`accounting.invoice`) is a beta whose required fields are not published.

Source: Kivra Sweden API, "Send content", "Duplicate control", "Limits" (developer.kivra.com).
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import msgspec

from usance.domain import reference
from usance.domain.distribution import DeliveryEvent, Handover, Kind, Outcome, Parcel
from usance.plugins import _kivra
from usance.plugins._identities import NoIdentity, swedish
from usance.plugins._machine_time import told_at

from . import Forged, _answers, _shown
from ._patience import hand_over
from ._payment import Payment, payment_of

KINDS = frozenset({Kind.MAILBOX})
CONFIG: Mapping[str, str] = {
    **_kivra.CONFIG,
    "bankgiro": "ours: with it people can pay inside the mailbox; without it they read how",
}
TAKES_KEY = True
PAYABLE = True  # It takes the payment data.
ASKABLE = False

LARGEST = 1_000_000  # "1 MB per content per recipient", the whole JSON.
LEAST_MINOR = 100  # An amount must be at least one krona.


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    with _kivra.Session(config) as session:
        yield from hand_over(parcels, lambda parcel: _deliver(session, parcel, config))


def status(key: str, config: Mapping[str, str]) -> Handover:
    """Kivra answers no question about what it was given."""
    return _answers.unknown(key, "Kivra cannot be asked; the same bytes may be sent again.")[0]


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    raise Forged("Kivra does not call back")


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """The request for people to read (see _shown)."""
    try:
        body = content(parcel, config.get("bankgiro", ""))
    except NoIdentity as nobody:
        return str(nobody)
    place = f"{config.get('url', '')}/v2/tenant/{config.get('tenant', '')}/content"
    headers = {"authorization": "Bearer of this session", "x-request-id": parcel.key}
    return _shown.request(f"POST {place}", headers, body)


def content(parcel: Parcel, bankgiro: str = "") -> bytes:
    """The payload: the same bytes for the same parcel.

    :raises NoIdentity: if the address is no Swedish person's or company's.
    """
    kind, number = swedish(parcel.address.get("mailbox", ""))
    said: dict[str, Any] = {kind: number, "subject": parcel.subject[:200], "type": "letter"}
    said["parts"] = [
        {
            "name": _named(one.name, parcel.key),
            "data": base64.b64encode(one.content).decode(),
            "content_type": one.media_type,
        }
        for one in parcel.attachments
        if one.media_type == "application/pdf"
    ]
    payment = payment_of(parcel)
    if kind == "ssn" and bankgiro and payment and _is_payable(payment):
        said["type"] = "invoice"
        said["payment_multiple_options"] = _payable(payment, bankgiro)
    return msgspec.json.encode(said)


def _deliver(
    session: _kivra.Session, parcel: Parcel, config: Mapping[str, str]
) -> _answers.Outcome:
    try:
        body = content(parcel, config.get("bankgiro", ""))
    except NoIdentity as nobody:
        return _answers.refused(parcel.key, str(nobody))
    if len(body) > LARGEST:
        return _answers.refused(parcel.key, f"{len(body)} bytes; Kivra takes {LARGEST}")
    try:
        answer = _answers.ask(
            parcel.key, lambda: session.post("content", body, x_request_id=parcel.key)
        )
    except _kivra.NotLetIn as closed:
        wait = _answers.retry_after(closed.answer) if closed.answer is not None else None
        return _answers.later(parcel.key, f"No token: {closed}", wait)
    if isinstance(answer, tuple):
        return answer
    if answer.status_code not in (200, 201):
        return _answers.judged(parcel.key, answer, _kivra.fault(answer))
    place = answer.headers.get("kivra-objkey", "")
    if not place:
        return _answers.unknown(parcel.key, f"{answer.status_code} that names no content")
    taken, is_there = _answers.accepted(parcel.key, place[:100], "It lies in the mailbox.")
    at, code = told_at(config), str(answer.status_code)
    return _answers.arrived(taken, Outcome.DELIVERED, code, at, answer.content), is_there


def _is_payable(payment: Payment) -> bool:
    amount = payment.money
    return (
        amount.currency == "SEK"
        and amount.minor >= LEAST_MINOR
        and 0 < len(payment.reference) <= 25
    )


def _payable(payment: Payment, bankgiro: str) -> dict[str, Any]:
    is_ocr = reference.is_ocr(payment.reference)
    return {
        "payable": True,
        "currency": "SEK",
        "method": "1",  # Bankgiro.
        "account": bankgiro.replace("-", ""),
        "options": [
            {
                "due_date": payment.due_on.isoformat(),
                "amount": str(payment.money.decimal),
                "type": "SE_OCR" if is_ocr else "TENANT_REF",
                "reference": payment.reference,
            }
        ],
    }


def _named(name: str, key: str) -> str:
    path = PurePath(name)
    return f"{path.stem}-{key[-8:]}{path.suffix}"
