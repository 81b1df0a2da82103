"""The daily work from the command line: take in, run the day, pay out, examine the books."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import home, named
from .signing import refusing, signed_in
from .told import counted, fault

if TYPE_CHECKING:
    from usance.domain.money import Money

FILES_AT_ONCE = 200
BYTES_AT_ONCE = 200 * 1024 * 1024
LARGEST_BYTES = 50 * 1024 * 1024  # A file beyond it is no invoice.


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--client", help="Whose they are; without it the seller decides.")
@click.option("--count", type=click.IntRange(0), help="The client's own count of invoices.")
@click.option(
    "--total",
    "totals",
    multiple=True,
    metavar="AMOUNT CUR",
    nargs=2,
    help="The client's own total, such as 1428.00 EUR; once for each currency.",
)
@click.option("--json", "as_json", is_flag=True, help="One line for each batch.")
def intake(
    paths: tuple[Path, ...],
    client: str | None,
    count: int | None,
    totals: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """Take in invoices: files, folders with all in them, ZIP archives, mails (.eml, .msg).

    "-" reads names of files from standard input, one in each line. Each file beside its result:
    exit code 1 if anything of it needs a person.
    """
    files, faults = _files(_named(paths))
    sums = _sums(totals)
    if (count is not None or sums) and len(files) > FILES_AT_ONCE:
        raise click.UsageError(f"--count and --total are of one batch: {FILES_AT_ONCE} files")
    home.open_home()
    from usance import clock
    from usance.actions import intake as action
    from usance.domain.intake.control import Control
    from usance.queries import batches

    owner = named.client(client) if client else None
    trouble = bool(faults)
    for line in faults:
        home.say(line)
    if not files:
        home.say("Nothing to take in: name files, or a folder with invoices in it.")
        raise SystemExit(1)
    for paths_ in _chunks(files):
        chunk = [action.File(name=path.name, data=path.read_bytes()) for path in paths_]
        with refusing():
            batch = action.receive(
                chunk,
                client=owner.pk if owner else None,
                way="cli",
                control=Control(count=count, totals=sums),
                at=clock.now(),
                actor="cli",
            )
        report = batches.report(batch.pk)
        trouble = trouble or bool(report["findings"])
        _show(report, as_json)
    raise SystemExit(1 if trouble else 0)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def sweep(as_json: bool) -> None:
    """Take in what lies whole in the clients' folders now, here and over SFTP.

    The workers do the same each minute.
    """
    home.open_home()
    from usance import clock
    from usance.jobs import sweeping

    done = sweeping.sweep(at=clock.now())
    click.echo(json.dumps({"files": done}) if as_json else f"{counted(done, 'file')} put away.")


@click.command()
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="Without it: today.")
@click.option("--json", "as_json", is_flag=True)
def day(on: datetime | None, as_json: bool) -> None:
    """Run the day's end: reminders, recourse, payout proposals, the bank's files and answers."""
    home.open_home()
    from dataclasses import asdict

    from usance import clock
    from usance.domain.refusal import Refusal
    from usance.jobs import bank
    from usance.jobs import day as job
    from usance.plugins import TryLater

    at = (
        datetime.combine(on.date(), datetime.min.time().replace(hour=17), UTC)
        if on
        else clock.now()
    )
    done: dict[str, Any] = asdict(job.end(at=at))
    try:
        done["files_handed_over"] = bank.hand_over_files(at=at)
        done["payouts_rejected"] = bank.fetch_answers(at=at)
    except (Refusal, TryLater) as trouble:
        home.say(f"The bank was not reached: {trouble}")
    if as_json:
        click.echo(json.dumps(done))
    else:
        for name, figure in done.items():
            said = ", ".join(map(str, figure)) or "-" if isinstance(figure, tuple) else figure
            click.echo(f"{name.replace('_', ' ')}: {said}")
    if done["rates_missing"]:
        home.say("What these rates price stands still. Enter them (usance facility rate; exchange"
                 " rates: usance rates import); the next day's end catches up.")  # fmt: skip
    raise SystemExit(bool(done["rates_missing"]))


@click.command()
@click.option(
    "--release-as", help="User who releases what was proposed; the password is asked for."
)
@click.option("--json", "as_json", is_flag=True)
def payout(release_as: str | None, as_json: bool) -> None:
    """Show what is due to clients; with --release-as, release it and write the order files.

    Two people: the proposal is made by this command, another one releases it with a password. The
    files go to the bank with the day's end (`usance day`).
    """
    home.open_home()
    from usance import clock
    from usance.actions import finance
    from usance.queries import payouts

    at = clock.now()
    proposed = finance.propose_payouts(at=at, actor="cli")
    stuck = [one for one in payouts.due(at=at) if not one.account and not one.unverified]
    rows = [
        {
            "client": p.name,
            "iban": p.iban,
            "amount": str(p.amount),
            "set_off_minor": p.set_off_minor,
        }
        for p in proposed
    ]
    files: list[str] = []
    if release_as:
        who = signed_in(release_as)
        seen = {one.pk: one.content for one in proposed}
        with refusing():
            made = finance.release_payouts(seen, pay_on=at.date(), at=at, **who)
        files = [file.name for file in made]
    if as_json:
        without = [{"client": one.name, "amount": str(one.due)} for one in stuck]
        click.echo(json.dumps({"payouts": rows, "files": files, "without_account": without}))
        return
    for row in rows:
        click.echo(f"{row['amount']:>20}  {row['client']}  {row['iban']}")
    for one in stuck:
        click.echo(f"{one.due!s:>20}  {one.name}  no account: see usance account")
    click.echo(
        counted(len(rows), "payout") + " due" + (f", files: {', '.join(files)}" if files else ".")
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--all-files", is_flag=True, help="Read every kept file again, not a sample.")
def doctor(as_json: bool, all_files: bool) -> None:
    """Ask every promise about the books. Exit code 1 when one is broken."""
    home.open_home()
    from usance.queries import doctor as questions

    answers = questions.examine(
        files=-1 if all_files else 200, seed=int(datetime.now(UTC).timestamp())
    )
    broken = [answer for answer in answers if not answer.kept]
    if as_json:
        rules = [
            {"rule": a.rule, "promise": a.promise, "broken": a.broken, "rows": a.rows}
            for a in answers
        ]
        click.echo(json.dumps({"ok": not broken, "rules": rules}))
    else:
        for answer in answers:
            click.echo(f"{'✓' if answer.kept else '✗'} {answer.rule:<5} {answer.promise}")
            for row in answer.rows:
                click.echo(f"        {' · '.join(row)}")
    raise SystemExit(1 if broken else 0)


def _chunks(files: list[Path]) -> Iterator[list[Path]]:
    """So many at once as a batch may have, in number and in bytes."""
    chunk: list[Path] = []
    size = 0
    for path in files:
        more = path.stat().st_size
        if chunk and (len(chunk) == FILES_AT_ONCE or size + more > BYTES_AT_ONCE):
            yield chunk
            chunk, size = [], 0
        chunk.append(path)
        size += more
    if chunk:
        yield chunk


def _named(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """What was named, on the command line or on standard input."""
    found: list[Path] = []
    for path in paths:
        if str(path) != "-":
            found.append(path)
            continue
        lines = (line.rstrip("\r\n") for line in click.get_text_stream("stdin"))
        found.extend(Path(line) for line in lines if line)
    return tuple(found)


def _files(paths: tuple[Path, ...]) -> tuple[list[Path], list[str]]:
    """The files named, folders walked in the order of names; and what cannot be taken in."""
    found: list[Path] = []
    faults = []
    for path in paths:
        if not path.exists():
            faults.append(f"{path}: there is no such file or folder.")
        elif path.is_dir():
            found.extend(p for p in sorted(path.rglob("*")) if p.is_file() and p.name[0] != ".")
        else:
            found.append(path)
    small = []
    for path in found:
        if path.stat().st_size > LARGEST_BYTES:
            faults.append(
                f"{path}: {path.stat().st_size // 2**20} MiB is more than an invoice may have"
                f" ({LARGEST_BYTES // 2**20} MiB). Split it, or look whether it is one."
            )
        else:
            small.append(path)
    return small, faults


def _sums(totals: tuple[tuple[str, str], ...]) -> "tuple[Money, ...]":
    from usance.domain.money import Money, NotMoney

    try:
        sums = tuple(Money.of(amount, currency.upper()) for amount, currency in totals)
    except NotMoney as wrong:
        raise click.BadParameter(f"{wrong}", param_hint="--total") from wrong
    if len({one.currency for one in sums}) < len(sums):
        raise click.BadParameter("one total for each currency", param_hint="--total")
    return sums


def _show(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report))
        return
    click.echo(
        f"Batch {report['number']}: {counted(report['files'], 'file')},"
        f" {counted(report['invoices'], 'invoice')} taken in"
    )
    if report["to_read"]:
        click.echo(
            f"  {report['to_read']} are read page by page by a worker; `usance review list` shows"
            " what then waits for a person"
        )
    for finding in report["findings"]:
        line = fault(finding["says"], where=finding["where"], todo=finding["todo"])
        click.echo(f"  {finding['file']}: {line}")
    for table in report["waiting"]:
        home.say(f"{table['file']} waits for its columns: usance mapping show {table['id']}")
