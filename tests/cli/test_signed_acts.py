"""What people sign at the command line: with a password each, and by two where it takes two."""

import json
from collections.abc import Callable
from datetime import date

import click
import pytest
from click.testing import CliRunner, Result

from tests import world
from tests.actions import test_cash as cash
from tests.actions import test_debits as debits
from tests.actions import test_paid_out as paid_out
from tests.actions.test_recourse import books, bought
from tests.api.conftest import somebody
from usance import clock, models
from usance.actions import periods, settlement
from usance.cli import home
from usance.cli.books import ledger, period
from usance.cli.debit import debit
from usance.cli.eligibility import mark, over_advance
from usance.cli.payment import payment
from usance.cli.writeoff import write_off
from usance.domain.finance import Extent
from usance.domain.journal import Account
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.periods import State, month
from usance.queries import amounts

pytestmark = pytest.mark.django_db
ACME = "Acme Feinblech GmbH"
Says = Callable[..., Result]


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Says:
    """Runs a command in the house that the test has open; `by` types the password of that user."""
    monkeypatch.setattr(home, "open_home", lambda: None)
    for name in ("fred", "greta"):
        somebody(name)

    def run(group: click.Group, *words: str, by: str = "", ends: int = 0) -> Result:
        signed = ("--as", by) if by else ()
        found = CliRunner().invoke(group, [*words, *signed], input="correct horse\n")
        assert found.exit_code == ends, found.output
        return found

    return run


def the_only(result: Result) -> str:
    """The id that stands first in the last line."""
    return result.stdout.strip().splitlines()[-1].split()[0]


def test_what_counts_and_what_goes_beyond_it_is_said_by_people(says: Says) -> None:
    row = bought(Extent(most=1000_00))
    made = the_only(says(mark, "set", ACME, "excluded", "--invoice", row.number, "--reason",
                         "Came back.", by="fred"))  # fmt: skip
    again = says(mark, "set", ACME, "excluded", "--invoice", row.number, "--reason", "Twice.",
                 by="fred", ends=3)  # fmt: skip
    assert "eligibility_marked_already" in again.output
    (told,) = map(json.loads, says(mark, "list", ACME, "--json").stdout.splitlines())
    assert (told["id"], told["kind"], told["invoice"]) == (made, "excluded", row.number)
    says(mark, "end", made, by="greta")
    assert says(mark, "list", ACME).stdout == ""
    bolt = models.Debtor.objects.get(name__startswith="Bolt").vat_id
    owed = says(mark, "set", ACME, "contra", "--debtor", bolt, "--amount", "250.00", "--currency",
                "EUR", "--reason", "It buys there.", by="fred")  # fmt: skip
    assert "contra 250.00 EUR  Bolt" in owed.stdout

    until = (clock.now().date()).isoformat()
    asked = says(over_advance, "propose", ACME, "2500", "EUR", "--until", until, "--reason",
                 "The season.", by="fred")  # fmt: skip
    assert the_only(says(over_advance, "list", ends=1)) == the_only(asked)
    alone = says(over_advance, "agree", the_only(asked), by="fred", ends=3)
    assert "second_person_needed" in alone.output
    yes = says(over_advance, "agree", the_only(asked), by="greta")
    assert "2500.00 EUR  Acme Feinblech GmbH until" in yes.stderr
    assert yes.stdout.split()[-1] == "approved"
    says(over_advance, "decline", the_only(asked), by="greta", ends=3)
    assert says(over_advance, "list").stdout == ""


