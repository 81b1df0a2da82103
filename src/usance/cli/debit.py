"""Direct debits from the command line: mandates, what is planned, announced, released."""

import json
from typing import Any

import click

from . import debit_plan, home, named
from .signing import refusing, signed_in


@click.group()
def debit() -> None:
    """What is collected from debtors that signed a mandate."""


for command in (
    debit_plan.plan, debit_plan.announce, debit_plan.cancel, debit_plan.recalls,
    debit_plan.recall_told,
):  # fmt: skip
    debit.add_command(command)


@debit.command()
@click.argument("debtor")
@click.option("--reference", required=True, help="As it stands on the signed paper.")
@click.option("--iban", required=True, help="Of the debtor's account.")
@click.option("--signed-on", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--evidence", required=True, help="Where the signed paper lies.")
@click.option("--scheme", type=click.Choice(["CORE", "B2B"]), default="CORE")
@click.option("--notice-days", default=14, type=click.IntRange(1, 60), show_default=True)
@click.option("--invoice", "number", default="", help="For the invoice with this number alone.")
@click.option("--as", "login", required=True, help="Who enters it; the password is asked for.")
def enter(
    debtor: str, reference: str, iban: str, signed_on: Any, evidence: str, scheme: str,
    notice_days: int, number: str, login: str,
) -> None:  # fmt: skip
    """Enter a mandate that DEBTOR (VAT id or registration number) signed."""
    home.open_home()
    from usance import clock, models
    from usance.actions import debit_mandates
    from usance.domain.collection.signed import Scheme

    owner = named.debtor(debtor)
    invoice = models.Invoice.objects.filter(debtor=owner, number=number).first() if number else None
    if number and invoice is None:
        home.say(f"{owner.name} has no invoice {number}.")
        raise SystemExit(home.REFUSED)
    who = signed_in(login)
    with refusing():
        row = debit_mandates.enter(
            owner.pk,
            reference=reference,
            scheme=Scheme(scheme),
            iban=iban,
            signed_on=signed_on.date(),
            evidence=evidence,
            notice_days=notice_days,
            invoice=invoice.pk if invoice else None,
            at=clock.now(),
            **who,
        )
    click.echo(f"{row.pk}  {row.reference} waits for a second person")


@debit.command()
@click.argument("mandate_id", metavar="MANDATE", type=click.UUID)
@click.option("--iban", required=True, help="As the signed paper has it.")
@click.option("--as", "login", required=True, help="Who compared it; the password is asked for.")
def confirm(mandate_id: Any, iban: str, login: str) -> None:
    """Confirm MANDATE: you compared it with the signed paper."""
    home.open_home()
    from usance import clock
    from usance.actions import debit_mandates

    who = signed_in(login)
    seen = "".join(iban.split()).upper()
    with refusing():
        row = debit_mandates.confirm(mandate_id, seen=seen, at=clock.now(), **who)
    click.echo(f"{row.reference} is in force")


@debit.command()
@click.argument("mandate_id", metavar="MANDATE", type=click.UUID)
@click.option("--iban", required=True, help="Of the debtor's account from now on.")
@click.option("--evidence", required=True, help="Where the paper lies that says so.")
@click.option("--reference", default="", help="A new one; without it as before.")
@click.option("--notice-days", default=None, type=click.IntRange(1, 60), help="As --reference.")
@click.option("--as", "login", required=True, help="Who enters it; the password is asked for.")
def amend(
    mandate_id: Any, iban: str, evidence: str, reference: str, notice_days: int | None, login: str
) -> None:
    """Change account, reference or notice of MANDATE, once a second person confirms it."""
    home.open_home()
    from usance import clock
    from usance.actions import debit_mandates

    who = signed_in(login)
    with refusing():
        row = debit_mandates.amend(
            mandate_id, iban=iban, evidence=evidence, reference=reference, notice_days=notice_days,
            at=clock.now(), **who,
        )  # fmt: skip
    click.echo(f"{row.pk}  {row.reference} waits for a second person")


@debit.command()
@click.argument("mandate_id", metavar="MANDATE", type=click.UUID)
@click.option("--because", required=True)
@click.option("--after-next", is_flag=True, help="Its next collection is the last one.")
@click.option("--as", "login", required=True, help="Who ends it; the password is asked for.")
def end(mandate_id: Any, because: str, after_next: bool, login: str) -> None:
    """End MANDATE; what was planned under it is cancelled."""
    home.open_home()
    from usance import clock
    from usance.actions import debit_mandates

    who = signed_in(login)
    with refusing():
        row = debit_mandates.cancel(
            mandate_id, because=because, after_next=after_next, at=clock.now(), **who
        )
    click.echo(f"{row.reference} ends after its next collection" if row.ends else "Ended")


@debit.command()
@click.option("--json", "as_json", is_flag=True, help="One line for each mandate.")
def mandates(as_json: bool) -> None:
    """List the open mandates. Exit code 1 while one waits for a second person."""
    home.open_home()
    from usance import models

    rows = models.DebitMandate.objects.filter(closed_at=None).select_related("debtor")
    asks = False
    with home.listing("No mandate is open.") as put:
        for row in rows.order_by("debtor__name_key", "pk"):
            asks = asks or row.state == "entered"
            told = {
                "id": str(row.pk), "state": row.state, "reference": row.reference,
                "scheme": row.scheme, "iban": row.iban, "debtor": row.debtor.name,
            }  # fmt: skip
            put(json.dumps(told) if as_json else "  ".join(told.values()))
    raise SystemExit(int(asks))


@debit.command("list")
@click.option("--json", "as_json", is_flag=True, help="One line for each debit.")
def list_(as_json: bool) -> None:
    """List what is planned, under way, or came back. Exit code 1 while one of them needs a person:
    to tell a debtor, to look at what came back, to ask the bank."""
    home.open_home()
    from usance import clock
    from usance.queries import debits

    task = {row.pk: "told by nobody" for row in debits.untold()}
    task |= {row.pk: "came back" for row in debits.to_act()}
    task |= {row.pk: "late" for row in debits.late(today=clock.now().date())}
    rows = {row.pk: row for view in ("waiting", "under_way") for row in debits.found(view)}
    rows |= {row.pk: row for row in debits.to_act()}
    with home.listing("No debit is planned, under way or came back.") as put:
        for row in sorted(rows.values(), key=lambda row: (row.collect_on, row.pk)):
            told = {
                "id": str(row.pk), "state": row.state, "collect_on": row.collect_on.isoformat(),
                "amount": str(row.amount), "invoice": row.invoice.number,
                "debtor": row.mandate.debtor.name, "needs": task.get(row.pk, ""),
            }  # fmt: skip
            put(json.dumps(told) if as_json else "  ".join(told.values()).rstrip())
    raise SystemExit(int(bool(task)))


@debit.command()
@click.option("--as", "login", required=True, help="Who releases; the password is asked for.")
@click.option("--json", "as_json", is_flag=True)
def release(login: str, as_json: bool) -> None:
    """Release all that is announced, and write the files to the bank.

    The files go to the bank within a minute, or with the day's end (`usance day`).
    """
    home.open_home()
    from usance import clock, models
    from usance.actions import debit_files

    who = signed_in(login)
    rows = list(models.Debit.objects.filter(state="announced").order_by("collect_on", "pk"))
    seen = {row.pk: row.content for row in rows}
    if not seen:
        click.echo(json.dumps({"debits": 0, "files": []}) if as_json else "Nothing is announced.")
        return
    with refusing():
        files = debit_files.release(seen, at=clock.now(), **who)
    names = [file.name for file in files]
    told = {"debits": len(seen), "files": names}
    click.echo(json.dumps(told) if as_json else f"{len(seen)} released, files: {', '.join(names)}")


@debit.command()
@click.argument("line_id", metavar="LINE", type=click.UUID)
@click.argument("debits", metavar="DEBIT...", type=click.UUID, nargs=-1, required=True)
@click.option("--as", "login", required=True, help="Who says it; the password is asked for.")
def collected(line_id: Any, debits: tuple[Any, ...], login: str) -> None:
    """Say that bank LINE is these direct debits, booked by the bank as one sum."""
    home.open_home()
    from usance import clock
    from usance.actions import summed

    who = signed_in(login)
    with refusing():
        done = summed.say(line_id, debits, at=clock.now(), **who)
    click.echo(f"{done} collected")


@debit.command("not-collected")
@click.argument("line_id", metavar="LINE", type=click.UUID)
@click.option("--as", "login", required=True, help="Who says it; the password is asked for.")
def not_collected(line_id: Any, login: str) -> None:
    """Take back which debits bank LINE was said to be; they are under way again."""
    home.open_home()
    from usance import clock
    from usance.actions import summed

    who = signed_in(login)
    with refusing():
        summed.take_back(line_id, at=clock.now(), **who)
    click.echo("Taken back")
