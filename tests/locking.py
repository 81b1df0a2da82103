"""In which order an act locks: lines of the bank, then invoices, then clients (ARCHITECTURE.md)."""

import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

ORDER = ("bank_line", "invoice", "client")
LOCKS = re.compile(r'FROM "?(\w+)"?\s.*\sFOR (?:NO KEY )?UPDATE(?!.* SKIP LOCKED)', re.DOTALL)


@contextmanager
def in_one_order() -> Iterator[None]:
    """Whoever locks a table only after one that comes behind it waits crosswise for somebody who
    keeps the order; where each act is a transaction of its own, or a savepoint of the test's."""
    outside, held, crossed = len(connection.atomic_blocks), set[str](), list[str]()

    def look(execute: Callable[..., Any], said: object, *rest: Any) -> Any:
        sql = said if isinstance(said, str) else ""  # COPY is composed, and locks nothing.
        if sql.startswith("SAVEPOINT") and len(connection.atomic_blocks) <= outside:
            held.clear()
        found = LOCKS.search(sql)
        if found is not None and (table := found[1]) in ORDER and table not in held:
            if held.intersection(ORDER[ORDER.index(table) :]):
                crossed.append(f"{table} after {sorted(held)}: {_where()}")
            held.add(table)
        return execute(said, *rest)

    with connection.execute_wrapper(look):
        yield
    assert not crossed, "\n".join(crossed)


def _where() -> str:
    ours = (one for one in traceback.extract_stack() if "/usance/actions/" in one.filename)
    return " > ".join(f"{one.filename.rpartition('/')[2]}:{one.name}" for one in ours)
