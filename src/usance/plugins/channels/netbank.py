"""E-invoices into consumers' internet banks, by an exchange of the banks (docs/netbank.md).

The consumer registers in the bank; the exchange tells us, with the address of that consumer, and
takes invoices to that address: the UBL for the bank's form, the PDF to look at. The same key twice
is one delivery. What becomes of an invoice (it lies in the bank, it was shown, it was rejected, the
receiver is gone) and who registered, moved or ended comes as signed messages, or as the same JSON
in files on an SFTP server. A receiver who is gone is both: a delivery failed, and a registration
ended.

Source: our own contract, of the shape of E-faktura privat (connection handbook for issuers 2.1);
the record layouts of the Swedish and Norwegian exchanges are given to their customers alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

import httpx
import msgspec

from usance.domain.distribution import BANK, Handed, Handover, Kind, Parcel, Report, is_bank
from usance.plugins import TryLater, Unreadable
from usance.plugins._json import BROKEN

from . import FETCHED_AS, Forged, _answers, _shown, _signature
from ._einvoice import ubl_of
from ._netbank_words import Accepted, Fault, Found, Messages, reports_of, request_body
from ._patience import hand_over
from ._sftp import LOST, Drop

KINDS = frozenset({Kind.EINVOICE})
CONFIG: Mapping[str, str] = {
    "url": "of the exchange, without /v1",
    "token": "bearer token",
    "timeout_seconds": "for each answer; without it 30",
    "webhook_secrets": "whsec_… of its messages, several separated by spaces",
    "host": "of its SFTP server, if messages wait there as files; without it nothing is fetched",
    "port": "without it 22",
    "user": "ours there",
    "password": "if it gives one",
    "private_key": "ours, OpenSSH or PEM; without it the password",
    "host_key": "its public key, such as ssh-ed25519 AAAA…; nobody else is believed",
    "folder": "that holds out; without it the one that the login opens",
    "inbound": "fetched: the caller fetched the messages itself; without it they are signed",
}
TAKES_KEY = True
ASKABLE = True
TO_BANKS = True  # Addresses begin with "bank:"; other carriers of e-invoices reach networks.
PAYABLE = True  # The bank's form is filled from the payment data.
LARGEST = 5_000_000  # Bytes of one file of messages.


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    if not parcels:
        return
    with _client(config) as client:
        yield from hand_over(parcels, lambda parcel: _deliver(client, parcel))


def status(key: str, config: Mapping[str, str]) -> Handover:
    """REFUSED: the exchange has never seen the key. UNKNOWN: it could not be asked."""
    with _client(config) as client:
        try:
            answer = client.get("/v1/invoices", params={"key": key})
        except httpx.HTTPError as trouble:
            return _answers.unknown(key, _answers.words(trouble))[0]
    try:
        found = msgspec.json.decode(answer.content, type=Found).invoices
    except BROKEN:
        return _answers.unknown(key, f"{answer.status_code} that cannot be read")[0]
    if answer.status_code != 200:
        return _answers.unknown(key, f"{answer.status_code} {answer.reason_phrase}")[0]
    for one in found:
        if one.key == key:
            return Handover(key=key, came_to=Handed.ACCEPTED, reference=one.reference)
    return _answers.refused(key, "The exchange never saw this key.")[0]


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> Sequence[Report]:
    """The messages in their order. A word that we do not know is UNREADABLE, kept.

    :raises Forged: if nobody fetched it and no secret fits (see _signature).
    :raises Unreadable: if it is not what docs/netbank.md says.
    """
    if config.get("inbound", "") == "fetched":
        if not config.get(FETCHED_AS, ""):
            raise Forged("fetched, and nobody says under which name")
    else:
        _signature.verify(body, headers, secrets=config.get("webhook_secrets", ""))
    try:
        return reports_of(msgspec.json.decode(body, type=Messages).messages)
    except BROKEN as broken:
        raise Unreadable(str(broken), where="body") from broken


def fetch(config: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The files of messages in `out`, the oldest name first; none without a host.

    :raises TryLater: if the server is not there, or no longer.
    """
    if not config.get("host", ""):
        return
    with Drop(config) as drop:
        try:
            for name in drop.names("out"):
                yield name, drop.read(f"out/{name}", largest=LARGEST)
        except LOST as trouble:
            raise TryLater(f"{type(trouble).__name__}: {trouble}") from trouble


def done(name: str, config: Mapping[str, str]) -> None:
    """:raises TryLater: if the server is not there."""
    with Drop(config) as drop:
        drop.put_away("out", name)


def answer(id: str, accepted: bool, because: str, config: Mapping[str, str]) -> None:
    """Tell the exchange what we made of a registration; told twice, it is told once.

    :raises TryLater: if it was not taken: the same may be told again.
    """
    said = msgspec.json.encode({"accepted": accepted, "because": because})
    with _client(config) as client:
        try:
            reply = client.put(f"/v1/registrations/{quote(id, safe='')}/answer", content=said)
        except httpx.HTTPError as trouble:
            raise TryLater(_answers.words(trouble)) from trouble
    if not reply.is_success:
        raise TryLater(f"{reply.status_code} {reply.reason_phrase}")


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """The request for people to read (see _shown)."""
    headers = {
        "authorization": f"Bearer {config.get('token', '')}",
        "idempotency-key": parcel.key,
        "content-type": "application/json",
    }
    return _shown.request(f"POST {config.get('url', '')}/v1/invoices", headers, _body(parcel))


def _body(parcel: Parcel) -> bytes:
    return request_body(parcel, parcel.address.get("einvoice", "").removeprefix(BANK))


def _client(config: Mapping[str, str]) -> httpx.Client:
    return _answers.client(
        config,
        authorization=f"Bearer {config['token']}",
        **{"content-type": "application/json"},
    )


def _deliver(client: httpx.Client, parcel: Parcel) -> _answers.Outcome:
    if not is_bank(parcel.address.get("einvoice", "")):
        return _answers.refused(parcel.key, "The address lies in no internet bank.")
    if ubl_of(parcel) is None:
        return _answers.refused(parcel.key, "The parcel holds no UBL document.")
    head = {"idempotency-key": parcel.key}
    found = _answers.ask(
        parcel.key,
        lambda: client.post("/v1/invoices", content=_body(parcel), headers=head),
    )
    return found if isinstance(found, tuple) else _judged(parcel.key, found)


def _judged(key: str, reply: httpx.Response) -> _answers.Outcome:
    if reply.status_code in (200, 201, 202, 409):
        try:
            taken = msgspec.json.decode(reply.content, type=Accepted)
        except BROKEN as broken:
            return _answers.unknown(key, f"{reply.status_code} that cannot be read: {broken}")
        if taken.key != key or not taken.reference:
            return _answers.unknown(key, f"{reply.status_code} about another key")
        return _answers.accepted(key, taken.reference)
    try:
        fault = msgspec.json.decode(reply.content, type=Fault)
    except BROKEN:
        return _answers.judged(key, reply)
    return _answers.judged(key, reply, f"{fault.code}: {fault.detail}")
