"""Everybody outside, in one place: what is asked of them, and what they know."""

import base64
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import msgspec

from usance.domain.money import Money
from usance.domain.payment import BankLine

from . import mailing, pain001, pain008
from .agenda import Agenda
from .bank import Bank, HandedIn
from .debtors import BEHAVIOURS, Debtors
from .distributor import Carried, Distributor
from .faults import Faults
from .houses import all_houses
from .journal import Journal
from .mailing import Mail
from .outbox import Outbox, Where
from .reading import Demand

MAIL_TAKES = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One sandbox. Two with equal settings and calls are equal in all they do."""

    seed: int = 1
    at: datetime = datetime(2026, 1, 2, 8, tzinfo=UTC)
    faults: float = 0.0  # Share of calls that go wrong.
    bouncing: float = 0.02  # Share of mail addresses that bounce.
    failing: float = 0.03  # Share of deliveries that do not arrive.
    hang_seconds: float = 60.0  # How long a call that times out is left without an answer.
    home: Path | None = None  # None: a restart knows nothing.
    smtp_port: int = 0  # 0: a free one.
    where: Where = field(default_factory=Where)


class World:
    def __init__(self, settings: Settings) -> None:
        seed = settings.seed
        self.settings = settings
        self.agenda = Agenda(settings.at)
        self.faults = Faults(seed, settings.faults)
        self.outbox = Outbox(settings.where, self.faults, lambda: self.agenda.at)
        self.bank = Bank(seed, self.agenda)
        self.debtors = Debtors(seed, self.agenda, self.bank.credit)
        self.distributor = Distributor(
            seed, self.agenda, self.outbox, self.debtors, failing=settings.failing
        )
        self.distributor.answering = frozenset(
            name for name, house in all_houses().items() if getattr(house, "ANSWERS", False)
        )
        self.mails: Counter[str] = Counter()
        self.url = ""  # Where it is served; set when it is.
        self.rooms: dict[str, Any] = {}  # What a house keeps for as long as it serves, by its name.
        self.fetched: set[str] = set()  # Events that we fetched ourselves and put away.
        self._journal = Journal(settings.home / "sandbox.jsonl" if settings.home else None)
        self._replay()

    def advance(self, until: datetime) -> int:
        """:raises Backwards: if the clock is later already."""
        happened = self.agenda.advance(until)
        self._journal.note("advance", until=until)
        return happened

    def deliver(
        self,
        house: str,
        key: str,
        channel: str,
        recipient: dict[str, str],
        digest: str,
        demand: Demand | None,
        text: str,
    ) -> tuple[Carried, bool]:
        """:raises Unfit: if it is not taken."""
        carried, is_new = self.distributor.take(
            house, key, channel, recipient, digest, demand, text
        )
        if is_new:
            self._journal.note(
                "deliver", house=house, key=key, channel=channel, recipient=recipient,
                digest=digest, demand=demand, text=text,
            )  # fmt: skip
        return carried, is_new

    def tell(self, house: str, id: str, told: dict[str, str]) -> None:
        """A house has something to say that follows from no delivery."""
        self._journal.note("tell", house=house, id=id, told=told)
        self.outbox.event(house, id, **told)

    def mail(self, mail: Mail) -> None:
        self._journal.note("mail", mail=mail)
        self.mails[mail.key] += 1
        name = f"mail {mail.key} {self.mails[mail.key]}"
        self.agenda.add(self.agenda.at + MAIL_TAKES, name, lambda at: self._arrives(mail, at))

    def open_account(self, iban: str, name: str, minor: int, currency: str) -> None:
        self._journal.note("open_account", iban=iban, name=name, minor=minor, currency=currency)
        self.bank.open(iban, name=name, balance=Money(minor, currency))

    def orders(self, iban: str, data: str) -> HandedIn:
        """`data` is base64, as the journal keeps it.

        :raises Unreadable, NoAccount, OtherContent: if they are not taken.
        """
        raw = base64.b64decode(data)
        reads = pain008.read if pain008.is_one(raw) else pain001.read
        file = self.bank.hand_in(iban, raw, reads(raw))
        self._journal.note("orders", iban=iban, data=data)
        return file

    def credit(self, iban: str, line: BankLine) -> None:
        """Somebody pays in, whoever it is."""
        self._journal.note("credit", iban=iban, line=line)
        self.bank.credit(iban, line)

    def force(self, number: str, behaviour: str) -> None:
        """The debtor of this invoice, not received yet, will behave so."""
        if behaviour not in BEHAVIOURS:
            raise ValueError(f"behaviours are {', '.join(BEHAVIOURS)}")
        self._journal.note("force", number=number, behaviour=behaviour)
        self.debtors.forced[number] = behaviour

    def write(self, to: str, data: str) -> None:
        """Somebody writes to us; `data` is base64, as the journal keeps it."""
        self._journal.note("write", to=to, data=data)
        self.outbox.mails.append((to, base64.b64decode(data)))

    def fetch_done(self, event: str) -> None:
        """This event was taken by us from where it waited."""
        self._journal.note("fetch_done", event=event)
        self.fetched.add(event)

    def told(self, events: dict[str, int], mails: int) -> None:
        """So much of the outbox was taken by us: events by house."""
        self.outbox.posted_events, self.outbox.posted_mails = Counter(events), mails
        self._journal.note("told", events=events, mails=mails)

    def dump(self) -> dict[str, Any]:
        """The truth, to hold ours against."""
        return {
            "at": self.agenda.at,
            "deliveries": {
                key: {
                    "house": one.house, "times": one.times, "channel": one.channel,
                    "state": one.state, "reference": one.reference,
                    "number": one.demand.number if one.demand else "",
                }
                for key, one in self.distributor.carried.items()
            },
            "mails": dict(self.mails),
            "bills": [
                {
                    "debtor": bill.who, "number": bill.demand.number, "behaviour": bill.behaviour,
                    "reference": bill.demand.reference, "seen": bill.seen,
                    "received_at": bill.received_at, "reminded_on": bill.reminded_on,
                    "open_minor": bill.open.minor, "payments": bill.payments,
                }
                for _, bill in sorted(self.debtors.bills.items())
            ],
            "accounts": {
                iban: {"balance_minor": one.balance.minor, "currency": one.balance.currency}
                for iban, one in self.bank.accounts.items()
            },
            "orders": {
                file.name: {"executed": file.executed, "verdicts": _verdicts(file)}
                for file in self.bank.files.values()
            },
            "strays": self.bank.strays,
            "told": {
                "events": self.outbox.posted_events.total(), "mails": self.outbox.posted_mails,
            },
        }  # fmt: skip

    def _arrives(self, mail: Mail, at: datetime) -> None:
        date = format_datetime(at)
        if mail.fate in ("bounce", "full", "odd", "away"):
            self.outbox.mails.append((mail.sender, mailing.answer_to(mail, date=date)))
        if mail.fate not in ("bounce", "full", "odd"):
            self.debtors.receive(
                mail.to,
                mail.demand,
                mail.text,
                at,
                lambda says: self.outbox.mails.append(
                    (mail.sender, mailing.reply_to(mail, says, date=date))
                ),
            )

    def _replay(self) -> None:
        for line in self._journal.lines():
            did = line.pop("did")
            for name, kind in _KEPT.items():
                if line.get(name) is not None:
                    line[name] = msgspec.convert(line[name], kind)
            getattr(self, did)(**line)
        self._journal.is_replayed = True


# What stands in the journal as more than text and numbers.
_KEPT: dict[str, Any] = {"until": datetime, "demand": Demand, "mail": Mail, "line": BankLine}


def _verdicts(file: HandedIn) -> dict[str, str]:
    return {key: answer.verdict.value for key, answer in file.answers.items()}
