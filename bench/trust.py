"""How long it takes to say who is meant and whether it was sold before, in a large book.

Run: PYTHONPATH=src:. python -m bench.trust [--debtors 100000] [--invoices 100000]. Prints; asserts
nothing. It makes a home of its own and takes it away again.
"""

import argparse
import random
from dataclasses import replace

from . import house
from .measure import measured, peak_mb

FIRST = (
    "Nord", "Syd", "Ost", "Väst", "Berg", "Lund", "Sten", "Gran", "Hav", "Strand", "Dal", "Ek",
    "Alm", "Björk", "Falk", "Lind", "Ros", "Kron",
)  # fmt: skip
SECOND = (
    "ström", "hammar", "kvist", "gård", "fors", "mark", "holm", "borg", "vik", "sjö", "näs", "rud",
    "hult", "torp", "stad", "bäck",
)  # fmt: skip
TRADE = (
    "Bygg", "Handel", "Logistik", "Teknik", "Energi", "Livs", "Trä", "Kök", "Fisk", "Vård", "Media",
    "Verkstad",
)  # fmt: skip
FORMS = ("AB", "AB", "AB", "HB", "GmbH", "Oy", "AS")
BATCH = 500


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--debtors", type=int, default=100_000)
    parser.add_argument("--invoices", type=int, default=100_000)
    asked = parser.parse_args()
    with house.opened() as opened:
        _resolution(opened, asked.debtors)
        _duplicates(opened, asked.invoices)


def _resolution(opened: house.House, count: int) -> None:
    from usance import models
    from usance.domain.party import Address, Party, name_key
    from usance.domain.party.names import found_by
    from usance.models.bulk import copy
    from usance.models.ids import new_id
    from usance.queries import resolution

    dice = random.Random(1)  # noqa: S311 - the same register each time
    register = []
    for nth in range(count):
        name = (
            f"{dice.choice(FIRST)}{dice.choice(SECOND)}s {dice.choice(FIRST)}{dice.choice(SECOND)}"
            f" {dice.choice(TRADE)} {dice.choice(FORMS)}"
        )
        postcode = f"{10_000 + dice.randrange(80_000)}"
        street = f"{dice.choice(FIRST)}gatan {nth % 90}"
        at = Address(street=street, postcode=postcode, city="Ort", country="SE")
        register.append((new_id(), name, at))
    fields = ("id", "name", "name_key", "found_by", "street", "postcode", "city", "country",
              "legal_id", "vat_id", "language", "email", "phone", "einvoice_id", "mailbox_id",
              "wish", "created_at")  # fmt: skip
    with measured() as took:
        copy(models.Debtor, fields, (
            (pk, name, name_key(name), list(found_by(name, country="SE", postcode=at.postcode)),
             at.street, at.postcode, at.city, at.country, "", "", "sv", "", "", "", "", "",
             house.NOW)
            for pk, name, at in register
        ))  # fmt: skip
    opened.as_superuser("ANALYZE debtor")
    print(f"{count:,} debtors registered in {took.wall:.0f} s")
    for what, bend in (
        ("written as in the register", lambda name: name.upper()),
        ("a letter lost", lambda name: name[:3] + name[4:]),
    ):
        wanted = dice.sample(register, BATCH)
        papers = {Party(name=bend(name), address=at): pk for pk, name, at in wanted}
        for again in (False, True):
            with measured(opened.backend) as took:
                sure = resolution.certain_debtors(papers)
            if again:
                _show(f"{len(papers)} buyers, {what}: the belt", took)
        for again in (False, True):
            with measured(opened.backend) as took:
                found = resolution.debtors(papers)
            if again:
                _show(f"{len(papers)} buyers, {what}: with candidates", took)
        assert sure == {one: said.certain for one, said in found.items() if said.certain}
        certain = sum(found[one].certain == pk for one, pk in papers.items())
        wrong = sum(found[one].certain not in (pk, None) for one, pk in papers.items())
        listed = sum(
            pk in {near.id for near in found[one].candidates} for one, pk in papers.items()
        )
        print(
            f"  certain {certain}, wrong {wrong}, among the candidates {listed},"
            f" at most {peak_mb():.0f} MB"
        )


def _duplicates(opened: house.House, count: int) -> None:
    from tests import world
    from tests.belt import receive
    from usance import models
    from usance.actions import trust
    from usance.queries import duplicates, papers

    client, debtor = opened.clients[0], opened.debtors[0]
    receive(world.paper(client, debtor, number="SEED-1"), client=client)
    (seed,) = models.Invoice.objects.filter(number="SEED-1")
    trust.examine([seed], papers.of([seed.pk]), at=house.NOW)
    # A tenth of the claims on one debtor, with amounts that return: the worst that is usual.
    opened.as_superuser(
        f"""INSERT INTO invoice SELECT (jsonb_populate_record(seed, jsonb_build_object(
              'id', gen_random_uuid(), 'number', 'B-' || n, 'number_key', 'B' || n,
              'payment_reference', 'x' || n, 'fingerprint', 'x|invoice|b' || n,
              'client_id', c.id, 'debtor_id', d.id, 'issued_on', date '2025-03-02' + n % 360,
              'face_minor', 10000 + n % 5000 * 100))).*
            FROM generate_series(1, {count}) n
            JOIN (SELECT id, row_number() OVER () - 1 AS at, count(*) OVER () AS many FROM client) c
              ON c.at = n % c.many
            JOIN (SELECT id, row_number() OVER () - 1 AS at FROM debtor LIMIT 2000) d
              ON d.at = CASE WHEN n % 10 = 0 THEN 0 ELSE n % 2000 END
            CROSS JOIN invoice seed WHERE seed.number = 'SEED-1'""",  # noqa: S608
        """INSERT INTO trait (invoice_id, client_id, debtor_id, kind, seller, number, stem, series,
             ordinal, issued_on, terms_days, face_minor, currency, lines, file, cleaned, written_at)
           SELECT id, client_id, debtor_id, kind, 'vat:' || client_id, 'b' || substr(number, 3),
             substr(number, 3), 'b', substr(number, 3)::bigint, issued_on, 30, face_minor, currency,
             md5((substr(number, 3)::int % 40000)::text), md5(number), '[]', received_at
           FROM invoice WHERE number LIKE 'B-%'""",
        "ANALYZE invoice", "ANALYZE trait",
    )  # fmt: skip
    rows = list(models.Invoice.objects.filter(number__startswith="B-").order_by("pk")[:BATCH])
    pks = [row.pk for row in rows]
    own = duplicates.claims(pks)
    for again in (False, True):
        with measured(opened.backend) as took:
            near = duplicates.near(pks)
        if again:
            _show(f"{BATCH} claims compared with {count:,}", took)
    print(f"  pairs {sum(len(near.get(pk, ())) for pk in own)}")
    paper = papers.of([seed.pk])[seed.pk]
    read = {row.pk: replace(paper, number=row.number) for row in rows}
    for again in (False, True):
        with measured(opened.backend) as took:
            trust.examine(rows, read, at=house.NOW)
        if again:
            _show(f"{BATCH} invoices examined whole", took)


def _show(what: str, took: object) -> None:
    core = took.core  # type: ignore[attr-defined] - a measure.Spent
    print(f"{what:<64} {core * 1000:8.0f} ms of a core, {BATCH / core:8,.0f} per core-second")


if __name__ == "__main__":
    main()
