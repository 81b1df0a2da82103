"""What a buyer, or the access point in front of him, answers to an e-invoice: bytes in, words out.

Three messages of one shape, a UBL ApplicationResponse: the Invoice Response (what the buyer says to
the invoice), the Message Level Status and its forerunner, the Message Level Response (whether the
document reached him). An Invoice Response names the invoice by its number alone; a status names
the envelope that carried it.

Source: Peppol BIS Invoice Response 3 (T111) with its code lists UNCL4343-T111, OPStatusReason and
OPStatusAction; Peppol Message Level Status 1.0 (eDEC); Peppol BIS Message Level Response 3.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum

from lxml import etree

from usance.domain.distribution import (
    OBJECTS,
    DeliveryEvent,
    OnDelivery,
    Outcome,
    Response,
    Stance,
    is_partly,
)
from usance.plugins import Unreadable
from usance.plugins._xml import local, open_xml

LARGEST_BYTES = 5 * 1024 * 1024


class Message(StrEnum):
    """Which message it is; the value begins its CustomizationID."""

    INVOICE_RESPONSE = "urn:fdc:peppol.eu:poacc:trns:invoice_response:3"
    STATUS = "urn:peppol:edec:mls:1"
    STATUS_BEFORE = "urn:fdc:peppol.eu:poacc:trns:mlr:3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An ApplicationResponse as it stands."""

    message: Message
    id: str
    at: datetime
    sender: str  # "0007:5560001111", as EndpointID and its scheme say.
    receiver: str
    about: str  # Invoice Response: the invoice's number. Status: the envelope's identifier.
    code: str
    reasons: tuple[str, ...] = ()  # OPStatusReason; of a status its own (SV, BV, BW, FD …).
    actions: tuple[str, ...] = ()  # OPStatusAction: what the buyer asks us to do.
    text: str = ""
    effective_on: date | None = None
    owes: Decimal | None = None  # What the buyer would pay, by its conditions.
    pays: Decimal | None = None  # What it has paid by then, by its conditions.


# What a status says of the way. AB: passed on without an answer, so it surely left the network.
AMOUNTS = ("BT-115", "BT-112")  # Of the invoice: the amount due, the total.
PAID = ("BT-113",)  # What was paid of it.
_PLAIN = re.compile(r"\d{1,15}(\.\d{1,3})?", re.ASCII)
WAYS = {"AP": Outcome.DELIVERED, "AB": Outcome.SENT, "RE": Outcome.BOUNCED}
ACTIONS = {
    "NOA": "nothing",
    "PIN": "more information",
    "NIN": "a new invoice",
    "CNF": "a credit note over all of it",
    "CNP": "a credit note over a part",
    "CNA": "a credit note over the amount paid",
    "OTH": "something else",
}


def read(data: bytes) -> Answer:
    """:raises Unreadable: for anything else than one of the three messages, whole."""
    root = open_xml(data, largest=LARGEST_BYTES)
    if local(root) != "ApplicationResponse":
        raise Unreadable(f"this is no answer to an invoice: its first element is {local(root)}")
    customization = _needed(root, "CustomizationID")
    message = next((one for one in Message if customization.startswith(one)), None)
    if message is None:
        raise Unreadable(f"no answer that we know is called {customization[:100]!r}")
    responses = _all(root, "DocumentResponse")
    if len(responses) != 1:
        raise Unreadable(f"{len(responses)} DocumentResponse, where one belongs")
    response = responses[0]
    effective = _text(response, "Response/EffectiveDate")
    reasons, actions = _codes(response)
    return Answer(
        message=message,
        id=_needed(root, "ID"),
        at=_at(root),
        sender=_party(root, "SenderParty"),
        receiver=_party(root, "ReceiverParty"),
        about=_needed(response, "DocumentReference/ID"),
        code=_needed(response, "Response/ResponseCode"),
        reasons=reasons,
        actions=actions,
        text=_texts(response),
        effective_on=_date(effective, "EffectiveDate") if effective else None,
        owes=_amount(response, AMOUNTS),
        pays=_amount(response, PAID),
    )


