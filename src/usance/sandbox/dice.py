"""Chance that is none: the same seed and words give the same throw, in whatever order asked."""

from collections.abc import Mapping
from hashlib import blake2b


def throw(seed: int, *words: str) -> int:
    """A whole number from 0 up to 2**64, evenly spread."""
    named = "\x1f".join((str(seed), *words)).encode()
    return int.from_bytes(blake2b(named, digest_size=8).digest(), "big")


def within(share: float, seed: int, *words: str) -> bool:
    """True in this share of all cases."""
    return throw(seed, *words) < share * 2**64


def one_of(weights: Mapping[str, int], seed: int, *words: str) -> str:
    """One of the names, by weight."""
    left = throw(seed, *words) % sum(weights.values())
    for name, weight in weights.items():
        if left < weight:
            return name
        left -= weight
    raise AssertionError("weights are positive")


def between(low: int, high: int, seed: int, *words: str) -> int:
    """A whole number from low to high, both included."""
    return low + throw(seed, *words) % (high - low + 1)
