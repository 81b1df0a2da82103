"""Questions to debtors from the command line: show them, ask, note an answer."""

import json
from typing import Any
from uuid import UUID

import click

from . import home
from .signing import at_the_shell, refusing


@click.group()
def verification() -> None:
    """Debtors who are asked before we buy."""


@verification.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that are over.")
@click.option("--json", "as_json", is_flag=True)
def list_them(every: bool, as_json: bool) -> None:
    """Questions to ask, waiting or objected, the oldest first. Exit code 1 while there is one."""
    home.open_home()
    from usance.queries import questions as query

    rows = list(
        (query.with_mails(None) if every else query.unsettled().prefetch_related("mails")).order_by(
            "pk"
        )[:500]
    )
    with home.listing("Nothing was asked yet." if every else "No question is open.") as put:
        for row in rows:
            put(json.dumps(_plain(row)) if as_json else _told(row))
    raise SystemExit(bool(rows) and not every)


@verification.command()
@click.argument("question", type=click.UUID)
@click.option(
    "--by", type=click.Choice(["mail", "link", "call"]), default="mail", show_default=True,
    help="usance mails it; you gave the signed address; you call.",
)  # fmt: skip
@click.option("--to", help="Address or number; without it the registered one.")
def ask(question: UUID, by: str, to: str | None) -> None:
    """Ask about QUESTION, or again; the signed address is printed."""
    home.open_home()
    from usance.actions import questions as action
    from usance.domain.verification.questions import Channel
    from usance.queries import questions as query

    found = query.one(question)
    debtor = found.invoice.debtor if found else None
    own = (debtor.phone if by == Channel.CALL else debtor.email) if debtor else ""
    with refusing():
        row = action.ask(
            question, channel=Channel(by), to=own if to is None else to, **at_the_shell(),
        )  # fmt: skip
    click.echo(f"{row.pk}  {row.state}  {row.asked_to}  {row.answer_by}  {query.link(row)}")


@verification.command()
@click.argument("question", type=click.UUID)
@click.argument("said", type=click.Choice(["confirmed", "objected", "wrong_person"]))
@click.option("--person", required=True, help="Who said it.")
@click.option("--number", required=True, help="By which telephone number.")
@click.option("--text", default="", help="In their words; an objection needs some.")
def answer(question: UUID, said: str, person: str, number: str, text: str) -> None:
    """Note what the debtor SAID about QUESTION on the telephone."""
    home.open_home()
    from usance.actions import questions as action
    from usance.domain.verification.questions import Answer

    with refusing():
        row = action.answer(
            question, said=Answer(said), person=person, number=number, text=text,
            **at_the_shell(),
        )  # fmt: skip
    click.echo(f"{row.pk}  {row.state}")


def _told(row: Any) -> str:
    paper = row.invoice
    until = row.answer_by or "-"
    why = row.said or " ".join(row.reasons)
    return f"{row.pk}  {row.state:<9} {until!s:<10} {paper.number} {paper.face}: {why}"


def _plain(row: Any) -> dict[str, Any]:
    from usance.domain.verification.questions import Grade

    paper = row.invoice
    return {
        "id": str(row.pk), "invoice": str(paper.pk), "number": paper.number,
        "face_minor": paper.face_minor, "currency": paper.currency, "state": row.state,
        "reasons": row.reasons, "answer_by": str(row.answer_by) if row.answer_by else None,
        "said": row.said, "person": row.person, "evidence": Grade(row.grade).name.lower(),
        "mails": [
            {"to": one.address, "state": one.state, "detail": one.detail,
             "sent_at": one.sent_at.isoformat() if one.sent_at else None}
            for one in row.mails.all()
        ],
    }  # fmt: skip
