"""What debtors pay on invoices that clients bought back: whose it is, when that is sure."""

from functools import partial

import pytest

from tests.actions.test_buy_backs import AT, bought, quoted, who
from tests.actions.test_races import at_once
from tests.belt import drain
from tests.stories.telling import Teller
from usance import models
from usance.actions import buy_backs, explained, paying, payment
from usance.domain.journal import Account
from usance.domain.mandate import NotAllowed, Role
from usance.queries import amounts, doctor, own
from usance.web.client import words
from usance.web.office import diary_words

pytestmark = pytest.mark.django_db
BOLTS = "DE75512108001245126199"
OTHER = "DE02100100100006820101"  # An account that nobody knows.


def paid(teller: Teller, amount: str, *quoted: str, account: str = "") -> models.BankLine:
    teller.pays({"": f"{amount} EUR", "with": " ".join(quoted), "from": account}, AT)
    drain(send=False, at=AT)
    return models.BankLine.objects.latest("pk")


def given_back(*rows: models.Invoice) -> None:
    for row in rows:
        made = quoted(row)
        buy_backs.execute(made.pk, seen=made.content, **who())


def due(row: models.Invoice) -> int:
    return amounts.of_clients(Account.DUE_TO_CLIENTS, [row.client_id], "EUR")[row.client_id]


def test_it_passes_if_it_is_sure_and_the_book_says_so() -> None:
    (first, second, _), teller = bought("70012341", "70012352", "70012363")
    given_back(first, second)
    with pytest.raises(NotAllowed):
        paying.set_passing_on(True, **who(Role.CASH))
    asked = paid(teller, "10000.00", first.number)
    assert asked.unapplied_minor == 10_000_00, "a person says so"
    paying.set_passing_on(True, **who(Role.OPERATIONS))
    before = due(first)
    cases = [
        ("1000.00", ("70012352",), OTHER, 1_000_00),  # A part, from whom nobody knows.
        ("20000.00", ("70012352", "70012363"), "", 20_000_00),  # One of both is ours.
        ("10000.00", ("70012363",), BOLTS, 0),  # Ours, as ever; and so it is Bolt's account.
        ("4000.00", ("70012352",), BOLTS, 0),
        ("6000.01", ("70012352",), BOLTS, 6_000_01),  # More than is still to come.
        ("6000.00", ("70012352",), OTHER, 0),
        ("6000.00", ("70012352",), "", 6_000_00),  # Once more.
    ]
    for amount, quoting, account, left in cases:
        row = paid(teller, amount, *quoting, account=account)
        assert row.unapplied_minor == left, (amount, quoting)
    assert due(first) - before == 10_000_00 + 1_850_00  # And the reserve of ours, less its fee.
    assert [one.rule for one in doctor.examine() if not one.kept] == []


def test_the_reason_stands_on_both_timelines_and_it_can_be_taken_back() -> None:
    (row,), teller = bought("70012341")
    given_back(row)
    paying.set_passing_on(True, **who(Role.OPERATIONS))
    line = paid(teller, "10000.00", row.number)
    why = "It pays 70012341, which its client bought back"
    diary = models.Diary.objects
    for told in (diary.filter(invoice=row), diary.filter(subject_id=line.pk)):
        assert any(why in str(diary_words.told(one)["says"]) for one in told)
    explained.withdraw(line.explanations.get().pk, **who(Role.CASH))
    line.refresh_from_db()
    assert line.unapplied_minor == 10_000_00
    whole = own.whole(row.client_id, row.pk, today=AT.date())
    assert whole is not None
    assert [str(words.told(one)["says"]) for one in whole.diary][-2:] == [
        "The debtor paid us 10000.00 EUR: it is yours with the next payout",
        "The 10000.00 EUR was something else, and waits with us",
    ]
    assert paid(teller, "10000.00", row.number).unapplied_minor == 0, "it is still to come"


@pytest.mark.django_db(transaction=True)
def test_two_statements_at_once_pass_on_no_more_than_was_bought_back() -> None:
    """10 000 come twice at the same moment: once it is the client's, once it waits. What is
    bought back while its money comes is paid or the client's, and never both."""
    (first, second), teller = bought("70012341", "70012352")
    paying.set_passing_on(True, **who(Role.OPERATIONS))
    given_back(first)
    before = due(first)
    for _ in range(2):
        teller.pays({"": "10000.00 EUR", "with": first.number, "from": OTHER}, AT)
    matched = [
        partial(payment.match, [one], at=AT, actor="belt")
        for one in models.Statement.objects.order_by("pk").values_list("pk", flat=True)
    ]
    assert at_once(*matched) == [None, None]
    left = models.BankLine.objects.order_by("unapplied_minor").values_list("unapplied_minor")
    assert [minor for (minor,) in left] == [0, 10_000_00]
    assert due(first) - before == 10_000_00

    made = quoted(second)
    teller.pays({"": "10000.00 EUR", "with": second.number, "from": BOLTS}, AT)
    last = models.Statement.objects.latest("pk").pk
    _, back = at_once(
        partial(payment.match, [last], at=AT, actor="belt"),
        partial(buy_backs.execute, made.pk, seen=made.content, **who(name="g")),
    )
    row = models.BankLine.objects.latest("pk")
    second.refresh_from_db()
    if isinstance(back, buy_backs.NotReturnable | buy_backs.QuoteChanged):
        assert row.allocations.get().invoice == second
    else:
        assert second.stage == "repurchased"
        assert row.explanations.get().invoice == second
    assert row.unapplied_minor == 0
    assert [one.rule for one in doctor.examine() if not one.kept] == []
