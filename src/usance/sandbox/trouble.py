"""What the fault dial does to an answer over HTTP."""

from .serving import Reply, problem
from .world import World

RETRY_AFTER_SECONDS = "2"
SLOW_SECONDS = 0.2


def not_taken(fault: str) -> Reply | None:
    """The answer of somebody who took nothing, if the fault is one of those."""
    if fault == "error_500":
        return problem(500, "internal", "as the fault dial asked; nothing was taken")
    if fault == "busy_429":
        return problem(429, "busy", "too many requests", retry_after=RETRY_AFTER_SECONDS)
    return None


def spoiled(fault: str, reply: Reply, world: World) -> Reply:
    """The answer to something that was taken."""
    if fault == "timeout_after_accept":
        return Reply(0, after_seconds=world.settings.hang_seconds, breaks=True)
    if fault == "reset_after_accept":
        return Reply(0, breaks=True)
    if fault == "bad_gateway_after_accept":
        return Reply(502, b"<html>502 Bad Gateway</html>", {"content-type": "text/html"})
    if fault == "garbage":
        return Reply(200, b"<!doctype html><p>Welcome!", {"content-type": "text/html"})
    if fault == "slow":
        return Reply(reply.status, reply.body, reply.headers, after_seconds=SLOW_SECONDS)
    return reply
