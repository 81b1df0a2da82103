"""Companies of the register that a paper may mean, found by keys and weighed by the rules.

The queries do not grow with the papers: numbers, remembered choices, and the keys of names, each
key for itself and at most MOST rows of it. A key that thousands share ("bau") finds few of them,
but every name has several keys.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from usance import models
from usance.domain.party import Address, Party
from usance.domain.party.identity import identities, of_columns
from usance.domain.party.names import found_by, taken_apart
from usance.domain.party.resolution import Known, Resolution, alias_key, resolve

MOST = 40  # Rows looked at for each key.
WEIGHED = 20  # Of those found by keys alone.
Register = type[models.Client] | type[models.Debtor]

_NUMBERS = sql.SQL(
    "SELECT id FROM {table} WHERE vat_id = ANY(%s) AND vat_id <> ''"
    " UNION SELECT id FROM {table} WHERE legal_id = ANY(%s) AND legal_id <> ''"
)
_KEYS = sql.SQL(
    "SELECT wanted.key, near.id FROM unnest(%s::text[]) AS wanted(key)"
    " CROSS JOIN LATERAL (SELECT id FROM {table}"
    " WHERE found_by @> ARRAY[wanted.key]::varchar[] LIMIT %s) AS near"
)


def debtors(buyers: Iterable[Party]) -> dict[Party, Resolution]:
    """For each buyer the debtor, or candidates with reasons."""
    return _resolved(models.Debtor, set(buyers), _chosen(set(buyers)))


def clients(sellers: Iterable[Party]) -> dict[Party, Resolution]:
    """For each seller the client, or candidates with reasons."""
    return _resolved(models.Client, set(sellers), {})


def _resolved(
    register: Register, wanted: Collection[Party], chosen: Mapping[Party, UUID]
) -> dict[Party, Resolution]:
    by_number = _by_number(register, wanted)
    known = _known(register, {*chosen.values(), *by_number.keys()})
    numbered: dict[str, set[UUID]] = defaultdict(set)
    for pk, row in known.items():
        for identity in row.identities:
            numbered[identity].add(pk)
    found: dict[Party, Resolution] = {}
    near: dict[Party, set[UUID]] = {}
    for party in wanted:
        pks = set().union(*(numbered[one] for one in identities(party)), set())
        pks |= {chosen[party]} if party in chosen else set()
        near[party] = pks
        # Most papers state a number that we know: nothing else has to be looked for.
        said = resolve(party, [_seen(known[pk], party, chosen) for pk in sorted(pks)])
        if said.certain:
            found[party] = said
    rest = wanted - found.keys() if isinstance(wanted, set) else set(wanted) - found.keys()
    for party, pks in _by_keys(register, rest).items():
        near[party] |= pks
    known |= _known(register, {pk for party in rest for pk in near[party]} - known.keys())
    for party in rest:
        rows = [_seen(known[pk], party, chosen) for pk in sorted(near[party]) if pk in known]
        found[party] = resolve(party, _likeliest(rows, party))
    return found


def _likeliest(rows: list[Known], party: Party) -> list[Known]:
    """Those with a number or a person's word for them, and of the rest the likest names. A name
    that is the same is 100 % alike, so none that could be certain is left out."""
    numbers = identities(party)
    sure = [one for one in rows if one.chosen_before or one.identities & numbers]
    rest = [one for one in rows if not (one.chosen_before or one.identities & numbers)]
    same = [one for one in rest if one.likeness == 100]
    others = sorted((one for one in rest if one.likeness < 100), key=lambda one: -one.likeness)
    return [*sure, *same, *others[:WEIGHED]]


def _chosen(buyers: Collection[Party]) -> dict[Party, UUID]:
    """What persons said before of the same spellings."""
    keys = {party: key for party in buyers if (key := alias_key(party))}
    rows = models.Alias.objects.filter(key__in=set(keys.values()), withdrawn_at=None)
    means = dict(rows.values_list("key", "debtor_id"))
    return {party: means[key] for party, key in keys.items() if key in means}


def _by_number(register: Register, wanted: Iterable[Party]) -> dict[UUID, None]:
    numbers = {one for party in wanted for one in identities(party)}
    if not numbers:
        return {}
    vat_ids = [one[4:] for one in numbers if one.startswith("vat:")]
    legal_ids = [one.split(":", 2)[2] for one in numbers if one.startswith("reg:")]
    with connection.cursor() as cursor:
        table = sql.Identifier(register._meta.db_table)
        cursor.execute(_NUMBERS.format(table=table), [vat_ids, legal_ids])
        return dict.fromkeys(pk for (pk,) in cursor.fetchall())


def _by_keys(register: Register, wanted: Iterable[Party]) -> dict[Party, set[UUID]]:
    keys = {
        party: found_by(
            party.name,
            country=party.address.country if party.address else "",
            postcode=party.address.postcode if party.address else "",
        )
        for party in wanted
    }
    every = sorted({key for these in keys.values() for key in these})
    if not every:
        return {}
    hits: dict[str, set[UUID]] = defaultdict(set)
    with transaction.atomic(), connection.cursor() as cursor:
        table = sql.Identifier(register._meta.db_table)
        # The planner does not know the keys; for a LIMIT it would read the table once for each.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_KEYS.format(table=table), [every, MOST])
        for key, pk in cursor.fetchall():
            hits[key].add(pk)
        cursor.execute("SET LOCAL enable_seqscan = on")
    return {party: set().union(*(hits[key] for key in these)) for party, these in keys.items()}


def _known(register: Register, pks: Collection[UUID]) -> dict[UUID, Known]:
    if not pks:
        return {}
    rows = register.objects.filter(pk__in=pks).values_list(
        "pk", "name", "vat_id", "legal_id", "street", "postcode", "city", "country"
    )
    return {
        pk: Known(
            id=pk, name=name,
            identities=of_columns(vat_id=vat_id, legal_id=legal_id, country=country),
            address=Address(street=street, postcode=postcode, city=city, country=country),
        )
        for pk, name, vat_id, legal_id, street, postcode, city, country in rows
    }  # fmt: skip


def _seen(known: Known, party: Party, chosen: Mapping[Party, UUID]) -> Known:
    """The same with what depends on the paper."""
    return Known(
        id=known.id, name=known.name, identities=known.identities, address=known.address,
        likeness=likeness(party.name, known.name),
        chosen_before=chosen.get(party) == known.id,
    )  # fmt: skip


def likeness(name: str, other: str) -> int:
    """Of two names without their legal forms, in per cent: the likest of their spellings."""
    from rapidfuzz.distance import JaroWinkler  # Whoever resolves nobody does without.

    mine, theirs = taken_apart(name).keys, taken_apart(other).keys
    pairs = [(a, b) for a in mine for b in theirs]
    return max((int(100 * JaroWinkler.similarity(a, b)) for a, b in pairs), default=0)
