"""What a debtor signed so that we may take what it owes from its account: SEPA mandates.

Sources: European Payments Council, SEPA Direct Debit Core and Business to Business Scheme Rulebooks
(EPC016-06, EPC222-07: mandates 4.1, attributes AT-01 to AT-25); EPC262-08, Creditor Identifier
Overview; EPC130-08 and EPC131-08, customer-to-bank guidelines (sequence, amendments).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ..payee import is_iban
from ..refusal import Refusal

LONGEST_REFERENCE = 35
LAPSES_AFTER_MONTHS = 36  # Without a collection: rulebooks, 4.1, cancellation by the creditor.
_ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+?/-:().,'")


class Scheme(StrEnum):
    CORE = "CORE"
    B2B = "B2B"  # Between businesses: no refund, and the debtor tells its bank beforehand.


class Sequence(StrEnum):
    FRST = "FRST"
    RCUR = "RCUR"
    FNAL = "FNAL"
    OOFF = "OOFF"


class ReferenceWrong(Refusal):
    code = "debit_reference_wrong"
    todo = "Use up to 35 letters, digits and + ? / - : ( ) . , ' without spaces."


class CreditorWrong(Refusal):
    code = "creditor_identifier_wrong"
    todo = "Compare it with the letter of who gave it out, digit by digit."


class AccountNotInSepa(Refusal):
    code = "debit_account_wrong"
    todo = "Compare the IBAN with the signed mandate; direct debits reach accounts in SEPA only."


class SignedAhead(Refusal):
    code = "debit_mandate_signed_ahead"
    todo = "Enter the day on which the debtor signed: today or before."


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What differs from the mandate under which we last collected."""

    reference: str = ""  # The one before; empty: it is the same.
    account: bool = False  # Another account, at whichever bank.

    def __bool__(self) -> bool:
        return bool(self.reference or self.account)


def reference(text: str) -> str:
    """A mandate's reference as it is stored: in capitals, for case does not tell two apart.

    :raises ReferenceWrong: if banks would not take it (EPC217-08).
    """
    plain = text.strip().upper()
    fits = 0 < len(plain) <= LONGEST_REFERENCE and set(plain) <= _ALLOWED
    if not fits or plain.startswith("/") or plain.endswith("/") or "//" in plain:
        raise ReferenceWrong(f"{text!r} is no reference of a mandate")
    return plain


def account(text: str, reached: frozenset[str]) -> str:
    """The debtor's IBAN.

    :param reached: countries of SEPA.
    :raises AccountNotInSepa: if it is none, or lies elsewhere.
    """
    bare = "".join(text.split()).upper()
    if not is_iban(bare) or bare[:2] not in reached:
        raise AccountNotInSepa(f"{text!r} is no IBAN of SEPA")
    return bare


def creditor_identifier(text: str) -> str:
    """The identifier under which we collect: country, check digits, our own three signs, the
    national part. The three signs do not count in the check (EPC262-08, MOD 97-10).

    :raises CreditorWrong: if its check digits are not right.
    """
    bare = "".join(text.split()).upper()
    shaped = 8 <= len(bare) <= 35 and bare.isascii() and bare.isalnum()
    if not shaped or not bare[:2].isalpha() or not bare[2:4].isdigit():
        raise CreditorWrong(f"{text!r} is no creditor identifier")
    counted = bare[7:] + bare[:4]
    if int("".join(str(int(ch, 36)) for ch in counted)) % 97 != 1:
        raise CreditorWrong(f"the check digits of {text!r} are wrong")
    return bare


def lapses_on(signed_on: date, last_on: date | None) -> date:
    """The first day on which the mandate may not be used any more: 36 months after the latest
    collection that was presented, whatever came of it, or after it was signed."""
    since = max(signed_on, last_on) if last_on else signed_on
    month = since.year * 12 + since.month - 1 + LAPSES_AFTER_MONTHS
    year, month = divmod(month, 12)
    day = since.day
    while True:
        try:
            return date(year, month + 1, day)
        except ValueError:  # 29 February.
            day -= 1


def sequence(*, one_off: bool, collected: bool, ends: bool) -> Sequence:
    """Which of a mandate's collections it is.

    FRST until one got through; since November 2016 banks take RCUR there as well, so that one
    which failed on the way does no harm (EPC130-08).
    """
    if one_off:
        return Sequence.OOFF
    if ends:
        return Sequence.FNAL
    return Sequence.RCUR if collected else Sequence.FRST


def amendment(
    *, reference: str, account: str, before_reference: str, before_account: str
) -> Amendment:
    """What the next collection says of a mandate that was changed since the last one.

    :param before_reference: of the last one that was presented; empty: none was.
    """
    if not before_reference:
        return Amendment()
    return Amendment(
        reference=before_reference if before_reference != reference else "",
        account=before_account != account,
    )
