"""Is it a true, complete and assignable invoice? Every check has its yes and its no."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from usance.domain.finding import Severity
from usance.domain.invoice import Invoice, Kind, Receivable
from usance.domain.invoice.document import AllowanceCharge, Line, Tax, Totals
from usance.domain.money import Money
from usance.domain.party import Party
from usance.domain.verification import checks

D = Decimal
PAPER = Invoice(
    number="R-1",
    type_code="380",
    currency="EUR",
    seller=Party(name="Acme"),
    lines=(Line(net=D("100.00")), Line(net=D("10.00"))),
    allowances=(AllowanceCharge(is_charge=False, amount=D("10.00")),),
    taxes=(Tax(taxable=D("100.00"), tax=D("19.00"), rate=D(19)),),
    totals=Totals(
        lines=D("110.00"), allowances=D("10.00"), net=D("100.00"), tax=D("19.00"),
        gross=D("119.00"), prepaid=D("9.00"), rounding=D("0.00"), payable=D("110.00"),
    ),
)  # fmt: skip
CLAIM = Receivable(
    kind=Kind.INVOICE, number="R-1", face=Money(11000, "EUR"), issued_on=date(2026, 3, 1),
    due_on=date(2026, 4, 30),
)  # fmt: skip
GOOD = checks.Facts(
    invoice=PAPER,
    claim=CLAIM,
    seller_is_client=True,
    debtor_known=True,
    facility_currencies=frozenset({"EUR"}),
    credited_found=False,
    twins=(),
    today=date(2026, 3, 2),
)


def totals(**changed: Decimal) -> Invoice:
    return replace(PAPER, totals=replace(PAPER.totals, **changed))


def claim(**changed: object) -> Receivable:
    return replace(CLAIM, **changed)


def codes(facts: checks.Facts) -> list[str]:
    return [finding.code for finding in checks.verify(facts)]


def test_a_good_invoice_has_no_finding() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"claim": claim(face=Money(0, "EUR"))}, "face_not_positive"),
        ({"claim": claim(due_on=date(2026, 2, 28))}, "due_before_issue"),
        ({"claim": claim(issued_on=date(2026, 3, 3))}, "issued_in_the_future"),
        ({"invoice": replace(PAPER, type_code="325")}, "pro_forma"),
        ({"seller_is_client": False}, "seller_not_client"),
        ({"debtor_known": False}, "debtor_unknown"),
        ({"facility_currencies": frozenset({"SEK"})}, "no_facility"),
        ({"claim": claim(kind=Kind.CREDIT_NOTE)}, "credited_invoice_unknown"),
        ({"invoice": totals(lines=D("110.01"), net=D("100.01"), gross=D("119.01"),
                            payable=D("110.01"))}, "lines_total_wrong"),
        ({"invoice": totals(gross=D("120.00"), payable=D("111.00"))}, "gross_total_wrong"),
        ({"invoice": totals(payable=D("110.01"))}, "payable_wrong"),
        ({"invoice": totals(tax=D("19.01"), gross=D("119.01"), payable=D("110.01"))},
         "tax_total_wrong"),
        ({"invoice": totals(net=D("100.01"), gross=D("119.01"), payable=D("110.01"))},
         "net_total_wrong"),
        ({"twins": ("R-0",)}, "looks_like_another"),
    ],
)  # fmt: skip
def test_each_fault_has_its_finding_and_no_other(changed: dict[str, object], code: str) -> None:
    found = codes(replace(GOOD, **changed))
    assert code in found
    if code != "due_before_issue":
        assert found == [code]


def test_every_finding_says_where_and_what_to_do() -> None:
    bad = replace(
        GOOD, claim=claim(face=Money(0, "EUR"), due_on=date(2026, 2, 1)), debtor_known=False,
        facility_currencies=frozenset(), twins=("R-0",), seller_is_client=False,
    )  # fmt: skip
    found = checks.verify(bad)
    assert len(found) >= 6
    for finding in found:
        assert finding.says
        assert finding.where
        assert finding.todo


def test_a_person_waves_through_what_can_be_and_nothing_else() -> None:
    facts = replace(GOOD, debtor_known=False, seller_is_client=False, twins=("R-0",))
    findings = checks.verify(facts)
    waived = frozenset(finding.code for finding in findings)
    left = checks.stopping(findings, waived=waived)
    assert [finding.code for finding in left] == ["debtor_unknown"]
    assert checks.stopping(findings, waived=frozenset()) == tuple(
        finding for finding in findings if finding.severity is Severity.FATAL
    )


@pytest.mark.parametrize("code", sorted(checks.NEVER_WAIVED))
def test_what_is_never_waived_is_a_code_of_some_check(code: str) -> None:
    assert code in {
        "face_not_positive", "pro_forma", "debtor_unknown", "no_facility",
        "credited_invoice_unknown", "double_financed", "same_file_from_another_client",
    }  # fmt: skip
