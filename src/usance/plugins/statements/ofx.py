"""OFX: Open Financial Exchange 1 (SGML) and 2 (XML), bank and credit card statements.

Source: OFX Banking Specification 2.3, sections 3.2.8 (dates), 3.2.9 (amounts), 5.2 (currencies),
11.4 (bank statements) and 11.3 (accounts). The ledger balance is that of the download: it is the
closing one only if it is of the day on which the list of transactions ends. There is no opening.
"""

import re
from collections.abc import Iterator
from datetime import date

from usance.domain.money import Money, NotMoney
from usance.domain.payment import BankLine, Reference, Statement
from usance.plugins import Unreadable

from ._ofx_tree import Node, tree

_SGML = re.compile(rb"\s*OFXHEADER\s*:\s*\d+")
_XML = re.compile(rb"<\?OFX\s|<OFX>", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{2,6}(?:\.\d+)?)?(?:\[[^\]]*\])?")
_AMOUNT = re.compile(r"[+-]?(?:\d{1,18}(?:[.,]\d{0,6})?|[.,]\d{1,6})", re.ASCII)


def sniff(data: bytes) -> bool:
    head = data[:2048].removeprefix(b"\xef\xbb\xbf")
    if _SGML.match(head):
        return True
    return head.lstrip()[:5] in (b"<?xml", b"<OFX>") and bool(_XML.search(head))


def read(data: bytes) -> list[Statement]:
    """Each account of the file is a statement.

    :raises Unreadable: with the line of what is missing or cannot be read.
    """
    root = tree(data)
    if root.name != "OFX":
        raise Unreadable("no OFX", where=root.where)
    return [_statement(found) for found in root.all("STMTRS", "CCSTMTRS")]


def _statement(node: Node) -> Statement:
    currency = _currency(node, node.said("CURDEF") or _told(node))
    account = node.get("BANKACCTFROM") or node.get("CCACCTFROM")
    listed = node.get("BANKTRANLIST")
    ended = _day(listed, "DTEND") if listed and listed.said("DTEND") else None
    balance = node.get("LEDGERBAL")
    closing = None
    # A balance without a day, or with one that is none of OFX's, closes nothing.
    stated = balance and balance.said("BALAMT") and _DAY.fullmatch(balance.said("DTASOF"))
    if balance and stated and ended and _day(balance, "DTASOF") == ended:
        closing = _amount(balance, "BALAMT", currency)
    return Statement(
        account=account.said("ACCTID") if account else "",
        currency=currency,
        closing=closing,
        opened_on=_day(listed, "DTSTART") if listed and listed.said("DTSTART") else None,
        closed_on=ended,
        lines=tuple(_lines(node, currency)),
    )


def _told(node: Node) -> str:
    """Some leave CURDEF empty, which has to be there (11.4.2.2): the one that all entries have."""
    stated = {one.said("CURRENCY", "CURSYM") for one in node.all("STMTTRN", "STMTTRNP")}
    return stated.pop() if len(stated) == 1 else ""


def _lines(node: Node, currency: str) -> Iterator[BankLine]:
    for found in node.all("STMTTRN"):
        yield _line(found, currency, "DTPOSTED", pending=False)
    for found in node.all("STMTTRNP"):
        yield _line(found, currency, "DTTRAN", pending=True)


def _line(node: Node, currency: str, posted: str, *, pending: bool) -> BankLine:
    # CURRENCY says what TRNAMT is in; ORIGCURRENCY only what it was converted from.
    told = node.said("CURRENCY", "CURSYM")
    name = node.said("NAME") or node.said("PAYEE", "NAME") or node.said("PAYEE")
    other = node.get("BANKACCTTO") or node.get("CCACCTTO")
    reference = node.said("REFNUM")
    texts = (node.said("EXTDNAME"), node.said("MEMO"))
    return BankLine(
        amount=_amount(node, "TRNAMT", _currency(node, told) if told else currency),
        booked_on=_day(node, posted),
        value_on=_day(node, "DTAVAIL") if node.said("DTAVAIL") else None,
        pending=pending,
        reversal=bool(node.said("CORRECTFITID")),
        bank_reference=node.said("FITID"),
        entry_reference=node.said("FITID"),
        counterparty=name,
        counterparty_account=other.said("ACCTID") if other else "",
        texts=tuple(text for text in texts if text),
        references=(Reference(scheme="other", value=reference),) if reference else (),
        code=node.said("TRNTYPE"),
        raw="\n".join(_raw(node)),
    )


def _raw(node: Node) -> Iterator[str]:
    yield f"<{node.name}>{node.text}"
    for child in node.children:
        yield from _raw(child)


def _currency(node: Node, code: str) -> str:
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise Unreadable(f"{code!r} is not a currency", where=node.where)
    return code.upper()


def _amount(node: Node, name: str, currency: str) -> Money:
    """One comma or point before the decimals, and no thousands (3.2.9)."""
    found = node.get(name)
    if found is None:
        raise Unreadable(f"no {name}", where=node.where)
    if not _AMOUNT.fullmatch(found.text):
        raise Unreadable(f"{found.text[:40]!r} is not an amount", where=found.where)
    try:
        return Money.of(found.text.replace(",", "."), currency)
    except NotMoney as broken:
        raise Unreadable(str(broken), where=found.where) from broken


def _day(node: Node, name: str) -> date:
    """The day as the bank writes it, whatever the hour and the offset."""
    found = node.get(name)
    if found is None:
        raise Unreadable(f"no {name}", where=node.where)
    day = _DAY.fullmatch(found.text)
    try:
        return date(*map(int, day.groups())) if day else date.fromisoformat(found.text)
    except ValueError as broken:
        raise Unreadable(f"{found.text[:40]!r} is not a date", where=found.where) from broken
