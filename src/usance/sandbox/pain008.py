"""Direct debits as a bank reads them: pain.008, any version, by local names (ISO 20022)."""

from dataclasses import dataclass
from datetime import date

from lxml import etree

from usance.domain.money import Money
from usance.plugins import Unreadable

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
    name = _need(message, "GrpHdr/MsgId")
    return [
        DebitFile(
            name=name,
            account=_need(block, "CdtrAcct/Id/IBAN"),
            scheme=_need(block, "PmtTpInf/LclInstrm/Cd"),
            sequence=_need(block, "PmtTpInf/SeqTp"),
            creditor=_need(block, "CdtrSchmeId/Id/PrvtId/Othr/Id"),
            collect_on=_date(_need(block, "ReqdColltnDt")),
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
    said = (_text(one, f"{changed}OrgnlMndtId"), _text(one, f"{changed}OrgnlDbtrAcct/Id/Othr/Id"))
    return Debit(
        key=_need(one, "PmtId/EndToEndId"),
        amount=money,
        name=_need(one, "Dbtr/Nm"),
        account=_need(one, "DbtrAcct/Id/IBAN"),
        mandate=_need(one, "DrctDbtTx/MndtRltdInf/MndtId"),
        amended=" ".join(part for part in said if part),
        text=_text(one, "RmtInf/Ustrd"),
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as broken:
        raise Unreadable(str(broken), where="ReqdColltnDt") from broken


def _need(element: etree._Element, path: str) -> str:
    found = _text(element, path)
    if not found:
        raise Unreadable(f"{path} is missing", where=etree.QName(element).localname)
    return found


def _text(element: etree._Element, path: str) -> str:
    found = element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return (found.text or "").strip() if found is not None else ""
