"""What banking apps read: a table of who is paid how, and every field where its standard has it."""

import json
from dataclasses import replace
from datetime import date

import pytest

from usance.domain.invoice import square
from usance.domain.invoice.square import Party, Payable, Standard
from usance.domain.money import Money
from usance.domain.party import Address

HALLE = Party(
    name="Halle Factoring AG",
    address=Address(street="Seestrasse 12b", postcode="8002", city="Zürich", country="CH"),
)
MUSTER = Party(
    name="Muster Metallbau GmbH",
    address=Address(street="Weg am Bach", postcode="6300", city="Zug", country="CH"),
)
NOVAK = Party(
    name="Janez Novak",
    address=Address(street="Dunajska ulica 1", postcode="1000", city="Ljubljana", country="SI"),
)
QR_IBAN, IBAN = "CH4431999123000889012", "CH9300762011623852957"
QRR, RF = "210000000003139471430009017", "RF18539007547034"
SEVERAL = {
    Standard.SWISS: ("CHF", IBAN, MUSTER), Standard.EPC: ("EUR", "DE89370400440532013000", None),
    Standard.UPN: ("EUR", "SI56020170014356205", NOVAK),
}  # fmt: skip


def asked(
    currency: str = "EUR", iban: str = "DE89370400440532013000", payer: Party | None = None,
    **more: object,
) -> Payable:  # fmt: skip
    plain = Payable(
        amount=Money(194_975, currency), reference=RF, payee=HALLE, iban=iban, payer=payer,
        issued_on=date(2026, 11, 2), due_on=date(2026, 12, 2),
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]  # The table names fields of Payable.


@pytest.mark.parametrize(
    ("currency", "account", "payer", "standard"),
    [
        ("EUR", {"iban": "DE89370400440532013000"}, None, Standard.EPC),
        ("EUR", {"iban": IBAN}, NOVAK, Standard.EPC),  # Swiss banks take part in SEPA.
        ("EUR", {"iban": IBAN}, MUSTER, Standard.SWISS),
        ("CHF", {"iban": IBAN}, None, Standard.SWISS),
        ("CHF", {"iban": "DE89370400440532013000"}, MUSTER, None),
        ("EUR", {"iban": "SI56020170014356205"}, NOVAK, Standard.UPN),
        ("EUR", {"iban": "SI56020170014356205"}, MUSTER, Standard.EPC),
        ("EUR", {"iban": "BR1800360305000010009795493C1"}, None, None),  # Not in SEPA.
        ("EUR", {"iban": ""}, None, None),
        ("SEK", {"bankgiro": "5050-1055", "swish": "1231181189"}, None, Standard.SWEDISH),
        ("SEK", {"swish": "123 118 11 89"}, None, Standard.SWISH),
        ("SEK", {"iban": "SE4550000000058398257466"}, None, None),
        ("NOK", {"iban": "NO9386011117947"}, None, None),
        ("DKK", {"iban": "DK5000400440116243"}, None, None),
        ("USD", {"iban": "DE89370400440532013000"}, None, None),
    ],
)
def test_the_standard_follows_the_currency_the_account_and_the_payer(
    currency: str, account: dict[str, str], payer: Party | None, standard: Standard | None
) -> None:
    found = square.square(asked(currency, **{"iban": "", **account}, payer=payer))
    assert (found.standard if found else None) == standard


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_to_pay_has_no_square(minor: int) -> None:
    for currency, iban, payer in SEVERAL.values():
        assert square.square(asked(currency, iban, payer, amount=Money(minor, currency))) is None


@pytest.mark.parametrize("standard", list(SEVERAL))
def test_an_amount_above_the_standards_most_has_no_square(standard: Standard) -> None:
    currency, iban, payer = SEVERAL[standard]
    fits = asked(currency, iban, payer, amount=Money(99_999_999_999, currency))
    above = replace(fits, amount=Money(100_000_000_000, currency))
    assert square.RULES[standard](fits)
    assert not square.RULES[standard](above)


def test_a_swiss_bill_with_a_qr_reference_goes_to_the_qr_iban() -> None:
    said = square.swiss(asked("CHF", IBAN, MUSTER, qr_iban=QR_IBAN, reference=QRR))
    assert said.split("\n") == [
        "SPC", "0200", "1", QR_IBAN,
        "S", "Halle Factoring AG", "Seestrasse", "12b", "8002", "Zürich", "CH",
        "", "", "", "", "", "", "", "1949.75", "CHF",
        "S", "Muster Metallbau GmbH", "Weg am Bach", "", "6300", "Zug", "CH",
        "QRR", QRR, "", "EPD",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("iban", "qr_iban", "reference", "kind", "shown", "message"),
    [
        (IBAN, "", RF, "SCOR", RF, ""),
        (IBAN, QR_IBAN, RF, "SCOR", RF, ""),
        (IBAN, "", "Rechnung 4711", "NON", "", "Rechnung 4711"),
        (IBAN, QR_IBAN, QRR, "QRR", QRR, ""),
    ],
)
def test_reference_and_iban_belong_together(
    iban: str, qr_iban: str, reference: str, kind: str, shown: str, message: str
) -> None:
    fields = square.swiss(asked("CHF", iban, qr_iban=qr_iban, reference=reference)).split("\n")
    assert (fields[3], fields[27:30]) == (
        QR_IBAN if kind == "QRR" else IBAN, [kind, shown, message]
    )  # fmt: skip


