"""The debtor's own page of an invoice: its signed address, and what stands on it.

The address names one delivery, so that who opens it proves that this delivery came to a person. It
holds nothing that could be counted upwards, and is signed: to try addresses is of no use.
"""

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from usance import models
from usance.domain.collection.debits import UNDER_WAY
from usance.domain.collection.debits import State as Debited
from usance.domain.collection.plans import State
from usance.domain.days import days_overdue
from usance.domain.distribution import Paper
from usance.domain.invoice import Kind, Stage
from usance.domain.money import Money, zero
from usance.domain.party import Address
from usance.letters import qr
from usance.letters.facts import Account, Recipient
from usance.letters.languages import words_of

from . import accounts, cash, disputed, outside, promises

TOLD = sorted(UNDER_WAY | {Debited.ANNOUNCED})
OPEN_FOR = timedelta(days=400)  # After the due day or the sending, whichever is later.
DAY_NOUGHT = date(2020, 1, 1)
SIGNED = struct.Struct(">16sH")  # The delivery, and the last day in days since DAY_NOUGHT.
PRINTED = 1 << 15  # Beside the day, which needs no 15 bits before 2109: the address was printed.
MAC = 12  # Bytes: 96 bits, which nobody finds by trying.
LETTERS = 40  # Of the whole token.


def link(row: models.Dispatch, *, printed: bool = False) -> str:
    """The address of the page for this delivery, the same however often it is asked for.

    `printed`: for the paper. The client and our own people see the paper too, so that whoever
    comes by it proves nothing.

    :param row: with its invoice.
    """
    last = max(row.invoice.due_on, row.planned_at.date()) + OPEN_FOR
    return f"{settings.URL.rstrip('/')}/i/{token(row.pk, until=last, printed=printed)}"


def label(language: str) -> str:
    """What stands before the link in a message."""
    said: str = words(language)["link"]
    return said


def words(language: str) -> Mapping[str, str]:
    """The page's words; English where we have none."""
    found: dict[str, str] = {}
    for part in ("portal", "paying"):
        said = words_of(part, language) or words_of(part, "en")
        assert said is not None, "English is there"
        found |= said
    return found


def token(dispatch: UUID, *, until: date, printed: bool = False) -> str:
    """Valid up to and including the day `until`."""
    days = (until - DAY_NOUGHT).days
    assert 0 <= days < PRINTED, until
    said = SIGNED.pack(dispatch.bytes, days | (PRINTED if printed else 0))
    return urlsafe_b64encode(said + _mac(said, settings.SECRET_KEY)).decode()


def dispatch_of(given: str, *, today: date) -> UUID | None:
    """The delivery that a token names. None: it is forged, mistyped or too old."""
    if len(given) != LETTERS or not given.isascii():
        return None
    try:
        whole = urlsafe_b64decode(given)
    except (NotBase64, ValueError):
        return None
    if len(whole) != SIGNED.size + MAC:
        return None
    said, mac = whole[: SIGNED.size], whole[SIGNED.size :]
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any([hmac.compare_digest(mac, _mac(said, key)) for key in keys]):
        return None
    dispatch, days = SIGNED.unpack(said)
    last = DAY_NOUGHT + timedelta(days=days & ~PRINTED)
    return UUID(bytes=dispatch) if today <= last else None


