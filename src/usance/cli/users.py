"""Users and API keys from the command line."""

import secrets
from hashlib import sha256
from typing import Any

import click

from . import home

ROLES = [
    "intake", "verification", "credit", "finance", "collection", "cash", "operations", "admin",
]  # fmt: skip


@click.group()
def user() -> None:
    """Who may sign in."""


@user.command("add")
@click.argument("username")
@click.option("--role", type=click.Choice(ROLES), help="The desk of a colleague.")
@click.option("--client", default="", help="Name of the client whose own user it is.")
@click.option("--name", default="", help="First and last name.")
@click.option("--language", type=click.Choice(["en", "de", "sv"]), default="en")
def add_user(username: str, role: str | None, client: str, name: str, language: str) -> None:
    """Add a user; the password is printed once. A client's user sees that client's invoices."""
    if bool(role) == bool(client):
        raise click.UsageError("Give --role for a colleague, or --client for a client's own user.")
    home.open_home()
    from usance.shared.models import User

    bound = _bound(client) if client else {}
    if User.objects.filter(username=username).exists():
        home.say(f"There is a user {username} already.")
        raise SystemExit(home.REFUSED)
    first, _, last = name.partition(" ")
    password = secrets.token_urlsafe(12)
    User.objects.create_user(
        username,
        password=password,
        role=role or "client",
        first_name=first,
        last_name=last,
        language=language,
        **bound,
    )
    click.echo(f"{username} {password}")


def _bound(name: str) -> dict[str, Any]:
    """The client of this name and its book: what its users and keys are bound to."""
    from usance import models
    from usance.shared.models import Book

    found = list(models.Client.objects.filter(name__iexact=name)[:2])
    if len(found) != 1:
        home.say(f"{'Several clients are' if found else 'No client is'} called {name}.")
        raise SystemExit(home.REFUSED)
    return {"book": Book.objects.get(), "client_id": found[0].pk}


@user.command("list")
def list_users() -> None:
    """Names, roles and last sign-in."""
    home.open_home()
    from usance.shared.models import User

    for row in User.objects.order_by("username"):
        seen = f"{row.last_login:%Y-%m-%d %H:%M}" if row.last_login else "never"
        click.echo(f"{row.username:<20} {row.role:<14} {seen}")


@click.group()
def key() -> None:
    """Keys for programs that use the API."""


@key.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, help="Without it read and write.")
@click.option("--client", default="", help="Name of the client that it reads for, and no more.")
def add_key(name: str, scopes: tuple[str, ...], client: str) -> None:
    """Make a key; it is printed once. A client's key reads that client's invoices."""
    if client and set(scopes) - {"read"}:
        raise click.UsageError("A client's key reads: its only scope is read.")
    home.open_home()
    from usance import clock
    from usance.shared.models import ApiKey

    bound = _bound(client) if client else {}
    scopes = scopes or (("read",) if client else ("read", "write"))
    prefix, secret = f"us_{secrets.token_hex(5)}", secrets.token_urlsafe(32)
    whole = f"{prefix}.{secret}"
    ApiKey.objects.create(
        prefix=prefix,
        sha256=sha256(whole.encode()).hexdigest(),
        name=name,
        scopes=list(scopes),
        created_at=clock.now(),
        **bound,
    )
    click.echo(whole)


@key.command("list")
def list_keys() -> None:
    """Prefixes, names and last use."""
    home.open_home()
    from usance.shared.models import ApiKey

    for row in ApiKey.objects.order_by("created_at"):
        used = f"{row.last_used_at:%Y-%m-%d %H:%M}" if row.last_used_at else "never"
        state = "revoked" if row.revoked_at else "in force"
        click.echo(f"{row.prefix:<14} {row.name:<24} {state:<9} last used {used}")


@key.command("revoke")
@click.argument("prefix")
def revoke_key(prefix: str) -> None:
    """Put a key out of force at once."""
    home.open_home()
    from usance import clock
    from usance.shared.models import ApiKey

    if not ApiKey.objects.filter(prefix=prefix, revoked_at=None).update(revoked_at=clock.now()):
        home.say(f"No key {prefix} is in force. `usance key list` shows them.")
        raise SystemExit(home.REFUSED)
