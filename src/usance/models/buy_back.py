"""What clients buy back, as it was quoted and done; and what their debtors are told then."""

from django.db import models
from django.db.models import F, Q

from usance.domain.exchange import Cross
from usance.domain.money import Money
from usance.domain.settlement.buy_backs import TWO_PEOPLE, Account, Kind, Line, State, Way

from .bank import BankLine
from .dispatch import Dispatch
from .ids import new_id
from .invoice import Invoice
from .party import Client, ClientAccount, Debtor


class BuyBack(models.Model):
    """Some invoices of one client in one currency, or all of them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="buy_backs")
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=12)
    way = models.CharField(max_length=7)
    state = models.CharField(max_length=8, default=State.QUOTED)
    for_day = models.DateField()  # Until its end charges for time are in the price.
    price_minor = models.BigIntegerField()  # Below zero: the client gets it.
    claims_minor = models.BigIntegerField(null=True)  # Of an exit: what else it owes us.
    due_minor = models.BigIntegerField(null=True)  # Of an exit: what we owe it.
    on_the_way_minor = models.BigIntegerField(null=True)
    # Bought in their place.
    instead = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    content = models.CharField(max_length=64)  # See domain.settlement.buy_backs.content.
    reason = models.CharField(max_length=400)  # Who of the client asked for it, and how.
    quoted_at = models.DateTimeField()
    quoted_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=400, blank=True)
    receipt = models.ForeignKey(BankLine, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "buy_back"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="buy_back_kind"),
            models.CheckConstraint(condition=Q(way__in=list(Way)), name="buy_back_way"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="buy_back_state"),
            models.CheckConstraint(
                condition=Q(kind=Kind.SUBSTITUTION, instead__isnull=False)
                | (~Q(kind=Kind.SUBSTITUTION) & Q(instead=None)),
                name="buy_back_instead",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.EXIT, claims_minor__gte=0, due_minor__gte=0)
                | (~Q(kind=Kind.EXIT) & Q(claims_minor=None, due_minor=None)),
                name="buy_back_exit",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DONE)
                | ~Q(kind__in=sorted(TWO_PEOPLE))
                | ~Q(quoted_by=F("decided_by")),
                name="buy_back_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DONE, way=Way.RECEIPT) | Q(receipt__isnull=False),
                name="buy_back_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state=State.QUOTED), name="buy_back_open"),
            models.Index(fields=["client", "id"], name="buy_back_by_client"),
        ]

    def __str__(self) -> str:
        return f"{self.price} {self.state}"

    @property
    def price(self) -> Money:
        """Of the invoices alone."""
        return Money(self.price_minor, self.currency)

    @property
    def account(self) -> Account | None:
        """Of an exit; None for others."""
        if self.claims_minor is None or self.due_minor is None:
            return None
        return Account(
            claims=Money(self.claims_minor, self.currency),
            due=Money(self.due_minor, self.currency),
            on_the_way=Money(self.on_the_way_minor or 0, self.currency),
        )

    @property
    def to_pay(self) -> Money:
        """The one sum: of an exit with what else stands between us."""
        account = self.account
        return self.price if account is None else self.price + account.claims - account.due


class BuyBackLine(models.Model):
    """What was quoted for one invoice. While the quote is open no other one has the invoice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buy_back = models.ForeignKey(
        BuyBack, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="buy_back_lines")
    outstanding_minor = models.BigIntegerField()
    reserve_minor = models.BigIntegerField()
    fees_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    # Where it was bought in another currency than its facility's: the rate of the quote's day.
    numerator = models.DecimalField(max_digits=40, decimal_places=0, null=True)
    denominator = models.DecimalField(max_digits=40, decimal_places=0, null=True)
    published_on = models.DateField(null=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        db_table = "buy_back_line"
        constraints = [
            models.UniqueConstraint(fields=["buy_back", "invoice"], name="buy_back_line_once"),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(is_open=True), name="buy_back_line_open_once"
            ),
            models.CheckConstraint(
                condition=Q(outstanding_minor__gt=0, reserve_minor__gte=0, fees_minor__gte=0),
                name="buy_back_line_amounts",
            ),
            models.CheckConstraint(
                condition=Q(numerator=None, denominator=None, published_on=None)
                | Q(numerator__gt=0, denominator__gt=0, published_on__isnull=False),
                name="buy_back_line_rate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.outstanding_minor}"

    def line(self) -> Line:
        rate = self.rate()
        currency = rate.of if rate else self.buy_back.currency

        def of(minor: int) -> Money:
            return Money(minor, currency)

        return Line(
            invoice=self.invoice_id, outstanding=of(self.outstanding_minor),
            reserve=of(self.reserve_minor), fees=of(self.fees_minor),
            interest=of(self.interest_minor), vat=of(self.vat_minor), rate=rate,
        )  # fmt: skip

    def rate(self) -> Cross | None:
        if self.numerator is None or self.denominator is None or self.published_on is None:
            return None
        return Cross(
            of=self.invoice.currency, into=self.buy_back.currency, numerator=int(self.numerator),
            denominator=int(self.denominator), published_on=self.published_on,
        )  # fmt: skip


class ReleaseLetter(models.Model):
    """What a debtor is told when its invoices are ours no longer, as it was printed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buy_back = models.ForeignKey(BuyBack, on_delete=models.PROTECT, related_name="releases")
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="releases")
    written_on = models.DateField()  # And from this day on it pays the client.
    account = models.ForeignKey(
        ClientAccount, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # Verified. None: the client tells its debtor where to pay.
    dispatch = models.OneToOneField(
        Dispatch, on_delete=models.PROTECT, null=True, related_name="release"
    )

    class Meta:
        db_table = "release_letter"
        constraints = [
            models.UniqueConstraint(fields=["buy_back", "debtor"], name="release_letter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.debtor_id} from {self.written_on}"
