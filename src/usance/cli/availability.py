"""`usance availability`: what a client may still draw, line by line, with rows and what if."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from . import home, named
from .signing import refusing

if TYPE_CHECKING:
    from usance.queries.availability import Ledger, Pretend, Row


class Share(click.ParamType):
    """Per cent, above 0 and up to 100."""

    name = "percent"

    def convert(self, value: Any, param: Any, ctx: Any) -> Decimal:
        try:
            share = Decimal(str(value)) / 100
        except InvalidOperation:
            share = Decimal(0)
        if not share.is_finite() or not 0 < share <= 1:
            self.fail(f"{value} is no share: above 0, up to 100", param, ctx)
        return share


@click.command()
@click.argument("client")
@click.option("--currency", default="", metavar="CUR", help="Of several facilities.")
@click.option("--on", default="", metavar="DAY", help="The evening of a day that is past.")
@click.option("--rows", "with_rows", is_flag=True, help="Every open invoice, with its reasons.")
@click.option("--because", default="", metavar="REASON", help="Rows of one line only.")
@click.option("--advance-rate", type=Share(), help="What if, per cent.")
@click.option("--concentration", type=Share(), help="What if, per cent of one debtor.")
@click.option("--without", default="", metavar="DEBTOR", help="What if it did not count.")
@click.option("--paid", multiple=True, metavar="NUMBER", help="What if this invoice were paid.")
@click.option("--json", "as_json", is_flag=True)
def command(
    client: str, currency: str, on: str, with_rows: bool, because: str,
    advance_rate: Decimal | None, concentration: Decimal | None, without: str,
    paid: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Tell what CLIENT may still draw.

    Nothing is written. Exit code 1 if it has drawn more than its ledger covers.
    """
    home.open_home()
    from usance import clock, models
    from usance.domain.credit.eligibility import Because
    from usance.queries import availability

    today = clock.now().date()
    day = _day(on, today)
    row = named.client(client)
    if because and because not in set(Because):
        raise click.BadParameter(f"{because}; one of {', '.join(Because)}", param_hint="--because")
    debtors = frozenset({named.debtor(without).pk} if without else ())
    invoices = models.Invoice.objects.filter(client=row, number__in=paid)
    pretend = availability.Pretend(
        advance_rate=advance_rate, concentration_share=concentration, without=debtors,
        paid=frozenset(invoices.values_list("pk", flat=True)),
    )  # fmt: skip
    wanted = currency or next(iter(availability.currencies(row.pk, on=day)), "")
    with refusing():
        found = availability.ledger(row.pk, wanted, on=day, pretend=pretend)
    if found is None:
        home.say(f"{row.name} has no facility in {wanted or 'any currency'} on {day}.")
        raise SystemExit(home.REFUSED)
    rows: list[Row] = []
    if with_rows or because:
        rows = list(availability.every(found, because=Because(because) if because else None))
    if as_json:
        click.echo(json.dumps(whole(row.name, found, rows, pretend)))
    else:
        head = "what if" if pretend else "as it is"
        binds = "" if found.binds else "; nothing is agreed, so nothing is held"
        click.echo(f"{row.name}, {found.currency}, {found.on}: {head}{binds}")
        for line in in_lines(found, rows):
            click.echo(line)
    raise SystemExit(found.waterfall().available.minor < 0)


def in_lines(found: "Ledger", rows: "list[Row]") -> Iterator[str]:
    """The waterfall and its rows for people: what, amount, why."""
    from usance.domain.credit.eligibility import sentence

    said = found.waterfall()
    lines = [("gross receivables", said.gross, f"{said.invoices} invoices")]
    lines += [
        (f"- {line.because}", line.amount, f"{line.invoices}: {sentence(line.because)}")
        for line in said.out
    ]
    rate = f"{(said.advance_rate * 100).normalize():f} %"
    lines += [
        ("eligible", said.eligible, ""),
        ("at the advance rate", said.value, rate),
        ("- retention", said.retention, ""),
        ("- dilution", said.dilution, ""),
        ("- funds in use", said.in_use, f"of a facility of {said.limit}"),
        ("available", said.available, ""),
        ("over-advance", said.over_advance, "approved"),
        ("may be drawn", said.spendable, ""),
    ]
    for what, amount, more in lines:
        yield f"{what:<22} {amount!s:>20}  {more}".rstrip()
    for row in rows:
        why = ", ".join(row.said.reasons) or "counts"
        ways = " ".join(one.says for one in dict.fromkeys(row.said.releases))
        yield f"{row.said.item.number:<22} {row.part!s:>20}  {why}. {ways}".rstrip()


def whole(name: str, found: "Ledger", rows: "list[Row]", pretend: "Pretend") -> dict[str, Any]:
    """The same for programs. Amounts are minor units."""
    said = found.waterfall()
    amounts = ("gross", "eligible", "value", "retention", "dilution", "in_use", "limit",
               "available", "over_advance", "spendable")  # fmt: skip
    told: dict[str, Any] = {
        "client": name, "currency": found.currency, "on": found.on.isoformat(),
        "binds": found.binds, "pretended": bool(pretend), "invoices": said.invoices,
        "advance_rate": f"{said.advance_rate.normalize():f}",
        "ineligible": [
            {"because": line.because, "minor": line.amount.minor, "invoices": line.invoices}
            for line in said.out
        ],
    }  # fmt: skip
    told |= {f"{one}_minor": getattr(said, one).minor for one in amounts}
    told["rows"] = [
        {"number": row.said.item.number, "debtor": row.said.standing.name,
         "outstanding_minor": row.said.item.minor, "part_minor": row.part.minor,
         "eligible_minor": row.said.eligible, "because": list(row.said.reasons),
         "released_by": [one.says for one in dict.fromkeys(row.said.releases)]}
        for row in rows
    ]  # fmt: skip
    return told


def _day(text: str, today: date) -> date:
    try:
        return min(date.fromisoformat(text), today) if text else today
    except ValueError as wrong:
        raise click.BadParameter(f"{text} is no day", param_hint="--on") from wrong
