"""Whose files these are: clients by the word that folders and mail addresses have for them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from usance import models
from usance.domain.party import identifier_key


def client_called(word: str) -> models.Client | None:
    """The client with this code, else with this VAT id or registration number; None: nobody, or
    more than one."""
    door = models.Door.objects.select_related("client").filter(code=word.strip().lower()).first()
    if door is not None:
        return door.client
    key = identifier_key(word)
    if not key:
        return None
    for column in ("vat_id", "legal_id"):
        found: Sequence[Any] = models.Client.objects.filter(**{column: key})[:2]
        if len(found) == 1:
            return models.Client.objects.get(pk=found[0].pk)
    return None


def client_writing(sender: str) -> models.Client | None:
    """The client whose registered sender, or whose own address, this is; None: nobody's, or that of
    several."""
    host = sender.rpartition("@")[2]
    if not host:
        return None
    named = models.Door.objects.filter(
        Q(senders__contains=[sender]) | Q(senders__contains=[f"@{host}"])
    ).values_list("client_id", flat=True)
    own = models.Client.objects.filter(email__iexact=sender).values_list("pk", flat=True)
    found = {*named[:2], *own[:2]}
    return models.Client.objects.get(pk=found.pop()) if len(found) == 1 else None


def of(client: models.Client) -> models.Door | None:
    return models.Door.objects.filter(client=client).first()


def address(word: str, invoices: str) -> str:
    """Where the client with this word mails invoices; empty: nowhere, or it has no word."""
    local, _, host = invoices.rpartition("@")
    if not (word and host):
        return ""
    return f"{local}+{word}@{host}" if local else f"{word}@{host}"


def word_of(client: models.Client) -> str:
    """What folders and addresses call the client; empty: it has neither code nor identifier."""
    door = of(client)
    return door.code if door else (client.vat_id or client.legal_id).lower()