def was_printed(token: str) -> bool:
    """Whether a token that `dispatch_of` believes came from a paper."""
    _, days = SIGNED.unpack(urlsafe_b64decode(token)[: SIGNED.size])
    return bool(days & PRINTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A document that was sent to the debtor."""

    paper: Paper
    document: str  # SHA-256.
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the debtor sees of one invoice."""

    dispatch: models.Dispatch
    invoice: models.Invoice
    factor: models.Factor
    account: Account | None  # None: nothing is to be paid to us now.
    outstanding: Money  # Nothing: paid, or not ours to be paid.
    interest: Money  # Late interest that the last reminder asked for, and that is not paid.
    plan: promises.Planned | None  # Asked for or agreed.
    waits_until: date | None  # Reminders wait for the debtor's money so long. None: they do not.
    days_overdue: int
    is_ours: bool  # False: the client took the claim back.
    dispute: models.Dispute | None  # The open one.
    disputed: Money  # A part that nobody asks for meanwhile; nothing where all of it is disputed.
    debit: models.Debit | None  # Collects it, as its debtor was told. None: nothing does.
    online: outside.Provider | None  # Where it may be paid online. None: nowhere.
    copies: tuple[Copy, ...]
    as_of: date

    @property
    def whole(self) -> Money:
        """All that is to be paid today: what was not asked for is not in it, nor is what a dispute
        leaves out."""
        return self.outstanding - self.disputed + self.interest

    @property
    def due_now(self) -> Money:
        """The next instalment of an agreed plan, else the whole."""
        plan = self.plan
        is_agreed = plan is not None and plan.row.state == State.AGREED
        return plan.next.amount if is_agreed and plan and plan.next else self.whole

    def square(self, amount: Money) -> str:
        """What banking apps read for this amount, as SVG; empty: there is no standard for it."""
        debtor, account = self.invoice.debtor, self.account
        if account is None or debtor is None:
            return ""
        home = Address(
            street=debtor.street, postcode=debtor.postcode, city=debtor.city, country=debtor.country
        )
        found = qr.of(
            account, amount, self.invoice.payment_reference,
            issued_on=self.invoice.issued_on, due_on=self.invoice.due_on,
            payer=Recipient(name=debtor.name, address=home),
        )  # fmt: skip
        return qr.drawn(found) if found else ""

    @property
    def is_paid(self) -> bool:
        """Also while its reserve waits: a card payment may be taken back, a direct debit, too."""
        paid = self.invoice.stage in (Stage.FUNDED, Stage.SETTLED)
        return self.is_ours and paid and not self.outstanding

    def copy(self, paper: str) -> Copy | None:
        return next((one for one in self.copies if one.paper == paper), None)


def page(dispatch: UUID, *, today: date) -> Page | None:
    """None: there is no such delivery. Fourteen queries at most."""
    row = (
        models.Dispatch.objects.select_related("invoice__client", "invoice__debtor")
        .filter(pk=dispatch, invoice__debtor__isnull=False)
        .first()
    )
    if row is None:
        return None
    invoice = row.invoice
    bought = invoice.stage == Stage.FUNDED and invoice.kind == Kind.INVOICE
    minor = cash.outstanding([invoice.pk]).get(invoice.pk, 0) if bought else 0
    outstanding = Money(minor, invoice.currency)
    factor = models.Factor.objects.get()
    asked = cash.interest_asked([invoice.pk]) if outstanding else {}
    dispute = models.Dispute.objects.filter(invoice=invoice, closed_at=None).first()
    is_part = dispute is not None and dispute.amount_minor is not None
    part = disputed.parts([invoice.pk])[invoice.pk] if is_part and outstanding else 0
    account = _account(factor, invoice.currency) if minor > part else None
    return Page(
        dispatch=row,
        invoice=invoice,
        factor=factor,
        account=account,
        outstanding=outstanding,
        interest=asked.get(invoice.pk, zero(invoice.currency)),
        plan=promises.open_plan(invoice.pk) if outstanding else None,
        waits_until=promises.waits_until(invoice.pk, today=today) if outstanding else None,
        days_overdue=days_overdue(invoice.due_on, today=today) if outstanding else 0,
        is_ours=invoice.stage != Stage.REPURCHASED,
        dispute=dispute,
        disputed=Money(part, invoice.currency),
        debit=_debit(invoice) if account else None,
        online=outside.provider(invoice.currency) if account else None,
        copies=_copies(invoice),
        as_of=today,
    )


def _debit(invoice: models.Invoice) -> models.Debit | None:
    told = models.Debit.objects.filter(invoice=invoice, state__in=TOLD)
    return told.select_related("mandate").first()


def _copies(invoice: models.Invoice) -> tuple[Copy, ...]:
    """The latest of each paper that was printed for the debtor."""
    rows = invoice.dispatches.filter(document__isnull=False).select_related("document")
    latest = {Paper(one.paper): one for one in rows.order_by("planned_at", "pk")}
    return tuple(
        Copy(paper=paper, document=one.document.sha256, name=one.document.name)
        for paper in Paper
        if (one := latest.get(paper)) is not None and one.document is not None
    )


def _account(factor: models.Factor, currency: str) -> Account | None:
    row = models.BankAccount.objects.filter(currency=currency).first()
    return accounts.account(row, factor) if row else None


def _mac(said: bytes, key: str) -> bytes:
    assert key, "links are signed: USANCE_SECRET_KEY is missing"
    own = sha256(f"portal {settings.BOOK_SCHEMA} {key}".encode()).digest()
    return hmac.digest(own, said, "sha256")[:MAC]