def report(answer: Answer, *, key: str = "", reference: str = "") -> OnDelivery:
    """In our words; `key` or `reference` names the delivery, which only the carrier knows.

    A code that no list has is UNREADABLE, kept, and has no effect.
    """
    named = f"{answer.sender}/{answer.id}"
    is_response = answer.message is Message.INVOICE_RESPONSE
    if is_response and answer.code in set(Stance):
        stance = Stance(answer.code)
        return Response(
            id=named,
            key=key,
            reference=reference,
            stance=stance,
            at=answer.at,
            reasons=answer.reasons,
            text=_text_of(answer),
            pays_on=answer.effective_on if stance is Stance.PAID else None,
            owes=answer.owes if stance in OBJECTS else None,
            pays=answer.pays if is_partly(stance, answer.reasons) else None,
            number=answer.about,
            seller=answer.receiver,
            buyer=answer.sender,
        )
    return DeliveryEvent(
        id=f"{named}#{answer.code}",
        key=key,
        reference=reference,
        outcome=Outcome.UNREADABLE if is_response else WAYS.get(answer.code, Outcome.UNREADABLE),
        at=answer.at,
        code=answer.code,
        detail=" · ".join(filter(None, (" ".join(answer.reasons), _text_of(answer)))),
    )


def _text_of(answer: Answer) -> str:
    """What he says, and what he asks of us, in one line."""
    asked = ", ".join(f"{ACTIONS.get(code, 'something')} ({code})" for code in answer.actions)
    return " · ".join(filter(None, (answer.text, asked and f"asks for {asked}")))


def _codes(response: etree._Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Why, and what is to be done about it."""
    codes = [code for status in _statuses(response) for code in _all(status, "StatusReasonCode")]
    actions = [code for code in codes if code.get("listID") == "OPStatusAction"]
    reasons = [code for code in codes if code not in actions]
    return _once(map(_content, reasons)), _once(map(_content, actions))


def _texts(response: etree._Element) -> str:
    texts = [_text(response, "Response/Description")]
    for status in _statuses(response):
        texts.append(_text(status, "StatusReason"))
        for condition in _all(status, "Condition"):
            named = (_text(condition, "AttributeID"), _text(condition, "Description"))
            texts.append(": ".join(filter(None, named)))
    texts += [_text(line, "Response/Description") for line in _all(response, "LineResponse")]
    return " · ".join(_once(texts))


def _amount(response: etree._Element, elements: Sequence[str]) -> Decimal | None:
    """What an amount should be: a condition names the element of the invoice (the first of these
    that is named) and the value that belongs there. None: it says none, or more than one."""
    said: dict[str, set[str]] = {}
    for status in _statuses(response):
        for condition in _all(status, "Condition"):
            values = said.setdefault(_text(condition, "AttributeID"), set())
            values.add(_text(condition, "Description"))
    for element in elements:
        values = said.get(element, set())
        if len(values) == 1:
            (value,) = values
            return Decimal(value) if _PLAIN.fullmatch(value) else None
    return None


def _statuses(response: etree._Element) -> list[etree._Element]:
    """Those of the whole and (in a status of a message) of its single issues."""
    return _all(response, "Response/Status") + _all(response, "LineResponse/Response/Status")


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))


def _at(root: etree._Element) -> datetime:
    """Issue date and time; a time without a zone is taken as UTC, no time as midnight."""
    day = _date(_needed(root, "IssueDate"), "IssueDate")
    stated = _text(root, "IssueTime")
    try:
        moment = datetime.combine(day, time.fromisoformat(stated) if stated else time())
    except ValueError as broken:
        raise Unreadable(f"{stated[:40]!r} is no time", where="IssueTime") from broken
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(stated: str, where: str) -> date:
    try:
        return date.fromisoformat(stated[:10])  # A zone behind a date says nothing we need.
    except ValueError as broken:
        raise Unreadable(f"{stated[:40]!r} is no date", where=where) from broken


def _party(root: etree._Element, name: str) -> str:
    found = _all(root, f"{name}/EndpointID")
    if not found:
        return ""
    return ":".join(filter(None, (found[0].get("schemeID", ""), _content(found[0]))))


def _needed(element: etree._Element, path: str) -> str:
    text = _text(element, path)
    if not text:
        raise Unreadable("it is missing or empty", where=f"{local(element)}/{path}")
    return text


def _text(element: etree._Element, path: str) -> str:
    found = _all(element, path)
    return _content(found[0]) if found else ""


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall("/".join(f"{{*}}{step}" for step in path.split("/")))


def _content(element: etree._Element) -> str:
    return " ".join((element.text or "").split())
