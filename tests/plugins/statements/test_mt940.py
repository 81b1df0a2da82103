"""MT940: what ten years of bug reports about other readers complain of."""

import pytest

from usance.domain.payment import BankLine
from usance.plugins import Unreadable
from usance.plugins.statements import mt940


def line(entry: str, text: str = "") -> BankLine:
    body = (
        f":20:X\n:25:A/1\n:28C:1\n:60F:C260101EUR0,00\n:61:{entry}\n:86:{text}\n:62F:C260101EUR0,00"
    )
    return mt940.read(body.encode())[0].lines[0]


@pytest.mark.parametrize(("dates", "booked", "valued"), [
    ("2512310102", "2026-01-02", "2025-12-31"),
    ("2601021231", "2025-12-31", "2026-01-02"),
    ("2602280301", "2026-03-01", "2026-02-28"),
    ("2402290229", "2024-02-29", "2024-02-29"),
    ("260331", "2026-03-31", "2026-03-31"),
    ("260230", "2026-02-28", "2026-02-28"),  # 30-day interest month.
])  # fmt: skip
def test_the_entry_date_has_the_year_nearest_to_the_value_date(
    dates: str, booked: str, valued: str
) -> None:
    found = line(f"{dates}C1,00NTRFNONREF")

    assert (str(found.booked_on), str(found.value_on)) == (booked, valued)


@pytest.mark.parametrize(("mark", "minor", "reversal", "pending"), [
    ("C", 100, False, False), ("D", -100, False, False),
    ("RC", -100, True, False), ("RD", 100, True, False),
    ("EC", 100, False, True), ("ED", -100, False, True),
    ("CR", 100, False, False), ("DR", -100, False, False),  # R is the third letter of EUR.
])  # fmt: skip
def test_marks(mark: str, minor: int, reversal: bool, pending: bool) -> None:
    found = line(f"260331{mark}1,00NTRFNONREF")

    assert (found.amount.minor, found.reversal, found.pending) == (minor, reversal, pending)


@pytest.mark.parametrize(("amount", "minor"), [
    ("100,", 10000), ("0,5", 50), ("1234,56", 123456), ("000000000147,64", 14764), (",01", 1),
])  # fmt: skip
def test_amounts(amount: str, minor: int) -> None:
    assert line(f"260331C{amount}NTRFNONREF").amount.minor == minor


@pytest.mark.parametrize("entry", [
    "260331C1,234,56NTRFNONREF", "260331C1,234NTRFNONREF", "260331X1,00NTRF", "261331C1,00NTRF",
    "2603311399C1,00NTRF", "",
])  # fmt: skip
def test_an_unreadable_entry_is_an_error_with_its_line(entry: str) -> None:
    with pytest.raises(Unreadable, match="line 5"):
        line(entry)


def test_a_long_text_is_not_cut() -> None:
    words = "\n".join(f"word{n:04d} of a long remittance text that goes on" for n in range(40))

    assert line("260331C1,00NTRFNONREF", words).texts == (words,)


def test_a_text_after_the_closing_balance_belongs_to_no_entry() -> None:
    data = (
        b":20:X\n:25:A/1\n:60F:C260101EUR0,00\n:61:260101C1,00NTRFNONREF\n:86:mine\n"
        b":62F:C260101EUR1,00\n:86:the statement's\n"
    )

    assert mt940.read(data)[0].lines[0].texts == ("mine",)


def test_a_time_in_a_wrapped_text_is_no_field() -> None:
    assert line("260331C1,00NTRFNONREF", "at 13\n:12:11 o'clock").texts == (
        "at 13\n:12:11 o'clock",
    )


ONE = b"""\
:20:X
:25:123456789
:28C:1/1
:60F:C260330EUR0,00
:61:260331C1,00NTRFNONREF
:86:FAKTUR 1001
:62F:C260331EUR1,00
"""