@pytest.mark.parametrize(("iban", "reference"), [(IBAN, QRR), (QR_IBAN, RF), (QR_IBAN, "4711")])
def test_an_unlawful_pair_has_no_square(iban: str, reference: str) -> None:
    assert square.swiss(asked("CHF", iban, reference=reference)) == ""


@pytest.mark.parametrize(
    ("iban", "is_one"),
    [(QR_IBAN, True), (IBAN, False), ("CH44 3199 9123 0008 8901 2", True),
     ("CH5629999123000889012", False), ("CH5632000123000889012", False),
     ("DE89370400440532013000", False),
     ("LI8830000123000889012", True), ("", False)],
)  # fmt: skip
def test_a_qr_iban_is_known_by_its_institution(iban: str, is_one: bool) -> None:
    assert square.is_qr_iban(iban) is is_one


def test_a_payer_without_a_town_is_left_blank_and_a_payee_without_one_has_no_bill() -> None:
    nowhere = Party(name="Muster", address=Address(country="CH"))
    fields = square.swiss(asked("CHF", IBAN, nowhere)).split("\n")
    assert fields[20:27] == [""] * 7
    assert square.swiss(asked("CHF", IBAN, payee=nowhere)) == ""


def test_letters_that_a_swiss_bill_may_not_have_lose_their_marks() -> None:
    said = square.swiss(asked("CHF", IBAN, payee=replace(HALLE, name="Ǻngström 株 Ødegård")))
    assert said.split("\n")[5] == "Angström . Ødegård"


def test_the_slovenian_fields_stand_as_in_the_published_example() -> None:
    """The technical standard's own example, which ends in 201, but for purpose and reference."""
    payee = Party(
        name="RentaCar d.o.o.",
        address=Address(street="Pohorska ulica 22", postcode="2000", city="Maribor", country="SI"),
    )
    said = square.upn(
        asked(
            iban="SI56020170014356205",
            payer=NOVAK,
            payee=payee,
            amount=Money(8105, "EUR"),
            due_on=date(2017, 4, 1),
        )
    )
    published = (
        "UPNQR\n\n\n\n\nJanez Novak\nDunajska ulica 1\n1000 Ljubljana\n00000008105\n\n\n"
        "RENT\nPlacilo najemnine za marec 2017\n01.04.2017\nSI56020170014356205\n"
        "SI121234567890120\nRentaCar d.o.o.\nPohorska ulica 22\n2000 Maribor\n201\n"
    )
    others = {
        "RENT": "OTHR", "Placilo najemnine za marec 2017": RF, "SI121234567890120": RF,
        # 31 and 17 letters less, twice 16 more: 16 less in all.
        "201": "185",
    }  # fmt: skip
    assert said.split("\n") == [others.get(one, one) for one in published.split("\n")]


def test_a_finnish_reference_goes_as_the_rf_that_means_the_same() -> None:
    said = square.epc(asked(iban="FI2112345600000785", reference="1234561"))
    assert said.split("\n")[9] == "RF341234561"


def test_a_belgian_reference_goes_as_text_between_its_signs() -> None:
    said = square.epc(asked(iban="BE68539007547034", reference="312401398067"))
    assert said.split("\n")[9:] == ["", "+++312/4013/98067+++"]


def test_no_name_smuggles_in_another_field() -> None:
    evil = replace(HALLE, name="Halle\nDE00EVIL\nEUR1.00")
    assert square.epc(asked(payee=evil)).split("\n")[6] == "DE89370400440532013000"
    assert square.swiss(asked("CHF", IBAN, payee=evil)).split("\n")[18] == "1949.75"
    slovenian = square.upn(asked(iban="SI56020170014356205", payer=NOVAK, payee=evil))
    assert slovenian.count("\n") == 20


def test_swish_names_number_amount_and_reference() -> None:
    said = square.swish(asked("SEK", "", swish="123-118 11 89", reference="1000000901"))
    assert said == (
        "https://app.swish.nu/1/p/sw/?sw=1231181189&amt=1949.75&cur=SEK&msg=1000000901&src=qr"
    )
    most = asked("SEK", "", swish="1231181189", amount=Money(15_000_001, "SEK"))
    assert square.swish(most) == ""


def test_kronor_to_a_bankgiro_are_said_in_json() -> None:
    said = square.swedish(asked("SEK", "", bankgiro="5050-1055", reference="1000000901"))
    assert json.loads(said) == {
        "uqr": 1, "tp": 1, "nme": "Halle Factoring AG", "iref": "1000000901", "idt": "20261102",
        "ddt": "20261202", "due": "1949.75", "cur": "SEK", "pt": "BG", "acc": "5050-1055",
    }  # fmt: skip
