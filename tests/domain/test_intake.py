"""Out of the paper the claim; and two spellings of one number are one invoice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from usance.domain import intake
from usance.domain.invoice import Invoice, Kind
from usance.domain.invoice.document import Preceding, Totals
from usance.domain.money import Money

CLIENT, OTHER = UUID(int=1), UUID(int=2)
PAPER = Invoice(
    number="2026-0042", type_code="380", issued_on=date(2026, 3, 1), due_on=date(2026, 4, 30),
    currency="EUR", totals=Totals(payable=Decimal("119.00")),
)  # fmt: skip


def test_the_claim_is_what_is_payable() -> None:
    claim, findings = intake.receivable(PAPER)
    assert claim is not None
    assert findings == ()
    assert (claim.kind, claim.number, claim.face) == (
        Kind.INVOICE,
        "2026-0042",
        Money(11900, "EUR"),
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"number": ""}, "number_missing"),
        ({"issued_on": None}, "issue_date_missing"),
        ({"currency": ""}, "currency_missing"),
        ({"currency": "Euro"}, "currency_unreadable"),
        ({"currency": "eur"}, "currency_unreadable"),
        ({"totals": Totals()}, "amount_missing"),
        ({"totals": Totals(payable=Decimal("1.005"))}, "amount_unreadable"),
        ({"totals": Totals(payable=Decimal("1E30"))}, "amount_unreadable"),
    ],
)
def test_without_what_a_claim_needs_there_is_none(changed: dict[str, object], code: str) -> None:
    claim, findings = intake.receivable(replace(PAPER, **changed))
    assert claim is None
    assert [finding.code for finding in findings if finding.blocks] == [code]


def test_all_that_is_missing_is_said_at_once() -> None:
    _, findings = intake.receivable(Invoice())
    assert [finding.code for finding in findings] == [
        "number_missing", "issue_date_missing", "currency_missing", "amount_missing",
        "due_date_missing",
    ]  # fmt: skip


def test_without_a_due_date_it_is_due_at_once_and_said() -> None:
    claim, findings = intake.receivable(replace(PAPER, due_on=None))
    assert claim is not None
    assert claim.due_on == PAPER.issued_on
    assert [(f.code, f.blocks) for f in findings] == [("due_date_missing", False)]


@pytest.mark.parametrize(
    ("changed", "face"),
    [
        ({"type_code": "381"}, 11900),
        ({"totals": Totals(payable=Decimal("-119.00"))}, 11900),  # A negative invoice is one too.
    ],
)
def test_a_credit_note_has_a_positive_face_and_names_its_invoice(
    changed: dict[str, object], face: int
) -> None:
    paper = replace(PAPER, preceding=(Preceding(number="2026-0041"),), **changed)
    claim, _ = intake.receivable(paper)
    assert claim is not None
    assert (claim.kind, claim.face.minor, claim.credits) == (Kind.CREDIT_NOTE, face, "2026-0041")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-0042", "2026 0042"), ("RE-0815", "re0815"), ("0000815", "815"),
        ("RE/2026/1", "re 2026 1"), ("000", "000"),
    ],
)  # fmt: skip
def test_spelling_does_not_make_another_invoice(one: str, other: str) -> None:
    assert intake.numbered(one, client=CLIENT, kind=Kind.INVOICE) == intake.numbered(
        other, client=CLIENT, kind=Kind.INVOICE
    )


@pytest.mark.parametrize(
    ("number", "client", "kind"),
    [
        ("2026-0043", CLIENT, Kind.INVOICE),
        ("2026-0042", OTHER, Kind.INVOICE),
        ("2026-0042", CLIENT, Kind.CREDIT_NOTE),
    ],
)
def test_another_number_client_or_kind_is_another_paper(
    number: str, client: UUID, kind: Kind
) -> None:
    own = intake.numbered("2026-0042", client=CLIENT, kind=Kind.INVOICE)
    assert intake.numbered(number, client=client, kind=kind) != own


def test_a_number_of_any_length_fits_into_the_books() -> None:
    long, longer = "9" * 500, "9" * 501
    prints = {intake.numbered(n, client=CLIENT, kind=Kind.CREDIT_NOTE) for n in (long, longer)}
    assert len(prints) == 2
    assert max(map(len, prints)) <= 160
