"""Money: whole minor units and a currency. Never a float, never a bare number.

Rates are Decimals; only `Money.at` turns a rate into money, and `Money.over` an exact part, so
every rounding in the house can be found by searching for two names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Self

# ISO 4217, column "minor unit". Only what differs from 2 is listed.
EXPONENTS = {
    "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0,
    "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip
ROUNDINGS = frozenset({ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP})
LARGEST_MINOR = 10**17  # Well inside a 64-bit integer, so that sums of ours still fit.


class NotMoney(ValueError):
    """The text is no amount of this currency. Says why."""


def exponent(currency: str) -> int:
    """Digits behind the decimal point, as ISO 4217 gives them."""
    return EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    minor: int
    currency: str

    @classmethod
    def of(cls, amount: str | Decimal, currency: str) -> Self:
        """Read "1234.50" or a Decimal.

        :raises NotMoney: for text that is no finite number, digits that the currency does not
            have, and amounts beyond LARGEST_MINOR.
        """
        try:
            scaled = Decimal(amount).scaleb(exponent(currency))
        except InvalidOperation as broken:
            raise NotMoney(f"{amount!r} is not a number") from broken
        if not scaled.is_finite():
            raise NotMoney(f"{amount!r} is not a number")
        if abs(scaled) > LARGEST_MINOR:
            raise NotMoney(f"{amount} {currency} is larger than we can book")
        if scaled != scaled.to_integral_value():
            raise NotMoney(f"{currency} has no such fraction: {amount}")
        return cls(int(scaled), currency)

    def at(self, rate: Decimal, *, rounding: str) -> Self:
        """This amount times a rate, rounded once to whole minor units."""
        assert rounding in ROUNDINGS, rounding
        exact = Decimal(self.minor) * rate
        return type(self)(int(exact.to_integral_value(rounding=rounding)), self.currency)

    @classmethod
    def over(cls, numerator: int, denominator: int, currency: str) -> Self:
        """An exact part of minor units, rounded half up (away from zero) to a whole one."""
        assert denominator > 0, denominator
        whole, rest = divmod(abs(numerator), denominator)
        minor = whole + (2 * rest >= denominator)
        return cls(minor if numerator >= 0 else -minor, currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with as many digits as the currency has."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: Self) -> Self:
        return type(self)(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __le__(self, other: Self) -> bool:
        return self.minor <= self._same(other).minor

    def __lt__(self, other: Self) -> bool:
        return self.minor < self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        # As `decimal` would be written. Every reason of every decision names amounts.
        digits = exponent(self.currency)
        if not digits:
            return f"{self.minor} {self.currency}"
        whole, rest = divmod(abs(self.minor), 10**digits)
        return f"{'-' if self.minor < 0 else ''}{whole}.{rest:0{digits}d} {self.currency}"

    def _same(self, other: Self) -> Self:
        if other.currency != self.currency:
            raise TypeError(f"{self.currency} and {other.currency} do not mix")
        return other


def zero(currency: str) -> Money:
    return Money(0, currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum; of nothing it is zero in that currency."""
    minor = 0
    for amount in amounts:
        if amount.currency != currency:
            raise TypeError(f"{currency} and {amount.currency} do not mix")
        minor += amount.minor
    return Money(minor, currency)


def least(one: Money, other: Money) -> Money:
    return one if one <= other else other
