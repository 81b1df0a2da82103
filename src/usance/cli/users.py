"""Users and API keys from the command line."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from . import home, named
from .signing import refusing

ROLES = [
    "intake", "verification", "credit", "finance", "collection", "cash", "operations", "admin",
]  # fmt: skip


@click.group()
def user() -> None:
    """Who may sign in."""


@user.command("add")
@click.argument("username")
@click.option("--role", type=click.Choice(ROLES), help="The desk of a colleague.")
@click.option("--client", default="", help="The client whose own user it is.")
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
    """The client called so and its book: what its users and keys are bound to."""
    from usance.shared.models import Book

    return {"book": Book.objects.get(), "client_id": named.client(name).pk}


@user.command("list")
def list_users() -> None:
    """Names, roles and last sign-in."""
    home.open_home()
    from usance.shared.models import User

    with home.listing("There is no user yet: `usance init` makes the first.") as put:
        for row in User.objects.order_by("username"):
            seen = f"{row.last_login:%Y-%m-%d %H:%M}" if row.last_login else "never"
            put(f"{row.username:<20} {row.role:<14} {seen}")


@click.group()
def key() -> None:
    """Keys for programs that use the API."""


@key.command("add")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    help="read, write, or a desk: finance, cash … Without it read and write.",
)
@click.option("--client", default="", help="The client whose own program it is.")
@click.option("--owner", default="", help="Login of who answers for it; else it releases nothing.")
@click.option("--days", type=click.IntRange(1, 3650), help="It ends after so many days.")
def add_key(name: str, scopes: tuple[str, ...], client: str, owner: str, days: int | None) -> None:
    """Make a key; it is printed once. A client's key reads what is that client's.

    With the scope write it also asks for and answers that client's offers. A colleague's key has
    the desks of its owner; a scope that does nothing is refused.
    """
    home.open_home()
    from usance.shared import keys
    from usance.shared.models import User

    bound = _bound(client) if client else {}
    who = User.objects.filter(username=owner, is_active=True).first() if owner else None
    if owner and who is None:
        home.say(f"There is no user {owner}. `usance user list` shows them.")
        raise SystemExit(home.REFUSED)
    scopes = scopes or (("read",) if client else ("read", "write"))
    at = datetime.now(UTC)
    ends = at + timedelta(days=days) if days else None
    with refusing():
        made = keys.make(name, scopes, owner=who, at=at, expires_at=ends, **bound)
    click.echo(made.whole)


@key.command("list")
def list_keys() -> None:
    """Prefixes, names, owners and last use."""
    home.open_home()
    from usance.shared import keys
    from usance.shared.models import ApiKey

    now = datetime.now(UTC)
    with home.listing("There is no key yet.") as put:
        for row in ApiKey.objects.select_related("owner").order_by("created_at"):
            used = f"{row.last_used_at:%Y-%m-%d %H:%M}" if row.last_used_at else "never"
            ended = "revoked" if row.revoked_at else "ended"
            state = "in force" if keys.in_force(row, at=now) else ended
            owner = row.owner.username if row.owner else "nobody's"
            put(f"{row.prefix:<14} {row.name:<24} {owner:<12} {state:<9} last used {used}")


@key.command("revoke")
@click.argument("prefix")
def revoke_key(prefix: str) -> None:
    """Put a key out of force at once."""
    home.open_home()
    from usance.shared import keys
    from usance.shared.models import ApiKey

    if not keys.revoke(ApiKey.objects.filter(prefix=prefix), at=datetime.now(UTC)):
        home.say(f"No key {prefix} is in force. `usance key list` shows them.")
        raise SystemExit(home.REFUSED)
