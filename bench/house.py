"""A throw-away home with its own PostgreSQL (fsync on), a few clients and many debtors."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usance import models
    from usance.engine import Cluster

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY: date = NOW.date()
ACTOR = "user:bench"
OUR_IBAN = "DE89370400440532013000"
CLIENTS, DEBTORS = 20, 2_000


@dataclass
class House:
    """The open home; `backend` is the process of our database connection."""

    home: Path
    cluster: "Cluster"
    clients: "list[models.Client]"
    debtors: "list[models.Debtor]"

    @property
    def backend(self) -> int:
        from django.db import connection

        connection.ensure_connection()
        return int(connection.connection.info.backend_pid)

    def as_superuser(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(self.cluster.superuser_url, autocommit=True) as connection:
            connection.execute("SET search_path = book_main, public")
            for statement in statements:
                connection.execute(statement)


@contextmanager
def opened() -> Iterator[House]:
    """The house, empty but for its parties; removed at the end."""
    with bare() as (home, cluster):
        yield _furnished(home, cluster)


@contextmanager
def bare(*, durable: bool = True) -> Iterator[tuple[Path, "Cluster"]]:
    """A home and its database, prepared, with nothing in its book; removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="usance-bench-"))
    home.chmod(0o755)  # As root the server runs as another user, who has to get there.
    os.environ.update(
        USANCE_HOME=str(home),
        USANCE_SECRET_KEY=secrets.token_urlsafe(32),
        DJANGO_SETTINGS_MODULE="usance.settings",
        USANCE_OUTSIDE=str(home / "outside.json"),
        USANCE_LOG_LEVEL="ERROR",
    )
    from usance import engine

    cluster = engine.start(home, durable=durable)
    try:
        os.environ["USANCE_APP_URL"] = cluster.app_url
        import django

        django.setup()
        from django.db import connections

        from usance.jobs import runner
        from usance.shared import schema

        schema.prepare(cluster.owner_url)
        runner.spare_the_collector()  # As every worker does.
        yield home, cluster
        connections.close_all()
    finally:
        engine.stop(home)
        shutil.rmtree(home)


def _furnished(home: Path, cluster: "Cluster") -> House:
    from usance import models
    from usance.domain.party import name_key
    from usance.models.bulk import copy
    from usance.models.ids import new_id

    models.Factor.objects.create(
        name="Factor Nord AB", legal_id="5560001111", vat_id="SE556000111101",
        street="Kungsgatan 1", postcode="111 43", city="Stockholm", country="SE",
        email="faktura@factor.example",
    )  # fmt: skip
    models.BankAccount.objects.create(
        name="Factor Nord AB", iban=OUR_IBAN, bic="COBADEFFXXX", currency="EUR"
    )
    for model, word, count in (
        (models.Client, "Client", CLIENTS),
        (models.Debtor, "Debtor", DEBTORS),
    ):
        reach = ["einvoice_id", "mailbox_id", "wish"] if word == "Debtor" else []
        columns = ["id", "name", "name_key", "legal_id", "vat_id", "street", "postcode", "city",
                   "country", "language", "email", "phone", "created_at", *reach]  # fmt: skip
        columns += ["brand_colour"] if word == "Client" else []
        copy(
            model,
            columns,
            (
                (
                    new_id(), f"{word} {nth} GmbH", name_key(f"{word} {nth} GmbH"), "",
                    f"DE{word[0]}{nth:08d}", f"Hafenstraße {nth}", "20457", "Hamburg", "DE", "de",
                    # A third of the debtors by e-invoice, a third by e-mail, the rest by letter.
                    f"ap{nth}@debtor.example" if nth % 3 == 1 else "", "", NOW,
                    *_reached(nth, word),
                    *(["#1f3a5f"] if word == "Client" else []),
                )
                for nth in range(count)
            ),
        )  # fmt: skip
    clients = list(models.Client.objects.order_by("pk"))
    debtors = list(models.Debtor.objects.order_by("pk"))
    models.Facility.objects.bulk_create(
        models.Facility(
            client=client, currency="EUR", advance_rate=Decimal("0.8"),
            fee_rate=Decimal("0.015"), limit_minor=10**15, recourse_days=60,
            valid_from=date(2025, 1, 1), known_from=NOW,
        )
        for client in clients
    )  # fmt: skip
    models.CreditLimit.objects.bulk_create(
        models.CreditLimit(
            debtor=debtor, currency="EUR", limit_minor=10**14, source="Bench bureau",
            given_on=date(2025, 1, 1), actor=ACTOR,
        )
        for debtor in debtors
    )  # fmt: skip
    models.DebtorAccount.objects.bulk_create(
        models.DebtorAccount(debtor=debtor, iban=f"DE{nth:020d}")
        for nth, debtor in enumerate(debtors)
    )
    return House(home, cluster, clients, debtors)


def _reached(nth: int, word: str) -> list[str]:
    """A debtor's einvoice_id, mailbox_id and wish."""
    if word != "Debtor":
        return []
    return [f"0088:{nth:013d}" if nth % 3 == 2 else "", "", ""]
