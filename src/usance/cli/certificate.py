"""`usance certificate NUMBER`: what was sent for an invoice, and the proof of it, as a PDF."""

from pathlib import Path

import click

from . import home, named
from .told import fault

LANGUAGES = ("sv", "nb", "da", "fi", "de", "fr", "en")


@click.command("certificate")
@click.argument("number")
@click.option("--client", default="", help="The client, where several have this invoice number.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Without it, in this folder."
)
def command(number: str, client: str, language: str, output: Path | None) -> None:
    """Write the certificate of delivery of an invoice; its path is printed."""
    home.open_home()
    from usance import clock
    from usance.domain.refusal import Refusal
    from usance.queries import evidence

    row = named.invoice(number, client)
    try:
        data = evidence.pdf(row.pk, language=language, at=clock.now())
    except Refusal as no:
        home.say(fault(str(no), todo=no.todo))
        raise SystemExit(home.REFUSED) from no
    place = output or Path(_name(number))
    place.write_bytes(data)
    click.echo(place)


def _name(number: str) -> str:
    kept = "".join(ch if ch.isalnum() or ch in "-_" else "_" for ch in number)
    return f"certificate-{kept}.pdf"
