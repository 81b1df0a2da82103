"""The command line. Data goes to stdout, talk to stderr.

Exit codes: 0 done · 1 done, but something needs a person (findings, broken promises) · 2 wrong
words on the command line · 3 refused, nothing was changed · 4 usance itself cannot run here.

Commands that need no database start without Django: `read`, `validate`, `statement read`,
`advice read`, `payment match`, `bounce read`, `peppol look-up`, `schedule verify`.
"""

import importlib
from typing import Any

import click

# Where each command lives; a module is only imported when its command is used.
COMMANDS = {
    "init": "usance.cli.setup:init",
    "demo": "usance.cli.demo:command",
    "up": "usance.cli.serve:up",
    "worker": "usance.cli.serve:worker",
    "inbox": "usance.cli.serve:inbox",
    "intake": "usance.cli.work:intake",
    "door": "usance.cli.door:door",
    "mapping": "usance.cli.mapping:mapping",
    "sweep": "usance.cli.work:sweep",
    "day": "usance.cli.work:day",
    "account": "usance.cli.account:account",
    "advice": "usance.cli.advice:advice",
    "debit": "usance.cli.debit:debit",
    "online": "usance.cli.online:online",
    "payout": "usance.cli.work:payout",
    "doctor": "usance.cli.work:doctor",
    "rates": "usance.cli.rates:rates",
    "report": "usance.cli.report:report",
    "fee": "usance.cli.fee:fee",
    "facility": "usance.cli.facility:facility",
    "fingerprints": "usance.cli.fingerprints:fingerprints",
    "availability": "usance.cli.availability:command",
    "schedule": "usance.cli.schedule:schedule",
    "certificate": "usance.cli.certificate:command",
    "carriers": "usance.cli.carriers:carriers",
    "statement": "usance.cli.statement:statement",
    "payer": "usance.cli.payer:payer",
    "payment": "usance.cli.payment:payment",
    "plan": "usance.cli.plan:plan",
    "write-off": "usance.cli.writeoff:write_off",
    "buy-back": "usance.cli.buyback:buy_back",
    "dispute": "usance.cli.dispute:dispute",
    "offer": "usance.cli.offer:offer",
    "ways": "usance.cli.ways:command",
    "read": "usance.cli.read:command",
    "issue": "usance.cli.issue:issue",
    "review": "usance.cli.review:review",
    "bounce": "usance.cli.bounce:bounce",
    "peppol": "usance.cli.peppol:peppol",
    "ladder": "usance.cli.ladder:ladder",
    "registrations": "usance.cli.registrations:registrations",
    "verification": "usance.cli.verification:verification",
    "vat-relief": "usance.cli.vat_relief:command",
    "vouchers": "usance.cli.vouchers:vouchers",
    "period": "usance.cli.books:period",
    "ledger": "usance.cli.books:ledger",
    "validate": "usance.cli.validate:validate",
    "user": "usance.cli.users:user",
    "key": "usance.cli.users:key",
}


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


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="usance")
def main() -> None:
    """usance runs an invoice factoring company.

    Start with `usance demo`: it shows the whole process on invented data.
    """
