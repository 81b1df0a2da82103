"""`usance schedule`: schedules of assignment, and the proof of a sealed one without a database."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from usance.domain.money import Money

from . import home
from .told import fault

# No proof, which is not yet an alteration: every other finding is one.
UNPROVED = {"seal_missing", "seal_of_another", "schedule_unreadable"}


@click.group()
def schedule() -> None:
    """Schedules of assignment: what was bought in each purchase, and who signed it."""


@schedule.command("list")
@click.option("--to-sign", is_flag=True, help="Only those that wait for signatures.")
@click.option("--json", "as_json", is_flag=True)
def list_them(to_sign: bool, as_json: bool) -> None:
    """The newest 500. With --to-sign exit code 1 while there is one."""
    home.open_home()
    from usance.queries import schedules as query

    rows = list((query.to_sign() if to_sign else query.rows()).order_by("-pk")[:500])
    with home.listing(
        "No schedule waits to be signed." if to_sign else "There is no schedule yet."
    ) as put:
        for row in rows:
            told = _plain(row)
            put(json.dumps(told) if as_json else "  ".join(map(str, told.values())))
    raise SystemExit(bool(rows) and to_sign)


@schedule.command()
@click.argument("number")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write its paper.")
def show(number: str, pdf: Path | None) -> None:
    """The schedule NUMBER with its content and signatures, as JSON; or its sealed paper."""
    home.open_home()
    from usance import models
    from usance.queries import schedules as query

    known = models.Schedule.objects.filter(number__iexact=number).first()
    row = query.whole(known.pk) if known else None
    if row is None:
        home.say(f"There is no schedule {number}. usance schedule list names them.")
        raise SystemExit(home.REFUSED)
    if pdf is not None:
        data = query.document(row)
        if data is None:
            home.say("It is not printed yet: a worker does it within a minute.")
            raise SystemExit(home.REFUSED)
        pdf.write_bytes(data)
        home.say(f"{pdf} written.")
        return
    told = _plain(row) | {
        "content": json.loads(row.manifest),
        "signatures": [query.evidence(one) for one in row.signatures.order_by("at")],
    }
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))


@schedule.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--fingerprint", default="", help="Of the factor's seal, as it told you.")
@click.option("--json", "as_json", is_flag=True)
def verify(file: Path, fingerprint: str, as_json: bool) -> None:
    """Whether the sealed FILE is as it was sealed, what it assigns, and who signed it.

    Needs no database and nothing of ours but this command. Exit code 1 if anything was altered, or
    nothing proves that it was not.
    """
    from usance.letters import assigned

    found = assigned.checked(file.read_bytes(), fingerprint=fingerprint)
    if as_json:
        click.echo(json.dumps(_checked(found)))
    else:
        for line in _lines(found):
            click.echo(line)
    for one in found.findings:
        home.say(f"{one.code}: {fault(one.says, todo=one.todo)}")
    raise SystemExit(bool(found.findings))


def _plain(row: Any) -> dict[str, Any]:
    return {
        "number": row.number, "client": row.client.name, "bought_on": str(row.bought_on),
        "invoices": row.invoices, "face": str(row.face), "advance": str(row.advance),
        "signed": f"{row.signed}/{row.signers}", "digest": row.digest,
    }  # fmt: skip


def _checked(found: Any) -> dict[str, Any]:
    seal = found.sealed
    return {
        "altered": bool(found.findings), "findings": [one.code for one in found.findings],
        "number": found.told.get("number", ""), "client": found.told.get("client", ""),
        "digest": found.digest, "signers": found.signers,
        "signatures": [dict(one) for one in found.signatures],
        "sealed_by": seal.by if seal else "", "fingerprint": seal.fingerprint if seal else "",
    }  # fmt: skip


def _lines(found: Any) -> list[str]:
    told = found.told
    lines = [
        f"Schedule   {told.get('number', '?')} of {told.get('client', '?')}",
        f"Claims     {len(told.get('claims', ()))}, {_face(told)}",
        f"SHA-256    {found.digest}",
    ]
    lines += [f"Signed by  {one.get('name')} on {one.get('at')}" for one in found.signatures]
    if len(found.signatures) < found.signers:
        lines.append(f"Signed by  {len(found.signatures)} of {found.signers}: not complete")
    if found.sealed:
        lines += [f"Sealed by  {found.sealed.by}", f"Its print  {found.sealed.fingerprint}"]
    codes = {one.code for one in found.findings}
    ends = "ALTERED" if codes - UNPROVED else "NOT PROVED" if codes else "As it was sealed."
    lines.append(ends)
    return lines


def _face(told: Mapping[str, Any]) -> str:
    """As the file says, which anybody may have written."""
    totals, currency = told.get("totals"), told.get("currency")
    minor = totals.get("face") if isinstance(totals, dict) else None
    known = isinstance(minor, int) and isinstance(currency, str)
    return str(Money(minor, currency)) if known else "?"
