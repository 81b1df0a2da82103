"""The command line. Data goes to stdout, talk to stderr.

Exit codes: 0 done · 1 done, but something needs a person (findings, broken promises) · 2 wrong
words on the command line · 3 refused, nothing was changed · 4 usance itself cannot run here.

Commands that need no database start without Django: `read`, `validate`, `statement read`,
`advice read`, `payment match`, `bounce read`, `peppol look-up`, `schedule verify`.
"""

import importlib
import sys
from difflib import get_close_matches
from typing import Any

import click

# Where each command lives, by the step it belongs to; a module is only imported when its command is
# used.
SECTIONS = {
    "Begin and run": {
        "demo": "usance.cli.demo:command",
        "init": "usance.cli.setup:init",
        "up": "usance.cli.serve:up",
        "worker": "usance.cli.serve:worker",
        "inbox": "usance.cli.serve:inbox",
        "day": "usance.cli.work:day",
        "doctor": "usance.cli.work:doctor",
        "user": "usance.cli.users:user",
        "key": "usance.cli.users:key",
    },
    "Intake": {
        "intake": "usance.cli.work:intake",
        "sweep": "usance.cli.work:sweep",
        "door": "usance.cli.door:door",
        "mapping": "usance.cli.mapping:mapping",
        "review": "usance.cli.review:review",
        "issue": "usance.cli.issue:issue",
        "read": "usance.cli.read:command",
        "validate": "usance.cli.validate:validate",
    },
    "Verification": {
        "verification": "usance.cli.verification:verification",
        "fingerprints": "usance.cli.fingerprints:fingerprints",
    },
    "Finance": {
        "facility": "usance.cli.facility:facility",
        "undertaking": "usance.cli.undertaking:undertaking",
        "availability": "usance.cli.availability:command",
        "mark": "usance.cli.eligibility:mark",
        "over-advance": "usance.cli.eligibility:over_advance",
        "client-ledger": "usance.cli.client_ledger:client_ledger",
        "trust-account": "usance.cli.trust_account:trust_account",
        "offer": "usance.cli.offer:offer",
        "schedule": "usance.cli.schedule:schedule",
        "account": "usance.cli.account:account",
        "payout": "usance.cli.work:payout",
        "rates": "usance.cli.rates:rates",
    },
    "Distribution": {
        "carriers": "usance.cli.carriers:carriers",
        "delivery": "usance.cli.delivery:delivery",
        "ladder": "usance.cli.ladder:ladder",
        "certificate": "usance.cli.certificate:command",
        "bounce": "usance.cli.bounce:bounce",
        "peppol": "usance.cli.peppol:peppol",
        "registrations": "usance.cli.registrations:registrations",
    },
    "Collection": {
        "debit": "usance.cli.debit:debit",
        "online": "usance.cli.online:online",
        "plan": "usance.cli.plan:plan",
        "dispute": "usance.cli.dispute:dispute",
        "ways": "usance.cli.ways:command",
    },
    "Payment": {
        "statement": "usance.cli.statement:statement",
        "payment": "usance.cli.payment:payment",
        "payer": "usance.cli.payer:payer",
        "advice": "usance.cli.advice:advice",
    },
    "Settlement": {
        "buy-back": "usance.cli.buyback:buy_back",
        "write-off": "usance.cli.writeoff:write_off",
        "fee": "usance.cli.fee:fee",
        "vat-relief": "usance.cli.vat_relief:command",
    },
    "Ledger": {
        "ledger": "usance.cli.books:ledger",
        "period": "usance.cli.books:period",
        "report": "usance.cli.report:report",
        "vouchers": "usance.cli.vouchers:vouchers",
    },
}
COMMANDS = {name: place for section in SECTIONS.values() for name, place in section.items()}


def _cannot(trouble: Exception) -> str:
    """Why nothing can be done here now, and what helps; nothing: it is a bug of ours."""
    database = sys.modules.get("django.db")  # Commands without one do not load it.
    models = sys.modules.get("usance.models")
    if database is not None and isinstance(trouble, database.OperationalError):
        away = f"The database is busy or away: {trouble}".rstrip()
        return f"{away}\nWhat was begun is undone. Say it again in a moment."
    if models is not None and isinstance(trouble, models.Factor.DoesNotExist):
        return "Nobody has begun here: `usance init` writes down who the factor is."
    return ""


class Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: Any = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as trouble:
            says = _cannot(trouble)
            if not says:
                raise
            click.echo(says, err=True)
            raise SystemExit(4) from trouble

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        near = [] if args[0] in COMMANDS else get_close_matches(args[0], COMMANDS)
        if near:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {' or '.join(near)}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Under their steps: in one list of fifty nobody finds the word for what is to be done."""
        widest = max(map(len, COMMANDS))
        for section, places in SECTIONS.items():
            rows = []
            for name in places:
                command = self.get_command(ctx, name)
                assert command is not None
                rows.append(
                    (name.ljust(widest), command.get_short_help_str(formatter.width - widest - 6))
                )
            with formatter.section(section):
                formatter.write_dl(rows)


@click.group(
    cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="usance")
def main() -> None:
    """usance runs an invoice factoring company.

    Start with `usance demo`: it shows the whole process on invented data. `usance COMMAND --help`
    tells what a command takes; docs/cli.md shows each with what it answers.
    """