def test_a_claim_is_given_up_and_a_proposal_declined(says: Says) -> None:
    row = bought(Extent(most=1000_00))
    settlement.repurchase([row.pk], because="asked for", at=world.NOW, actor="user:f")
    owed = books(row)[2]
    words = ("EUR", "--cause", "insolvent", "--reason", "Nothing is left.")
    much = says(write_off, "claim", ACME, str(Money(owed + 1, "EUR").decimal), *words,
                by="fred", ends=3)  # fmt: skip
    assert "nothing_to_write_off" in much.output
    first = says(write_off, "claim", ACME, "100.00", *words, by="fred")
    assert says(write_off, "decline", the_only(first), by="greta").stdout.split()[1] == "declined"
    asked = says(write_off, "claim", ACME, "100.00", *words, by="fred")
    assert asked.stdout.split()[1:] == ["proposed", "100.00", "EUR", "factor"]
    done = says(write_off, "agree", the_only(asked), by="greta")
    assert done.stdout.split()[1:] == ["done", "100.00", "EUR", "factor"]
    left = amounts.of_clients(Account.CLIENT_CLAIMS, [row.client_id], "EUR")[row.client_id]
    assert left == owed - 100_00
    late = says(write_off, "decline", the_only(done), by="greta", ends=3)
    assert "write_off_decided" in late.output


def test_a_correction_is_booked_and_reversed_and_a_month_reopened_by_two(says: Says) -> None:
    world.build()
    on = ("--on", "2026-03-02", "--because", "Charges")
    no = says(ledger, "correct", "9999", "1900", "1.00", "EUR", *on, "--proof", "4711", by="fred",
              ends=2)  # fmt: skip
    assert "is no account" in no.output
    made = the_only(says(ledger, "correct", "6100", "1900", "12.50", "EUR", *on, "--proof", "4711",
                         by="fred"))  # fmt: skip
    sheet = says(ledger, "trial", *on[:2]).stdout.splitlines()
    assert any(one.startswith("6100 ") and "12.50 EUR" in one for one in sheet), sheet
    assert sheet[-1].split()[0] == "Sum"
    assert len(set(sheet[-1].split()[1::2])) == 1
    back = the_only(says(ledger, "reverse", made, *on, by="fred"))
    assert "already_reversed" in says(ledger, "reverse", made, *on, by="fred", ends=3).output
    told = [json.loads(one) for one in says(ledger, "corrections", "--json").stdout.splitlines()]
    assert [(one["id"], one["debit"], one["amount_minor"]) for one in told] == [
        (back, "1900", 1250), (made, "6100", 1250),
    ]  # fmt: skip

    first, _ = month(date(2026, 3, 1))
    at = world.NOW.replace(month=6)
    periods.close(first, State.SOFT, role=Role.FINANCE, at=at, actor="user:x")
    says(period, "reopen", "2026-03", by="greta", ends=3)
    says(period, "ask", "2026-03", "--because", "Forgotten.", by="fred")
    alone = says(period, "reopen", "2026-03", by="fred", ends=3)
    assert "second_person_needed" in alone.output
    opened = says(period, "reopen", "2026-03", by="greta")
    assert (opened.stdout, "Forgotten." in opened.stderr) == ("2026-03 is open\n", True)


def test_a_line_is_split_and_a_part_of_it_taken_back(says: Says) -> None:
    cash.bought(("70012345", "1000.00"), ("70054321", "2500.00"))
    unknown = {"counterparty": "Holding 17 SE", "counterparty_account": cash.STRANGER}
    cash.Bank().shows(cash.line("1250.00", "who knows", **unknown))
    (told,) = map(json.loads, says(payment, "lines", "--json").stdout.splitlines())
    assert (told["minor"], told["unapplied_minor"]) == (125_000, 125_000)
    line = told["id"]
    assert says(payment, "lines").stdout.split()[0] == line
    says(payment, "split", line, "70012345", by="greta", ends=2)
    much = says(payment, "split", line, "70012345=900.00", "70054321=400.00", by="greta", ends=3)
    assert "nothing_to_allocate" in much.output
    done = says(payment, "split", line, "70012345=900.00", "70054321=300.00", by="greta")
    assert done.stdout == "1250.00 EUR pays 2 invoices, 50.00 EUR left\n"
    says(payment, "take-back", line, "70054321", by="greta")
    row = models.BankLine.objects.get()
    assert (cash.paid(row), row.unapplied_minor) == ({"70012345": 90_000}, 35_000)
    says(payment, "take-back", line, "70054321", by="greta", ends=3)


