"""How often somebody may try: counted in the process, a minute at a time."""

import time

from django.core.cache import cache
from django.http import HttpRequest

SPAN = 60  # Seconds.


def too_fast(request: HttpRequest, what: str, who: str, *, most: int) -> bool:
    """Whether `who` did `what` more than `most` times in this minute, this time included."""
    key = f"portal:{what}:{who}:{int(time.monotonic() // SPAN)}"
    cache.add(key, 0, SPAN)
    try:
        return int(cache.incr(key)) > most
    except ValueError:  # The minute ended in between.
        return False


def address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
