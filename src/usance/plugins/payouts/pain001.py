"""ISO 20022 credit transfers: pain.001.001.03 and .09 out, pain.002 back.

SEPA in EUR, domestic in other currencies; accounts are IBANs, in Sweden also giro numbers. Source:
ISO 20022 message definition reports; EPC132-08 (SEPA credit transfer, customer-to-bank), EPC217-08
(characters), EPC153-22 (addresses); Swedish Bankers' Association, Swedish Common Interpretation of
ISO 20022 Payment Messages, appendix 1 (giro numbers); Nets and Finance Finland alike for KID and
reference numbers as SCOR.
"""

from collections.abc import Sequence
from datetime import date, datetime

from lxml import etree

from usance.domain.money import total
from usance.domain.payee import Scheme
from usance.domain.payee import is_iban as _is_iban
from usance.domain.reference import is_rf
from usance.domain.refusal import Refusal
from usance.plugins import Unreadable
from usance.plugins._xml import document, local, open_xml, put, written

from . import Address, Answer, Order, Payer, Verdict
from ._latin import clean

VERSIONS = ("03", "09")
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.{}"
LONGEST_KEY, LONGEST_NAME, LONGEST_TEXT, LONGEST_REFERENCE = 35, 70, 140, 35
LONGEST_STREET, LONGEST_POSTCODE, LONGEST_TOWN = 70, 16, 35

# The clearing number under which a giro is reached (SESBA), and how its number is named.
GIROS = {Scheme.BANKGIRO: ("9900", "Prtry", "BGNR"), Scheme.PLUSGIRO: ("9960", "Cd", "BBAN")}

# ISO 20022 external payment transaction status codes. PART is for the group: the orders follow.
VERDICTS = {
    "ACTC": Verdict.ACCEPTED, "ACCP": Verdict.ACCEPTED, "ACWC": Verdict.ACCEPTED,
    "ACSP": Verdict.ACCEPTED, "ACFC": Verdict.ACCEPTED, "ACWP": Verdict.ACCEPTED,
    "ACSC": Verdict.EXECUTED, "ACCC": Verdict.EXECUTED,
    "RJCT": Verdict.REJECTED, "CANC": Verdict.REJECTED,
    "RCVD": Verdict.PENDING, "PDNG": Verdict.PENDING, "PART": Verdict.PENDING,
    "PATC": Verdict.PENDING,
}  # fmt: skip
# A file that is refused because the bank has it already: the orders of the first one are paid.
# ISO 20022 external status reason codes.
TWICE = frozenset({"AM05", "DU01", "DU02", "DUPL"})


class NoIban(Refusal):
    code = "payout_account_is_no_iban"
    todo = "Correct the account of the payee; a person verifies it before it is used."


def write(
    file: str, orders: Sequence[Order], *, payer: Payer, made_at: datetime, pay_on: date,
    version: str = "09",
) -> bytes:  # fmt: skip
    """One batch from the payer's account on one day, in the order given.

    :raises NoIban: if an account is none; nothing is written then.
    """
    _check(file, orders, version)
    ibans = (order.account for order in orders if order.scheme is Scheme.IBAN)
    for account in (payer.account, *ibans):
        if not is_iban(account):
            raise NoIban(f"{account!r} is no IBAN")
    currency = orders[0].amount.currency
    count, control = str(len(orders)), total((x.amount for x in orders), currency)
    root = document(NAMESPACE.format(version))
    message = put(root, "CstmrCdtTrfInitn")
    header = put(message, "GrpHdr")
    put(header, "MsgId", file)
    put(header, "CreDtTm", made_at.isoformat(timespec="seconds"))
    put(header, "NbOfTxs", count)
    put(header, "CtrlSum", str(control.decimal))
    put(header, "InitgPty/Nm", clean(payer.name, LONGEST_NAME))
    batch = put(message, "PmtInf")
    put(batch, "PmtInfId", file)
    put(batch, "PmtMtd", "TRF")
    put(batch, "BtchBookg", "false")  # Each payout is a line of the statement, with its key.
    put(batch, "NbOfTxs", count)
    put(batch, "CtrlSum", str(control.decimal))
    if currency == "EUR":
        put(batch, "PmtTpInf/SvcLvl/Cd", "SEPA")
    put(batch, "ReqdExctnDt" if version == "03" else "ReqdExctnDt/Dt", pay_on.isoformat())
    _party(batch, "Dbtr", payer.name, payer.address, version)
    put(batch, "DbtrAcct/Id/IBAN", payer.account.replace(" ", ""))
    _agent(batch, "DbtrAgt", payer.bic, version, needed=True)
    put(batch, "ChrgBr", "SLEV" if currency == "EUR" else "SHAR")
    for order in orders:
        _transfer(batch, order, version)
    return written(root)


def read_status(data: bytes) -> list[Answer]:
    """The answers of a pain.002 of any version, the group's first.

    A status code that we do not know leaves the order pending, with the code as its reason; so does
    a file that came twice, whose orders would else be due again.

    :raises Unreadable: if it is no pain.002 or names no original message.
    """
    root = open_xml(data)
    report = next((x for x in root.iter(etree.Element) if local(x) in _REPORTS), None)
    if report is None:
        raise Unreadable("no pain.002 in it", where=f"line {root.sourceline}")
    group = _child(report, "OrgnlGrpInfAndSts")
    file = _text(group, "OrgnlMsgId")
    if group is None or not file:
        raise Unreadable("it names no original message", where=f"line {report.sourceline}")
    whole = _text(group, "GrpSts")
    answers = [_answer(file, "", whole, group)] if whole else []
    batches = [*_children(report, "OrgnlPmtInfAndSts"), report]
    for batch in batches:
        status = _text(batch, "PmtInfSts")
        if status and status != whole:
            answers.append(_answer(file, "", status, batch))
        for tx in _children(batch, "TxInfAndSts"):
            key = _text(tx, "OrgnlEndToEndId") or _text(tx, "OrgnlInstrId")
            if not key:
                raise Unreadable("an answer names no order", where=f"line {tx.sourceline}")
            answers.append(_answer(file, key, _text(tx, "TxSts") or status or whole, tx))
    return answers


