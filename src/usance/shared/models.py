"""Global tables, in the schema `public`: who works here, which books there are, who has a key."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Role(models.TextChoices):
    """The desk a user sits at; what he may do there is said by domain.mandate."""

    INTAKE = "intake"
    VERIFICATION = "verification"
    CREDIT = "credit"
    FINANCE = "finance"
    COLLECTION = "collection"
    CASH = "cash"
    OPERATIONS = "operations"
    ADMIN = "admin"
    CLIENT = "client"  # No desk of ours: a client's own user, who sees that client's invoices.


class Theme(models.TextChoices):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Book(models.Model):
    """The ledger, parties and invoices of one legal entity, in the schema `book_<slug>`."""

    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)  # ISO 3166-1: whose law the book follows.
    simulated_at = models.DateTimeField(null=True, blank=True)  # None: the book lives in real time.
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="book_slug_names_a_schema", condition=Q(slug__regex="^[a-z][a-z0-9_]*$")
            ),
            models.CheckConstraint(
                name="book_country_two_letters", condition=Q(country__regex="^[A-Z]{2}$")
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def schema(self) -> str:
        return f"book_{self.slug}"


class User(AbstractUser):
    """Somebody with a login."""

    role = models.CharField(max_length=20, choices=Role, default=Role.OPERATIONS)
    language = models.CharField(max_length=2, default="en")  # ISO 639-1.
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    # Of a client's own user: the client (a row of that book). Ours have neither.
    book = models.ForeignKey(Book, on_delete=models.PROTECT, null=True, blank=True)
    client_id = models.UUIDField(null=True, blank=True)

    class Meta(AbstractUser.Meta):
        constraints = (
            models.CheckConstraint(
                name="user_client_of_a_book",
                condition=Q(role=Role.CLIENT, book__isnull=False, client_id__isnull=False)
                | (~Q(role=Role.CLIENT) & Q(book__isnull=True, client_id__isnull=True)),
            ),
            models.CheckConstraint(name="user_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(name="user_theme_known", condition=Q(theme__in=Theme.values)),
            models.CheckConstraint(
                name="user_language_two_letters", condition=Q(language__regex="^[a-z]{2}$")
            ),
        )

    @property
    def display_name(self) -> str:
        """First and last name; the login name where neither is known."""
        return self.get_full_name() or self.username


class ApiKey(models.Model):
    """A machine's login. The key itself is shown once; its hash is kept."""

    prefix = models.CharField(max_length=16, unique=True)  # How the key begins, to find it by.
    sha256 = models.CharField(max_length=64)  # Of the whole key, in hex.
    name = models.CharField(max_length=200)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    # Who answers for what it does. None: nobody; then it releases and approves nothing.
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="keys"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)  # None: when it is revoked.
    last_used_at = models.DateTimeField(null=True, blank=True)  # None: never used.
    revoked_at = models.DateTimeField(null=True, blank=True)  # None: in force.
    # Of a client's own program: it reads what is that client's, and writes to its offers alone.
    book = models.ForeignKey(Book, on_delete=models.PROTECT, null=True, blank=True)
    client_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="api_key_client_of_a_book",
                condition=Q(book__isnull=True, client_id__isnull=True)
                | Q(
                    book__isnull=False,
                    client_id__isnull=False,
                    scopes__contained_by=["read", "write"],
                ),
            ),
            models.CheckConstraint(
                name="api_key_sha256_is_hex", condition=Q(sha256__regex="^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="api_key_revoked_after_made",
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
            ),
        )

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """What a program asked for under a key of its own, and what it was told.

    The row is locked while the work runs and turns to done in the transaction of the work: a row
    that is running and not locked belongs to a process that died, and nothing of its work stands.
    """

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="requests")
    key = models.CharField(max_length=255)  # As the program chose it.
    asked = models.CharField(max_length=300)  # Method and path.
    sha256 = models.CharField(max_length=64)  # Of what was asked, so that a reuse is seen.
    state = models.CharField(max_length=7, default="running")
    status = models.SmallIntegerField(null=True)  # None: running.
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)  # Real time, also in a simulated book.

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["api_key", "key"], name="idempotency_key_once"),
            models.CheckConstraint(
                name="idempotency_key_state",
                condition=Q(state="running", status=None)
                | Q(state="done", status__gte=200, status__lt=300),
            ),
        )

    def __str__(self) -> str:
        return f"{self.asked} {self.state}"
