"""Two clients with invoices that were printed and sealed; one delivered, one returned."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from tests import world
from tests.belt import drain, receive
from tests.kept import kept
from usance import models
from usance.actions import reports
from usance.domain.distribution import DeliveryEvent, Outcome
from usance.shared.models import Book, Role, User

LATER = world.NOW + timedelta(hours=3)


@dataclass(frozen=True)
class Season:
    place: world.World
    book: Book
    mine: models.Invoice  # Of Acme, by e-mail to Bolt: delivered.
    letter: models.Invoice  # Of Acme, by letter to Kaufmann: on its way.
    theirs: models.Invoice  # Of Nordhav.

    def dispatch(self, invoice: models.Invoice) -> models.Dispatch:
        return models.Dispatch.objects.select_related("invoice").get(invoice=invoice)


def build(*, send: bool = True) -> Season:
    """`send`: papers are printed, sealed and handed to a carrier that takes everything."""
    _carrier_that_takes_all()
    return _build(send)


@kept
def _build(send: bool) -> Season:
    book = Book.objects.create(
        slug="main", name="Factor Nord AB", country="SE", simulated_at=LATER,
        created_at=world.NOW,
    )  # fmt: skip
    place = world.build()
    receive(
        world.paper(place.acme, place.bolt, number="R-1", gross="1000.00"),
        world.paper(place.acme, place.kaufmann, number="R-2", gross="500.00"),
        world.paper(place.nord, place.tre_kronor, number="N-1", gross="7000.00", currency="SEK"),
    )
    drain(send=send)
    found = {row.number: row for row in models.Invoice.objects.all()}
    season = Season(place, book, found["R-1"], found["R-2"], found["N-1"])
    one = season.dispatch(season.mine)
    told = DeliveryEvent(
        id="d1", key=one.key, reference="", outcome=Outcome.DELIVERED, at=LATER, code="250 ok"
    )
    reports.take_events(one.carrier, [told], at=LATER, actor="carrier")
    return season


def _carrier_that_takes_all() -> None:
    """Our own portal, by the name of a carrier: handing over to it calls nobody."""
    kinds = dict.fromkeys(("email", "letter", "einvoice", "mailbox"), "house")
    carriers = {"house": {"plugin": "portal", "config": {}}}
    Path(settings.OUTSIDE).write_text(json.dumps({"kinds": kinds, "carriers": carriers}))


def own_user(season: Season, client: models.Client, name: str = "ellen") -> User:
    """A user of this client's own."""
    return User.objects.create_user(
        name, password="correct horse battery", role=Role.CLIENT, book=season.book,
        client_id=client.pk,
    )  # fmt: skip
