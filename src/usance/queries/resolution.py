"""Companies of the register that a paper may mean, found by keys and weighed by the rules.

The belt asks who is certain (`certain_debtors`), a screen whom a person may choose (`debtors`). The
queries do not grow with the papers: numbers, remembered choices, and the keys of names, each key
for itself and at most MOST rows of it. A key that thousands share ("bau") finds few of them, but
every name has several keys.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from usance import models
from usance.domain.party import Address, Identifier, Party
from usance.domain.party.identity import begins_as, identities, of_columns, written_as
from usance.domain.party.names import found_by, taken_apart
from usance.domain.party.notation import branch_key, country_code
from usance.domain.party.resolution import (
    Candidate,
    Known,
    Resolution,
    alias_key,
    as_compared,
    certain,
    resolve,
)

from . import same

MOST = 40  # Rows looked at for each key.
WEIGHED = 20  # Of those found by keys alone.
Register = type[models.Client] | type[models.Debtor]

_NUMBERS = sql.SQL(
    "SELECT id FROM {table} WHERE vat_id = ANY(%s) AND vat_id <> ''"
    " UNION SELECT id FROM {table} WHERE legal_id = ANY(%s) AND legal_id <> ''"
)
# `~>=~` compares letter by letter, as the index for beginnings does, whatever the collation.
_BEGINNINGS = sql.SQL(
    "SELECT near.id FROM unnest(%s::text[]) AS wanted(first) CROSS JOIN LATERAL ("
    " SELECT id FROM {table} WHERE legal_id ~>=~ wanted.first"
    " AND legal_id ~<~ (wanted.first || ':')) AS near"
)
_KEYS = sql.SQL(
    "SELECT wanted.key, near.id, near.keys FROM unnest(%s::text[]) AS wanted(key)"
    " CROSS JOIN LATERAL (SELECT id, array_to_string(found_by, '|') AS keys FROM {table}"
    " WHERE found_by @> ARRAY[wanted.key]::varchar[] LIMIT %s) AS near"
)
# Whoever has the name and the postcode has both keys: these are all, and few.
_PLACES = sql.SQL(
    "SELECT wanted.name, wanted.place, near.id"
    " FROM unnest(%s::text[], %s::text[]) AS wanted(name, place)"
    " CROSS JOIN LATERAL (SELECT id FROM {table}"
    " WHERE found_by @> ARRAY[wanted.name, wanted.place]::varchar[]) AS near"
)


@dataclass(slots=True)
class _Asked:
    """What the numbers of the papers and the words of persons find."""

    chosen: Mapping[Party, UUID]
    known: dict[UUID, list[Known]]  # By company, each of its rows.
    near: dict[Party, set[UUID]]  # Companies.

    def rows(self, party: Party) -> list[Known]:
        chosen = self.chosen.get(party)
        return [
            replace(row, chosen_before=True) if pk == chosen else row
            for pk in sorted(self.near[party])
            for row in self.known.get(pk, ())
        ]


def debtors(buyers: Iterable[Party]) -> dict[Party, Resolution]:
    """For each buyer the debtor, or candidates with reasons."""
    return _resolved(models.Debtor, set(buyers))


def clients(sellers: Iterable[Party]) -> dict[Party, Resolution]:
    """For each seller the client, or candidates with reasons."""
    return _resolved(models.Client, set(sellers))


def certain_debtors(buyers: Iterable[Party]) -> dict[Party, UUID]:
    """The debtor of each buyer that is certain; candidates are not looked for."""
    return _certain(models.Debtor, set(buyers))


def certain_clients(sellers: Iterable[Party]) -> dict[Party, UUID]:
    """The client of each seller that is certain; candidates are not looked for."""
    return _certain(models.Client, set(sellers))


def doubles(row: models.Debtor) -> tuple[Candidate, ...]:
    """Other companies of the register that may be the same as this one."""
    paper = Party(
        name=row.name,
        vat_id=row.vat_id,
        legal_id=Identifier(value=row.legal_id) if row.legal_id else None,
        address=Address(
            street=row.street, postcode=row.postcode, city=row.city, country=row.country
        ),
    )
    asked = _asked(models.Debtor, [paper])
    _add(models.Debtor, asked, _likest(_by_keys(models.Debtor, [paper])))
    rows = [_alike(one, paper) for one in asked.rows(paper)]
    others = [one for one in rows if one.id not in {row.pk, row.same_as_id}]
    return resolve(paper, others).candidates


def _certain(register: Register, wanted: Collection[Party]) -> dict[Party, UUID]:
    asked = _asked(register, wanted)
    found: dict[Party, UUID] = {}
    unsaid = []
    for party in wanted:
        said, _ = certain(as_compared(party), asked.rows(party))
        if said:
            found[party] = said
        # Beside a stated number or a person's word the name alone makes nobody certain.
        elif party not in asked.chosen and not identities(party):
            unsaid.append(party)
    _add(register, asked, _by_place(register, unsaid))
    for party in unsaid:
        said, _ = certain(as_compared(party), asked.rows(party))
        if said:
            found[party] = said
    return found


def _resolved(register: Register, wanted: Collection[Party]) -> dict[Party, Resolution]:
    asked = _asked(register, wanted)
    found: dict[Party, Resolution] = {}
    for party in wanted:
        # Most papers state a number that we know: nothing else has to be looked for.
        said = resolve(party, [_alike(one, party) for one in asked.rows(party)])
        if said.certain:
            found[party] = said
    rest = [party for party in wanted if party not in found]
    _add(register, asked, _likest(_by_keys(register, rest)))
    for party in rest:
        found[party] = resolve(party, [_alike(one, party) for one in asked.rows(party)])
    return found


def _asked(register: Register, wanted: Collection[Party]) -> _Asked:
    chosen = _chosen(wanted) if register is models.Debtor else {}
    known = _known(register, {*chosen.values(), *_by_number(register, wanted)})
    numbered: dict[str, set[UUID]] = defaultdict(set)
    for pk, rows in known.items():
        for identity in rows[0].identities:
            numbered[identity].add(pk)
    near = {
        party: {pk for one in identities(party) for pk in numbered[one]}
        | ({chosen[party]} if party in chosen else set())
        for party in wanted
    }
    return _Asked(chosen, known, near)


def _add(register: Register, asked: _Asked, found: Mapping[Party, Collection[UUID]]) -> None:
    """Rows that keys have found beside those of numbers and words."""
    rows = {pk for these in found.values() for pk in these}
    company = same.companies(register, rows)
    asked.known |= _known(register, set(company.values()) - asked.known.keys())
    for party, these in found.items():
        asked.near[party] |= {company[pk] for pk in these}


def _chosen(buyers: Collection[Party]) -> dict[Party, UUID]:
    """What persons said before of the same spellings: the company of the row that they chose."""
    keys = {party: key for party in buyers if (key := alias_key(party))}
    rows = models.Alias.objects.filter(key__in=set(keys.values()), withdrawn_at=None)
    means = dict(rows.values_list("key", "debtor_id"))
    company = same.companies(models.Debtor, set(means.values()))
    return {party: company[means[key]] for party, key in keys.items() if key in means}


def _by_number(register: Register, wanted: Iterable[Party]) -> list[UUID]:
    """The companies that have one of the numbers."""
    numbers = {one for party in wanted for one in identities(party)}
    if not numbers:
        return []
    vat_ids = [key for one in numbers if one.startswith("vat:") for key in written_as(one)]
    legal_ids = [key for one in numbers if one.startswith("reg:") for key in written_as(one)]
    rows = _selected(register, _NUMBERS, [vat_ids, legal_ids])
    if begin := [key for one in numbers for key in begins_as(one)]:
        rows += _selected(register, _BEGINNINGS, [begin])
    return list(same.companies(register, [pk for (pk,) in rows]).values())


def _by_place(register: Register, wanted: Iterable[Party]) -> dict[Party, list[UUID]]:
    """Rows with the name and the postcode of the paper."""
    pairs: dict[tuple[str, str], list[Party]] = defaultdict(list)
    for party in wanted:
        keys = _keys(party)
        for place in (one for one in keys if one.startswith("p:")):
            for name in (one for one in keys if one.startswith("n:")):
                pairs[name, place].append(party)
    if not pairs:
        return {}
    names, places = zip(*pairs, strict=True)
    found: dict[Party, list[UUID]] = defaultdict(list)
    for name, place, pk in _selected(register, _PLACES, [list(names), list(places)]):
        for party in pairs[name, place]:
            found[party].append(pk)
    return found


def _by_keys(register: Register, wanted: Iterable[Party]) -> dict[Party, dict[str, list[UUID]]]:
    """Rows that share a key with the paper, by the spellings of their names without legal form."""
    keys = {party: _keys(party) for party in wanted}
    every = sorted({key for these in keys.values() for key in these})
    if not every:
        return {}
    hits: dict[str, list[tuple[UUID, list[str]]]] = defaultdict(list)
    for key, pk, known_by in _selected(register, _KEYS, [every, MOST]):
        names = [one[2:] for one in known_by.split("|") if one.startswith("n:")]
        hits[key].append((pk, names))
    found: dict[Party, dict[str, list[UUID]]] = {}
    for party, these in keys.items():
        spelt = found[party] = defaultdict(list)
        for pk, names in {pk: names for key in these for pk, names in hits[key]}.items():
            for name in names:
                spelt[name].append(pk)
    return found


def _likest(near: Mapping[Party, Mapping[str, list[UUID]]]) -> dict[Party, set[UUID]]:
    """Of what the keys have found the likest names. Whoever has the same name is among them, so
    that none that could be certain is left out."""
    from rapidfuzz import process  # Whoever resolves nobody does without.
    from rapidfuzz.distance import JaroWinkler

    found: dict[Party, set[UUID]] = {}
    for party, spelt in near.items():
        names = sorted(spelt)
        mine = taken_apart(party.name).keys
        ranked = [
            (-score, name)
            for key in mine
            for name, score, _ in process.extract(
                key, names, scorer=JaroWinkler.similarity, limit=WEIGHED
            )
        ]
        kept = {pk for key in mine for pk in spelt.get(key, ())}
        for _, name in sorted(ranked):
            if len(kept) >= WEIGHED:
                break
            kept.update(spelt[name][:WEIGHED])
        found[party] = kept
    return found


def _keys(party: Party) -> tuple[str, ...]:
    return found_by(
        party.name,
        country=country_code(party.address.country) if party.address else "",
        postcode=party.address.postcode if party.address else "",
    )


def _selected(register: Register, asked: sql.SQL, values: list[object]) -> list[tuple[Any, ...]]:
    table = sql.Identifier(register._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner does not know the keys; for a LIMIT it would read the table once for each.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(asked.format(table=table), values)
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_seqscan = on")
    return rows


def _known(register: Register, companies: Collection[UUID]) -> dict[UUID, list[Known]]:
    """The rows of each company; each with the numbers of all of them."""
    if not companies:
        return {}
    rows: dict[UUID, list[Known]] = defaultdict(list)
    for company, name, vat_id, legal_id, street, postcode, city, country in same.rows_of(
        register, companies
    ).values_list("company", "name", "vat_id", "legal_id", "street", "postcode", "city", "country"):
        rows[company].append(
            Known(
                id=company, name=name,
                identities=of_columns(vat_id=vat_id, legal_id=legal_id, country=country),
                branch=branch_key(legal_id, country),
                address=Address(street=street, postcode=postcode, city=city, country=country),
            )
        )  # fmt: skip
    for company, these in rows.items():
        if len(these) > 1:
            every = frozenset().union(*(one.identities for one in these))
            rows[company] = [replace(one, identities=every) for one in these]
    return rows


def _alike(known: Known, party: Party) -> Known:
    return replace(known, likeness=likeness(party.name, known.name))


def likeness(name: str, other: str) -> int:
    """Of two names without their legal forms, in per cent: the likest of their spellings."""
    from rapidfuzz.distance import JaroWinkler

    mine, theirs = taken_apart(name).keys, taken_apart(other).keys
    if mine and name == other:
        return 100  # Nearly all are, and every spelling is as like itself as it can be.
    pairs = [(a, b) for a in mine for b in theirs]
    return max((int(100 * JaroWinkler.similarity(a, b)) for a, b in pairs), default=0)
