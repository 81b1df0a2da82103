"""How debtors are reached: the ladders that were set up, what directories said, spoilt addresses,
corrected ones."""

from django.db import models
from django.db.models import Q

from usance.domain.distribution import Kind, Paper

from .dispatch import DeliveryEvent, Dispatch
from .ids import new_id
from .party import Client, Debtor


class LadderSetting(models.Model):
    """The channels in their order for all, for a client, for a debtor, or for one paper of these.

    The most particular row holds: a debtor's before a client's, a paper's before every paper's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="ladders")
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, null=True, related_name="ladders")
    paper = models.CharField(max_length=8, blank=True)  # Empty: every paper.
    rungs = models.JSONField()  # domain.distribution.Setting, in order.
    cheapest_first = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)

    class Meta:
        db_table = "ladder_setting"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "debtor", "paper"],
                nulls_distinct=False,
                name="ladder_setting_once",
            ),
            models.CheckConstraint(
                condition=Q(paper__in=["", *Paper]), name="ladder_setting_paper"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.debtor_id or self.client_id or 'all'} {self.paper}"


class Capability(models.Model):
    """What a directory last said of a debtor's address."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="capabilities")
    kind = models.CharField(max_length=8)
    identifier = models.CharField(max_length=80)
    receives = models.BooleanField(null=True)  # None: it could never be asked.
    documents = models.JSONField(default=list)
    detail = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()  # When it answered; if it never did, when it was tried.
    tried_at = models.DateTimeField(db_index=True)
    valid_until = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "capability"
        verbose_name_plural = "capabilities"
        constraints = [
            models.UniqueConstraint(fields=["debtor", "kind"], name="capability_once"),
            models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="capability_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} {self.receives}"


class Suppression(models.Model):
    """An address that failed for good. Nothing is sent to it until a person lifts it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8)
    address = models.CharField(max_length=200)  # As domain.distribution.address_key compares it.
    because = models.CharField(max_length=400)
    dispatch = models.ForeignKey(
        Dispatch, on_delete=models.PROTECT, db_index=False, related_name="+"
    )  # Whose report it was.
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "suppression"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "address"], condition=Q(lifted_at=None), name="suppression_open"
            ),
            # A report that is told again spoils nothing that a person has lifted since.
            models.UniqueConstraint(fields=["dispatch"], name="suppression_once"),
            models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="suppression_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.address}"


class AddressProposal(models.Model):
    """A carrier knows a better address. A person decides whether the debtor's record takes it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="proposals")
    event = models.OneToOneField(DeliveryEvent, on_delete=models.PROTECT, related_name="proposal")
    kind = models.CharField(max_length=8)
    said = models.CharField(max_length=400)  # As the carrier wrote it.
    columns = models.JSONField()  # What of it was understood: column of the debtor to value.
    made_at = models.DateTimeField()
    decision = models.CharField(max_length=8, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "address_proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["debtor", "kind", "said"],
                condition=Q(decision=""),
                name="address_proposal_open_once",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["", "accepted", "declined"]),
                name="address_proposal_decision",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(decision=""), name="address_proposal_open")
        ]

    def __str__(self) -> str:
        return self.said