@pytest.mark.parametrize("before", [
    b"ABNANL2A\n940\nABNANL2A\n", b"0000 01INGBNL2AXXXX00001\n940 00\n", b":940:\n",
    b"{1:F01ABNANL2AXXXX0000000000}{2:O9401234260331BANKBEBBXXXX}{3:{108:XX}}{4:\n",
    b"\x01{1:F01ABNANL2AXXXX0000000000}{4:\n", b"\xef\xbb\xbf\r\n",
])  # fmt: skip
@pytest.mark.parametrize("below", [b"", b"-\n", b"-}{5:{CHK:123456789012}}\n", b"-XXX\n"])
def test_what_banks_put_around_a_message_is_no_part_of_it(before: bytes, below: bytes) -> None:
    whole = before + ONE + below

    for data in (whole, whole * 2, whole.replace(b"\n", b"\r\n")):
        for found in mt940.read(data):
            assert (found.account, str(found.closing)) == ("123456789", "1.00 EUR")
            assert [each.texts for each in found.lines] == [("FAKTUR 1001",)]
    assert len(mt940.read(whole * 2)) == 2


def test_a_lone_hyphen_within_a_text_ends_nothing() -> None:
    found = mt940.read(ONE.replace(b"FAKTUR 1001", b"FAKTUR\n-\n1001"))[0]

    assert found.lines[0].texts == ("FAKTUR\n1001",)


@pytest.mark.parametrize(("entry", "code", "reference", "name"), [
    ("260331C1,00N0440121470966      W.P. Jansen", "044", "0121470966", "W.P. Jansen"),
    ("260331C1,00NOV NONREF", "OV", "", ""),
    ("260331CF1,00S   X", "", "X", ""),
    ("260331C1,00NTRF29-03-2026 10:05//B4G29", "TRF", "29-03-2026 10:05", ""),
])  # fmt: skip
def test_older_ways_to_fill_field_61(entry: str, code: str, reference: str, name: str) -> None:
    found = line(entry)

    assert (found.code, found.end_to_end, found.counterparty) == (code, reference, name)


@pytest.mark.parametrize("sign", ["?", "@", ">", "~", "^", "<", "|"])
def test_each_bank_divides_the_sub_fields_by_a_sign_of_its_own(sign: str) -> None:
    parts = ("20FAKTUR 10", "2101", "31DE02100500000054540402", "32KUND ", "33      AG")
    found = line("260331C1,00NTRFNONREF", "166" + "".join(sign + part for part in parts))

    assert (found.texts, found.counterparty) == (("FAKTUR 1001",), "KUND AG")
    assert found.counterparty_account == "DE02100500000054540402"


def test_every_field_86_of_an_entry_is_kept() -> None:
    found = mt940.read(ONE.replace(b"FAKTUR 1001", b"FAKTUR\n:86:1001"))[0]

    assert found.lines[0].texts == ("FAKTUR\n1001",)


def test_a_mistyped_field_below_an_entry_does_not_change_the_account() -> None:
    found = mt940.read(ONE.replace(b":86:", b":25:"))[0]

    assert (found.account, found.lines[0].texts) == ("123456789", ("FAKTUR 1001",))


