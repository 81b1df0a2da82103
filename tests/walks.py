"""Deliveries on their way, for tests of the ladder: bought, handed over, reported on."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from tests import belt, world
from usance import models
from usance.actions import ladders, reports
from usance.domain.distribution import (
    DeliveryEvent,
    Enough,
    Kind,
    Outcome,
    Report,
    Setting,
    Settings,
    State,
)
from usance.domain.mandate import Role

NOW, HOUR = world.NOW, timedelta(hours=1)
SIGNED: dict[str, Any] = {"role": Role.ADMIN, "at": NOW, "actor": world.OFFICER}


def bought(
    told: world.World, debtor: models.Debtor, number: str = "R-1", **more: Any
) -> models.Invoice:
    """An invoice on its way; nothing is handed to a carrier."""
    client = told.nord if debtor == told.tre_kronor else told.acme
    more.setdefault("currency", "SEK" if client == told.nord else "EUR")
    belt.receive(world.paper(client, debtor, number=number, **more), client=client)
    belt.drain(send=False)
    return models.Invoice.objects.get(number=number)


def sent(invoice: models.Invoice, place: int = -1) -> models.Dispatch:
    rows = list(models.Dispatch.objects.filter(invoice=invoice, beside=None).order_by("pk"))
    return rows[place]


def handed(row: models.Dispatch, *, reference: str = "") -> None:
    models.Dispatch.objects.filter(pk=row.pk).update(
        state=State.ACCEPTED, handed_at=NOW, reference=reference, attempt=1
    )


def said(row: models.Dispatch, outcome: Outcome, number: int = 1, **more: Any) -> DeliveryEvent:
    return DeliveryEvent(
        id=f"{row.key}-{outcome}-{number}", key=row.key, reference="", outcome=outcome,
        at=NOW + number * HOUR, **more,
    )  # fmt: skip


def tell(*events: Report, carrier: str = "hybrid") -> int:
    return reports.take_events(carrier, events, at=NOW, actor=f"carrier:{carrier}")


def kinds(invoice: models.Invoice) -> list[str]:
    rows = models.Diary.objects.filter(invoice=invoice).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def only(*wanted: Kind, **more: Any) -> models.LadderSetting:
    rungs = tuple(Setting(kind=kind, hours=24, enough=Enough.CONFIRMED, **more) for kind in wanted)
    return ladders.set_up(Settings(whose="", rungs=rungs), **SIGNED)


def carry(settings: Any, *, directory: str = "", **more: str) -> None:
    place = Path(settings.OUTSIDE)
    told = json.loads(place.read_text())
    told["kinds"] |= more
    if directory:
        told["directories"] = {"einvoice": {"plugin": "asked", "config": {"url": directory}}}
    place.write_text(json.dumps(told))


def at_once(act: Callable[[], object], workers: int) -> None:
    """Run it in several connections at the same moment; what fails fails here."""
    start, failures = threading.Barrier(workers), []

    def run() -> None:
        try:
            start.wait()
            act()
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
