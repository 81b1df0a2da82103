"""Which direct debits a bank collected as one sum, or which payouts it paid: a batch of our file,
or what is left of it.

Banks book a batch (PmtInf), or all of a file that is due on a day, as one entry where the account
is agreed so, whatever the file asks for. What was rejected before is not in it.

Sources: ISO 20022 message definition reports, pain.001 and pain.008 PmtInf (BtchBookg, CtrlSum) and
camt.053 NtryDtls/Btch (MsgId, PmtInfId); external code set of bank transactions, PMNT/IDDT.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..money import Money, total

BOOKED_WITHIN = timedelta(days=5)  # Of the day of collection, if the entry names no file of ours.
# The name of a file of ours, and of a batch in it, as a whole word: -1 begins -10.
NAMED = re.compile(r"(?<![A-Z0-9-])((?:COL|PAY)\d{6}-\d{8})(-\d{1,4})?(?![A-Z0-9-])")
ISSUED = re.compile(r"PMNT[/-]IDDT\b")  # Issued direct debits, in the bank's code.


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An order that the bank has and has not answered for."""

    key: str
    amount: Money
    file: str
    batch: str  # The bank knows the batch by it: PmtInfId.
    collect_on: date  # Or the day on which it is paid.


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What came in, or went out."""

    amount: Money
    booked_on: date
    keys: Collection[str] = ()  # End-to-end ids of its details.
    says: Collection[str] = ()  # Its texts, references and marks.
    is_issued: bool = False  # The bank calls it a collection of direct debits.


def collected(credit: Credit, asked: Sequence[Asked]) -> tuple[str, ...]:
    """The keys of the orders that this sum surely is; empty: none, or a person looks at it.

    Its details decide; else the batch, or the file, that it names; else, of what the bank calls
    direct debits, the day. It is always all that is under way of these: of a part nobody could say
    which one it is, as long as the bank has not said what it rejected.
    """
    chosen = _meant(credit, asked)
    currencies = {one.amount.currency for one in chosen}
    if not chosen or currencies != {credit.amount.currency}:
        return ()
    whole = total((one.amount for one in chosen), credit.amount.currency)
    return tuple(one.key for one in chosen) if whole == credit.amount else ()


def speaks(credit: Credit) -> bool:
    """Whether it says anything by which it could be orders of ours."""
    return bool(credit.keys) or credit.is_issued or any(
        NAMED.search(text.upper()) for text in credit.says
    )  # fmt: skip


def _meant(credit: Credit, asked: Sequence[Asked]) -> list[Asked]:
    if credit.keys:
        known = [one for one in asked if one.key in credit.keys]
        return known if len(known) == len(set(credit.keys)) else []
    said = {(found[1], found[0]) for text in credit.says for found in NAMED.finditer(text.upper())}
    batches = {whole for file, whole in said if whole != file}
    due = [one for one in asked if one.collect_on <= credit.booked_on]
    if batches:
        return [one for one in due if one.batch in batches]
    if said:
        return [one for one in due if (one.file, one.file) in said]
    if credit.is_issued:
        return [one for one in due if credit.booked_on - one.collect_on <= BOOKED_WITHIN]
    return []


MOST_KEPT = 50_00  # Minor units that a bank keeps of a sum, at most.


def lacks(came: Money, debits: Sequence[Money]) -> Money | None:
    """What a bank kept of these debits, which a person says a sum is. None: they are not the sum;
    of the last of them something has to be left."""
    missing = total(debits, came.currency) - came
    fits = bool(debits) and 0 <= missing.minor <= MOST_KEPT and missing < debits[-1]
    return missing if fits else None
