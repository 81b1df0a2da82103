"""Which open invoices a bank line pays. Zero wrong automatic matches is the rule of this table."""

from collections import OrderedDict
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from usance import law
from usance.domain import payment
from usance.domain.money import Money
from usance.domain.payment import BankLine, OpenItem, Reference, Statement, Verdict, reading

DAY = date(2026, 3, 31)
ACME, BOLT = UUID(int=1), UUID(int=2)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def line(amount: str, *texts: str, refs: tuple[str, ...] = (), account: str = "") -> BankLine:
    return BankLine(
        amount=eur(amount), booked_on=DAY, texts=texts, counterparty_account=account,
        references=tuple(Reference(scheme="scor", value=ref) for ref in refs),
    )  # fmt: skip


def item(
    number: str, owed: str, reference: str = "", *, debtor: UUID = ACME, account: str = "DE1"
) -> OpenItem:
    return OpenItem(
        invoice=UUID(int=hash((number, debtor)) % 2**64), number=number, outstanding=eur(owed),
        payment_reference=reference, debtor=debtor, debtor_accounts=frozenset({account}),
        due_on=DAY,
    )  # fmt: skip


A = item("10001", "1000.00", "RF18539007547034")
B = item("10002", "500.00", "RF86539007547046")
OTHER_CLIENTS_A = item("10001", "1000.00", "RF60539007547047", debtor=BOLT, account="DE2")


@pytest.mark.parametrize(
    ("paid", "items", "verdict", "shares", "left"),
    [
        # By our own reference: exact, part, too much, two at once, hidden in text.
        (line("1000.00", refs=("RF18539007547034",)), [A, B], "certain", ["1000.00"], "0.00"),
        (line("400.00", refs=("RF18539007547034",)), [A, B], "certain", ["400.00"], "0.00"),
        (line("1200.00", refs=("RF18539007547034",)), [A, B], "certain", ["1000.00"], "200.00"),
        (line("1500.00", refs=("RF18539007547034", "RF86539007547046")), [A, B],
         "certain", ["1000.00", "500.00"], "0.00"),
        (line("1000.00", "Rechnung RF18 5390 0754 7034 danke"), [A, B],
         "certain", ["1000.00"], "0.00"),
        (line("1000.00", "Ref:RF18 5390 07", "54 7034"), [A, B], "certain", ["1000.00"], "0.00"),
        # By the client's number: only what fits exactly, or a part from the debtor's account.
        (line("1000.00", "Rg.Nr.10001"), [A, B], "certain", ["1000.00"], "0.00"),
        (line("1500.00", "10001, 10002"), [A, B], "certain", ["1000.00", "500.00"], "0.00"),
        (line("300.00", "Faktura 10001", account="DE1"), [A, B], "certain", ["300.00"], "0.00"),
        (line("300.00", "Faktura 10001"), [A, B], "probable", ["300.00"], "300.00"),
        (line("1300.00", "Faktura 10001", account="DE1"), [A, B], "probable", ["1000.00", "500.00"],
         "1300.00"),
        # Two clients with the same number, two debtors: a person decides.
        (line("1000.00", "Faktura 10001"), [A, OTHER_CLIENTS_A], "probable",
         ["1000.00", "1000.00"], "1000.00"),
        # A year or a short number means nothing.
        (line("700.00", "Miete 2026"), [item("2026", "900.00")], "none", [], "700.00"),
        (line("1000.00", "Danke 17"), [item("17", "900.00")], "none", [], "1000.00"),
        (line("1000.00", "Kunde 1708"), [item("x", "900.00", "0000001708")],
         "none", [], "1000.00"),
        # The amount alone, or with the payer: proposed.
        (line("1000.00", account="DE1"), [A, B], "probable", ["1000.00", "500.00"], "1000.00"),
        (line("123.45", "nothing"), [A, B], "none", [], "123.45"),
        # Paid already: there is nothing to allocate.
        (line("1000.00", refs=("RF18539007547034",)), [replace(A, outstanding=eur("0.00"))],
         "none", [], "1000.00"),
        # Another currency is another claim.
        (line("1000.00", refs=("RF18539007547034",)),
         [replace(A, outstanding=Money.of("1000.00", "SEK"))], "none", [], "1000.00"),
    ],
)  # fmt: skip
def test_match(
    paid: BankLine, items: list[OpenItem], verdict: str, shares: list[str], left: str
) -> None:
    found = payment.match(paid, items)

    assert (found.verdict, found.left) == (Verdict(verdict), eur(left)), found
    assert [share.amount for share in found.allocations] == [eur(share) for share in shares]


