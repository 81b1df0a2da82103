"""The words that stories use: each is one thing that somebody does, through our own actions."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.db import connection

from tests import world
from tests.belt import drain, receive
from tests.stories.agreeing import Agreeing
from tests.stories.billing import Billing
from tests.stories.buying_back import BuyingBack
from tests.stories.crossing import IBANS, Crossing
from tests.stories.debiting import Debiting
from tests.stories.reading import Row, Step
from tests.stories.tapping import Tapping
from usance import models
from usance.actions import (
    allocations,
    corrections,
    disputes,
    explained,
    finance,
    holds,
    issuing,
    paying,
    payment,
    periods,
    refunds,
    reports,
    terms,
    write_offs,
)
from usance.domain.collection.disputes import Reason
from usance.domain.distribution import DeliveryEvent, Outcome
from usance.domain.intake.entry import Entry, EntryLine
from usance.domain.journal import Account
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.payment import BankLine, Ordered, Reference, Rule, Statement
from usance.domain.periods import State
from usance.domain.settlement.losses import Cause
from usance.jobs import day, delivery
from usance.plugins.payouts import Answer, Verdict
from usance.plugins.statements._camt_write import write_camt053
from usance.queries import disputed
from usance.queries import issuing as issued

# The answer of a bank to an order: executed when its statement shows it.
MOVES = """
SELECT m.debit, m.credit, m.amount_minor, m.currency FROM move m ORDER BY m.id
"""


class Teller(Agreeing, Debiting, BuyingBack, Billing, Crossing, Tapping):
    """Tells a story: keeps who is who, and the balance that the bank shows."""

    def __init__(self) -> None:
        self.place = world.build()
        self.opening = dict.fromkeys(IBANS, 0)
        self.statements = 0
        self.told = 0  # Moves that steps before have made.

    def tell(self, step: Step) -> list[Row]:
        """Do it; the moves that it made."""
        at = datetime.combine(step.on, time(9), UTC)
        getattr(self, step.word)(step.says, at)
        drain(send=False, at=at)
        self._deliveries_pass(at)
        return self._new_moves()

    def _deliveries_pass(self, at: datetime) -> None:
        """Carriers take what is to go out and say no more: nobody is called in a story."""
        delivery.judge_late(at=at)
        drain(send=False, at=at)
        models.Dispatch.objects.filter(state="queued").update(state="accepted", handed_at=at)

    def capital(self, says: dict[str, str], at: datetime) -> None:
        """capital 50000.00 EUR"""
        amount, currency = says[""].split()
        world.capital(amount, currency)
        self.opening[currency] += Money.of(amount, currency).minor

    def enters(self, says: dict[str, str], at: datetime) -> None:
        """enters EURIBOR3M of 0.02 in 2026-03-02 to 2026-12-31: a rate with its first and last
        day."""
        terms.enter_rate(
            says[""], Decimal(says["of"]), first=date.fromisoformat(says["in"]),
            last=date.fromisoformat(says["to"]),
            source="EMMI", role=Role.CREDIT, at=at, actor="user:credit",
        )  # fmt: skip

    def hands(self, says: dict[str, str], at: datetime) -> None:
        """hands in R-1 for 10000.00 EUR by bolt due 2026-04-30: a client hands in an invoice."""
        self._hand_in(says, at, credits="")

    def credits(self, says: dict[str, str], at: datetime) -> None:
        """credits C-1 for 500.00 EUR by bolt of R-1: a client hands in a credit note."""
        self._hand_in(says, at, credits=says["of"])

    def drafts(self, says: dict[str, str], at: datetime) -> None:
        """drafts 10 of 104.90 EUR by bolt due 2026-04-30: we write Acme's invoice, at 19 % VAT."""
        price, currency = says["of"].split()
        line = EntryLine(
            text="Frästeile", quantity=Decimal(says[""]), price=Decimal(price), rate=Decimal(19)
        )
        debtor = getattr(self.place, says["by"])
        said = Entry(
            is_credit_note=False, number="", issued_on=None, currency=currency, lines=[line],
            due_on=date.fromisoformat(says["due"]), seller=issued.party(self.place.acme),
            buyer=issued.party(debtor),
        )  # fmt: skip
        issuing.write(said, client=self.place.acme.pk, role=Role.INTAKE, at=at, actor="user:clerk")

    def activates(self, says: dict[str, str], at: datetime) -> None:
        """activates the drafts: who prepared them asks for a second person."""
        for row in models.Draft.objects.filter(state="draft"):
            issuing.activate(row.pk, role=Role.INTAKE, at=at, actor="user:clerk")

    def approves(self, says: dict[str, str], at: datetime) -> None:
        """approves the drafts: a second person who looked at them."""
        for row in models.Draft.objects.filter(state="waiting"):
            issuing.activate(
                row.pk, seen=row.digest, role=Role.VERIFICATION, at=at, actor="user:second"
            )

    def withdraws(self, says: dict[str, str], at: datetime) -> None:
        """withdraws 1 of 2026-00001: a credit note is drafted over a part of the first line."""
        row = models.Invoice.objects.get(number=says["of"])
        part = {1: Decimal(says[""])}
        issuing.credit(row.pk, part=part, role=Role.INTAKE, at=at, actor="user:clerk")

    def pays(self, says: dict[str, str], at: datetime) -> None:
        """pays 10000.00 EUR by bolt quoting R-1 (or: nothing) from DE75512108001245126199; ordered
        in another currency, at the rate of its bank"""
        amount, currency = says[""].split()
        quoted = says.get("quoting", "nothing")
        references: tuple[Reference, ...] = ()
        if quoted != "nothing":
            row = models.Invoice.objects.get(number=quoted)
            references = (Reference(scheme="scor", value=row.payment_reference),)
        self._statement(
            at, Money.of(amount, currency), references=references, text=says.get("with", "Payment"),
            end_to_end="", account=says.get("from", ""), ordered=_ordered(says),
        )  # fmt: skip

    def orders(self, says: dict[str, str], at: datetime) -> None:
        """orders law (or: claim): what payments pay first from now on"""
        paying.set_allocation(Rule(says[""]), role=Role.OPERATIONS, at=at, actor="user:o")

    def takes(self, says: dict[str, str], at: datetime) -> None:
        """takes 10000.00 EUR of R-1 because AC06: the bank gives the payment back to who paid."""
        amount, currency = says[""].split()
        row = models.Invoice.objects.get(number=says["of"])
        self._statement(
            at, -Money.of(amount, currency), text="Return", end_to_end="",
            references=(Reference(scheme="scor", value=row.payment_reference),),
            return_reason=says["because"],
        )  # fmt: skip

    def regrets(self, says: dict[str, str], at: datetime) -> None:
        """regrets R-1: a person takes back what the last line was said to pay of it."""
        last = models.Allocation.objects.filter(invoice__number=says[""]).latest("at")
        allocations.undo([last.pk], role=Role.CASH, at=at, actor="user:cash")

    def matches(self, says: dict[str, str], at: datetime) -> None:
        """matches R-1 for 10000.00 EUR: a person says what the oldest open line pays."""
        amount, currency = says["for"].split()
        line = models.BankLine.objects.filter(unapplied_minor__gt=0).order_by("id")[0]
        invoice = models.Invoice.objects.get(number=says[""])
        payment.allocate(
            line.pk,
            invoice.pk,
            Money.of(amount, currency),
            role=Role.CASH,
            at=at,
            actor="user:cash",
        )

    def lets(self, says: dict[str, str], at: datetime) -> None:
        """lets R-1: a person releases what holds it."""
        for one in models.Hold.objects.filter(invoice__number=says[""], closed_at=None):
            holds.release(one.pk, role=Role.CREDIT, remark="Asked.", at=at, actor="user:credit")

    def ends(self, says: dict[str, str], at: datetime) -> None:
        """ends the day: reminders, recourse, proposals."""
        day.end(at=at)

    def releases(self, says: dict[str, str], at: datetime) -> None:
        """releases the payouts: a second person does, and the bank gets the file."""
        seen = dict(models.Payout.objects.filter(state="proposed").values_list("pk", "content"))
        files = finance.release_payouts(
            seen, role=Role.FINANCE, pay_on=at.date(), at=at, actor="user:releaser"
        )
        for file in files:
            finance.hand_over_file(file.pk, at=at, actor="bank")

    def executes(self, says: dict[str, str], at: datetime) -> None:
        """executes the payouts: the bank shows them on its statement."""
        for payout in models.Payout.objects.filter(state="sent").order_by("pk"):
            self._statement(at, -payout.amount, references=(), text="Payout", end_to_end=payout.key)

    def returns(self, says: dict[str, str], at: datetime) -> None:
        """returns the payouts because AC04: what was paid comes back from the payee's bank."""
        for payout in models.Payout.objects.filter(state="paid").order_by("pk"):
            self._statement(
                at, payout.amount, references=(), text="Return", end_to_end=payout.key,
                return_reason=says["because"],
            )  # fmt: skip

    def refunds(self, says: dict[str, str], at: datetime) -> None:
        """refunds 500.00 EUR because it was too much: of the oldest open line."""
        amount, currency = says[""].split()
        line = models.BankLine.objects.filter(unapplied_minor__gt=0).order_by("id")[0]
        refunds.propose(
            line.pk, Money.of(amount, currency), because=says["because"], role=Role.CASH, at=at,
            actor="user:cash",
        )  # fmt: skip

    def refuses(self, says: dict[str, str], at: datetime) -> None:
        """refuses the payouts because AC04: the bank rejects them."""
        answers = [
            Answer(file=p.file.name if p.file else "", key=p.key, verdict=Verdict.REJECTED,
                   code=says["because"])
            for p in models.Payout.objects.filter(state="sent")
        ]  # fmt: skip
        assert answers, "nothing was sent"
        finance.take_answers(answers, at=at, actor="bank")

    def reminds(self, says: dict[str, str], at: datetime) -> None:
        """reminds R-1 level 1 with 98.63 EUR of 10000.00 EUR: what the day's end made of it, and
        what it asks for."""
        made = models.Reminder.objects.filter(invoice__number=says[""]).order_by("level").last()
        assert made is not None, f"{says['']} was not reminded"
        interest = Money.of(*says["with"].split())
        assert (made.level, made.made_on, made.interest_minor) == (
            int(says["level"]), at.date(), interest.minor,
        )  # fmt: skip
        if "of" in says:
            assert made.outstanding_minor == Money.of(*says["of"].split()).minor

    def disputes(self, says: dict[str, str], at: datetime) -> None:
        """disputes R-1 for 2000.00 EUR because quality: the debtor objects to so much of it."""
        row = models.Invoice.objects.get(number=says[""])
        disputes.open_dispute(
            row.pk, reason="Damaged.", code=Reason(says["because"]),
            amount=Money.of(*says["for"].split()), role=Role.COLLECTION, at=at, actor="user:mia",
        )  # fmt: skip

    def gives(self, says: dict[str, str], at: datetime) -> None:
        """gives R-1 because insolvent: finance gives up what is outstanding on it; or, instead of
        an invoice, claims of 150.00 EUR: what Acme owes us."""
        signed = {"reason": "Tried it all.", "role": Role.FINANCE, "at": at, "actor": "user:f"}
        cause = Cause(says["because"])
        if says[""] == "claims":
            amount = Money.of(*says["of"].split())
            made = write_offs.propose_claim(self.place.acme.pk, amount, cause=cause, **signed)
        else:
            row = models.Invoice.objects.get(number=says[""])
            made = write_offs.propose(row.pk, cause=cause, **signed)
        assert made.state == "proposed"

    def seconds(self, says: dict[str, str], at: datetime) -> None:
        """seconds the write-off: one of our people stands for what the day's end proposed."""
        row = models.WriteOff.objects.get(state="proposed")
        seen = write_offs.digest(row)
        write_offs.agree(row.pk, seen=seen, role=Role.FINANCE, at=at, actor="user:f")

    def agrees_to(self, says: dict[str, str], at: datetime) -> None:
        """agrees_to the write-off: a second person does."""
        row = models.WriteOff.objects.get(state="proposed")
        write_offs.agree(
            row.pk, seen=write_offs.digest(row), role=Role.ADMIN, at=at, actor="user:chief"
        )

    def recovers(self, says: dict[str, str], at: datetime) -> None:
        """recovers 300.00 EUR of R-1: a person says that the oldest open line pays so much of what
        was written off."""
        line = models.BankLine.objects.filter(unapplied_minor__gt=0).order_by("id")[0]
        loss = models.WriteOff.objects.get(invoice__number=says["of"])
        explained.recovered(
            line.pk, loss.pk, Money.of(*says[""].split()), role=Role.CASH, at=at,
            actor="user:cash",
        )  # fmt: skip

    def objects(self, says: dict[str, str], at: datetime) -> None:
        """objects R-1 to 2000.00 EUR: what is disputed by now; or: to nothing because payment."""
        row = models.Invoice.objects.get(number=says[""])
        if says["to"] == "nothing":
            assert row.disputes.get().ended_as == says["because"]
            return
        assert disputed.parts([row.pk]) == {row.pk: Money.of(*says["to"].split()).minor}

    def stands(self, says: dict[str, str], at: datetime) -> None:
        """stands R-1 of settled: the stage of an invoice, or `held`."""
        row = models.Invoice.objects.get(number=says[""])
        is_held = row.holds.filter(closed_at=None).exists()
        assert ("held" if is_held else row.stage) == says["of"], says

    def closes(self, says: dict[str, str], at: datetime) -> None:
        """closes 2026-03: softly, so that corrections may still count for it."""
        first_on = date.fromisoformat(f"{says['']}-01")
        periods.close(first_on, State.SOFT, role=Role.FINANCE, at=at, actor="user:books")

    def corrects(self, says: dict[str, str], at: datetime) -> None:
        """corrects 12.50 EUR by 6100 of 1900 for 2026-03-31: debit by, credit of, for that day."""
        corrections.correct(
            Account(says["by"]), Account(says["of"]), Money.of(*says[""].split()),
            on=date.fromisoformat(says["for"]), because="Charges of the bank", proof="invoice 4711",
            role=Role.FINANCE, at=at, actor="user:books",
        )  # fmt: skip

    def reverses(self, says: dict[str, str], at: datetime) -> None:
        """reverses the correction: the last one, on the day of the step."""
        row = models.Entry.objects.filter(key__startswith="correction:").latest("pk")
        corrections.reverse(
            row.pk, on=at.date(), because="Booked twice", role=Role.FINANCE, at=at,
            actor="user:books",
        )  # fmt: skip

    def hears(self, says: dict[str, str], at: datetime) -> None:
        """hears R-1 of delivered: a carrier reports."""
        row = models.Dispatch.objects.filter(invoice__number=says[""]).latest("pk")
        event = DeliveryEvent(
            id=f"e{at}", key=row.key, reference="", outcome=Outcome(says["of"]), at=at
        )
        reports.take_events(row.carrier, [event], at=at, actor="carrier")

    def _hand_in(self, says: dict[str, str], at: datetime, *, credits: str) -> None:
        amount, currency = says["for"].split()
        client = self.place.nord if currency == "SEK" else self.place.acme
        paper = world.paper(
            client,
            getattr(self.place, says["by"]),
            number=says[""],
            gross=amount,
            currency=currency,
            issued_on=at.date(),
            due_on=date.fromisoformat(says["due"]) if "due" in says else at.date(),
            credits=credits,
        )
        receive(paper)

    def _statement(
        self, at: datetime, amount: Money, *, references: tuple[Reference, ...], text: str,
        end_to_end: str, account: str = "", return_reason: str = "",
        ordered: Ordered | None = None,
    ) -> None:  # fmt: skip
        """A statement with one line that follows on the one before."""
        self.statements += 1
        currency = amount.currency
        opening = Money(self.opening[currency], currency)
        self.opening[currency] += amount.minor
        told = Statement(
            account=IBANS[currency],
            currency=currency,
            reference=f"S{self.statements}",
            opening=opening,
            closing=opening + amount,
            opened_on=at.date(),
            closed_on=at.date(),
            lines=(
                BankLine(
                    amount=amount, booked_on=at.date(), bank_reference=f"B{self.statements:06d}",
                    end_to_end=end_to_end, texts=(text,), references=references,
                    counterparty_account=account, return_reason=return_reason, ordered=ordered,
                ),
            ),
        )  # fmt: skip
        # A second later each, so that two of one day have their order.
        moment = at + timedelta(seconds=self.statements)
        self.last_file = write_camt053(told, moment)
        payment.import_statement("statement.xml", self.last_file, at=moment, actor="bank")

    def _new_moves(self) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(MOVES)
            rows = cursor.fetchall()
        new, self.told = rows[self.told :], len(rows)
        return [Row(d, c, f"{Money(minor, cur).decimal}", cur) for d, c, minor, cur in new]


def _ordered(says: dict[str, str]) -> Ordered | None:
    if "ordered" not in says:
        return None
    rate = Decimal(says["rate"]) if "rate" in says else None
    return Ordered(amount=Money.of(*says["ordered"].split()), rate=rate, unit=says.get("unit", ""))
