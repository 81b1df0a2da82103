"""Fetch a published file: GET, no redirects, at most a few megabytes."""

from usance.plugins import TryLater

LARGEST = 32 * 1024 * 1024  # The whole history since 1999 is a fourth of it.


def fetched(url: str, *, seconds: int) -> bytes:
    """:raises TryLater: if there is no answer in time, another one than 200, or too much of it."""
    import httpx  # Only here: who reads a file needs no network.

    from usance.plugins._trust import authorities

    try:
        with httpx.stream(
            "GET", url, timeout=seconds, follow_redirects=False, verify=authorities(),
            trust_env=False,
        ) as answer:  # fmt: skip
            if answer.status_code != 200:
                raise TryLater(f"{answer.status_code} {answer.reason_phrase}")
            data = b""
            for piece in answer.iter_bytes():
                data += piece
                if len(data) > LARGEST:
                    raise TryLater(f"more than {LARGEST} bytes")
    except httpx.HTTPError as unreachable:
        raise TryLater(f"{type(unreachable).__name__}: {unreachable}") from unreachable
    return data