def test_debits_are_planned_announced_and_cancelled_and_the_debtor_told(says: Says) -> None:
    place = debits.ready()
    place.bolt.email = ""
    place.bolt.save(update_fields=["email"])
    made = says(debit, "plan", "R-0", by="fred")
    one = the_only(made)
    assert says(debit, "list", ends=1).stdout.split()[:2] == [one, "planned"]
    says(debit, "announce", one, "--how", "By letter.", by="fred")
    alone = says(debit, "release", by="fred", ends=3)
    assert "second_person_needed" in alone.output
    says(debit, "cancel", one, "--because", "It pays itself.", by="greta")
    assert models.Debit.objects.get().reason == "It pays itself."
    says(debit, "cancel", one, "--because", "Twice.", by="greta", ends=3)
    assert the_only(says(debit, "recalls", ends=1)) == one, "no mail reaches who was told by letter"
    says(debit, "recall-told", one, "--how", "A call.", by="greta")
    says(debit, "recall-told", one, "--how", "Twice.", by="greta", ends=3)
    assert says(debit, "recalls").stdout == ""
    none = says(debit, "recall-told", str(place.bolt.pk), "--how", "A call.", by="greta", ends=3)
    assert "nothing with this id" in none.output


def test_a_debit_is_said_to_be_payouts_and_taken_back(says: Says) -> None:
    _, (due, refund) = paid_out._ordered()
    paid_out._debits(paid_out._debit(-812_400, "Sammelauftrag"))
    out = str(models.BankLine.objects.get(amount_minor=-812_400).pk)
    listed = says(payment, "paid-out", out, "--json").stdout.splitlines()
    assert [json.loads(one)["id"] for one in listed] == [str(due.pk), str(refund.pk)]
    nobody = says(payment, "paid-out", out, str(due.pk), ends=2)
    assert "--as USER" in nobody.output
    done = says(payment, "paid-out", out, str(due.pk), str(refund.pk), by="fred")
    assert done.stdout.splitlines()[-1] == "-8124.00 EUR is 2 payouts, 3.50 EUR left"
    again = says(payment, "paid-out", out, str(due.pk), by="fred", ends=3)
    assert "payouts_are_not_that_debit" in again.output
    back = says(payment, "not-paid-out", out, by="greta")
    assert back.stdout.splitlines()[-1] == "Taken back, 2 payouts under way again"
    assert len(says(payment, "paid-out", out).stdout.splitlines()) == 2


def test_two_people_say_that_the_bank_never_executed_a_payout(says: Says) -> None:
    _, (due, refund) = paid_out._ordered()
    shown = says(payment, "missing", "list", "--json", ends=1).stdout.splitlines()
    assert [(one["payout"], one["state"]) for one in map(json.loads, shown)] == [
        (str(due.pk), "late"), (str(refund.pk), "late"),
    ]  # fmt: skip
    why = ("--because", "The bank lost the file.", "--proof", "Letter of 6 March.")
    says(payment, "missing", "say", str(refund.receipt_id), *why, by="fred", ends=3)
    for end in ("withdraw", "agree"):
        said = the_only(says(payment, "missing", "say", str(due.pk), *why, by="fred"))
        if end == "agree":
            alone = says(payment, "missing", end, said, by="fred", ends=3)
            assert "second_person_needed" in alone.output
        done = says(payment, "missing", end, said, by="greta")
        assert done.stdout.split()[-1] == ("agreed" if end == "agree" else "withdrawn")
    paid_out._debits(paid_out._debit(-due.amount_minor, end_to_end=due.key))
    for option, states in (("--json", ["late", "after_all"]),
                           ("--all", ["late", "after_all", "withdrawn"])):  # fmt: skip
        told = says(payment, "missing", "list", option, ends=1).stdout.splitlines()
        assert [word for one in told for word in states if word in one] == states
