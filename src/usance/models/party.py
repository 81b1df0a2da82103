"""Clients, who sell us receivables, and debtors, who owe them."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from usance.domain import distribution

from .ids import new_id


class Party(models.Model):
    """What clients and debtors have in common. Identifiers are stored as domain.party compares."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, db_index=True)  # For finding: see domain.party.
    legal_id = models.CharField(max_length=40, blank=True, db_index=True)
    vat_id = models.CharField(max_length=20, blank=True)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=2, default="en")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    # Keys of domain.party.names.
    found_by = ArrayField(models.CharField(max_length=80), default=list, db_default=[])
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Client(Party):
    brand_colour = models.CharField(max_length=7, default="#1f3a5f")
    sure_from = models.DecimalField(
        max_digits=4, decimal_places=3, default=Decimal("0.95"), db_default=Decimal("0.95")
    )  # Confidence from which on a value that was read needs no person; above 1: always one.

    class Meta:
        db_table = "client"
        indexes = [GinIndex(fields=["found_by"], name="client_found_by", fastupdate=False)]
        constraints = [
            models.UniqueConstraint(
                fields=["vat_id"], condition=~Q(vat_id=""), name="client_vat_id"
            ),
            models.UniqueConstraint(
                fields=["country", "legal_id"], condition=~Q(legal_id=""), name="client_legal_id"
            ),
            models.CheckConstraint(
                condition=Q(sure_from__gte=Decimal("0.5"), sure_from__lte=Decimal("1.001")),
                name="client_sure_from",
            ),
        ]


class ClientAccount(models.Model):
    """Where a client is paid. Only a verified account whose wait is over is paid to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="accounts")
    iban = models.CharField(max_length=34)  # Or the number of the giro that `scheme` names.
    scheme = models.CharField(max_length=8, default="iban", db_default="iban")
    reference = models.CharField(
        max_length=35, blank=True, default="", db_default=""
    )  # That the client wants quoted: OCR, KID, RF.
    bic = models.CharField(max_length=11, blank=True)
    currency = models.CharField(max_length=3)
    entered_by = models.CharField(max_length=64, blank=True, default="")
    entered_at = models.DateTimeField(null=True)  # None: from before accounts had to wait.
    wait_until = models.DateTimeField(null=True)  # Nothing is paid to it before.
    verified_at = models.DateTimeField(null=True)
    verified_by = models.CharField(max_length=64, blank=True)
    called_person = models.CharField(max_length=120, blank=True, default="", db_default="")
    called_number = models.CharField(max_length=40, blank=True, default="", db_default="")
    call_remark = models.CharField(max_length=400, blank=True, default="", db_default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True, default="", db_default="")
    closed_because = models.CharField(max_length=200, blank=True, default="", db_default="")
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )

    class Meta:
        db_table = "client_account"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "currency"],
                condition=Q(closed_at=None),
                name="client_account_open",
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None) | ~Q(verified_by=F("entered_by")),
                name="client_account_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(scheme="iban") | Q(scheme__in=["bankgiro", "plusgiro"], currency="SEK"),
                name="client_account_scheme",
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None)
                | Q(entered_at=None)
                | (~Q(called_person="") & ~Q(called_number="") & ~Q(call_remark="")),
                name="client_account_called",
            ),
        ]

    def __str__(self) -> str:
        return self.iban


class AccountWarning(models.Model):
    """A mail to a contact that we knew before: somebody has changed where this client is paid."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(ClientAccount, on_delete=models.PROTECT, related_name="warnings")
    address = models.EmailField()
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    state = models.CharField(max_length=7, default="due")
    detail = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_warning"
        constraints = [
            models.UniqueConstraint(fields=["account", "address"], name="account_warning_once"),
            models.CheckConstraint(
                condition=Q(state__in=["due", "calling", "sent", "refused", "unknown"]),
                name="account_warning_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=Q(state__in=["due", "calling"]),
                name="account_warning_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.state}"


class Debtor(Party):
    einvoice_id = models.CharField(max_length=80, blank=True)  # Scheme and value, "0007:556…".
    mailbox_id = models.CharField(max_length=80, blank=True)
    wish = models.CharField(max_length=12, blank=True)
    public = models.BooleanField(
        default=False, db_default=False
    )  # A public body: other duties of e-invoicing.
    insolvent_on = models.DateField(null=True, blank=True)
    # The row that stays, where two persons said that both are one company. None: it is its own.
    same_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="also", db_index=False
    )

    class Meta:
        db_table = "debtor"
        indexes = [
            GinIndex(fields=["found_by"], name="debtor_found_by", fastupdate=False),
            models.Index(
                fields=["same_as"], condition=Q(same_as__isnull=False), name="debtor_same_as"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(same_as=None) | ~Q(same_as=F("id")), name="debtor_not_its_own_double"
            ),
            models.UniqueConstraint(
                fields=["vat_id"], condition=~Q(vat_id=""), name="debtor_vat_id"
            ),
            models.UniqueConstraint(
                fields=["country", "legal_id"], condition=~Q(legal_id=""), name="debtor_legal_id"
            ),
            models.CheckConstraint(
                condition=Q(wish__in=["", "einvoice", "mailbox", "email", "letter"]),
                name="debtor_wish",
            ),
        ]

    def reach(self) -> distribution.Reach:
        return distribution.Reach(
            einvoice=self.einvoice_id,
            mailbox=self.mailbox_id,
            email=self.email,
            postal=bool(self.street and self.city and self.country),
            phone=self.phone,
            wish=self.wish,
        )

    def sort(self) -> distribution.Sort:
        """What the law on e-invoices takes it for; without any identifier it is no business."""
        if self.public:
            return distribution.Sort.PUBLIC
        known = self.vat_id or self.legal_id
        return distribution.Sort.BUSINESS if known else distribution.Sort.CONSUMER


class DebtorAccount(models.Model):
    """An account that a debtor has paid from."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="accounts")
    iban = models.CharField(max_length=34, db_index=True)

    class Meta:
        db_table = "debtor_account"
        constraints = [
            models.UniqueConstraint(fields=["debtor", "iban"], name="debtor_account_once")
        ]

    def __str__(self) -> str:
        return self.iban


class Merger(models.Model):
    """Two debtors that one person takes for the same company and another one agrees, or not. It can
    be taken back; the row stays."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    goes = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="mergers")
    stays = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="merged")
    reason = models.CharField(max_length=400)
    state = models.CharField(max_length=9, default="proposed")
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=64, blank=True)
    undone_because = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "merger"
        constraints = [
            models.UniqueConstraint(
                fields=["goes"], condition=Q(state__in=["proposed", "merged"]), name="merger_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "merged", "declined", "undone"]),
                name="merger_state",
            ),
            models.CheckConstraint(condition=~Q(goes=F("stays")), name="merger_of_two"),
            models.CheckConstraint(
                condition=~Q(state__in=["merged", "undone"]) | ~Q(proposed_by=F("decided_by")),
                name="merger_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goes_id} into {self.stays_id}, {self.state}"


class Alias(models.Model):
    """A spelling on papers that a person said means this debtor. Withdrawn ones stay."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="aliases")
    key = models.CharField(max_length=200)  # domain.party.resolution.alias_key
    name = models.CharField(max_length=200)  # As the paper spelt it.
    place = models.CharField(max_length=160, blank=True)
    number = models.CharField(max_length=80)  # Of the invoice on which it was chosen.
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "alias"
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(withdrawn_at=None), name="alias_means_one"
            )
        ]

    def __str__(self) -> str:
        return self.name
