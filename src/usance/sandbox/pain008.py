"""Direct debits as a bank reads them: pain.008, any version, by local names (ISO 20022)."""

from dataclasses import dataclass
from datetime import date

from lxml import etree

from usance.domain.money import Money
from usance.plugins import Unreadable

from .iso20022 import day_of, need, text_of

MESSAGE = "CstmrDrctDbtInitn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Debit:
    key: str
    amount: Money
    name: str
    account: str
    mandate: str
    amended: str  # What the file says was changed; empty: nothing.
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitFile:
    """The debits of one payment information block; `name` is the message's."""

    name: str
    account: str  # That is credited.
    scheme: str
    sequence: str
    creditor: str  # Its identifier.
    collect_on: date
    debits: tuple[Debit, ...]


def is_one(data: bytes) -> bool:
    return MESSAGE.encode() in data[:2000]


def read(data: bytes) -> list[DebitFile]:
    """The blocks of a file, in its order.

    :raises Unreadable: if it is no pain.008 or lacks what a bank needs.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as broken:
        raise Unreadable(str(broken), where="XML") from broken
    message = root.find(f"{{*}}{MESSAGE}")
    if message is None:
        raise Unreadable(f"no {MESSAGE}", where="/Document")
    name = need(message, "GrpHdr/MsgId")
    return [
        DebitFile(
            name=name,
            account=need(block, "CdtrAcct/Id/IBAN"),
            scheme=need(block, "PmtTpInf/LclInstrm/Cd"),
            sequence=need(block, "PmtTpInf/SeqTp"),
            creditor=need(block, "CdtrSchmeId/Id/PrvtId/Othr/Id"),
            collect_on=day_of(need(block, "ReqdColltnDt"), "ReqdColltnDt"),
            debits=tuple(_debit(one) for one in block.findall("{*}DrctDbtTxInf")),
        )
        for block in message.findall("{*}PmtInf")
    ]


def _debit(one: etree._Element) -> Debit:
    amount = one.find("{*}InstdAmt")
    if amount is None or not amount.text:
        raise Unreadable("no amount", where="DrctDbtTxInf/InstdAmt")
    try:
        money = Money.of(amount.text, amount.get("Ccy", ""))
    except ValueError as broken:
        raise Unreadable(str(broken), where="DrctDbtTxInf/InstdAmt") from broken
    changed = "DrctDbtTx/MndtRltdInf/AmdmntInfDtls/"
    said = (
        text_of(one, f"{changed}OrgnlMndtId"),
        text_of(one, f"{changed}OrgnlDbtrAcct/Id/Othr/Id"),
    )
    return Debit(
        key=need(one, "PmtId/EndToEndId"),
        amount=money,
        name=need(one, "Dbtr/Nm"),
        account=need(one, "DbtrAcct/Id/IBAN"),
        mandate=need(one, "DrctDbtTx/MndtRltdInf/MndtId"),
        amended=" ".join(part for part in said if part),
        text=text_of(one, "RmtInf/Ustrd"),
    )
