"""One entry (Ntry) of a camt message and the bank lines that it stands for."""

from dataclasses import replace
from datetime import date

from lxml import etree

from usance.domain.money import Money, total
from usance.domain.payment import CHARGES, BankLine

from ._camt_ordered import ordered
from ._camt_remittance import references_of, texts_of
from ._camt_xml import (
    Element,
    Misread,
    amount_of,
    child,
    children,
    day_of,
    read_amount,
    signed,
    text_at,
)  # fmt: skip

NOT_PROVIDED = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF"})


def lines_of(entry: Element, fallback: date | None) -> list[BankLine]:
    """The lines of an entry: one for each detail, and one for what the details do not explain.

    Details whose amounts cannot be told in the entry's currency stay together in one line with
    all their texts and references, so that nothing is guessed. `fallback` is the booking date of
    entries that state none.
    """
    amount = signed(entry, amount_of(entry))
    shared = _shared(entry, fallback)
    details = [
        found for block in children(entry, "NtryDtls") for found in children(block, "TxDtls")
    ]
    if len(details) < 2 and (whole := ordered(entry, amount.currency)):
        shared["ordered"] = whole
    reference = _reference(entry)
    if not details:
        return [_line(entry, None, amount, shared, reference)]
    amounts = _split(entry, details, amount)
    if amounts is None:
        return [_together(entry, details, amount, shared, reference)]
    lines = [
        _line(entry, tx, part, shared, _own(tx, reference, at, len(details)))
        for at, (tx, part) in enumerate(zip(details, amounts, strict=True), start=1)
    ]
    rest = amount - total(amounts, amount.currency)
    if rest:
        lines.append(_difference(entry, rest, shared, reference))
    elif len(lines) == 1 and lines[0].charges is None:
        # Some banks state them beside the only detail, not in it.
        lines = [replace(lines[0], charges=_charges(entry, amount.currency))]
    return lines


def _reference(entry: Element) -> str:
    """The bank's own; a word that says that it has none is none."""
    said = text_at(entry, "AcctSvcrRef")
    return "" if said.upper() in NOT_PROVIDED else said


def _own(tx: Element, reference: str, at: int, count: int) -> str:
    """The bank's reference of one detail, the same in a 053 without details and in its 054."""
    if count == 1 and reference:
        return reference
    own = text_at(tx, "Refs", "AcctSvcrRef")
    if own and own != reference:
        return own
    return f"{reference}/{at}" if reference else ""


def _shared(entry: Element, fallback: date | None) -> dict[str, object]:
    status = text_at(entry, "Sts", "Cd") or text_at(entry, "Sts", "Prtry") or text_at(entry, "Sts")
    value_on = day_of(entry, "ValDt")
    booked_on = day_of(entry, "BookgDt") or value_on or fallback
    if booked_on is None:
        raise Misread("an entry without any date", at=entry)
    return {
        "booked_on": booked_on,
        "value_on": value_on,
        "pending": status not in ("BOOK", ""),
        "reversal": text_at(entry, "RvslInd") in ("true", "1"),
        "entry_reference": _reference(entry),
    }


def _split(entry: Element, details: list[Element], amount: Money) -> list[Money] | None:
    """The signed amount of each detail in the entry's currency; None if one cannot be told."""
    parts = [_stated(tx, amount.currency) for tx in details]
    if len(parts) == 1 and not parts[0]:
        return [amount]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    plain = [part if amount.minor >= 0 else -part for part in known]
    own = [_turned(tx, part, amount) for tx, part in zip(details, known, strict=True)]
    # Some banks repeat the sign of the original payment in the details of a return.
    return plain if total(plain, amount.currency) == amount else own


def _turned(tx: Element, part: Money, amount: Money) -> Money:
    said = text_at(tx, "CdtDbtInd")
    negative = said == "DBIT" if said else amount.minor < 0
    return -part if negative else part


def _stated(tx: Element, currency: str) -> Money | None:
    """Unsigned: Amt, else the transaction's amount, the countervalue, or the instructed amount."""
    details = child(tx, "AmtDtls")
    holders = [tx] if details is None else [tx, *(
        found for name in ("TxAmt", "CntrValAmt", "InstdAmt")
        if (found := child(details, name)) is not None
    )]  # fmt: skip
    for holder in holders:
        said = child(holder, "Amt")
        if said is not None and said.xml.get("Ccy") == currency:
            return amount_of(holder)
    return None