def test_the_payer_says_how_much_is_for_which_invoice() -> None:
    paid = replace(line("900.00"), references=(
        Reference(scheme="invoice", value="RF18539007547034", amount=eur("600.00")),
        Reference(scheme="invoice", value="RF86539007547046", amount=eur("300.00")),
    ))  # fmt: skip

    found = payment.match(paid, [A, B])

    assert [(x.item.number, x.amount) for x in found.allocations] == [
        ("10001", eur("600.00")), ("10002", eur("300.00")),
    ]  # fmt: skip
    assert found.left == eur("0.00")


def test_a_reference_that_two_items_carry_is_not_certain() -> None:
    twin = item("10009", "1000.00", "RF18539007547034", debtor=BOLT)

    found = payment.match(line("1000.00", refs=("RF18539007547034",)), [A, twin])

    assert found.verdict is Verdict.PROBABLE


def test_every_match_says_why() -> None:
    found = payment.match(line("1000.00", refs=("RF18539007547034",), account="DE1"), [A])

    assert found.allocations[0].because == (
        "Our payment reference was quoted as a structured reference.",
        "Our payment reference stands in the text.",
        "The payer's account is one of the debtor's.",
        "The amount is exactly what is outstanding.",
    )


@pytest.mark.parametrize(("text", "wanted"), [
    ("RF18 5390 0754 7034", "RF18539007547034"),
    ("Zahlung RF18 5390 0754 7034 vom Mai", "RF18539007547034"),
    ("rf18539007547034", "RF18539007547034"),
    ("OCR1004571", "1004571"),
    ("OCR 100 45 71", "1004571"),
    ("Faktura nr:4711/2026", "47112026"),
    ("INV-2026-0815.", "INV20260815"),
    ("RE 4711", "RE4711"),
    ("0000004711", "4711"),
])  # fmt: skip
def test_references_are_found_in_text(text: str, wanted: str) -> None:
    assert wanted in payment.references(line("1.00", text))


def test_a_reference_that_the_bank_cut_in_two_is_found() -> None:
    assert "RF18539007547034" in payment.references(line("1.00", "Inv RF1853900", "7547034"))


def test_the_gap_is_what_a_statement_does_not_explain() -> None:
    sound = Statement(
        account="A", currency="EUR", opening=eur("10.00"), closing=eur("110.00"),
        lines=(line("100.00"), replace(line("5.00"), pending=True)),
    )  # fmt: skip

    assert payment.gap(sound) == eur("0.00")
    assert payment.gap(replace(sound, closing=eur("109.99"))) == eur("-0.01")
    assert payment.gap(replace(sound, closing=None)) is None
    assert payment.gap(replace(sound, closing=Money.of("110.00", "SEK"))) is None


@pytest.mark.parametrize(("one", "other", "same"), [
    ({"bank_reference": "X1"}, {"bank_reference": "X1"}, True),
    # Another file words it differently; the bank's reference decides.
    ({"bank_reference": "X1"}, {"bank_reference": "X1", "texts": ("more",)}, True),
    ({"bank_reference": "X1"}, {"bank_reference": "X2"}, False),
    # A payment and its charge under one reference.
    ({"bank_reference": "X1"}, {"bank_reference": "X1", "amount": eur("-1.50")}, False),
    ({"texts": ("a",)}, {"texts": ("a",)}, True),
    ({"texts": ("a",)}, {"texts": ("b",)}, False),
    ({"texts": ("a",)}, {"texts": ("a",), "raw": "<x/>"}, True),
])  # fmt: skip
def test_identity(one: dict[str, object], other: dict[str, object], same: bool) -> None:
    found = [
        payment.identity("ACC", replace(line("9.00"), **said))  # type: ignore[arg-type]  # A table.
        for said in (one, other)
    ]
    assert (found[0] == found[1]) is same


