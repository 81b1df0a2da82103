"""The words of stories that collect by direct debit."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from usance import models
from usance.actions import debit_files, debit_mandates, debits, paying
from usance.domain.collection.debits import Finality
from usance.domain.collection.signed import Scheme
from usance.domain.mandate import Role

if TYPE_CHECKING:
    from tests import world
    from usance.domain.money import Money
    from usance.domain.payment import Reference


class Debiting:
    place: "world.World"

    def signs(self, says: dict[str, str], at: datetime) -> None:
        """signs bolt of B2B: its mandate is entered and confirmed, and our bank lets us collect."""
        account = models.BankAccount.objects.get(currency="EUR")
        paying.set_debits(
            account.pk, creditor_id="DE98ZZZ09999999999", version="08", finality=Finality.REFUND,
            role=Role.OPERATIONS, at=at, actor="user:ops",
        )  # fmt: skip
        row = debit_mandates.enter(
            getattr(self.place, says[""]).pk, reference="M-1", scheme=Scheme(says["of"]),
            iban="DE75512108001245126199", signed_on=date(2026, 1, 15), evidence="Folder 7",
            role=Role.COLLECTION, at=at, actor="user:clerk",
        )  # fmt: skip
        debit_mandates.confirm(row.pk, seen=row.iban, role=Role.CREDIT, at=at, actor="user:second")

    def announces(self, says: dict[str, str], at: datetime) -> None:
        """announces the debits: a person tells the debtors, and another one releases them."""
        rows = list(models.Debit.objects.filter(state="planned"))
        assert rows, "nothing is planned"
        pks = [row.pk for row in rows]
        debits.announce(pks, how="letter", role=Role.COLLECTION, at=at, actor="user:clerk")
        seen = {row.pk: row.content for row in rows}
        for file in debit_files.release(seen, role=Role.FINANCE, at=at, actor="user:releaser"):
            debit_files.hand_over(file.pk, at=at, actor="bank")

    def collects(self, says: dict[str, str], at: datetime) -> None:
        """collects the debits: the bank shows them on its statement."""
        for row in models.Debit.objects.filter(state="sent").order_by("pk"):
            assert row.collect_on == at.date(), row.collect_on
            self._statement(at, row.amount, references=(), text="Lastschrift", end_to_end=row.key)

    def disowns(self, says: dict[str, str], at: datetime) -> None:
        """disowns R-1 because MD06: the debtor has the bank give it back."""
        row = models.Debit.objects.get(invoice__number=says[""], state="collected")
        self._statement(
            at, -row.amount, references=(), text="Return", end_to_end=row.key,
            return_reason=says["because"],
        )  # fmt: skip

    def _statement(
        self, at: datetime, amount: "Money", *, references: tuple["Reference", ...], text: str,
        end_to_end: str, account: str = "", return_reason: str = "",
    ) -> None:  # fmt: skip
        raise AssertionError("the teller has its own")