_REPORTS = ("CstmrPmtStsRpt", "pain.002.001.02")


def is_iban(account: str) -> bool:
    """As domain.payee, with spaces as people write them."""
    bare = account.replace(" ", "")
    return bare == bare.upper() and _is_iban(bare)


def _check(file: str, orders: Sequence[Order], version: str) -> None:
    assert version in VERSIONS, version
    assert orders, "a file without orders"
    assert 0 < len(file) <= LONGEST_KEY, file
    assert clean(file, LONGEST_KEY) == file, file
    keys = [order.key for order in orders]
    assert len(keys) == len(set(keys)), "a key twice in one file"
    assert len({order.amount.currency for order in orders}) == 1, "several currencies in one file"
    for order in orders:
        assert order.amount.minor > 0, order.key
        assert order.scheme is Scheme.IBAN or order.account.isdigit(), order.key
        assert order.scheme is Scheme.IBAN or order.amount.currency == "SEK", order.key
        assert order.key
        assert clean(order.key, LONGEST_KEY) == order.key, order.key


def _transfer(batch: etree._Element, order: Order, version: str) -> None:
    transfer = put(batch, "CdtTrfTxInf")
    put(transfer, "PmtId/EndToEndId", order.key)
    put(transfer, "Amt/InstdAmt", str(order.amount.decimal), Ccy=order.amount.currency)
    if order.scheme is Scheme.IBAN:
        _agent(transfer, "CdtrAgt", order.bic, version, needed=False)
    else:
        clearing, _, _ = GIROS[order.scheme]
        member = put(transfer, "CdtrAgt/FinInstnId/ClrSysMmbId")
        put(member, "ClrSysId/Cd", "SESBA")
        put(member, "MmbId", clearing)
    _party(transfer, "Cdtr", order.name, order.address, version)
    account = put(transfer, "CdtrAcct/Id")
    if order.scheme is Scheme.IBAN:
        put(account, "IBAN", order.account.replace(" ", ""))
    else:
        _, kind, name = GIROS[order.scheme]
        other = put(account, "Othr")
        put(other, "Id", order.account)
        put(other, f"SchmeNm/{kind}", name)
    _remittance(transfer, order)


def _remittance(transfer: etree._Element, order: Order) -> None:
    """The payee's reference if it has one: OCR, KID and the Finnish number as they are, RF as ISO.

    SEPA takes a reference or a text, not both (EPC132-08, AT-05).
    """
    text = clean(order.text, LONGEST_TEXT)
    if order.reference:
        told = put(transfer, "RmtInf/Strd/CdtrRefInf")
        kind = put(told, "Tp")
        put(kind, "CdOrPrtry/Cd", "SCOR")
        if is_rf(order.reference):
            put(kind, "Issr", "ISO")
        put(told, "Ref", clean(order.reference, LONGEST_REFERENCE))
    elif text:
        put(transfer, "RmtInf/Ustrd", text)


def _party(holder: etree._Element, role: str, name: str, address: Address, version: str) -> None:
    """An address only with its town and country, for a part alone is refused from 2026 on
    (EPC153-22); version 03 of SEPA knows no parts of it but the country."""
    party = put(holder, role)
    put(party, "Nm", clean(name, LONGEST_NAME))
    town = clean(address.town, LONGEST_TOWN)
    if not address.country or (version != "03" and not town):
        return
    place = put(party, "PstlAdr")
    if version != "03":
        street = clean(address.street, LONGEST_STREET)
        postcode = clean(address.postcode, LONGEST_POSTCODE)
        if street:
            put(place, "StrtNm", street)
        if postcode:
            put(place, "PstCd", postcode)
        put(place, "TwnNm", town)
    put(place, "Ctry", address.country)


def _agent(holder: etree._Element, role: str, bic: str, version: str, *, needed: bool) -> None:
    """The bank; without a BIC the debtor's must still be there (EPC132-08, IBAN only)."""
    if bic:
        put(holder, f"{role}/FinInstnId/{'BIC' if version == '03' else 'BICFI'}", bic)
    elif needed:
        put(holder, f"{role}/FinInstnId/Othr/Id", "NOTPROVIDED")


def _answer(file: str, key: str, status: str, source: etree._Element) -> Answer:
    reasons = _children(source, "StsRsnInf")
    codes = [_text(x, "Rsn", "Cd") or _text(x, "Rsn", "Prtry") for x in reasons]
    texts = [(line.text or "").strip() for x in reasons for line in _children(x, "AddtlInf")]
    known = status in VERDICTS
    verdict = VERDICTS.get(status, Verdict.PENDING)
    if verdict is Verdict.REJECTED and not key and not TWICE.isdisjoint(codes):
        verdict = Verdict.PENDING
    return Answer(
        file=file,
        key=key,
        verdict=verdict,
        code=next((code for code in codes if code), "") if known else status,
        reason=" ".join(text for text in texts if text),
    )


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return list(element.iterchildren("{*}" + name))


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return None if element is None else next(element.iterchildren("{*}" + name), None)


def _text(element: etree._Element | None, *path: str) -> str:
    for name in path:
        element = _child(element, name)
    return (element.text or "").strip() if element is not None else ""
