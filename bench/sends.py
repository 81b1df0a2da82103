"""distribution.send as a worker runs it: printed, kept, sealed, handed over, written down."""

import json
from collections.abc import Iterator, Sequence
from uuid import UUID

from .house import NOW, House
from .measure import Row, cpu_of, rounds

KINDS = {"email": "smtp", "letter": "hybrid", "einvoice": "hybrid", "mailbox": "hybrid"}
ROUND = 50


def rows(house: House, *, many: int) -> Iterator[Row]:
    """Planned dispatches of the walk before; half go by e-mail, half by letter."""
    from usance import models, sandbox
    from usance.actions import distribution

    with sandbox.spawn(sandbox.Settings(bouncing=0, failing=0)) as world:
        carriers = {
            name: {"plugin": name, "config": world.config("channels", name)}
            for name in ("smtp", "hybrid")
        }
        told = {"kinds": KINDS, "carriers": carriers}
        (house.home / "outside.json").write_text(json.dumps(told))
        for kind in ("email", "letter"):
            waiting = models.Dispatch.objects.filter(state="queued", kind=kind).order_by("pk")
            keys = list(waiting.values_list("pk", flat=True)[: ROUND * (many + 1)])
            chunks = [keys[start : start + ROUND] for start in range(0, len(keys), ROUND)]

            def send(chunk: Sequence[UUID]) -> None:
                distribution.send(chunk, at=NOW, actor="belt")

            before = cpu_of([world.process.pid])
            row = rounds(f"distribution.send by {kind}, PDF printed", kind + "s", ROUND,
                         [lambda c=c: send(c) for c in chunks], house.backend)  # fmt: skip
            theirs = (cpu_of([world.process.pid]) - before) / len(keys) * 1000
            yield row
            print(f"{'':4}(the sandbox's side took {theirs:.1f} ms of its own core for each)")


def connected(house: House) -> None:
    """Say who carries what, so that dispatches can be planned before anybody is there."""
    (house.home / "outside.json").write_text(json.dumps({"kinds": KINDS, "carriers": {}}))
