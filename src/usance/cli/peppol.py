"""`usance peppol`: who in the Peppol network takes invoices. Needs no database."""

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click

from usance.domain.distribution import Capability
from usance.plugins.directories import peppol as directory

WORDS = {True: "yes", False: "no", None: "unknown"}


@click.group()
def peppol() -> None:
    """The Peppol network."""


@peppol.command("look-up")
@click.argument("identifiers", nargs=-1, required=True, metavar="ID…")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per participant on stdout.")
@click.option("--zone", default="", help="DNS zone of the network; without it the production one.")
@click.option("--resolver", default="", help="DNS server, address:port; without it the machine's.")
@click.option(
    "--smp-authorities",
    type=click.Path(exists=True, dir_okay=False),
    help="PEM file of who vouches for SMPs; without it no signature is checked.",
)
@click.option("--plain-http", is_flag=True, help="An SMP may be asked without TLS (the sandbox's).")
@click.option("--timeout", default="", help="Seconds for each answer; without it 5.")
def look_up(
    identifiers: tuple[str, ...],
    as_json: bool,
    zone: str,
    resolver: str,
    smp_authorities: str | None,
    plain_http: bool,
    timeout: str,
) -> None:
    """Ask DNS and the SMP of each ID ("0007:5560001111") whether it takes invoices.

    Exit code 0 if every answer is a yes, 1 if one is a no or unknown.
    """
    config = {
        "zone": zone,
        "resolver": resolver,
        "smp_authorities": smp_authorities or "",
        "plain_http": "yes" if plain_http else "",
        "timeout_seconds": timeout,
        "asked_at": datetime.now(UTC).isoformat(),
    }
    every = True
    for said in directory.look_up(identifiers, config):
        every = every and said.receives is True
        click.echo(json.dumps(_told(said), ensure_ascii=False) if as_json else _line(said))
    sys.exit(0 if every else 1)


def _told(said: Capability) -> dict[str, Any]:
    return {
        "identifier": said.identifier,
        "receives": said.receives,
        "documents": sorted(said.documents),
        "detail": said.detail,
    }


def _line(said: Capability) -> str:
    documents = [f"  takes {one}" for one in sorted(said.documents)]
    head = "  ".join(filter(None, (said.identifier, WORDS[said.receives], said.detail)))
    return "\n".join([head, *documents])
