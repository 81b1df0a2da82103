"""Binary numbers made of whole ones are those of the machine."""

import random
from fractions import Fraction

from usance.domain.verification.binary import binary


def test_the_nearest_binary_number_is_that_of_the_machine() -> None:
    chance = random.Random(3)  # noqa: S311  # The same numbers in every run.
    for _ in range(2000):
        number = Fraction(chance.randrange(-(10**12), 10**12), 10 ** chance.randrange(6))
        assert binary(number) == Fraction(number.numerator / number.denominator)
    assert binary(Fraction(2**53 + 1)) == 2**53
