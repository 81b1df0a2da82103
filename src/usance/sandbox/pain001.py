"""Orders as a bank reads them: pain.001, any version, by local names (ISO 20022)."""

from dataclasses import dataclass
from datetime import date

from lxml import etree

from usance.domain.money import Money
from usance.domain.payee import Scheme
from usance.plugins import Unreadable
from usance.plugins.payouts import Order

from .iso20022 import day_of, need, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFile:
    """The orders of one payment information block; `name` is the message's."""

    name: str
    account: str
    pay_on: date
    orders: tuple[Order, ...]


def read(data: bytes) -> list[OrderFile]:
    """The blocks of a file, in its order.

    :raises Unreadable: if it is no pain.001 or lacks what a bank needs.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as broken:
        raise Unreadable(str(broken), where="XML") from broken
    message = root.find("{*}CstmrCdtTrfInitn")
    if message is None:
        raise Unreadable("no CstmrCdtTrfInitn", where="/Document")
    name = need(message, "GrpHdr/MsgId")
    blocks = message.findall("{*}PmtInf")
    return [
        OrderFile(
            name=name,
            account=need(block, "DbtrAcct/Id/IBAN"),
            pay_on=day_of(
                text_of(block, "ReqdExctnDt/Dt") or need(block, "ReqdExctnDt"), "ReqdExctnDt"
            ),
            orders=tuple(_order(transfer) for transfer in block.findall("{*}CdtTrfTxInf")),
        )
        for block in blocks
    ]


def _order(transfer: etree._Element) -> Order:
    amount = transfer.find("{*}Amt/{*}InstdAmt")
    if amount is None or not amount.text:
        raise Unreadable("no amount", where="CdtTrfTxInf/Amt/InstdAmt")
    try:
        money = Money.of(amount.text, amount.get("Ccy", ""))
    except ValueError as broken:
        raise Unreadable(str(broken), where="CdtTrfTxInf/Amt/InstdAmt") from broken
    return Order(
        key=need(transfer, "PmtId/EndToEndId"),
        amount=money,
        name=text_of(transfer, "Cdtr/Nm"),
        account=text_of(transfer, "CdtrAcct/Id/IBAN") or text_of(transfer, "CdtrAcct/Id/Othr/Id"),
        scheme=_scheme(transfer),
        text=text_of(transfer, "RmtInf/Ustrd"),
        reference=text_of(transfer, "RmtInf/Strd/CdtrRefInf/Ref"),
    )


def _scheme(transfer: etree._Element) -> Scheme:
    """A giro is told by the clearing number of its system."""
    member = text_of(transfer, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId")
    return {"9900": Scheme.BANKGIRO, "9960": Scheme.PLUSGIRO}.get(member, Scheme.IBAN)