def _line(
    entry: Element, tx: Element | None, amount: Money, shared: dict[str, object], reference: str
) -> BankLine:
    source = entry if tx is None else tx
    if own := ordered(source, amount.currency):
        shared = shared | {"ordered": own}
    parties = child(tx, "RltdPties")
    texts = [] if tx is None else texts_of(tx)
    if not texts:
        texts = [text for text in (_info(tx), text_at(entry, "AddtlNtryInf")) if text]
    return BankLine(
        amount=amount,
        bank_reference=reference,
        end_to_end=_end_to_end(tx),
        batch="" if tx is not None else _batch(entry),
        counterparty=_party(parties, incoming=amount.minor >= 0),
        counterparty_account=_account(parties, incoming=amount.minor >= 0),
        texts=tuple(texts),
        references=() if tx is None else references_of(tx),
        charges=_charges(source, amount.currency),
        return_reason=_return_reason(source),
        code=_code(source) or _code(entry),
        raw=_raw(source),
        **shared,  # type: ignore[arg-type]  # The keys of _shared are fields of BankLine.
    )


def _together(
    entry: Element, details: list[Element], amount: Money, shared: dict[str, object], reference: str
) -> BankLine:
    return BankLine(
        amount=amount,
        bank_reference=reference,
        orders=tuple(key for tx in details if (key := _end_to_end(tx))),
        batch=_batch(entry),
        texts=tuple(text for tx in details for text in texts_of(tx)),
        references=tuple(found for tx in details for found in references_of(tx)),
        charges=_charges(entry, amount.currency),
        code=_code(entry),
        raw=_raw(entry),
        **shared,  # type: ignore[arg-type]  # As above.
    )


def _difference(entry: Element, rest: Money, shared: dict[str, object], reference: str) -> BankLine:
    return BankLine(
        amount=rest,
        bank_reference=f"{reference}/{CHARGES}" if reference else "",
        texts=("Difference between the entry and its details",),
        charges=_charges(entry, rest.currency),
        code=CHARGES,
        raw=text_at(entry, "AddtlNtryInf"),
        **shared,  # type: ignore[arg-type]  # As above.
    )


def _end_to_end(tx: Element | None) -> str:
    said = text_at(tx, "Refs", "EndToEndId")
    return "" if said.upper() in NOT_PROVIDED else said


def _batch(entry: Element) -> str:
    """The batches that the entry stands for, by the names in the files that ordered them."""
    told = [child(block, "Btch") for block in children(entry, "NtryDtls")]
    names = [text_at(one, "PmtInfId") or text_at(one, "MsgId") for one in told]
    return " ".join(dict.fromkeys(name for name in names if name))


def _party(parties: Element | None, *, incoming: bool) -> str:
    for name in ("UltmtDbtr", "Dbtr") if incoming else ("UltmtCdtr", "Cdtr"):
        party = child(parties, name)
        found = (
            text_at(party, "Pty", "Nm")
            or text_at(party, "Nm")
            or text_at(party, "Agt", "FinInstnId", "Nm")  # A bank pays or is paid for itself.
        )
        if found:
            return found
    return ""


def _account(parties: Element | None, *, incoming: bool) -> str:
    number = child(parties, "DbtrAcct" if incoming else "CdtrAcct", "Id")
    return text_at(number, "IBAN") or text_at(number, "Othr", "Id")


def _charges(source: Element, currency: str) -> Money | None:
    """All charges stated, in the account's currency; positive costs us."""
    stated = child(source, "Chrgs")
    if stated is None:
        return None
    whole = child(stated, "TtlChrgsAndTaxAmt")
    if whole is not None and whole.xml.get("Ccy") == currency:
        return read_amount(whole)
    parts = [
        part if text_at(record, "CdtDbtInd") != "CRDT" else -part
        for record in (children(stated, "Rcrd") or [stated])
        if child(record, "Amt") is not None and (part := amount_of(record)).currency == currency
    ]
    return total(parts, currency) if parts else None


def _return_reason(source: Element) -> str:
    reason = child(source, "RtrInf")
    if reason is None:
        return ""
    return text_at(reason, "Rsn", "Cd") or text_at(reason, "Rsn", "Prtry") or "unstated"


def _code(source: Element) -> str:
    code = child(source, "BkTxCd")
    if code is None:
        return ""
    domain = child(code, "Domn")
    family = child(domain, "Fmly")
    parts = (text_at(domain, "Cd"), text_at(family, "Cd"), text_at(family, "SubFmlyCd"))
    return "/".join(part for part in parts if part) or text_at(code, "Prtry", "Cd")


def _info(tx: Element | None) -> str:
    return text_at(tx, "AddtlTxInf")


def _raw(source: Element) -> str:
    return etree.tostring(source.xml, encoding="unicode", with_tail=False)
