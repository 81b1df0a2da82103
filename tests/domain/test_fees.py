"""What our own charges bear of tax, what lacks of a least, and the paper that says so."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from usance import law
from usance.domain.finance import LegalBasis
from usance.domain.finance.minimum import Least, falling, missing, years
from usance.domain.money import Money
from usance.domain.party import Address, Identifier, Party
from usance.domain.settlement.fees import (
    Billed,
    Charge,
    Sort,
    Treatment,
    VatIdMissing,
    VatUnknown,
    document,
    treatment,
    vat_of,
)
from usance.plugins.einvoices import ubl
from usance.plugins.einvoices._verdict import verdict

SALE, PLEDGE = LegalBasis.SALE, LegalBasis.PLEDGE
ON = date(2026, 10, 31)


def party(country: str, vat_id: str = "X") -> Party:
    place = Address(street="Kungsgatan 1", postcode="111 43", city="Stockholm", country=country)
    vat = {"SE": "SE556000111101", "DE": "DE136695976", "FI": "FI12345671"}
    return Party(name=f"of {country}", vat_id=vat.get(country, vat_id) if vat_id else "",
                 legal_id=Identifier(value="5560001111"), address=place)  # fmt: skip


@pytest.mark.parametrize(
    ("home", "there", "sort", "basis", "category", "rate"),
    [
        ("SE", "SE", Sort.FEES, SALE, "S", "25"),
        ("SE", "SE", Sort.MINIMUM_MONTH, SALE, "S", "25"),  # A least of fees is a fee.
        ("SE", "SE", Sort.INTEREST, SALE, "S", "25"),  # Paid for the collection.
        ("SE", "SE", Sort.INTEREST, PLEDGE, "E", "0"),
        ("DE", "DE", Sort.FEES, PLEDGE, "S", "19"),
        ("DE", "DE", Sort.INTEREST, SALE, "E", "0"),
        ("FI", "FI", Sort.INTEREST, PLEDGE, "S", "25.5"),
        ("SE", "DE", Sort.FEES, SALE, "AE", "0"),
        ("DE", "SE", Sort.INTEREST, SALE, "E", "0"),
        ("SE", "NO", Sort.FEES, SALE, "O", "0"),
        ("SE", "CH", Sort.INTEREST, PLEDGE, "O", "0"),
    ],
)
def test_country_contract_and_charge_say_which_tax_it_bears(
    home: str, there: str, sort: Sort, basis: LegalBasis, category: str, rate: str
) -> None:
    found = treatment(sort, basis, seller=party(home), buyer=party(there), on=ON, law=law.fee_vat())
    assert (found.category, found.rate) == (category, Decimal(rate))
    assert bool(found.reason) == (category == "E")


@pytest.mark.parametrize(
    ("home", "there", "sort", "on"),
    [
        ("NO", "NO", Sort.FEES, ON),  # No rule of this country.
        ("AT", "AT", Sort.INTEREST, ON),
        ("AT", "AT", Sort.FEES, ON),  # The rule is there, its rate is not.
        ("FI", "FI", Sort.INTEREST, date(2025, 10, 22)),  # The day before the judgment.
        ("SE", "SE", Sort.FEES, date(2023, 6, 30)),
    ],
)
def test_what_has_no_row_is_refused_and_never_guessed(
    home: str, there: str, sort: Sort, on: date
) -> None:
    with pytest.raises(VatUnknown):
        treatment(sort, SALE, seller=party(home), buyer=party(there), on=on, law=law.fee_vat())


@pytest.mark.parametrize(("seller", "buyer"), [("", "X"), ("X", "")])
def test_who_owes_the_tax_has_a_vat_id(seller: str, buyer: str) -> None:
    with pytest.raises(VatIdMissing):
        treatment(Sort.FEES, SALE, seller=party("SE", seller), buyer=party("PL", buyer), on=ON,
                  law=law.fee_vat())  # fmt: skip


def billed(sort: Sort, minor: int, category: str, rate: str, reason: str = "") -> Billed:
    return Billed(
        charge=Charge(sort=sort, basis=SALE, net=Money(minor, "EUR"), invoices=2),
        treatment=Treatment(category=category, rate=Decimal(rate), reason=reason),
        text=f"{sort} of 2 invoices",
    )


TAXED = billed(Sort.FEES, 10_001, "S", "25")
EXEMPT = billed(Sort.INTEREST, 7_111, "E", "0", "Exempt: credit")
REVERSED = billed(Sort.FEES, 10_001, "AE", "0")
OUTSIDE = billed(Sort.FEES, 10_001, "O", "0")
BACK = billed(Sort.FEES, -10_001, "S", "25")


@pytest.mark.parametrize(
    ("lines", "there", "credits", "code", "vat", "payable"),
    [
        ([TAXED, EXEMPT], "SE", "", "380", 2_500, "25.00"),  # 25.0025 of tax, rounded once.
        ([REVERSED], "DE", "", "380", 0, "0.00"),
        ([OUTSIDE], "NO", "", "380", 0, "0.00"),
        ([BACK, EXEMPT], "SE", "", "381", -2_500, "25.00"),  # More was given back than charged.
        ([TAXED], "SE", "F2026-00001", "381", -2_500, "25.00"),
    ],
)
def test_the_paper_is_an_invoice_by_every_rule_of_the_norm(
    lines: list[Billed], there: str, credits: str, code: str, vat: int, payable: str
) -> None:
    net = sum(one.charge.net.minor for one in lines)
    made = document(
        lines, number="F2026-00002", issued_on=date(2026, 11, 1), first=date(2026, 10, 1), last=ON,
        seller=party("SE"), buyer=party(there, "X"), taken=Money(net, "EUR"), terms="Set off.",
        credits=credits,
    )  # fmt: skip
    assert (made.type_code, vat_of(made, "EUR").minor) == (code, vat)
    assert made.totals.payable == Decimal(payable)
    judged = verdict(ubl.write(made, {}), profile=None, today=date(2026, 11, 1))
    assert (judged.findings, judged.profile) == ((), "en16931")


def least(minor: int, first: str, last: str = "") -> Least:
    return Least(minor=minor, first=date.fromisoformat(first),
                 last=date.fromisoformat(last) if last else None)  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "first", "last", "charged", "lacks"),
    [
        ([least(50_000, "2026-01-01")], "2026-10-01", "2026-10-31", 0, 50_000),
        ([least(50_000, "2026-01-01")], "2026-10-01", "2026-10-31", 49_999, 1),
        ([least(50_000, "2026-01-01")], "2026-10-01", "2026-10-31", 50_000, 0),
        ([least(50_000, "2026-01-01")], "2026-10-01", "2026-10-31", 60_000, 0),
        ([least(50_000, "2026-10-12")], "2026-10-01", "2026-10-31", 0, 32_258),  # 20 of 31 days.
        ([least(50_000, "2026-10-12")], "2026-10-01", "2026-10-31", 32_000, 258),
        ([least(31_000, "2026-01-01", "2026-10-10"), least(62_000, "2026-10-11")],
         "2026-10-01", "2026-10-31", 0, 10_000 + 42_000),
        ([least(100, "2026-10-31")], "2026-10-01", "2026-10-31", 0, 3),  # 3.2: rounded once.
        ([least(365_000, "2026-01-01", "2026-03-31")], "2026-01-01", "2026-12-31", 0, 90_000),
        ([least(0, "2026-01-01")], "2026-10-01", "2026-10-31", -500, 0),  # No least, no claim.
        ([least(50_000, "2026-11-01")], "2026-10-01", "2026-10-31", 0, 0),
        ([least(29_000, "2028-02-01")], "2028-02-01", "2028-02-29", 0, 29_000),
    ],
)  # fmt: skip
def test_what_lacks_of_a_least_is_counted_by_days_and_rounded_once(
    terms: list[Least], first: str, last: str, charged: int, lacks: int
) -> None:
    found = missing(
        terms, first=date.fromisoformat(first), last=date.fromisoformat(last),
        charged=Money(charged, "EUR"),
    )  # fmt: skip
    assert found == Money(lacks, "EUR")


OCTOBER = date(2026, 10, 1), date(2026, 10, 31)


@pytest.mark.parametrize(
    ("terms", "begins", "lacked", "parts"),
    [
        ([least(1, "2025-10-15")], "2026-10-15", 31_000, (14_000, 17_000)),
        ([least(1, "2025-10-15")], "2026-10-15", 1_000, (452, 548)),  # 451.6, and what is left.
        ([least(1, "2025-10-15")], "2026-10-15", 1, (0, 1)),
        ([least(1, "2025-10-01")], "2026-10-01", 31_000, (0, 31_000)),
        ([least(1, "2025-10-31")], "2026-10-31", 31_000, (30_000, 1_000)),
        ([least(1, "2026-10-11")], "2026-10-11", 21_000, (0, 21_000)),  # Nothing was agreed before.
        ([least(1, "2025-10-15", "2026-10-20")], "2026-10-15", 20_000, (14_000, 6_000)),
        ([least(1, "2025-10-15", "2026-10-14"), least(3, "2026-10-15")], "2026-10-15", 65_000,
         (14_000, 51_000)),
        ([least(0, "2025-10-15")], "2026-10-15", 31_000, (14_000, 17_000)),  # Corrected since.
        ([least(1, "2025-11-15")], "2026-11-15", 31_000, (31_000, 0)),
    ],
)  # fmt: skip
def test_the_least_of_a_month_in_which_two_years_meet_is_parted_among_them(
    terms: list[Least], begins: str, lacked: int, parts: tuple[int, int]
) -> None:
    day = date.fromisoformat(begins)
    before = day.replace(year=2025), day - timedelta(days=1)
    after = day, day.replace(year=2027) - timedelta(days=1)
    found = [
        falling(Money(lacked, "EUR"), terms, month=OCTOBER, year=year) for year in (before, after)
    ]
    assert found == [Money(minor, "EUR") for minor in parts]


@pytest.mark.parametrize(
    ("terms", "first", "last", "ending"),
    [
        ([least(1, "2025-10-15")], "2026-10-01", "2026-10-31", [("2025-10-15", "2026-10-14")]),
        ([least(1, "2025-10-15")], "2026-09-01", "2026-09-30", []),
        ([least(1, "2025-10-15", "2026-05-20")], "2026-05-01", "2026-05-31",
         [("2025-10-15", "2026-10-14")]),
        ([least(1, "2025-10-15", "2026-05-20")], "2026-10-01", "2026-10-31", []),  # Told in May.
        ([least(1, "2025-10-15", "2026-10-20")], "2026-10-01", "2026-10-31",
         [("2025-10-15", "2026-10-14"), ("2026-10-15", "2027-10-14")]),
        ([least(1, "2024-02-29")], "2025-02-01", "2025-02-28", [("2024-02-29", "2025-02-28")]),
        ([least(1, "2026-01-01", "2026-06-30"), least(1, "2026-07-01")], "2026-06-01",
         "2026-06-30", []),  # Terms that go on are one contract.
        ([], "2026-06-01", "2026-06-30", []),
    ],
)  # fmt: skip
def test_a_year_of_the_contract_ends_with_its_anniversary_or_with_the_terms(
    terms: list[Least], first: str, last: str, ending: list[tuple[str, str]]
) -> None:
    found = years(terms, first=date.fromisoformat(first), last=date.fromisoformat(last))
    assert [(a.isoformat(), b.isoformat()) for a, b in found] == ending
