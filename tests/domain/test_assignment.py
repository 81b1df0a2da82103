"""The invoice after its claim was sold."""

from usance.domain.invoice import Invoice
from usance.domain.invoice.assignment import assigned
from usance.domain.invoice.document import Account, Note, PaymentMeans
from usance.domain.party import Payee

FACTOR = Payee(name="Usance Factoring AB")
OURS = Account(number="5051-1055")
THEIRS = PaymentMeans(code="30", reference="1", accounts=(Account(number="5050-1055"),))


def test_only_the_factors_account_is_left() -> None:
    sold = assigned(
        Invoice(number="1", payment_means=(THEIRS,), notes=(Note(text="Tack"),)),
        to=FACTOR,
        account=OURS,
        reference="18",
        text="Fordran är överlåten.",
    )

    assert sold.payee == FACTOR
    assert sold.payment_means == (PaymentMeans(code="30", reference="18", accounts=(OURS,)),)
    assert sold.notes == (Note(text="Fordran är överlåten.", subject="ACC"), Note(text="Tack"))
    assert sold.number == "1"


def test_a_new_assignment_takes_the_place_of_the_old() -> None:
    first = assigned(Invoice(), to=FACTOR, account=OURS, reference="1", text="Till A.")

    second = assigned(first, to=FACTOR, account=OURS, reference="2", text="Till B.")

    assert [note.text for note in second.notes] == ["Till B."]
