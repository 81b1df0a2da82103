"""Write a camt.053.001.08, as the sandbox's bank does. `camt.read` reads it back the same."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby

from lxml import etree

from usance.domain.money import Money, total, zero
from usance.domain.payment import CHARGES, BankLine, Ordered, Reference, Statement
from usance.plugins._xml import document, put, written

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
TEXT = 140  # Longest Ustrd.
_FAMILY = re.compile(r"[A-Z]{4}/[A-Z0-9]{4}/[A-Z0-9]{4}")
_DOCUMENTS = {"invoice": "CINV", "credit_note": "CREN"}


def write_camt053(statement: Statement, made_at: datetime) -> bytes:
    """One statement with its balances. Lines that share an entry reference become one batched
    entry with a detail each; its charges (code CHRG) are what the details leave over."""
    assert statement.opening is not None
    assert statement.closing is not None
    moment = made_at.isoformat(timespec="seconds")
    root = document(NAMESPACE)
    message = put(root, "BkToCstmrStmt")
    header = put(message, "GrpHdr")
    put(header, "MsgId", statement.reference or "NOTPROVIDED")
    put(header, "CreDtTm", moment)
    stmt = put(message, "Stmt")
    put(stmt, "Id", statement.reference)
    if statement.sequence:
        put(stmt, "ElctrncSeqNb", statement.sequence)
    put(stmt, "CreDtTm", moment)
    if statement.opened_on and statement.closed_on:
        period = put(stmt, "FrToDt")
        put(period, "FrDtTm", f"{statement.opened_on}T00:00:00")
        put(period, "ToDtTm", f"{statement.closed_on}T23:59:59")
    account = put(stmt, "Acct")
    _account(put(account, "Id"), statement.account)
    put(account, "Ccy", statement.currency)
    day = statement.closed_on or made_at.date()
    _balance(stmt, "OPBD", statement.opening, statement.opened_on or day)
    _balance(stmt, "CLBD", statement.closing, day)
    for lines in _entries(statement.lines):
        _entry(stmt, lines)
    return written(root)


def _entries(lines: Sequence[BankLine]) -> Iterator[list[BankLine]]:
    """Neighbours with the same entry reference (and days and status) are one entry."""
    numbered = enumerate(lines)
    for _, group in groupby(numbered, key=lambda pair: (
        pair[1].entry_reference or pair[0], pair[1].booked_on, pair[1].value_on,
        pair[1].pending, pair[1].reversal, pair[1].amount.currency,
    )):  # fmt: skip
        yield [line for _, line in group]


def _entry(stmt: etree._Element, lines: list[BankLine]) -> None:
    first = lines[0]
    entry = put(stmt, "Ntry")
    _amount(entry, total((line.amount for line in lines), first.amount.currency))
    if first.reversal:
        put(entry, "RvslInd", "true")
    put(entry, "Sts/Cd", "PDNG" if first.pending else "BOOK")
    put(entry, "BookgDt/Dt", first.booked_on.isoformat())
    if first.value_on:
        put(entry, "ValDt/Dt", first.value_on.isoformat())
    if first.entry_reference:
        put(entry, "AcctSvcrRef", first.entry_reference)
    details = [line for line in lines if line.code != CHARGES]
    _code(entry, first.code)
    if details:
        block = put(entry, "NtryDtls")
        for at, line in enumerate(details, start=1):
            _detail(block, line, at, len(details))


def _detail(block: etree._Element, line: BankLine, at: int, count: int) -> None:
    tx = put(block, "TxDtls")
    refs = put(tx, "Refs")
    own = line.bank_reference
    implied = line.entry_reference if count == 1 else f"{line.entry_reference}/{at}"
    if own and own != implied:
        put(refs, "AcctSvcrRef", own)
    put(refs, "EndToEndId", line.end_to_end or "NOTPROVIDED")
    _amount(tx, line.amount)
    if line.ordered is not None:
        _ordered(tx, line.ordered, line.amount.currency)
    if line.code:
        _code(tx, line.code)
    if line.charges is not None:
        _amount(put(tx, "Chrgs/Rcrd"), -line.charges)  # Our cost is a debit.
    _parties(tx, line)
    if line.texts or line.references:
        remittance = put(tx, "RmtInf")
        for text in line.texts:
            for start in range(0, len(text), TEXT):
                put(remittance, "Ustrd", text[start : start + TEXT])
        for reference in line.references:
            _reference(put(remittance, "Strd"), reference)
    if line.return_reason:
        coded = re.fullmatch(r"[A-Z]{2}\d\d|[A-Z]{4}", line.return_reason)
        put(tx, f"RtrInf/Rsn/{'Cd' if coded else 'Prtry'}", line.return_reason)


def _ordered(tx: etree._Element, ordered: Ordered, currency: str) -> None:
    """What was ordered; a bank that tells its rate tells the amount, too."""
    if ordered.amount is None:
        return
    told = put(tx, "AmtDtls/InstdAmt")
    put(told, "Amt", f"{ordered.amount.decimal}", Ccy=ordered.amount.currency)
    if ordered.rate is not None:
        put(told, "CcyXchg/SrcCcy", ordered.amount.currency)
        exchange = told[-1]
        put(exchange, "TrgtCcy", currency)
        if ordered.unit:
            put(exchange, "UnitCcy", ordered.unit)
        put(exchange, "XchgRate", f"{ordered.rate:f}")


def _parties(tx: etree._Element, line: BankLine) -> None:
    if not (line.counterparty or line.counterparty_account):
        return
    role = "Dbtr" if line.amount.minor >= 0 else "Cdtr"
    parties = put(tx, "RltdPties")
    if line.counterparty:
        put(parties, f"{role}/Pty/Nm", line.counterparty)
    if line.counterparty_account:
        _account(put(parties, f"{role}Acct/Id"), line.counterparty_account)


def _reference(structured: etree._Element, reference: Reference) -> None:
    if reference.scheme != "scor":
        told = put(structured, "RfrdDocInf")
        kind = put(told, "Tp/CdOrPrtry")
        known = _DOCUMENTS.get(reference.scheme)
        put(kind, "Cd" if known else "Prtry", known or "OTHER")
        put(told, "Nb", reference.value)
    if reference.amount is not None:
        name = "CdtNoteAmt" if reference.scheme == "credit_note" else "RmtdAmt"
        shown = abs(reference.amount.decimal)
        put(structured, f"RfrdDocAmt/{name}", f"{shown}", Ccy=reference.amount.currency)
    if reference.scheme == "scor":
        told = put(structured, "CdtrRefInf")
        put(told, "Tp/CdOrPrtry/Cd", "SCOR")
        put(told, "Ref", reference.value)


def _amount(holder: etree._Element, amount: Money) -> None:
    negative = amount < zero(amount.currency)
    put(holder, "Amt", f"{abs(amount.decimal)}", Ccy=amount.currency)
    put(holder, "CdtDbtInd", "DBIT" if negative else "CRDT")


def _balance(stmt: etree._Element, kind: str, amount: Money, day: date) -> None:
    balance = put(stmt, "Bal")
    put(balance, "Tp/CdOrPrtry/Cd", kind)
    _amount(balance, amount)
    put(balance, "Dt/Dt", day.isoformat())


def _account(holder: etree._Element, account: str) -> None:
    if IBAN.fullmatch(account):
        put(holder, "IBAN", account)
    else:
        put(holder, "Othr/Id", account)


def _code(holder: etree._Element, code: str) -> None:
    shown = put(holder, "BkTxCd")
    if _FAMILY.fullmatch(code):
        domain, family, sub = code.split("/")
        put(shown, "Domn/Cd", domain)
        told = put(shown[0], "Fmly")
        put(told, "Cd", family)
        put(told, "SubFmlyCd", sub)
    elif code:
        put(shown, "Prtry/Cd", code)
