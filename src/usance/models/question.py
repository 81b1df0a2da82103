"""What debtors are asked before we buy, what they answered, and the policy that asks."""

from django.db import models
from django.db.models import Q

from usance.domain.distribution import State as Delivery
from usance.domain.verification.questions import Channel, Grade, Silence, State

from .ids import new_id
from .invoice import Invoice
from .party import Client, Debtor


class QuestionPolicy(models.Model):
    """Of one client, or of all that have none of their own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.OneToOneField(
        Client, on_delete=models.PROTECT, null=True, related_name="question_policy"
    )
    said = models.JSONField()  # Fields of domain.verification.questions.Policy.
    reason = models.CharField(max_length=400)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)

    class Meta:
        db_table = "question_policy"
        constraints = [
            models.UniqueConstraint(
                fields=["client"], nulls_distinct=False, name="question_policy_once"
            )
        ]

    def __str__(self) -> str:
        return f"of {self.client_id or 'all'}"


class Question(models.Model):
    """Is this invoice right? One for an invoice; each try is on its timeline."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="question")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", db_index=False)
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=9)
    reasons = models.JSONField()
    channel = models.CharField(max_length=4)
    silence = models.CharField(max_length=4)
    days = models.SmallIntegerField()
    opened_at = models.DateTimeField()
    attempt = models.SmallIntegerField(default=1)  # A wrong person's address ends with its attempt.
    asked_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=64, blank=True)
    asked_to = models.CharField(max_length=200, blank=True)  # Address or number.
    answer_by = models.DateField(null=True)  # Up to and including this day.
    seen_at = models.DateTimeField(null=True)  # A person had the page before them.
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=64, blank=True)
    person = models.CharField(max_length=200, blank=True)  # Who said it, on the telephone.
    said = models.CharField(max_length=400, blank=True)
    grade = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "question"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(State)), name="question_state"),
            models.CheckConstraint(condition=Q(channel__in=list(Channel)), name="question_channel"),
            models.CheckConstraint(condition=Q(silence__in=list(Silence)), name="question_silence"),
            models.CheckConstraint(condition=Q(grade__in=list(Grade)), name="question_grade"),
            models.CheckConstraint(
                condition=~Q(state="asked") | Q(asked_at__isnull=False, answer_by__isnull=False),
                name="question_asked",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "objected"]) | Q(answered_at__isnull=False),
                name="question_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="question_by_state"),
            models.Index(fields=["client", "debtor"], name="question_by_pair"),
        ]

    def __str__(self) -> str:
        return f"about {self.invoice_id}: {self.state}"


class QuestionMail(models.Model):
    """A mail with which usance asks; its id is the carrier's idempotency key. What is written in it
    is made when it is first claimed, and stays while anybody may have it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="mails")
    address = models.EmailField()
    carrier = models.CharField(max_length=20, blank=True)  # As outside.json names it.
    language = models.CharField(max_length=2, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)  # Empty: nobody has it, it is written when it goes.
    html = models.TextField(blank=True)
    state = models.CharField(max_length=10, default=Delivery.QUEUED)
    outcome = models.CharField(max_length=10, blank=True)  # The deciding one of all reported.
    tries = models.SmallIntegerField(default=0)
    doubted = models.BooleanField(default=False)  # A try ended in nobody knew what.
    reference = models.CharField(max_length=100, blank=True)
    detail = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=64)
    not_before = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "question_mail"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(Delivery)), name="question_mail_state"
            ),
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(state__in=["queued", "calling"]),
                name="question_mail_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "made_at"],
                condition=Q(state__in=["queued", "calling", "unknown"]),
                name="question_mail_open",
            ),
            models.Index(fields=["carrier", "reference"], name="question_mail_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.state}"

    @property
    def key(self) -> str:
        """Ours, the same in every attempt."""
        return self.id.hex
