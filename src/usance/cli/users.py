"""Users and API keys from the command line."""

import secrets
from hashlib import sha256

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
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", default="", help="First and last name.")
@click.option("--language", type=click.Choice(["en", "de", "sv"]), default="en")
def add_user(username: str, role: str, name: str, language: str) -> None:
    """Add a user; the password is printed once."""
    home.open_home()
    from usance.shared.models import User

    if User.objects.filter(username=username).exists():
        home.say(f"There is a user {username} already.")
        raise SystemExit(home.REFUSED)
    first, _, last = name.partition(" ")
    password = secrets.token_urlsafe(12)
    User.objects.create_user(
        username, password=password, role=role, first_name=first, last_name=last, language=language
    )
    click.echo(f"{username} {password}")


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
@click.option("--scope", "scopes", multiple=True, default=["read", "write"], show_default=True)
def add_key(name: str, scopes: tuple[str, ...]) -> None:
    """Make a key; it is printed once."""
    home.open_home()
    from usance import clock
    from usance.shared.models import ApiKey

    prefix, secret = f"us_{secrets.token_hex(5)}", secrets.token_urlsafe(32)
    whole = f"{prefix}.{secret}"
    ApiKey.objects.create(
        prefix=prefix,
        sha256=sha256(whole.encode()).hexdigest(),
        name=name,
        scopes=list(scopes),
        created_at=clock.now(),
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
