"""What was agreed with a client, and how much of a debtor's promise we take."""

from dataclasses import replace
from datetime import date

from django.db import models
from django.db.models import F, Q

from usance.domain import finance
from usance.domain.finance import (
    SILENT,
    Agreement,
    Buying,
    Charges,
    Extent,
    Foreign,
    Keeping,
    LegalBasis,
    Offer,
    Product,
    Refactoring,
    Terms,
    TrustAccount,
)
from usance.domain.money import Money

from .agreement import agreement_of, buying_of, charges_of, foreign_of, refactoring_of
from .ids import new_id
from .party import Client, Debtor


class Facility(models.Model):
    """Terms for one client and currency: for which days they hold, and since when we know that.

    What is superseded stays, with the moment until which we took it for true; what was bought
    keeps the row that it was priced by.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="facilities")
    currency = models.CharField(max_length=3)
    product = models.CharField(max_length=16, default=Product.SELECTIVE)
    advance_rate = models.DecimalField(max_digits=7, decimal_places=6)
    fee_rate = models.DecimalField(max_digits=7, decimal_places=6)  # The service fee.
    charges = models.JSONField(default=dict)  # What comes with time; empty: nothing.
    buying = models.JSONField(default=dict)  # Empty: everything is bought as it comes in.
    foreign_terms = models.JSONField(default=dict)  # Empty: nothing in other currencies.
    limit_minor = models.BigIntegerField()
    legal_basis = models.CharField(max_length=8, default=LegalBasis.SALE)
    recourse_days = models.IntegerField(null=True)  # After the due date. None: without recourse.
    recourse_share = models.DecimalField(max_digits=7, decimal_places=6, null=True)  # None: all.
    recourse_most_minor = models.BigIntegerField(null=True)  # For each invoice. None: any amount.
    refactoring = models.JSONField(default=dict)  # Empty: recourse is not put off.
    schedule_signers = models.SmallIntegerField(default=0)
    trust_account = models.CharField(
        max_length=8, default=TrustAccount.NONE, db_default=TrustAccount.NONE
    )
    # What a client that keeps its own ledger promised, in days. None: we keep it.
    list_days = models.SmallIntegerField(null=True)
    ask_days = models.SmallIntegerField(null=True)
    tell_days = models.SmallIntegerField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # The last day. None: until further notice.
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True)  # None: it is what we know now.
    proposed_by = models.CharField(max_length=64, blank=True)  # Empty: from before four eyes.
    approved_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "facility"
        verbose_name_plural = "facilities"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "currency"],
                condition=Q(valid_to=None, known_to=None),
                name="facility_open_once",
            ),
            models.CheckConstraint(
                condition=Q(advance_rate__gte=0, advance_rate__lte=1, fee_rate__gte=0),
                name="facility_rates",
            ),
            models.CheckConstraint(
                condition=Q(advance_rate__lte=1 - F("fee_rate")), name="facility_fee_covered"
            ),
            models.CheckConstraint(condition=Q(limit_minor__gte=0), name="facility_limit"),
            models.CheckConstraint(
                condition=Q(legal_basis__in=list(LegalBasis)), name="facility_legal_basis"
            ),
            models.CheckConstraint(condition=Q(product__in=list(Product)), name="facility_product"),
            models.CheckConstraint(
                condition=Q(trust_account__in=list(TrustAccount)), name="facility_trust_account"
            ),
            models.CheckConstraint(
                condition=Q(
                    product__in=sorted(SILENT),
                    list_days__isnull=False,
                    list_days__gte=1,
                    ask_days__isnull=False,
                    ask_days__gte=0,
                    tell_days__isnull=False,
                    tell_days__gte=1,
                )
                | Q(list_days=None, ask_days=None, tell_days=None) & ~Q(product__in=sorted(SILENT)),
                name="facility_keeping",
            ),
            models.CheckConstraint(
                condition=Q(recourse_share=None, recourse_most_minor=None)
                | Q(recourse_days__isnull=False, legal_basis=LegalBasis.SALE),
                name="facility_limited_recourse",
            ),
            models.CheckConstraint(
                condition=(Q(recourse_share=None) | Q(recourse_share__gt=0, recourse_share__lt=1))
                & (Q(recourse_most_minor=None) | Q(recourse_most_minor__gt=0)),
                name="facility_recourse_extent",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="facility_span",
            ),
            models.CheckConstraint(
                condition=Q(known_to=None) | Q(known_to__gte=F("known_from")),
                name="facility_known_span",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by="") | ~Q(proposed_by=F("approved_by")),
                name="facility_four_eyes",
            ),
        ]
        indexes = [
            models.Index(
                fields=["currency"], condition=~Q(foreign_terms={}), name="facility_foreign"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.currency} from {self.valid_from}"

    @property
    def limit(self) -> Money:
        return Money(self.limit_minor, self.currency)

    def terms(self) -> Terms:
        return Terms(advance_rate=self.advance_rate, fee_rate=self.fee_rate, charges=self.priced())

    def terms_in(self, currency: str) -> Terms:
        """The terms for an invoice in that currency: in another than the facility's less is
        advanced, by the haircut. Its least and most charges are `finance.foreign.charged`."""
        if currency == self.currency:
            return self.terms()
        return replace(self.terms(), advance_rate=self.advance_rate - self.foreign().haircut)

    def price(self, face: Money, *, due_on: date, on: date) -> Offer:
        """What is paid and kept back for an invoice that is bought on a day."""
        terms = self.terms_in(face.currency)
        return finance.price(face, terms, purchased_on=on, due_on=due_on)

    def priced(self) -> Charges:
        return charges_of(self.charges)

    def bought(self) -> Buying:
        """How invoices come to be bought."""
        return buying_of(self.buying)

    def foreign(self) -> Foreign:
        """What is bought in other currencies."""
        return foreign_of(self.foreign_terms)

    def extent(self) -> Extent:
        """How far recourse goes, where there is any."""
        share = None if self.recourse_share is None else self.recourse_share.normalize()
        return Extent(share=share, most=self.recourse_most_minor)

    def refactors(self) -> Refactoring | None:
        """How recourse is put off. None: it is not."""
        return refactoring_of(self.refactoring)

    def keeping(self) -> Keeping | None:
        """By when the client shows the ledger that it keeps. None: we keep it."""
        said = self.list_days, self.ask_days, self.tell_days
        if None in said:
            return None
        within, asked, told = said
        return Keeping(list_days=within, ask_days=asked, tell_days=told)

    def agreement(self) -> Agreement:
        return Agreement(
            product=Product(self.product),
            basis=LegalBasis(self.legal_basis),
            limit=self.limit,
            advance_rate=self.advance_rate,
            fee_rate=self.fee_rate,
            recourse_days=self.recourse_days,
            charges=self.priced(),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            buying=self.bought(),
            extent=self.extent(),
            refactoring=self.refactors(),
            foreign=self.foreign(),
            schedule_signers=self.schedule_signers,
            trust_account=TrustAccount(self.trust_account),
            keeping=self.keeping(),
        )


class FacilityProposal(models.Model):
    """Terms that one person wrote down and another one puts in force, or not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="proposals")
    content = models.JSONField()
    digest = models.CharField(max_length=64)  # Of the content: what is approved is what was seen.
    corrects = models.ForeignKey(
        Facility, on_delete=models.PROTECT, null=True, related_name="corrections"
    )
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=64)
    decision = models.CharField(max_length=9, blank=True)  # Empty: it waits.
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    facility = models.OneToOneField(
        Facility, on_delete=models.PROTECT, null=True, related_name="proposal"
    )

    class Meta:
        db_table = "facility_proposal"
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=["", "in_force", "withdrawn"]),
                name="facility_proposal_decision",
            ),
            models.CheckConstraint(
                condition=~Q(decision="in_force") | ~Q(proposed_by=F("decided_by")),
                name="facility_proposal_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.digest[:8]} {self.decision}"

    def agreement(self) -> Agreement:
        return agreement_of(self.content)


class ReferenceRate(models.Model):
    """What a market rate was for a stretch of days, by whom it was published."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=24)
    first = models.DateField()
    last = models.DateField()  # The last day on which it is known to hold.
    rate = models.DecimalField(max_digits=10, decimal_places=8)
    source = models.CharField(max_length=200)
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True)  # It was corrected then.
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "reference_rate"
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="reference_rate_span"),
            models.CheckConstraint(
                condition=Q(rate__gte=-1, rate__lte=1), name="reference_rate_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.rate} from {self.first}"

    def fact(self) -> finance.ReferenceRate:
        return finance.ReferenceRate(
            name=self.name, first=self.first, last=self.last, rate=self.rate
        )


class CreditLimit(models.Model):
    """How much we let a debtor owe us, who says so, and until when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="limits")
    currency = models.CharField(max_length=3)
    limit_minor = models.BigIntegerField()
    source = models.CharField(max_length=80)
    given_on = models.DateField()
    valid_to = models.DateField(null=True)
    actor = models.CharField(max_length=64)
    report = models.ForeignKey("Document", on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "credit_limit"
        constraints = [
            models.UniqueConstraint(
                fields=["debtor", "currency"],
                condition=Q(valid_to=None),
                name="credit_limit_open_once",
            ),
            models.CheckConstraint(condition=Q(limit_minor__gte=0), name="credit_limit_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.limit}"

    @property
    def limit(self) -> Money:
        return Money(self.limit_minor, self.currency)
