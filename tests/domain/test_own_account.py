"""Which account of ours a statement names."""

import pytest

from usance.domain.payment import speaks_of

DE, ES, NL, BE = (
    "DE02120300000000202051", "ES9121000418450200051332", "NL91ABNA0417164300", "BE68539007547034",
)  # fmt: skip
AT, FI, LU, DK = (
    "AT611904300234573201", "FI2112345600000785", "LU280019400644750000", "DK5000400440116243",
)  # fmt: skip


@pytest.mark.parametrize(("said", "iban", "is_it"), [
    (DE, DE, True),
    ("12030000/0000202051", DE, True),
    ("12030000/202051", DE, True),
    ("12030000/202051EUR", DE, True),
    ("12030001/202051", DE, False),
    ("202051", DE, False),  # Of which bank?
    ("44102055610000380209739045", "PL44102055610000380209739045", True),  # NRB: all but the PL.
    ("45102055610000380209739045", "PL44102055610000380209739045", False),
    ("12030000/202051/1", DE, False),
    ("210004180200051332", ES, True),  # Norma 43 leaves out the two check digits.
    ("210004180200051333", ES, False),
    ("417164300", NL, True),
    ("0417164300", NL, True),
    ("NL91ABNA0417164300 EUR", NL, True),
    ("417164301", NL, False),
    ("539007547034", BE, True),
    ("//AT19043/00234573201/EUR", AT, True),
    ("12345600000785", FI, True),
    ("BILLLULLXXX/LU280019400644750000", LU, True),
    ("0040 0440116243", DK, True),
    ("5050-1055", "50501055", True),  # A bankgiro number among our accounts.
    ("50501056", "50501055", False),
    ("", DE, False),
])  # fmt: skip
def test_a_statement_names_an_account_of_ours(said: str, iban: str, is_it: bool) -> None:
    assert speaks_of(said, iban) is is_it
