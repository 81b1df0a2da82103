"""What a factor says in place of our own sentences."""

from django.db import models
from django.db.models import Q

from .ids import new_id
from .party import Client


class Template(models.Model):
    """One version of a letter's wording in one language. Rows are only added, the last holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, related_name="templates"
    )  # None: for all clients that have none of their own.
    letter = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    version = models.IntegerField()  # From 1.
    fields = models.JSONField()  # letters.wording.Fields; empty: our own sentences again.
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    class Meta:
        db_table = "template"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "letter", "language", "version"],
                nulls_distinct=False,
                name="template_version_once",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="template_version_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.language} version {self.version}"