def test_equal_lines_of_one_statement_stay_several() -> None:
    twice = Statement(account="A", currency="EUR", lines=(line("9.00", "x"), line("9.00", "x")))

    assert len(set(payment.identities(twice))) == 2
    assert [*payment.identities(twice)] == [*payment.identities(twice)]


@pytest.mark.parametrize(
    ("paid", "interest", "left"),
    [
        ("1008.72", "8.72", "0.00"),  # Exactly what the reminder asked for.
        ("1005.00", "5.00", "0.00"),  # A part of the interest.
        ("1010.00", "8.72", "1.28"),  # More than all of it: the rest belongs to the debtor.
    ],
)
def test_what_is_paid_beyond_a_reminded_claim_is_its_late_interest(
    paid: str, interest: str, left: str
) -> None:
    reminded = replace(A, interest=eur("8.72"))

    found = payment.match(line(paid, refs=("RF18539007547034",)), [reminded])

    (only,) = found.allocations
    assert (only.amount, only.interest, found.left) == (eur("1000.00"), eur(interest), eur(left))


def test_a_part_payment_pays_no_interest() -> None:
    reminded = replace(A, interest=eur("8.72"))

    found = payment.match(line("900.00", refs=("RF18539007547034",)), [reminded])

    assert [one.interest for one in found.allocations] == [None]


@pytest.mark.parametrize(
    ("paid", "order", "claim", "interest", "left"),
    [
        ("900.00", "DE", "891.28", "8.72", "0.00"),
        ("900.00", "SE", "891.28", "8.72", "0.00"),
        ("900.00", "", "900.00", None, "0.00"),  # The claim first.
        ("1000.00", "DE", "1000.00", None, "0.00"),  # Exactly the claim: the payer means it.
        ("1005.00", "DE", "996.28", "8.72", "0.00"),
        ("1005.00", "", "1000.00", "5.00", "0.00"),
        ("1008.72", "DE", "1000.00", "8.72", "0.00"),
        ("1010.00", "DE", "1000.00", "8.72", "1.28"),
    ],
)
def test_what_is_paid_first_is_as_the_book_says(
    paid: str, order: str, claim: str, interest: str | None, left: str
) -> None:
    debts = law.allocation_orders()[order].debts if order else payment.CLAIM_FIRST
    reminded = replace(A, interest=eur("8.72"), order=debts)

    found = payment.match(line(paid, refs=("RF18539007547034",)), [reminded])

    (only,) = found.allocations
    said = interest and eur(interest)
    assert (only.amount, only.interest, found.left) == (eur(claim), said, eur(left))


def test_every_order_of_law_ends_with_the_claim_and_says_its_source() -> None:
    for one in law.allocation_orders().values():
        assert one.debts[-1] is payment.Debt.CLAIM
        assert len(set(one.debts)) == len(one.debts)
        assert one.source
        assert one.several


PLAIN = replace(item("4711-0815", "1000.00", "INV100000000010473"), debtor_name="Acme GmbH")


@pytest.mark.parametrize(
    ("paid", "payer", "text", "verdict"),
    [
        # Without check digits a reference is one slip away from a stranger's: a second witness.
        ("400.00", "Bolt AB", "INV100000000010473", "probable"),
        ("1200.00", "Bolt AB", "INV100000000010473", "probable"),
        ("1000.00", "Bolt AB", "INV100000000010473", "certain"),
        ("400.00", "ACME Gmbh", "INV100000000010473", "certain"),
        # One slip, but the payer and all of the amount are right; two slips, another payer.
        ("1000.00", "Acme GmbH", "INV100000000010437", "certain"),
        ("1000.00", "Acme GmbH", "INV10000000001473", "certain"),
        ("1000.00", "Acme GmbH", "INV100000000014073", "certain"),
        ("1000.00", "Acme GmbH", "INV100000000020437", "probable"),
        ("1000.00", "Bolt AB", "INV100000000010437", "probable"),
        ("999.00", "Acme GmbH", "INV100000000010437", "probable"),
        # Part of what the number names, from the debtor by name.
        ("999.00", "Acme GmbH", "4711-0815", "certain"),
        ("999.00", "Bolt AB", "4711-0815", "probable"),
    ],
)
def test_what_could_be_a_slip_of_the_pen_takes_a_second_witness(
    paid: str, payer: str, text: str, verdict: str
) -> None:
    found = payment.match(replace(line(paid, text), counterparty=payer), [PLAIN])

    assert found.verdict is Verdict(verdict), found


