"""The Peppol network's directory: the SML as a DNS server, and one SMP for all participants.

GET /peppol/{participant}, GET /peppol/{participant}/services/{document}

Everybody is registered and takes invoices, but for who is named otherwise: the participant
`0007:<word>` for each word of FATES.
"""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from usance.plugins.directories import _peppol_names as names
from usance.sandbox.serving import Reply, Request
from usance.sandbox.world import World

from . import Event
from ._dns import Answer, serve
from ._smp import Publisher

KIND = "directories"
# What is wrong with the participant 0007:<word>.
FATES = frozenset(
    {
        "nobody",  # Not in the DNS.
        "silent",  # The DNS does not answer.
        "servfail",  # The DNS says that it cannot.
        "oddpattern",  # A NAPTR that is not of the network.
        "large",  # So many records that UDP cannot carry them.
        "forgotten",  # In the DNS, but his SMP says 404.
        "noinvoice",  # Takes orders alone.
        "down",  # His SMP answers 500.
        "garbage",  # His SMP answers with what is no XML.
        "doctype",  # His SMP answers with a DOCTYPE.
        "endless",  # His SMP answers with 20 MB.
        "other",  # His SMP speaks of somebody else.
        "ended",  # Served until the day before.
        "oldcert",  # The access point's certificate ended.
        "wrongkey",  # Signed by somebody whom nobody vouches for.
        "altered",  # Signed, then changed.
        "unsigned",
        "moved",  # Another SMP answers for him.
        "circle",  # Another one, which knows another one.
    }
)
_HASHED = {names.dns_name(f"0007:{word}", names.ZONE): word for word in FATES}


def config(url: str, secret: str) -> dict[str, str]:
    return {"plain_http": "yes", "zone": names.ZONE}


def report(events: Sequence[Event]) -> bytes:
    raise AssertionError("a directory does not call")


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    raise AssertionError("a directory does not call")


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[dict[str, str]]:
    publisher = Publisher(lambda: world.agenda.at)
    world.rooms["peppol"] = publisher
    with tempfile.TemporaryDirectory() as folder:
        file = (world.settings.home or Path(folder)) / "peppol-authority.pem"
        file.write_bytes(publisher.authority)
        async with serve(lambda name: _answer(world, name)) as port:
            yield {"resolver": f"127.0.0.1:{port}", "smp_authorities": str(file)}


def _answer(world: World, name: str) -> Answer:
    fate = _HASHED.get(name, "")
    if not name.endswith(f".{names.SCHEME}.{names.ZONE}") or fate == "nobody":
        return Answer(status="NXDOMAIN")
    if fate == "silent":
        return Answer(status="")
    if fate == "servfail":
        return Answer(status="SERVFAIL")
    smp = f"{world.url}/peppol"
    records = [f'100 10 "U" "{names.SERVICE}" "!^.*$!{smp}!" .']
    if fate == "oddpattern":
        records = [f'100 10 "U" "{names.SERVICE}" "!^(a)(b)$!{smp}/$1!" .']
    if fate == "large":
        records += [
            f'{n} 10 "S" "Other:{n}" "!^.*$!http://127.0.0.1/{"x" * 90}!" .' for n in range(60)
        ]
    return Answer(status="NOERROR", records=records)


async def group(world: World, request: Request, participant: str) -> Reply:
    bare = participant.removeprefix(f"{names.SCHEME}::")
    return _publisher(world).group(bare, f"{world.url}/peppol")


async def metadata(world: World, request: Request, participant: str, document: str) -> Reply:
    bare = participant.removeprefix(f"{names.SCHEME}::")
    return _publisher(world).metadata(bare, document, f"{world.url}/peppol")


def _publisher(world: World) -> Any:
    return world.rooms["peppol"]


ROUTES = (
    ("GET", "/peppol/([^/]+)", group),
    ("GET", "/peppol/([^/]+)/services/([^/]+)", metadata),
)
