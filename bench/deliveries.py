"""Many deliveries and the receipts of all of them: `python -m bench --deliveries 100000`.

Letters that were printed before go to the distributor; then its signed callbacks come in, a few for
each letter, in batches of 500, are verified, kept, and the deliveries follow them. A process of its
own, whose most memory is told: with ten times the deliveries it must hardly be more.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from . import house, seed, sends
from .house import NOW, House
from .measure import Spent, measured, peak_mb

CHUNK = 500
SECRET = "whsec_YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2g="  # noqa: S105 - signs what only the bench believes.

# The seeded deliveries as they were before they were sent: sealed, with one paper for all.
QUEUE = """
UPDATE dispatch SET state = 'queued', kind = 'letter', carrier = 'hybrid', attempt = 0,
  reference = '', handed_at = NULL, document_id = '{sha256}', sealed = '{sealed}'::jsonb,
  address = '{address}'::jsonb WHERE carrier = 'smtp'
"""


def rows(count: int) -> Iterator[str]:
    """Two runs, of a tenth and of all of them; each line as soon as it is known."""
    for size in (max(count // 10, 500), count):
        words = [sys.executable, "-u", "-m", "bench.deliveries", str(size)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as run:  # noqa: S603
            assert run.stdout is not None
            for line in run.stdout:
                yield line.rstrip("\n")
        assert run.returncode == 0, f"{size} deliveries ended with {run.returncode}"


def main(count: int) -> None:
    from .measure import cpu_of

    with house.opened() as opened:
        sends.connected(opened)
        seed.fill(opened, upto=count)
        queue(opened)
        from django.db.models import Count

        from usance import models, sandbox
        from usance.queries import doctor
        from usance.sandbox.outbox import Where

        where = Where(secret=SECRET)
        with sandbox.spawn(sandbox.Settings(bouncing=0, failing=0.05, where=where)) as world:
            config = world.config("channels", "hybrid")
            carriers = {"hybrid": {"plugin": "hybrid", "config": config}}
            told = {"kinds": {"letter": "hybrid"}, "carriers": carriers}
            (opened.home / "outside.json").write_text(json.dumps(told))
            began = peak_mb()
            theirs = cpu_of([world.process.pid])
            sent = _send(opened)
            theirs = cpu_of([world.process.pid]) - theirs
            _say("letters handed over and written down", count, sent)
            print(
                f"    (the sandbox's side took {theirs / count * 1000:.1f} ms of its own core each)"
            )
            world.clock(NOW + timedelta(days=10))
            events, taken = _take_in(opened, world, config)
            _say("receipts verified and taken in", events, taken)
            wrong = [answer.rule for answer in doctor.examine(files=20) if not answer.kept]
            most = peak_mb()  # Before the bench reads the sandbox's whole memory to compare.
            truth = Counter(one["state"] for one in world.dump()["deliveries"].values())
        counted = models.Dispatch.objects.values_list("state").annotate(n=Count("pk"))
        states = dict(counted.order_by())
        print(f"    of {count:,} letters {states}; the distributor says {dict(truth)}")
        print(f"    doctor: {wrong or 'every promise is kept'}")
        print(f"    most memory {most:.0f} MB, {began:.0f} MB before")


def queue(opened: House) -> None:
    """Print one paper and let every seeded dispatch wait with it."""
    from django.db import transaction

    from usance.actions.documents import Content, keep

    from . import letters

    pdf = letters.facturx(1)
    with transaction.atomic():
        (digest,) = keep([Content(data=pdf, media_type="application/pdf", name="i.pdf")], at=NOW)
    paper = {"name": "invoice.pdf", "media_type": "application/pdf", "sha256": digest}
    sealed = {"sender": "faktura@factor.example", "language": "de", "subject": "Rechnung",
              "text": "Anbei.", "attachments": [paper]}  # fmt: skip
    address = {"name": "Debtor GmbH", "street": "Hafen 1", "postcode": "20457", "city": "Hamburg",
               "country": "DE"}  # fmt: skip
    told = {"sealed": json.dumps(sealed), "address": json.dumps(address), "sha256": digest}
    opened.as_superuser(
        "SET session_replication_role = replica", QUEUE.format(**told), "VACUUM ANALYZE dispatch"
    )


def _send(opened: House) -> Spent:
    from usance import models
    from usance.actions import distribution

    waiting = models.Dispatch.objects.filter(state="queued").order_by("pk")
    with measured(opened.backend) as took:
        while chunk := list(waiting.values_list("pk", flat=True)[:CHUNK]):
            distribution.send(chunk, at=NOW, actor="belt")
    return took


def _take_in(opened: House, world: Any, config: dict[str, str]) -> tuple[int, Spent]:
    """Every callback as it would come: a signed body of up to 500 events."""
    from usance.actions import reports
    from usance.plugins.channels import hybrid
    from usance.plugins.channels._signature import sign

    headers = {"authorization": f"Bearer {config['token']}"}
    after, whole = 0, Spent()
    while True:
        page = world.http.get(f"/v1/events?after={after}", headers=headers).json()
        if not page["events"]:
            return after, whole
        body = json.dumps({"events": page["events"]}).encode()
        now = int(time.time())
        head = {
            "webhook-id": f"msg_{after}", "webhook-timestamp": str(now),
            "webhook-signature": sign(body, id=f"msg_{after}", timestamp=now, secret=SECRET),
            "x-received-at": datetime.now(UTC).isoformat(),
        }  # fmt: skip
        with measured(opened.backend) as took:
            events = hybrid.read(body, head, config)
            reports.take_events("hybrid", events, at=NOW, actor="carrier:hybrid")
        whole = Spent(whole.wall + took.wall, whole.ours + took.ours, whole.theirs + took.theirs)
        after = page["next"]


def _say(what: str, count: int, spent: Spent) -> None:
    print(
        f"{what:<44} {count:>9,} {count / spent.core:>9,.0f} /core-s"
        f" {count / spent.wall:>9,.0f} /s",
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
