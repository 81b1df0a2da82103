"""Registrations in internet banks: whose they may be, which wait for a person or an answer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from usance import models
from usance.domain.distribution import Candidate, Registration
from usance.domain.party import identifier_key
from usance.domain.payment import compact

AT_ONCE = 200  # Answers in one visit to an exchange.


def waiting() -> "QuerySet[models.Registration]":
    """Those that a person has to place, the oldest question last."""
    return models.Registration.objects.filter(decision="")


def decided() -> "QuerySet[models.Registration]":
    return models.Registration.objects.exclude(decision="").select_related("debtor")


def of_debtor(debtor: UUID) -> list[models.Registration]:
    """What its bank told, the newest first."""
    return list(models.Registration.objects.filter(debtor=debtor).order_by("-at", "-message_id"))


def to_answer(carrier: str) -> list[models.Registration]:
    """Decided ones of which the exchange has not been told."""
    rows = models.Registration.objects.filter(carrier=carrier, answered_at=None)
    return list(rows.exclude(decision="").order_by("pk")[:AT_ONCE])


def candidates(
    carrier: str, said: Sequence[Registration]
) -> Mapping[str, Sequence[Candidate[UUID]]]:
    """By message the debtors that each may be about. Four queries, however many are asked."""
    found: dict[str, dict[UUID, set[str]]] = {one.id: defaultdict(set) for one in said}
    for word, wanted, pairs in (
        ("by_address", _addresses(said), _registered(carrier, _addresses(said))),
        ("by_identity", _identities(said), _of_person(_identities(said))),
        ("by_reference", _references(said), _invoiced(_references(said))),
    ):
        for value, debtor in pairs:
            for message in wanted.get(value, ()):
                found[message][debtor].add(word)
    debtors = models.Debtor.objects.in_bulk({pk for one in found.values() for pk in one})
    return {
        message: [
            Candidate(
                debtor=pk,
                name=debtors[pk].name,
                sort=debtors[pk].sort(),
                einvoice=debtors[pk].einvoice_id,
                **dict.fromkeys(words, True),
            )
            for pk, words in sorted(these.items())
        ]
        for message, these in found.items()
    }


def _by_value(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Value to the messages that name it."""
    found: dict[str, list[str]] = defaultdict(list)
    for value, message in pairs:
        if value:
            found[value].append(message)
    return found


def _addresses(said: Sequence[Registration]) -> dict[str, list[str]]:
    return _by_value(pair for one in said for pair in ((one.address, one.id), (one.before, one.id)))


def _identities(said: Sequence[Registration]) -> dict[str, list[str]]:
    """Personal numbers as people write them, with the century or without."""
    return _by_value(
        (form, one.id) for one in said for form in _forms(identifier_key(one.identity))
    )


def _forms(number: str) -> tuple[str, ...]:
    if len(number) == 12 and number.isdigit():
        return (number, f"{number[:8]}-{number[8:]}", f"{number[2:8]}-{number[8:]}", number[2:])
    return (number,)


def _references(said: Sequence[Registration]) -> dict[str, list[str]]:
    return _by_value(
        (form, one.id) for one in said for form in {one.reference.strip(), compact(one.reference)}
    )


def _registered(carrier: str, addresses: Iterable[str]) -> list[tuple[str, UUID]]:
    rows = models.Registration.objects.filter(
        carrier=carrier, address__in=list(addresses), decision="placed"
    )
    return [(address, pk) for address, pk in rows.values_list("address", "debtor_id") if pk]


def _of_person(numbers: Mapping[str, object]) -> list[tuple[str, UUID]]:
    """A consumer's number stands as its mailbox, a sole trader's as the registration number."""
    wanted = list(numbers)
    pairs = [
        *models.Debtor.objects.filter(mailbox_id__in=wanted).values_list("mailbox_id", "pk"),
        *models.Debtor.objects.filter(legal_id__in=wanted).values_list("legal_id", "pk"),
    ]
    return list(pairs)


def _invoiced(references: Mapping[str, object]) -> list[tuple[str, UUID]]:
    rows = models.Invoice.objects.filter(debtor__isnull=False)
    wanted = list(references)
    return [
        (value, pk)
        for column in ("payment_reference", "number_key")
        for value, pk in rows.filter(**{f"{column}__in": wanted}).values_list(column, "debtor_id")
        if pk is not None
    ]
