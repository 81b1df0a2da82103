"""Numbers as XPath counts with untyped text: xs:double, of which the artefacts see the hair.

Only for rules whose artefacts count so; our own amounts are exact. Source: IEEE 754-2008 §3.4.
"""

from fractions import Fraction

DIGITS = 53  # Of a binary64 number.


def binary(number: Fraction) -> Fraction:
    """The nearest number of 53 binary digits, a half to the even one."""
    if not number:
        return number
    size = abs(number.numerator).bit_length() - number.denominator.bit_length()
    step = Fraction(2) ** (size - DIGITS)
    if abs(number) >= step * 2**DIGITS:
        step *= 2
    return round(number / step) * step