@pytest.mark.parametrize(("entry", "text", "name", "account", "order", "texts"), [
    # The account of the other party as the reference, its name on the second line.
    ("260331D9,NOVBNL91ABNA0417164300\nj jansen", "Loon", "j jansen", "NL91ABNA0417164300", "",
     ("Loon",)),
    # The account alone on the second line; "EREF" says where the reference stands.
    ("260331D9,N102EREF            \nNL91ABNA0417164300", "/EREF/77-1/BENM//NAME/A B/REMI//ISDT/1",
     "A B", "NL91ABNA0417164300", "77-1", ()),
    # Code words behind the bank's own text.
    ("260331D9,NINCNONREF", "kaart\n   \n/TRTP/Incasso/NAME/KA\nART BV/REMI/Fact\nuur 9/EREF/1/2",
     "KAART BV", "", "1/2", ("Factuur 9", "kaart")),
    ("260331C9,NTRFNONREF", "FACTUUR 88\nREK: NL91ABNA0417164300/NAAM: PIET", "PIET",
     "NL91ABNA0417164300", "", ("FACTUUR 88",)),
    ("260331C9,NMSCNONREF", "/ORDP/300000000000001\n/KUPEC DOOEL\n/747//747\n/Faktura 747",
     "KUPEC DOOEL", "300000000000001", "",
     ("/ORDP/300000000000001/KUPEC DOOEL/747//747/Faktura 747",)),
    # A word cut in two with its sub-field; a blank before the type of the entry.
    ("260331C9,00 NTRFNONREF", "166?00X?20EREF+A1 S?21VWZ+Rechnung 12?32KUNDE", "KUNDE", "", "A1",
     ("Rechnung 12",)),
])  # fmt: skip
def test_where_banks_put_the_other_party(
    entry: str, text: str, name: str, account: str, order: str, texts: tuple[str, ...]
) -> None:
    found = line(entry, text)

    assert (found.counterparty, found.counterparty_account) == (name, account)
    assert (found.end_to_end, found.texts) == (order, texts)


@pytest.mark.parametrize(("field", "reference", "texts"), [
    ("/REMI/STRD/CUR/9876123456789012/", "9876123456789012", ()),
    ("/EREF/E1//REMI/STRD/CUR/9876123456789012//NAME/Mevrouw X", "9876123456789012", ()),
    ("/TRTP/SEPA/REMI/STRD/ISO/RF18539007547034", "RF18539007547034", ()),
    ("/REMI/USTD//Factuur 12/", "", ("Factuur 12",)),
    ("/REMI/STRD/whatever", "", ("whatever",)),
])  # fmt: skip
def test_a_structured_dutch_reference_is_one(
    field: str, reference: str, texts: tuple[str, ...]
) -> None:
    found = line("260331C1,00NTRFNONREF", field)

    assert [(ref.scheme, ref.value) for ref in found.references] == (
        [("scor", reference)] if reference else []
    )
    assert found.texts == texts


@pytest.mark.parametrize(("text", "name", "account", "purpose"), [
    ("020~00152\n~20FAKTURA 4711\n~21\u02d9\n~22\u02d9\n~3010205561\n~319000361245650140\n"
     "~32KUPIEC SA\n~33\u02d9\n~38PL50102055619000361245650240\n~60\u02d9", "KUPIEC SA",
     "PL50102055619000361245650240", "FAKTURA 4711"),
    ("000+20Plata +30302410000+31RO89RZBR0000060003480121\n+32MEDIA SRL+33/\n+23FACT 4603309",
     "MEDIA SRL", "RO89RZBR0000060003480121", "Plata FACT 4603309"),
    ("<20Czynsz czerwiec\n<31PL61109010140000071219812874", "", "PL61109010140000071219812874",
     "Czynsz czerwiec"),
    ("166?00GUTSCHRIFT?20RG 4711?31A/1?32KUNDE", "KUNDE", "A/1", "RG 4711"),
    ("Ring +4520304050 om 4711", "", "", "Ring +4520304050 om 4711"),
])  # fmt: skip
def test_sub_fields_of_other_countries(text: str, name: str, account: str, purpose: str) -> None:
    found = line("260331C1,00NTRFNONREF", text)

    assert (found.counterparty, found.counterparty_account) == (name, account)
    assert found.texts == (purpose,)


def test_our_own_account_is_not_the_payer_s() -> None:
    data = (
        b":20:X\n:25:BANK/0666666666\n:28:1\n:60F:C260101EUR0,00\n"
        b":61:260331C1,00NTRFNONREF\n:86:000>20Rent>310666666666\n:62F:C260101EUR1,00"
    )

    assert mt940.read(data)[0].lines[0].counterparty_account == ""
