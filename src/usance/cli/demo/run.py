"""Run the demo: make the stage and the season, start everybody, play what is left of it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import transaction

from usance import models
from usance.cli.processes import Children, wait_for
from usance.jobs import runner
from usance.shared.models import Book, User

from . import outside, papers, paying, season, stage
from .plan import Plan, logins, write_logins

FEW = 1_000  # Up to here a second worker process costs more, as it starts, than it ever earns.


def start(children: Children, plan: Plan, *, port: int) -> outside.Outside:
    """Start the workers, and on the first start set the stage; the sandbox and the office are
    starting already."""
    opening = plan.opening
    if not Book.objects.exists():
        with transaction.atomic():
            stage.company(at=opening, seed=plan.seed)
    # Now they know what time it is, and are there when the first invoices come.
    workers = 2 if plan.invoices > FEW else 1
    for number in range(workers):
        children.python(
            f"worker-{number + 1}", "usance", "worker", "--concurrency", f"{2 // workers}"
        )
    if not User.objects.exists():
        with transaction.atomic():
            write_logins(plan.home, stage.people())
    world = outside.connect(children, home=plan.home, port=port)
    if not models.Debtor.objects.exists():
        _set_stage(plan, world, at=opening)
    wait_for(port, children)  # Carriers call back from the first day on.
    return world


def play(plan: Plan, world: outside.Outside, display: season.Display) -> None:
    """Play the days that are left."""
    runner.spare_the_collector()  # As a worker does: this process runs the bank and the day's end.
    with _warned_in(plan.home / "logs" / "season.log"):
        while not plan.is_finished:
            day = season.one_day(plan, world, display)
            plan = plan.finish_day()
            display.day(day)


@contextmanager
def _warned_in(log: Path) -> Iterator[None]:
    """What goes wrong outside belongs to the play: it stands in the log, and not across the bar."""
    terminal = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    with log.open("a", encoding="utf-8") as file:
        before = [(one, one.setStream(file)) for one in terminal]
        try:
            yield
        finally:
            for handler, stream in before:
                handler.setStream(stream)


def _set_stage(plan: Plan, world: outside.Outside, *, at: datetime) -> None:
    for account in models.BankAccount.objects.all():
        world.open_account(
            account.iban, account.name, stage.CAPITAL[account.currency].minor, account.currency
        )
    sellers = stage.clients(at=at, seed=plan.seed, since=plan.first, invoices=plan.invoices)
    _, first = sellers[0]
    write_logins(plan.home, logins(plan.home) | stage.own_user(first))
    stage.ladder(at=at)
    buyers = stage.debtors(at=at, seed=plan.seed)
    paying.sign(buyers, at=at, seed=plan.seed)
    handed = papers.season(
        sellers, buyers, count=plan.invoices, first=plan.first, days=plan.days, seed=plan.seed
    )
    papers.write(plan.home / "demo" / "inbox", handed)
    plan.save()
