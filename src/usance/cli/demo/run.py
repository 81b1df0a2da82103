"""Run the demo: make the stage and the season, start everybody, play what is left of it."""

from collections.abc import Callable
from datetime import UTC, datetime, time

from usance import models
from usance.cli.processes import Children, wait_for
from usance.shared.models import Book

from . import outside, papers, season, stage
from .plan import Plan, logins, write_logins

Told = Callable[[str], None]


def start(children: Children, plan: Plan, *, port: int, workers: int) -> outside.Outside:
    """Start the sandbox and, when the office is there, the workers; on the first start set the
    stage."""
    opening = datetime.combine(plan.first, time(7), UTC)
    world = outside.start(
        children, home=plan.home, seed=plan.seed, at=opening, port=port, faults=plan.faults
    )
    if not Book.objects.exists():
        stage.company(at=opening, seed=plan.seed)
        write_logins(plan.home, stage.people())
    if not models.Debtor.objects.exists():
        _set_stage(plan, world, at=opening)
    wait_for(port, children)  # Carriers call back from the first day on.
    for number in range(workers):
        children.python(f"worker-{number + 1}", "usance", "worker", "--concurrency", "1")
    return world


def play(plan: Plan, world: outside.Outside, display: season.Display) -> None:
    """Play the days that are left."""
    while not plan.is_finished:
        day = season.one_day(plan.home / "demo" / "inbox", world, plan.first, plan.done, display)
        plan = plan.finish_day()
        display.day(day)


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
    handed = papers.season(
        sellers, buyers, count=plan.invoices, first=plan.first, days=plan.days, seed=plan.seed
    )
    papers.write(plan.home / "demo" / "inbox", handed)
    plan.save()
