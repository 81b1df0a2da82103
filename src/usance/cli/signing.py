"""Acts at the command line that a person answers for: signed with a login and its password."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from . import home
from .told import fault


def signed_in(login: str) -> dict[str, Any]:
    """Role and actor of a user who knows the password; else the command ends."""
    from usance.domain.mandate import Role
    from usance.shared.models import User

    user = User.objects.filter(username=login, is_active=True).first()
    password = click.prompt(f"Password of {login}", hide_input=True, err=True)
    if user is None or not user.check_password(password):
        home.say("That is not the password, or there is no such user. Nothing was changed.")
        raise SystemExit(home.REFUSED)
    return {"role": Role(user.role), "actor": f"user:{user.username}"}


def at_the_shell() -> dict[str, Any]:
    """Who may run commands here, for what one person may do alone: role, actor and time."""
    from usance import clock
    from usance.domain.mandate import Role

    return {"role": Role.ADMIN, "actor": "cli", "at": clock.now()}


@contextmanager
def refusing() -> Iterator[None]:
    """An action's no ends the command: its code, why, and what to do."""
    from django.core.exceptions import ObjectDoesNotExist

    from usance.domain.refusal import Refusal

    try:
        yield
    except Refusal as no:
        home.say(f"Refused ({no.code}): {fault(str(no), todo=no.todo)}")
        raise SystemExit(home.REFUSED) from no
    except ObjectDoesNotExist as no:
        home.say("There is nothing with this id. List what there is, and take it from there.")
        raise SystemExit(home.REFUSED) from no
