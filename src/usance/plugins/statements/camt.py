"""ISO 20022 account reports: camt.052 (during the day), camt.053 (statement), camt.054 (details).

Every version from .001.02 on is read by local names, also zipped. A detail (TxDtls) is a line of
its own; what the details of an entry do not add up to is a line too. Source: ISO 20022 message
definition reports, Bank-to-Customer Cash Management; versions differ in Sts, Pty and BICFI only.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import BinaryIO

from lxml import etree

from usance.domain.money import Money
from usance.domain.payment import Statement
from usance.plugins import Unreadable
from usance.plugins._xml import each, local, open_xml

from ._camt_entry import lines_of
from ._camt_xml import (
    Element,
    Misread,
    amount_of,
    children,
    day_of,
    located,
    opened,
    place,
    place_of_nth,
    signed,
    text_at,
)  # fmt: skip
from ._kept import Keeper, Lines
from ._zip import MAGIC, heads, unpacked

ROOTS = {
    "BkToCstmrAcctRpt": "Rpt",  # camt.052
    "BkToCstmrStmt": "Stmt",  # camt.053
    "BkToCstmrDbtCdtNtfctn": "Ntfctn",  # camt.054
}
_NAMES = ("Ntry", *ROOTS, *ROOTS.values())
_OURS = re.compile(rb"camt\.05[234]\.001\.\d\d|<(?:\w+:)?BkToCstmr(?:AcctRpt|Stmt|DbtCdtNtfctn)\b")


def sniff(data: bytes) -> bool:
    if data[:4] == MAGIC:
        found = [_is_camt(head) for head in heads(data)]
        return bool(found) and all(found)
    return _is_camt(data[:2048])


def read(data: bytes) -> list[Statement]:
    """All statements of the file, or of every file in the archive.

    :raises Unreadable: with the line of what cannot be read; in an archive also the file's name.
    """
    if data[:4] != MAGIC:
        return _read(data)
    found: list[Statement] = []
    for name, content in unpacked(data):
        try:
            found.extend(_read(content) if isinstance(content, bytes) else stream(content))
        except Unreadable as broken:
            raise Unreadable(broken.says, where=f"{name}, {broken.where}") from broken
    return found


def _read(data: bytes) -> list[Statement]:
    """Entry by entry, so that memory holds the lines and not the tree of a file of 500 MB. What
    cannot be read is looked for again in the whole tree, which knows line and column."""
    try:
        return list(_passing(each(data, *_NAMES), Keeper()))
    except Unreadable:
        return _whole(data)


def stream(file: BinaryIO) -> Iterator[Statement]:
    """The same of a file that is too long for memory: the lines of its statements are on disk.

    :raises Unreadable: with the line and column of the entry that cannot be read.
    """
    entries = 0

    def counted() -> Iterator[etree._Element]:
        nonlocal entries
        for element in each(file, *_NAMES):
            entries += local(element) == "Ntry"
            yield element

    try:
        yield from _passing(counted(), Keeper())
    except Misread as broken:
        xml = broken.element.xml
        if not any(local(one) == "Ntry" for one in (xml, *xml.iterancestors())):
            raise
        file.seek(0)
        where = f"{place_of_nth(file, 'Ntry', entries)}, {local(xml)}"
        raise Unreadable(broken.says, where=where) from broken


def _whole(data: bytes) -> list[Statement]:
    root = open_xml(data)
    try:
        return list(_statements(root))
    except Misread as broken:
        raise Unreadable(broken.says, where=located(data, broken.element)) from broken


def _passing(elements: Iterable[etree._Element], keeper: Keeper) -> Iterator[Statement]:
    """The statements of the first message; each entry is dropped when it has been read.

    :raises Unreadable: for anything odd, without a place.
    """
    entries, is_begun, is_over = _Entries(keeper), False, False
    for element in elements:
        name, parent = local(element), element.getparent()
        is_over |= name in ROOTS
        if is_over:
            element.clear()
            continue  # To the end all the same: what comes may be broken.
        stmt = parent if name == "Ntry" else element
        above = stmt.getparent() if stmt is not None else None
        if stmt is None or above is None or ROOTS.get(local(above)) != local(stmt):
            continue
        is_begun = True
        if name == "Ntry":
            entries.add(element)
        else:
            yield _statement(opened(element), entries)
            entries = _Entries(keeper)
            element.clear()
    if not is_begun:
        raise Unreadable("no statement in it")


class _Entries:
    """The lines of a statement's entries, read one after the other."""

    def __init__(self, keeper: Keeper) -> None:
        self.lines = Lines(keeper)
        self.currency = ""  # Of the first entry.
        self._fallback: date | None = None
        self._before: etree._Element | None = None

    def add(self, xml: etree._Element) -> None:
        # A fresh one, so that what it looked up is let go with it: a file may hold 100,000.
        entry, stmt = opened(xml), xml.getparent()
        if not self.currency and stmt is not None:
            self.currency = amount_of(entry).currency
            self._fallback = _fallback(opened(stmt))
        self.lines.extend(lines_of(entry, self._fallback))
        if self._before is not None and stmt is not None:
            stmt.remove(self._before)  # The present one must stay while the parser stands on it.
        xml.clear()
        self._before = xml


