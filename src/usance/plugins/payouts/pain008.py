"""ISO 20022 direct debits: pain.008.001.02 and .08 out; `pain001.read_status` reads the answers.

SEPA in EUR, CORE and B2B. Source: ISO 20022 message definition reports; EPC130-08 and EPC131-08
(SEPA direct debit, customer-to-bank), EPC217-08 (characters), EPC153-22 (addresses).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from usance.domain.collection.signed import Amendment, Scheme
from usance.domain.collection.signed import Sequence as Place
from usance.domain.money import Money, total
from usance.plugins._xml import document, put, written

from . import NOWHERE, Address, Payer
from ._latin import clean
from .pain001 import LONGEST_KEY, LONGEST_NAME, LONGEST_TEXT, NoIban, _agent, _party, is_iban

VERSIONS = ("02", "08")
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.{}"
UNCHANGED = Amendment()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One direct debit. `key` is ours, at most 35 characters, and comes back in every answer."""

    key: str
    amount: Money
    mandate: str  # Its reference.
    signed_on: date
    name: str
    account: str  # IBAN.
    bic: str = ""
    address: Address = NOWHERE
    text: str = ""
    amendment: Amendment = UNCHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What banks take together: of one place in the sequence, collected on one day."""

    sequence: Place
    collect_on: date
    collections: tuple[Collection, ...]


def write(
    file: str, batches: Sequence[Batch], *, scheme: Scheme, creditor: Payer, identifier: str,
    made_at: datetime, version: str = "08",
) -> bytes:  # fmt: skip
    """The file of these direct debits, all of one scheme: banks take no mixed ones (EPC130-08).

    :param creditor: us, and the account that is credited.
    :param identifier: under which we collect, as domain.collection.signed checks it.
    :raises NoIban: if an account is none; nothing is written then.
    """
    every = [one for batch in batches for one in batch.collections]
    _check(file, batches, every, version)
    for account in (creditor.account, *(one.account for one in every)):
        if not is_iban(account):
            raise NoIban(f"{account!r} is no IBAN")
    root = document(NAMESPACE.format(version))
    message = put(root, "CstmrDrctDbtInitn")
    header = put(message, "GrpHdr")
    put(header, "MsgId", file)
    put(header, "CreDtTm", made_at.isoformat(timespec="seconds"))
    _sums(header, every)
    put(header, "InitgPty/Nm", clean(creditor.name, LONGEST_NAME))
    for number, batch in enumerate(batches, start=1):
        _batch(message, f"{file}-{number}", batch, scheme, creditor, identifier, version)
    return written(root)


def _batch(
    message: etree._Element, name: str, batch: Batch, scheme: Scheme, creditor: Payer,
    identifier: str, version: str,
) -> None:  # fmt: skip
    block = put(message, "PmtInf")
    put(block, "PmtInfId", name)
    put(block, "PmtMtd", "DD")
    put(block, "BtchBookg", "false")  # Each is a line of the statement, with its key.
    _sums(block, batch.collections)
    kind = put(block, "PmtTpInf")
    put(kind, "SvcLvl/Cd", "SEPA")
    put(kind, "LclInstrm/Cd", scheme.value)
    put(kind, "SeqTp", batch.sequence.value)
    put(block, "ReqdColltnDt", batch.collect_on.isoformat())
    _party(block, "Cdtr", creditor.name, creditor.address, _addressed(version))
    put(block, "CdtrAcct/Id/IBAN", creditor.account.replace(" ", ""))
    _agent(block, "CdtrAgt", creditor.bic, _addressed(version), needed=True)
    put(block, "ChrgBr", "SLEV")
    other = put(block, "CdtrSchmeId/Id/PrvtId/Othr")
    put(other, "Id", identifier)
    put(other, "SchmeNm/Prtry", "SEPA")
    for one in batch.collections:
        _collection(block, one, version)


def _collection(block: etree._Element, one: Collection, version: str) -> None:
    debit = put(block, "DrctDbtTxInf")
    put(debit, "PmtId/EndToEndId", one.key)
    put(debit, "InstdAmt", str(one.amount.decimal), Ccy=one.amount.currency)
    mandate = put(debit, "DrctDbtTx/MndtRltdInf")
    put(mandate, "MndtId", one.mandate)
    put(mandate, "DtOfSgntr", one.signed_on.isoformat())
    if one.amendment:
        put(mandate, "AmdmntInd", "true")
        changed = put(mandate, "AmdmntInfDtls")
        if one.amendment.reference:
            put(changed, "OrgnlMndtId", one.amendment.reference)
        if one.amendment.account:
            # "Same mandate, new debtor account", at whichever bank: since November 2016.
            put(changed, "OrgnlDbtrAcct/Id/Othr/Id", "SMNDA")
    _agent(debit, "DbtrAgt", one.bic, _addressed(version), needed=True)
    _party(debit, "Dbtr", one.name, one.address, _addressed(version))
    put(debit, "DbtrAcct/Id/IBAN", one.account.replace(" ", ""))
    if text := clean(one.text, LONGEST_TEXT):
        put(debit, "RmtInf/Ustrd", text)


def _addressed(version: str) -> str:
    """The version of pain.001 that writes banks and addresses as this one does."""
    return "03" if version == "02" else "09"


def _sums(holder: etree._Element, collections: Sequence[Collection]) -> None:
    put(holder, "NbOfTxs", str(len(collections)))
    put(holder, "CtrlSum", str(total((one.amount for one in collections), "EUR").decimal))


def _check(file: str, batches: Sequence[Batch], every: Sequence[Collection], version: str) -> None:
    assert version in VERSIONS, version
    assert batches, "a file without batches"
    assert all(batch.collections for batch in batches), "a batch without collections"
    assert 0 < len(file) <= LONGEST_KEY - 4, file  # Batches are numbered behind it.
    assert clean(file, LONGEST_KEY) == file, file
    keys = [one.key for one in every]
    assert len(keys) == len(set(keys)), "a key twice in one file"
    for one in every:
        assert one.amount.minor > 0, one.key
        assert one.amount.currency == "EUR", one.key
        assert one.key, one.amount
        assert clean(one.key, LONGEST_KEY) == one.key, one.key
