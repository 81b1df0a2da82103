"""Places of items by a key, in little memory."""

from collections.abc import Sequence
from typing import TypeVar

Key = TypeVar("Key")
Found = int | list[int]  # Most keys have one item: a list for each would be most of the memory.


def put(index: dict[Key, Found], key: Key, one: int) -> None:
    here = index.get(key)
    if here is None:
        index[key] = one
    elif isinstance(here, list):
        here.append(one)
    else:
        index[key] = [here, one]


def got(index: dict[Key, Found], key: Key) -> Sequence[int]:
    here = index.get(key, [])
    return here if isinstance(here, list) else [here]