def _is_camt(head: bytes) -> bool:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "ignore").encode()
    return bool(_OURS.search(head))


def _statements(root: etree._Element) -> Iterator[Statement]:
    for message in root.iter(etree.Element):
        wanted = ROOTS.get(local(message))
        if wanted:
            for found in children(opened(message), wanted):
                entries = _Entries(Keeper())
                for entry in children(found, "Ntry"):
                    entries.lines.extend(lines_of(opened(entry.xml), _fallback(found)))
                    entries.currency = entries.currency or amount_of(entry).currency
                yield _statement(found, entries)
            return
    raise Unreadable("no camt.052, .053 or .054 in it", where=place(opened(root)))


def _statement(stmt: Element, entries: _Entries) -> Statement:
    balances = list(_balances(stmt))
    currency = _currency(stmt, balances, entries)
    opening = _first(balances, ("OPBD", "PRCD"), currency)
    closing = _first(balances[::-1], ("CLBD",), currency)
    return Statement(
        account=_account(stmt),
        currency=currency,
        reference=text_at(stmt, "Id"),
        sequence=text_at(stmt, "ElctrncSeqNb") or text_at(stmt, "LglSeqNb"),
        opening=opening[1] if opening else None,
        closing=closing[1] if closing else None,
        opened_on=day_of(stmt, "FrToDt", "FrDt") or (opening[2] if opening else None),
        closed_on=day_of(stmt, "FrToDt", "ToDt") or (closing[2] if closing else None),
        lines=entries.lines.done(),
    )


_Balance = tuple[str, Money, date | None]


def _balances(stmt: Element) -> Iterator[_Balance]:
    for balance in children(stmt, "Bal"):
        kind = text_at(balance, "Tp", "CdOrPrtry", "Cd") or text_at(balance, "Tp", "CdOrPrtry")
        yield kind, signed(balance, amount_of(balance)), day_of(balance, "Dt")


def _first(balances: list[_Balance], kinds: tuple[str, ...], currency: str) -> _Balance | None:
    """The first balance of the first kind that is there, in the account's currency if one is."""
    for kind in kinds:
        found = [balance for balance in balances if balance[0] == kind]
        if found:
            return next((one for one in found if one[1].currency == currency), found[0])
    return None


def _currency(stmt: Element, balances: list[_Balance], entries: _Entries) -> str:
    said = text_at(stmt, "Acct", "Ccy")
    if said:
        return said
    for kind in ("OPBD", "PRCD", "CLBD"):
        for balance in balances:
            if balance[0] == kind:
                return balance[1].currency
    if entries.currency:
        return entries.currency
    return balances[0][1].currency if balances else "XXX"  # ISO 4217: no currency.


def _account(stmt: Element) -> str:
    return text_at(stmt, "Acct", "Id", "IBAN") or text_at(stmt, "Acct", "Id", "Othr", "Id")


def _fallback(stmt: Element) -> date | None:
    """The day that an entry without any date of its own was booked on."""
    balances = list(_balances(stmt))
    currency = text_at(stmt, "Acct", "Ccy") or next((b[1].currency for b in balances), "")
    closing = _first(balances[::-1], ("CLBD",), currency)
    if closing and closing[2]:
        return closing[2]
    return day_of(stmt, "FrToDt", "ToDt") or day_of(stmt, "CreDtTm")
