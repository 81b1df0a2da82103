"""Whose account is it? What is asked before money goes to an account that is new.

Fraudsters change the account of a payee and are quick; so a new account waits, the old contact is
told, and a second person calls somebody at a number that was known before.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .reference import luhn
from .refusal import Refusal

WAIT = timedelta(days=3)  # From the moment the account is entered.
FRESH = timedelta(days=30)  # So long a contact that was changed is no proof of anything.
LEAST_DIGITS = 6  # Of a telephone number that can be told from another.


class Scheme(StrEnum):
    IBAN = "iban"
    BANKGIRO = "bankgiro"
    PLUSGIRO = "plusgiro"


GIRO_DIGITS = {Scheme.BANKGIRO: (7, 8), Scheme.PLUSGIRO: (2, 8)}


class AccountWrong(Refusal):
    code = "payout_account_wrong"
    todo = "Compare it with what the payee wrote, digit by digit."


class CallBackMissing(Refusal):
    code = "call_back_missing"
    todo = "Call the payee and write down who answered, at which number, and what was said."


class NumberTooFresh(Refusal):
    code = "call_back_number_too_fresh"
    todo = "Call a number that was known before: from the contract, or a public register."


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """The evidence that an account is the payee's: somebody was asked by another way."""

    person: str  # Who answered.
    number: str  # Which number we called.
    remark: str  # What was said, and how we know the number.


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Why nothing can be paid to an account yet."""

    code: str
    says: str
    until: datetime | None  # None: until a person has verified it.


def numbered(text: str, scheme: Scheme, *, currency: str) -> str:
    """The account as it is stored: an IBAN in capitals, a giro number in digits.

    :raises AccountWrong: if the check digits are wrong, or a giro does not carry the currency.
    Source: ISO 13616; Bankgirot, "10-modulen" (giro numbers end with a Luhn digit).
    """
    bare = "".join(ch for ch in text.upper() if ch not in " -.")
    if scheme is Scheme.IBAN:
        if not is_iban(bare):
            raise AccountWrong(f"{text!r} is no IBAN: its check digits are wrong")
        return bare
    shortest, longest = GIRO_DIGITS[scheme]
    if currency != "SEK":
        raise AccountWrong(f"a {scheme} number carries SEK, not {currency}")
    digits = bare.isascii() and bare.isdigit() and shortest <= len(bare) <= longest
    if not digits or luhn(bare[:-1]) != bare[-1]:
        raise AccountWrong(f"{text!r} is no {scheme} number: its check digit is wrong")
    return bare


def is_iban(bare: str) -> bool:
    """ISO 13616: country, check digits (MOD 97-10), 15 to 34 letters and digits."""
    if not (15 <= len(bare) <= 34 and bare.isascii() and bare.isalnum()):
        return False
    if not (bare[:2].isalpha() and bare[2:4].isdigit()):
        return False
    return int("".join(str(int(ch, 36)) for ch in bare[4:] + bare[:4])) % 97 == 1


def check_call(call: CallBack, *, fresh: Sequence[str]) -> None:
    """:param fresh: telephone numbers that the payee's record got in the last FRESH days.
    :raises CallBackMissing: if a part of the evidence is missing.
    :raises NumberTooFresh: if the number came as late as the account itself could have.
    """
    missing = [name for name in ("person", "number", "remark") if not getattr(call, name).strip()]
    if missing or len(_digits(call.number)) < LEAST_DIGITS:
        raise CallBackMissing(f"no evidence of the call: {', '.join(missing) or 'number'}")
    if any(_same_number(call.number, one) for one in fresh):
        raise NumberTooFresh(f"{call.number} is not known for {FRESH.days} days")


def usable_from(*, entered_at: datetime, verified_at: datetime, wait: timedelta) -> datetime:
    """From when on money goes to it: verified, and a whole wait after it was entered."""
    return max(verified_at, entered_at + wait)


def waits(
    *, verified_at: datetime | None, usable_at: datetime | None, at: datetime
) -> Waits | None:
    """Why an account cannot be paid to at this moment; None: it can."""
    if verified_at is None:
        return Waits(code="unverified", says="Nobody has verified the account yet.", until=None)
    if usable_at is not None and at < usable_at:
        return Waits(code="quarantined", says="The account is new and waits.", until=usable_at)
    return None


def told(addresses: Collection[str]) -> tuple[str, ...]:
    """Whom to tell of a change: every address once, in the order given, however it is written."""
    return tuple({one.strip().lower(): one.strip() for one in addresses if one.strip()}.values())


def _digits(number: str) -> str:
    return "".join(ch for ch in number if ch.isdigit())


def _same_number(one: str, other: str) -> bool:
    """Compared from the end: with and without the country's code, or a zero for it."""
    a, b = _digits(one).lstrip("0"), _digits(other).lstrip("0")
    longest = min(len(a), len(b), 9)
    return longest >= LEAST_DIGITS and a[-longest:] == b[-longest:]
