"""distribution.send as a worker runs it: printed, kept, sealed, handed over, written down."""

import json
from collections.abc import Iterator, Sequence
from uuid import UUID

from .house import NOW, House
from .measure import Row, cpu_of, rounds

KINDS = {"email": "smtp", "letter": "hybrid", "einvoice": "hybrid", "mailbox": "hybrid"}
NAMES = {"email": "e-mail", "letter": "letter", "einvoice": "e-invoice"}
ROUND = 50


def rows(house: House, *, many: int) -> Iterator[Row]:
    """Planned dispatches of the walk before, by each kind; then the same, printed beforehand."""
    from usance import models, sandbox
    from usance.actions import distribution
    from usance.actions.distribution import sealing
    from usance.jobs import runner
    from usance.queries import parcels

    def send(chunk: Sequence[UUID]) -> None:
        distribution.send(chunk, at=NOW, actor="belt")

    runner.spare_the_collector()  # What the bench did before is nothing a worker looks through.
    with sandbox.spawn(sandbox.Settings(bouncing=0, failing=0)) as world:
        carriers = {
            name: {"plugin": name, "config": world.config("channels", name)}
            for name in ("smtp", "hybrid")
        }
        told = {"kinds": KINDS, "carriers": carriers}
        (house.home / "outside.json").write_text(json.dumps(told))
        for kind, name in NAMES.items():
            waiting = models.Dispatch.objects.filter(state="queued", kind=kind).order_by("pk")
            keys = list(waiting.values_list("pk", flat=True)[: 2 * ROUND * (many + 1)])
            chunks = [keys[start : start + ROUND] for start in range(0, len(keys), ROUND)]
            half = len(chunks) // 2
            if not half:  # E-invoices take a directory that says who receives them.
                print(f"no {name} was planned here")
                continue
            for chunk in chunks[half:]:
                sealing.sealed(parcels.queued(chunk), at=NOW)
            for what, some in (
                (f"sent by {name}, PDF printed", chunks[:half]),
                (f"sent by {name}, PDF printed before", chunks[half:]),
            ):
                before = cpu_of([world.process.pid])
                row = rounds(what, name + "s", ROUND, [lambda c=c: send(c) for c in some],
                             house.backend)  # fmt: skip
                theirs = (cpu_of([world.process.pid]) - before) / (len(some) * ROUND) * 1000
                yield row
                print(f"{'':4}(the sandbox's side took {theirs:.1f} ms of its own core for each)")


def connected(house: House) -> None:
    """Say who carries what, so that dispatches can be planned before anybody is there."""
    (house.home / "outside.json").write_text(json.dumps({"kinds": KINDS, "carriers": {}}))
