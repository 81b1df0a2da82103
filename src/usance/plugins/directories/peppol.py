"""Which Peppol participant takes invoices: asked in DNS and of his SMP, many at once.

"0007:5560001111" → canonical → SHA-256 in Base32 → NAPTR "Meta:SMP" → the SMP's ServiceGroup (what
he takes) → ServiceMetadata of BIS Billing 3 (by which access point, until when). Not the Peppol
Directory: that one is voluntary and proves nothing.

The signature of ServiceMetadata is checked where `smp_authorities` names who is trusted, which
OpenPeppol gives to those who need it; without it the answer is believed as far as TLS goes, and
`detail` says so. ServiceGroups are never signed. A look-up that fails anywhere gives `receives`
None and the reason; a server that was silent three times running is not asked again in the batch.

Source: Peppol SML and SMP specifications; see _peppol_names, _smp and _smp_signature.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import dns.asyncresolver
import dns.exception
import dns.rdatatype
import dns.resolver
import httpx

from usance.domain.distribution import Capability, Kind
from usance.plugins import Unreadable
from usance.plugins._trust import authorities

from . import _smp, _smp_signature
from ._peppol_names import (
    INVOICE,
    PROCESS,
    TRANSPORT,
    ZONE,
    canonical,
    dns_name,
    group_url,
    metadata_url,
    smp_of,
)

KIND = Kind.EINVOICE
CONFIG: Mapping[str, str] = {
    "zone": f"of the network's DNS; without it {ZONE}",
    "resolver": "DNS server, address:port; without it the machine's",
    "smp_authorities": "PEM file of who vouches for SMPs; without it no signature is checked",
    "plain_http": "yes: an SMP may be asked without TLS, as in the sandbox",
    "timeout_seconds": "for each answer; without it 5",
    "at_once": "participants asked at the same time; without it 20",
    "asked_at": "the moment, ISO 8601, for certificates and dates; set by the caller",
}
PATIENCE = 3
CHUNK = 200
UNCHECKED = "The SMP's signature was not checked: no smp_authorities are set up."


class Silent(Exception):
    """Nobody could say. Says who and why."""


class Absent(Exception):
    """Somebody said no. Says what."""


def look_up(identifiers: Sequence[str], config: Mapping[str, str]) -> Iterator[Capability]:
    """`documents` are document type identifiers as the SMP has them. Yes: BIS Billing 3 invoices
    are taken by an access point that is there now. No: he is not in the network, or does not
    take them, or cannot now. Nothing is raised."""
    with asyncio.Runner() as runner:
        tired: Counter[str] = Counter()
        for start in range(0, len(identifiers), CHUNK):
            yield from runner.run(_all(identifiers[start : start + CHUNK], config, tired))


async def _all(
    identifiers: Sequence[str], config: Mapping[str, str], tired: Counter[str]
) -> list[Capability]:
    async with httpx.AsyncClient(
        timeout=_seconds(config),
        verify=authorities(),
        trust_env=False,
        follow_redirects=False,
        headers={"accept": "application/xml", "accept-encoding": "identity"},
    ) as client:
        asking = _Asking(config, client, tired)
        at_once = asyncio.Semaphore(int(config.get("at_once", "") or 20))

        async def one(identifier: str) -> Capability:
            async with at_once:
                return await asking.about(identifier)

        return list(await asyncio.gather(*map(one, identifiers)))


def _seconds(config: Mapping[str, str]) -> float:
    return float(config.get("timeout_seconds", "") or 5)


class _Asking:
    """One batch: its settings, its connections, and who was silent in it."""

    def __init__(
        self, config: Mapping[str, str], client: httpx.AsyncClient, tired: Counter[str]
    ) -> None:
        self._config, self._client, self._tired = config, client, tired
        self._at = datetime.fromisoformat(config["asked_at"]) if config.get("asked_at") else None
        self._plain = config.get("plain_http", "") == "yes"

    async def about(self, identifier: str) -> Capability:
        documents: frozenset[str] = frozenset()
        participant = canonical(identifier)
        try:
            if not participant:
                raise Absent("this is no participant identifier like 0007:5560001111")
            smp = await self._smp(participant)
            documents = await self._documents(smp, participant)
            if INVOICE not in documents:
                raise Absent("he takes no invoice as Peppol BIS Billing 3")
            detail = await self._check(metadata_url(smp, participant, INVOICE), participant)
        except Silent as silent:
            return _said(identifier, None, documents, str(silent))
        except Absent as absent:
            return _said(identifier, False, documents, str(absent))
        except Unreadable as broken:
            return _said(identifier, None, documents, f"the SMP's answer cannot be read: {broken}")
        return _said(identifier, True, documents, detail)

    async def _smp(self, participant: str) -> str:
        """The address of his SMP."""
        name = dns_name(participant, self._config.get("zone", "") or ZONE)
        self._rest("DNS")
        try:
            found = await self._resolver().resolve(name, dns.rdatatype.NAPTR, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as none:
            raise Absent("he is not registered in the network") from none
        except (dns.exception.DNSException, OSError, ValueError) as trouble:
            raise self._silent("DNS", trouble) from trouble
        self._tired["DNS"] = 0
        for record in sorted(found, key=lambda one: (one.order, one.preference)):
            words = (
                one.decode("utf-8", "replace")
                for one in (record.flags, record.service, record.regexp)
            )
            if smp := smp_of(*words, plain=self._plain):
                return smp
        raise Silent("DNS names no SMP that we may ask")

    async def _documents(self, smp: str, participant: str) -> frozenset[str]:
        data = await self._get(group_url(smp, participant))
        named, documents = _smp.read_group(data)
        if canonical(named) != participant:
            raise Silent(f"the SMP spoke of {named[:80]!r}")
        return documents

    async def _check(self, url: str, participant: str) -> str:
        """Whether an access point is there for it; what is to be said besides a yes."""
        for _ in range(2):  # An SMP may name another one, and that one nobody.
            data = await self._get(url)
            note = self._believed(data)
            metadata = _smp.read_metadata(note[0])
            if not metadata.elsewhere:
                break
            url = metadata.elsewhere
            if not url.startswith("https://") and not (self._plain and url.startswith("http://")):
                raise Silent(f"the SMP sends us to {url[:80]!r}")
        else:
            raise Silent("the SMP sends us to another, and that one on to a third")
        if canonical(metadata.participant) != participant or metadata.document != INVOICE:
            raise Silent("the SMP spoke of another participant or document")
        if why := _smp.unfit(metadata.endpoints, process=PROCESS, transport=TRANSPORT, at=self._at):
            raise Absent(f"his access point cannot be used: {why}")
        return note[1]

    def _believed(self, data: bytes) -> tuple[bytes, str]:
        """What of an answer is to be read, and what is to be said about that."""
        file = self._config.get("smp_authorities", "")
        if not file:
            return data, UNCHECKED
        try:
            path = Path(file)
            trusted = _smp_signature.authorities(path, path.stat().st_mtime_ns)
        except (OSError, ValueError) as broken:
            raise Silent(f"smp_authorities cannot be read: {broken}") from broken
        try:
            return _smp_signature.signed_part(data, trusted=trusted, at=self._at), ""
        except _smp_signature.NotTrusted as no:
            raise Silent(str(no)) from no

    async def _get(self, url: str) -> bytes:
        """The body; at most what an SMP has to say."""
        host = urlsplit(url).netloc
        self._rest(host)
        body = bytearray()
        try:
            async with (
                asyncio.timeout(_seconds(self._config)),
                self._client.stream("GET", url) as answer,
            ):
                if answer.status_code == 404:
                    raise Absent("his SMP does not know him, or not for this document")
                if answer.status_code != 200:
                    raise self._silent(host, f"{answer.status_code} {answer.reason_phrase}")
                async for some in answer.aiter_bytes():
                    body += some
                    if len(body) > _smp.LARGEST_BYTES:
                        raise Silent(f"{host} says more than {_smp.LARGEST_BYTES} bytes")
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as trouble:
            raise self._silent(host, trouble) from trouble
        self._tired[host] = 0
        return bytes(body)

    def _resolver(self) -> dns.asyncresolver.Resolver:
        """:raises OSError, DNSException, ValueError: if there is none."""
        stated = self._config.get("resolver", "")
        resolver = dns.asyncresolver.Resolver(configure=not stated)
        if stated:
            address, _, port = stated.rpartition(":")
            resolver.nameservers = [address]
            resolver.port = int(port)
        resolver.lifetime = resolver.timeout = _seconds(self._config)
        return resolver

    def _rest(self, who: str) -> None:
        if self._tired[who] >= PATIENCE:
            raise Silent(f"not asked: {who} was silent {PATIENCE} times before")

    def _silent(self, who: str, trouble: Exception | str) -> Silent:
        self._tired[who] += 1
        words = trouble if isinstance(trouble, str) else f"{type(trouble).__name__}: {trouble}"
        return Silent(f"{who} could not be asked: {words}")


def _said(
    identifier: str, receives: bool | None, documents: frozenset[str], detail: str
) -> Capability:
    return Capability(
        identifier=identifier, receives=receives, documents=documents, detail=detail[:400]
    )