def test_a_slip_that_fits_two_invoices_is_not_certain() -> None:
    twin = replace(PLAIN, invoice=UUID(int=9), number="4712", payment_reference="INV2")

    found = payment.match(
        replace(line("1000.00", "INV100000000010437"), counterparty="Acme GmbH"), [PLAIN, twin]
    )

    assert found.verdict is Verdict.PROBABLE


@pytest.mark.parametrize("payer", ["Somebody", "Acme GmbH"])
@pytest.mark.parametrize(("text", "verdict"), [
    # Further digits beside ours: the number of somebody else's invoice.
    ("Rg 2026000012345", "probable"), ("Rg 920260000123", "probable"),
    ("Rg 9920260000123456", "probable"), ("KdRg920260000123", "probable"),
    ("20260000123/45", "probable"), ("45-20260000123", "probable"),
    ("20260000123,45", "probable"), ("20260000123_45", "probable"),
    ("20260000123X45", "probable"), ("45X20260000123", "probable"),
    # A word for itself, in a list, padded.
    ("Kd 45 Rg 20260000123", "certain"), ("Rg.20260000123", "certain"),
    ("020260000123", "certain"),
])  # fmt: skip
def test_our_number_in_a_longer_one_is_not_our_number(text: str, payer: str, verdict: str) -> None:
    own = replace(item("20260000123", "1000.37"), debtor_name="Acme GmbH")

    found = payment.match(replace(line("1000.37", text), counterparty=payer), [own])

    assert found.verdict is Verdict(verdict), found


@pytest.mark.parametrize(("payer", "verdict"), [
    ("Somebody", "probable"), ("Acme GmbH", "certain"),
])  # fmt: skip
def test_a_number_cut_out_of_groups_needs_the_payer(payer: str, verdict: str) -> None:
    own = replace(item("05175407", "1000.37"), debtor_name="Acme GmbH")
    paid = replace(line("1000.37", "DE44 5001 0517 5407 3249 31"), counterparty=payer)

    assert payment.match(paid, [own]).verdict is Verdict(verdict)


def test_numbers_of_one_length_are_a_list() -> None:
    found = payment.match(line("1500.00", "10001/10002"), [A, B])

    assert [share.item.number for share in found.allocations] == ["10001", "10002"]
    assert found.verdict is Verdict.CERTAIN


@pytest.mark.parametrize(("paid", "verdict", "shares"), [
    ("1490.00", "certain", ["1000.00", "490.00"]),
    ("1000.00", "probable", ["1000.00", "500.00"]),  # Nothing would be left for the second.
])  # fmt: skip
def test_who_pays_less_than_he_names_pays_the_oldest_first(
    paid: str, verdict: str, shares: list[str]
) -> None:
    found = payment.match(line(paid, "10001, 10002", account="DE1"), [A, B])

    assert found.verdict is Verdict(verdict)
    assert [share.amount for share in found.allocations] == [eur(share) for share in shares]


@pytest.mark.parametrize(("text", "wanted"), [
    ("no 0: 1026072017no 1: 9434610282", "1026072017"),
    ("REF 1: 8309613670REF", "8309613670"),
])  # fmt: skip
def test_a_number_that_letters_follow_is_found(text: str, wanted: str) -> None:
    assert wanted in payment.references(line("1.00", text))


def test_what_a_line_says_is_read_once_and_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_READ", 3)
    monkeypatch.setattr(reading, "_READ", OrderedDict())
    lines = [
        BankLine(amount=Money(1, "EUR"), booked_on=date(2026, 3, 2), texts=(f"RE 4711{nth}",))
        for nth in range(5)
    ]
    first = [payment.said(line) for line in lines]
    assert payment.said(lines[4]) is first[4]
    assert payment.said(lines[0]) is not first[0]  # It was let go of, and is read anew.
    for nth, line in enumerate(lines):
        assert payment.said(line).line is line
        assert f"4711{nth}" in payment.said(replace(line)).named
    assert len(reading._READ) == 3
